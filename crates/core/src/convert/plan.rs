//! What is written: which tensors, under which names, in which files.

use std::collections::HashSet;

use super::{ConvertError, Request};
use crate::checkpoint::{Checkpoint, Refused, Tensor};
use crate::element_type::ElementType;
use crate::limits::Limits;

/// What becomes of a tensor that is there under several names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tied {
    /// It is written once, under the first of its names; the metadata say which other names it has, as
    /// those of `safetensors.torch.save_model` do.
    #[default]
    Alias,
    /// It is written under each of its names.
    Duplicate,
}

/// A tensor to be written.
#[derive(Clone, Debug)]
pub(super) struct Planned<'c> {
    pub(super) name: &'c str,
    pub(super) tensor: &'c Tensor,
    /// The type that its elements get.
    pub(super) dtype: ElementType,
}

impl Planned<'_> {
    pub(super) fn bytes(&self) -> u64 {
        self.tensor.elements() * self.dtype.bytes()
    }
}

/// A file to be written: its tensors in the order of their bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Shard {
    pub(super) tensors: Vec<usize>,
    pub(super) bytes: u64,
}

/// What is written.
#[derive(Debug)]
pub(super) struct Plan<'c> {
    pub(super) tensors: Vec<Planned<'c>>,
    pub(super) shards: Vec<Shard>,
    pub(super) metadata: Vec<(String, String)>,
    pub(super) aliases: Vec<(String, String)>,
    pub(super) refused: Vec<Refused>,
    pub(super) elsewhere: usize,
}

impl<'c> Plan<'c> {
    pub(super) fn of(
        checkpoint: &'c Checkpoint,
        request: &Request,
    ) -> Result<Plan<'c>, ConvertError> {
        if let Some(dtype) = request.dtype.filter(|dtype| !dtype.is_float()) {
            let why =
                format!("floats cannot become {dtype}: float16, bfloat16, float32 or float64");
            return Err(ConvertError::Request(why));
        }
        let mut refused = Vec::new();
        for one in checkpoint.refused() {
            if let Some(name) = renamed(&one.name, request) {
                let name = name.to_owned();
                refused.push(Refused {
                    name,
                    ..one.clone()
                });
            }
        }
        let (mut tensors, mut elsewhere) = (Vec::new(), 0);
        for tensor in checkpoint.tensors() {
            let Some(name) = renamed(tensor.name(), request) else {
                elsewhere += 1;
                continue;
            };
            match planned(name, tensor, request) {
                Ok(planned) => tensors.push(planned),
                Err(why) => refused.push(Refused {
                    name: name.to_owned(),
                    why,
                    is_lie: false,
                }),
            }
        }
        refuse(&refused, request)?;
        if tensors.is_empty() {
            return Err(ConvertError::Nothing(nothing(checkpoint, request)));
        }
        let mut plan = Plan {
            tensors,
            shards: Vec::new(),
            metadata: metadata(checkpoint, request),
            aliases: Vec::new(),
            refused,
            elsewhere,
        };
        if request.tied == Tied::Alias {
            plan.tie(checkpoint);
        }
        plan.bound(checkpoint)?;
        plan.split(request.shard_size);
        Ok(plan)
    }

    /// Leaves out all but the first name of each tensor.
    fn tie(&mut self, checkpoint: &Checkpoint) {
        let place = |at: usize| {
            let planned = self.tensors.get(at);
            planned.and_then(|planned| checkpoint.place(planned.tensor))
        };
        let all = 0..self.tensors.len();
        let mut by_place: Vec<usize> = all.filter(|&at| place(at).is_some()).collect();
        by_place.sort_by(|&one, &other| place(one).cmp(&place(other)));
        let mut is_alias = vec![false; self.tensors.len()];
        let groups = by_place.chunk_by(|&one, &other| place(one) == place(other));
        for group in groups.filter(|group| group.len() > 1) {
            let kept = group.iter().copied().min_by_key(|&at| {
                let planned = &self.tensors[at];
                // A program looks for the names of the `state_dict()`.
                (planned.tensor.is_aside(), planned.name)
            });
            let Some(kept) = kept else { continue };
            for &at in group.iter().filter(|&&at| at != kept) {
                let (alias, kept) = (self.tensors[at].name, self.tensors[kept].name);
                self.aliases.push((alias.to_owned(), kept.to_owned()));
                is_alias[at] = true;
            }
        }
        self.aliases.sort();
        let mut marks = is_alias.into_iter();
        self.tensors.retain(|_| !marks.next().unwrap_or(false));
        let known: HashSet<String> = self.metadata.iter().map(|(key, _)| key.clone()).collect();
        let new = self
            .aliases
            .iter()
            .filter(|(alias, _)| !known.contains(alias));
        self.metadata.extend(new.cloned());
    }

    /// Refuses tensors that are many times as long together as what they are made of.
    fn bound(&self, checkpoint: &Checkpoint) -> Result<(), ConvertError> {
        let total = self
            .tensors
            .iter()
            .map(Planned::bytes)
            .fold(0, u64::saturating_add);
        let limits = Limits::default();
        let source = checkpoint
            .source_len()
            .saturating_mul(limits.max_expansion_ratio);
        if total > source.max(Limits::RATIO_FROM) {
            let why = format!(
                "its tensors would take {total} bytes, and it has {}: they are the same few elements again and again",
                checkpoint.source_len()
            );
            return Err(ConvertError::Request(why));
        }
        Ok(())
    }

    /// Spreads the tensors over files, in the order of the source.
    fn split(&mut self, most: Option<u64>) {
        let most = most.unwrap_or(u64::MAX);
        let mut shard = Shard::default();
        for (at, planned) in self.tensors.iter().enumerate() {
            let bytes = planned.bytes();
            if !shard.tensors.is_empty() && shard.bytes.saturating_add(bytes) > most {
                self.shards.push(std::mem::take(&mut shard));
            }
            shard.tensors.push(at);
            shard.bytes += bytes;
        }
        self.shards.push(shard);
        // As the reference writes them: the widest types first, so that all are aligned.
        for shard in &mut self.shards {
            let tensors = &self.tensors;
            let order = |at: &usize| {
                let planned = tensors.get(*at);
                planned
                    .map(|planned| (std::cmp::Reverse(planned.dtype.safetensors()), planned.name))
            };
            shard.tensors.sort_by(|a, b| order(a).cmp(&order(b)));
        }
    }
}

/// The name that a tensor gets; `None` if it is not asked for.
fn renamed<'n>(name: &'n str, request: &Request) -> Option<&'n str> {
    let Some(key) = &request.key else {
        return Some(name);
    };
    match name.strip_prefix(key.as_str())? {
        "" => Some(name),
        rest => rest.strip_prefix('.'),
    }
}

fn planned<'c>(
    name: &'c str,
    tensor: &'c Tensor,
    request: &Request,
) -> Result<Planned<'c>, String> {
    let dtype = match request.dtype {
        Some(dtype) if tensor.dtype().is_float() => dtype,
        _ => tensor.dtype(),
    };
    if dtype.safetensors().is_none() {
        return Err(format!(
            "its elements are of the type {dtype}, which safetensors does not have"
        ));
    }
    if dtype == ElementType::F4E2M1FnX2 && tensor.shape().is_empty() {
        return Err("its elements are two in one, and it has no dimensions".to_owned());
    }
    if name == "__metadata__" {
        return Err("safetensors takes a tensor of this name for something else".to_owned());
    }
    Ok(Planned {
        name,
        tensor,
        dtype,
    })
}

fn refuse(refused: &[Refused], request: &Request) -> Result<(), ConvertError> {
    let lies: Vec<Refused> = refused.iter().filter(|one| one.is_lie).cloned().collect();
    if !lies.is_empty() {
        return Err(ConvertError::Lies(lies));
    }
    if !refused.is_empty() && !request.skip {
        return Err(ConvertError::Unsupported(refused.to_vec()));
    }
    Ok(())
}

/// Why there is nothing to be converted.
fn nothing(checkpoint: &Checkpoint, request: &Request) -> String {
    let Some(key) = &request.key else {
        return "it holds no tensors".to_owned();
    };
    let mut keys: Vec<&str> = checkpoint
        .tensors()
        .iter()
        .filter_map(|tensor| tensor.name().split('.').next())
        .collect();
    keys.dedup();
    keys.truncate(8);
    format!(
        "no tensor is under the key {key:?}; the first keys are {}",
        crate::escape::visible(&keys.join(", "))
    )
}

fn metadata(checkpoint: &Checkpoint, request: &Request) -> Vec<(String, String)> {
    let mut metadata = checkpoint.metadata().to_vec();
    // Loaders of PyTorch models ask for it.
    if checkpoint.is_torch() {
        metadata.push(("format".to_owned(), "pt".to_owned()));
    }
    for (key, value) in &request.metadata {
        metadata.retain(|(known, _)| known != key);
        metadata.push((key.clone(), value.clone()));
    }
    metadata
}
