//! What a model holds: its tensors, their types, shapes and sizes, and who wrote it.

mod json;
mod names;

use std::ops::ControlFlow;

use weighbridge_pickle::{Effect, Next, View};

use crate::analysis::observe_under;
use crate::control::Control;
use crate::escape;
use crate::format::Format;
use crate::gap::Gap;
use crate::knowledge::Knowledge;
use crate::limits::{Limits, Options};
use crate::loaders::{Beside, LoaderAnswer, Loaders};
use crate::objects::{Bounds, follow};
use crate::observer::{Observer, PickleSpan, Place, StoredTensor};
use crate::source::Source;

/// How many tensors are listed.
const TENSORS: usize = 1 << 20;
/// How many entries of metadata are listed, and how much of a value, in characters.
const ENTRIES: usize = 10_000;
const VALUE: usize = 10_000;
/// How many items of all containers, calls and memos of one pickle are kept.
const ITEMS: usize = 4 << 20;
/// How many scalars a list keeps: lists of numbers and words tell nothing of tensors.
const SCALARS: usize = 64;

/// What a file holds.
///
/// Strings are those of the file, with credentials taken out, and cut: what shows them to a person
/// passes them through [`visible`](crate::escape::visible).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// The version of this shape.
    pub schema_version: u32,
    /// The name that the file was given by.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// What it is read as, as in a [`Report`](crate::Report).
    pub formats: Vec<&'static str>,
    /// Whether everything was examined: else there may be more.
    pub complete: bool,
    /// The libraries that wrote it, with their versions where the file tells.
    pub producers: Vec<String>,
    /// The tensors; at most 1,048,576.
    pub tensors: Vec<InspectedTensor>,
    /// How many tensors there are.
    pub tensor_count: u64,
    /// How many elements they have together.
    pub elements: u64,
    /// How many bytes their elements take together; those of several over one storage are counted for
    /// each.
    pub bytes: u64,
    /// The format's own metadata, key by key; at most 10,000.
    pub metadata: Vec<(String, String)>,
    /// What loaders that restrict pickles would make of it, as in a [`Report`](crate::Report).
    pub loaders: Vec<LoaderAnswer>,
}

/// A tensor, or an array.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InspectedTensor {
    /// The name by which a program gets at it: the keys, attributes and indices that lead to it, with dots
    /// between; empty where the file holds one tensor and nothing else.
    pub name: String,
    /// The members that lead to the content that describes it, as in a [`Report`](crate::Report).
    pub member: Vec<String>,
    /// The type of its elements, as the format or the library names it.
    pub dtype: String,
    /// The size of each dimension.
    pub shape: Vec<u64>,
    /// How many elements it has; `None` where that is no number of 64 bits.
    pub elements: Option<u64>,
    /// How many bytes they take; `None` where they are objects, or where that cannot be told.
    pub bytes: Option<u64>,
    /// The storage of PyTorch that they lie in. Tensors may share one.
    pub storage: Option<String>,
}

/// What a call would make.
#[derive(Debug)]
struct Held {
    dtype: String,
    shape: Vec<u64>,
    bytes: Option<u64>,
    storage: Option<String>,
}

impl Held {
    fn new(dtype: &str, shape: Vec<u64>) -> Held {
        Held {
            dtype: dtype.to_owned(),
            shape,
            bytes: None,
            storage: None,
        }
    }
}

fn product(shape: &[u64]) -> Option<u64> {
    let mut sizes = shape.iter().copied();
    if shape.contains(&0) {
        return Some(0);
    }
    sizes.try_fold(1, u64::checked_mul)
}

/// Tells what a file holds: the tensors of safetensors, of PyTorch (zip and legacy), of NumPy and
/// joblib, and of bare pickles. Nothing is loaded: the pickle machine says what loading would make.
///
/// `name` is the file's name, for the result only; content alone decides.
///
/// ```
/// use weighbridge::{Options, inspect};
///
/// let mut file = 56_u64.to_le_bytes().to_vec();
/// file.extend(br#"{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#);
/// file.extend([0; 8]);
/// let held = inspect(&file, "model.safetensors", &Options::default());
/// assert_eq!(held.tensors[0].name, "w");
/// assert_eq!((held.tensors[0].shape.as_slice(), held.bytes), (&[1, 2][..], 8));
/// ```
#[must_use]
pub fn inspect(source: &dyn Source, name: &str, options: &Options) -> Inspection {
    inspect_under(source, name, options, &Control::new())
}

/// As [`inspect`], under control of the caller, who may end it early: then it is not complete.
#[must_use]
pub fn inspect_under(
    source: &dyn Source,
    name: &str,
    options: &Options,
    control: &Control<'_>,
) -> Inspection {
    let mut inspector = Inspector {
        limits: &options.limits,
        is_over: false,
        held: Inspection {
            schema_version: 1,
            path: escape::redact(name).into_owned(),
            size: source.len(),
            formats: Vec::new(),
            complete: false,
            producers: Vec::new(),
            tensors: Vec::new(),
            tensor_count: 0,
            elements: 0,
            bytes: 0,
            metadata: Vec::new(),
            loaders: Vec::new(),
        },
    };
    let mut loaders = Loaders::default();
    let mut observer = Beside {
        observer: &mut inspector,
        loaders: &mut loaders,
    };
    let examined = observe_under(source, name, options, control, &mut observer);
    let formats = examined.formats.iter().map(|format| format.as_str());
    Inspection {
        formats: formats.collect(),
        complete: examined.is_complete() && !inspector.is_over,
        loaders: loaders.finish(source, &Knowledge::default()),
        ..inspector.held
    }
}

struct Inspector<'i> {
    limits: &'i Limits,
    /// Whether there was more than is kept.
    is_over: bool,
    held: Inspection,
}

impl Inspector<'_> {
    fn add(&mut self, place: &Place<'_>, name: &str, held: Held) {
        let elements = product(&held.shape);
        self.held.tensor_count += 1;
        let total = &mut self.held.elements;
        *total = total.saturating_add(elements.unwrap_or(0));
        let total = &mut self.held.bytes;
        *total = total.saturating_add(held.bytes.unwrap_or(0));
        if self.held.tensors.len() >= TENSORS {
            self.is_over = true;
            return;
        }
        self.held.tensors.push(InspectedTensor {
            name: shown(name, escape::NAME),
            member: escape::names(place.member)
                .iter()
                .map(|name| shown(name, escape::NAME))
                .collect(),
            dtype: shown(&held.dtype, escape::NAME),
            elements,
            bytes: held.bytes,
            storage: held.storage.map(|key| shown(&key, escape::NAME)),
            shape: held.shape,
        });
    }

    fn produced_by(&mut self, producer: &str) {
        let producer = shown(producer, escape::NAME);
        if !self.held.producers.contains(&producer) {
            self.held.producers.push(producer);
        }
    }
}

/// A string of the file: redacted, and cut.
fn shown(text: &str, most: usize) -> String {
    escape::cut(&escape::redact(text), most).into_owned()
}

impl Observer for Inspector<'_> {
    fn format(&mut self, place: &Place<'_>, format: Format) -> ControlFlow<()> {
        match format {
            _ if place.embedded => {}
            Format::TorchZip | Format::TorchLegacy => self.produced_by("PyTorch"),
            Format::Joblib => self.produced_by("joblib"),
            Format::Npy => self.produced_by("NumPy"),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn effect(&mut self, _: &Place<'_>, _: &Effect<'_>, _: &View<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn gap(&mut self, _: &Place<'_>, _: &Gap) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn tensor(&mut self, place: &Place<'_>, tensor: &StoredTensor<'_>) -> ControlFlow<()> {
        // The members of an npz are the names of its arrays.
        let member = place.member.last().map_or("", String::as_str);
        let name = match tensor.name {
            "" => member.strip_suffix(".npy").unwrap_or(member),
            name => name,
        };
        let held = Held {
            bytes: tensor.len,
            ..Held::new(tensor.dtype, tensor.shape.to_vec())
        };
        self.add(place, name, held);
        ControlFlow::Continue(())
    }

    fn metadata(&mut self, _: &Place<'_>, key: &str, value: &str) -> ControlFlow<()> {
        if self.held.metadata.len() < ENTRIES {
            let entry = (shown(key, escape::NAME), shown(value, VALUE));
            self.held.metadata.push(entry);
        }
        ControlFlow::Continue(())
    }

    fn pickle(
        &mut self,
        place: &Place<'_>,
        source: &dyn Source,
        span: PickleSpan,
    ) -> ControlFlow<()> {
        if place.embedded {
            return ControlFlow::Continue(());
        }
        let mut found = Vec::new();
        let bounds = Bounds {
            machine: self.limits.pickle.clone(),
            items: ITEMS,
            scalars: SCALARS,
            is_over: &|| false,
        };
        let followed = follow((source, span.start), &bounds, &mut |made, view| {
            found.push(names::find(&made, view));
            Next::Continue
        });
        self.is_over |= followed.is_over || found.iter().any(|pickle| !pickle.is_whole);
        for pickle in found {
            for (name, held) in pickle.tensors {
                // An array of objects, which the header in front of the pickle tells of.
                let is_told = place
                    .member
                    .last()
                    .is_some_and(|name| name.starts_with("<objects at "));
                if is_told && name.is_empty() {
                    continue;
                }
                self.add(place, &name, held);
            }
            for producer in pickle.producers {
                self.produced_by(&producer);
            }
        }
        ControlFlow::Continue(())
    }
}
