//! What is written: which tensors, under which names, in which files.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ops::Range;

use super::{ConvertError, ConvertedTensor, Request};
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

/// A file to be written: which of the tensors, and how many bytes they take.
#[derive(Clone, Debug)]
pub(super) struct Shard {
    tensors: Range<usize>,
    pub(super) bytes: u64,
}

/// What is written.
#[derive(Debug)]
pub(super) struct Plan {
    /// In the order of the files, and of their bytes in each.
    pub(super) tensors: Vec<ConvertedTensor>,
    pub(super) shards: Vec<Shard>,
    pub(super) metadata: Vec<(String, String)>,
    pub(super) aliases: Vec<(String, String)>,
    pub(super) refused: Vec<Refused>,
    pub(super) elsewhere: usize,
}

impl Plan {
    pub(super) fn of(checkpoint: &Checkpoint, request: &Request) -> Result<Plan, ConvertError> {
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
            let planned = match is_taken(name, tensor, checkpoint) {
                true => Err("another tensor has the same name".to_owned()),
                false => planned(name, tensor, request),
            };
            match planned {
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
            planned.and_then(|planned| checkpoint.place(&planned.tensor))
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
                (planned.tensor.is_aside(), planned.name())
            });
            let Some(kept) = kept else { continue };
            for &at in group.iter().filter(|&&at| at != kept) {
                let (alias, kept) = (self.tensors[at].name(), self.tensors[kept].name());
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
            .map(ConvertedTensor::bytes)
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
        let (mut from, mut bytes) = (0, 0_u64);
        for (at, planned) in self.tensors.iter_mut().enumerate() {
            let more = planned.bytes();
            if at > from && bytes.saturating_add(more) > most {
                let tensors = std::mem::replace(&mut from, at)..at;
                self.shards.push(Shard { tensors, bytes });
                bytes = 0;
            }
            planned.file = u32::try_from(self.shards.len()).unwrap_or(u32::MAX);
            bytes += more;
        }
        let tensors = from..self.tensors.len();
        self.shards.push(Shard { tensors, bytes });
        // As the reference writes them: the widest types first, so that all are aligned.
        for shard in &self.shards {
            let tensors = self.tensors.get_mut(shard.tensors.clone());
            tensors.unwrap_or_default().sort_unstable_by(|a, b| {
                let of = |one: &ConvertedTensor| Reverse(one.dtype.safetensors());
                (of(a), a.name()).cmp(&(of(b), b.name()))
            });
        }
    }

    /// The tensors of a file, in the order of their bytes.
    pub(super) fn within(&self, shard: &Shard) -> &[ConvertedTensor] {
        self.tensors.get(shard.tensors.clone()).unwrap_or_default()
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

/// Whether another tensor keeps this name: under the key `w`, the tensor `w` does, and `w.w` gets it.
fn is_taken(name: &str, tensor: &Tensor, checkpoint: &Checkpoint) -> bool {
    let whole = tensor.name();
    let is_repeated = whole.len() == 2 * name.len() + 1 && whole.starts_with(name);
    is_repeated
        && checkpoint
            .tensors()
            .iter()
            .any(|other| other.name() == name)
}

fn planned(name: &str, tensor: &Tensor, request: &Request) -> Result<ConvertedTensor, String> {
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
    let left_out = tensor.name().len() - name.len();
    Ok(ConvertedTensor {
        tensor: tensor.clone(),
        left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
        file: 0,
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
