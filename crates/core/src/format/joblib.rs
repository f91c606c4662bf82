//! joblib's arrays (`joblib/numpy_pickle.py`): where a pickle gives a `NumpyArrayWrapper` its state,
//! `joblib.load` takes the array's bytes, or a pickle of its objects, straight from the file and goes
//! on with the opcodes behind it. `pickle.load` does not, and takes the bytes for opcodes.

use weighbridge_pickle::{Effect, Encoding, Kind, ResultParts, Source, Value, View};

use super::numpy::{ITEM_REFCOUNT, TypeCode, number};
use crate::source::read_array;

/// The end of the class's name, whichever way it is reached.
const WRAPPER: &str = "numpy_pickle.NumpyArrayWrapper";
/// The same of the classes that old versions wrote of arrays in files of their own.
const OLD_WRAPPERS: &[&str] = &[
    "numpy_pickle.NDArrayWrapper",
    "numpy_pickle.ZNDArrayWrapper",
    "numpy_pickle_compat.NDArrayWrapper",
    "numpy_pickle_compat.ZNDArrayWrapper",
];
/// What makes an object of a class that is its first argument.
const MAKERS: &[&str] = &["_reconstructor", "__newobj__", "__newobj_ex__"];
/// The letters of data types whose codes tell the size of an item.
const KINDS: &[u8] = b"biufcmMSaUV";

/// What joblib reads from the file once a state is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inline {
    /// The elements of an array: where they begin, how many bytes they take, and how many bytes before
    /// them tell how they are aligned.
    Elements { at: u64, len: u64, before: u64 },
    /// A pickle that holds an array of objects.
    Pickle,
    /// An array, but where it ends cannot be told; joblib raises or reads what no writer writes.
    Unclear(&'static str),
}

/// What is known of the arrays of one content.
#[derive(Debug, Default)]
pub(crate) struct Arrays {
    /// Whether a structure was seen that has fields with objects.
    objects: bool,
}

/// The parts of a wrapper's state.
struct Wrapper {
    shape: Value,
    data_type: Value,
    aligned: bool,
}

/// The name of the file that an old wrapper's array is in: `Some(None)` where it cannot be told.
pub(crate) fn external(target: Value, state: Value, view: &View<'_>) -> Option<Option<String>> {
    let is_old = |name: &str| OLD_WRAPPERS.iter().any(|end| name.ends_with(end));
    made_from(target, view, is_old).then(|| text_of(state, "filename", view))
}

/// Whether a value was made as an object of such a class.
pub(super) fn made_from(target: Value, view: &View<'_>, class: impl Fn(&str) -> bool) -> bool {
    let made = view.result(target).and_then(|call| made_of(&call, view));
    made.is_some_and(|made| names(made, view, class))
}

/// The text under a key of a state; `None` where the state has none, or may have another.
pub(super) fn text_of(state: Value, wanted: &str, view: &View<'_>) -> Option<String> {
    let parts = view.children(state);
    let is_whole = view.kind(state) == Kind::Dict
        && view.count(state).saturating_mul(2) == parts.len() as u64
        && !view.is_scrambled(state);
    let mut found = None;
    for pair in parts.chunks_exact(2) {
        let &[key, value] = pair else { continue };
        let text = |value| view.text(value, Encoding::Utf8);
        let is_wanted = text(key).is_some_and(|key| key.as_str() == Some(wanted));
        if is_wanted {
            found = text(value).and_then(|name| name.as_str().map(str::to_owned));
        }
    }
    found.filter(|_| is_whole)
}

impl Arrays {
    /// What joblib reads from the file at a BUILD.
    pub(crate) fn built(
        &mut self,
        effect: &Effect<'_>,
        (target, state): (Value, Value),
        view: &View<'_>,
        source: &dyn Source,
    ) -> Option<Inline> {
        let Some(call) = view.result(target).filter(|call| is_wrapper(call, view)) else {
            self.note_type(target, state, view);
            return None;
        };
        if call.is_built {
            return Some(Inline::Unclear("it is given a second state"));
        }
        if !call.is_new && !is_maker(&call, view) {
            return Some(Inline::Unclear("it is not made as joblib makes it"));
        }
        Some(match self.inline(effect, state, view, source) {
            Ok(inline) => inline,
            Err(why) => Inline::Unclear(why),
        })
    }

    /// Notes a structure with objects: how it lies in a file, only its state tells.
    fn note_type(&mut self, target: Value, state: Value, view: &View<'_>) {
        let flags = view.children(state).get(7).and_then(|&f| number(f, view));
        if flags.is_some_and(|flags| flags & ITEM_REFCOUNT != 0) {
            let kind = TypeCode::of(target, view).map(|code| code.kind);
            self.objects |= kind == Some(b'V');
        }
    }

    fn inline(
        &self,
        effect: &Effect<'_>,
        state: Value,
        view: &View<'_>,
        source: &dyn Source,
    ) -> Result<Inline, &'static str> {
        let wrapper = Wrapper::of(state, view).ok_or("its state is not what joblib writes")?;
        let code = view
            .result(wrapper.data_type)
            .filter(|call| names(call.callee, view, |name| name == "numpy.dtype"))
            .and_then(|_| TypeCode::of(wrapper.data_type, view))
            .ok_or("its data type is not known")?;
        if code.kind == b'O' {
            let here = effect.file_offset == effect.offset.saturating_add(effect.len);
            return here
                .then_some(Inline::Pickle)
                .ok_or("its objects lie behind a frame that goes on");
        }
        if !KINDS.contains(&code.kind) || code.kind == b'V' && self.objects {
            return Err("its data type is not known");
        }
        let size = code.size.ok_or("its data type is not known")?;
        let len = elements(wrapper.shape, view)
            .and_then(|count| count.checked_mul(u64::try_from(size).ok().filter(|&n| n > 0)?))
            .ok_or("its shape is not what joblib writes")?;
        let at = effect.file_offset;
        let before = if wrapper.aligned {
            let padding = read_array::<1>(source, at).map_err(|_| "it cannot be read")?;
            1 + u64::from(padding.map_or(0, |[padding]| padding))
        } else {
            0
        };
        let at = at.saturating_add(before);
        Ok(Inline::Elements { at, len, before })
    }
}

impl Wrapper {
    /// Reads the attributes that a state gives: a dict of text keys, each there once.
    fn of(state: Value, view: &View<'_>) -> Option<Wrapper> {
        let parts = view.children(state);
        let is_whole = view.kind(state) == Kind::Dict
            && view.count(state).saturating_mul(2) == parts.len() as u64
            && !view.is_scrambled(state);
        if !is_whole {
            return None;
        }
        let (mut shape, mut data_type, mut alignment) = (None, None, None);
        for pair in parts.chunks_exact(2) {
            let &[key, value] = pair else { return None };
            if is_no_name(key, view) {
                continue;
            }
            let slot = match view.text(key, Encoding::Utf8)?.as_str()? {
                "shape" => &mut shape,
                "dtype" => &mut data_type,
                "numpy_array_alignment_bytes" => &mut alignment,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return None;
            }
        }
        Some(Wrapper {
            shape: shape?,
            data_type: data_type?,
            aligned: alignment.is_some_and(|value| view.kind(value) != Kind::None),
        })
    }
}

/// Whether a key of a state is plainly no string, and so names no attribute.
fn is_no_name(key: Value, view: &View<'_>) -> bool {
    matches!(
        view.kind(key),
        Kind::None | Kind::Bool | Kind::Int | Kind::Float | Kind::Bytes | Kind::Tuple
    )
}

/// How many elements an array of a shape has; `None` where joblib would raise.
fn elements(shape: Value, view: &View<'_>) -> Option<u64> {
    let sizes = view.children(shape);
    let is_whole = matches!(view.kind(shape), Kind::Tuple | Kind::List)
        && view.count(shape) == sizes.len() as u64
        && !view.is_scrambled(shape);
    if !is_whole {
        return None;
    }
    let sizes: Option<Vec<u64>> = sizes
        .into_iter()
        .map(|size| u64::try_from(number(size, view)?).ok())
        .collect();
    let sizes = sizes?;
    if sizes.contains(&0) {
        return Some(0);
    }
    let count = sizes
        .into_iter()
        .try_fold(1u64, |count, size| count.checked_mul(size))?;
    // joblib multiplies as NumPy does, in 63 bits.
    (count <= i64::MAX as u64).then_some(count)
}

/// Whether a call makes an object of the class of joblib's wrappers.
fn is_wrapper(call: &ResultParts, view: &View<'_>) -> bool {
    made_of(call, view).is_some_and(|class| names(class, view, |name| name.ends_with(WRAPPER)))
}

/// The class of which a call makes an object, or what it calls.
fn made_of(call: &ResultParts, view: &View<'_>) -> Option<Value> {
    if is_maker(call, view) {
        view.children(call.args).first().copied()
    } else {
        Some(call.callee)
    }
}

fn is_maker(call: &ResultParts, view: &View<'_>) -> bool {
    names(call.callee, view, |name| MAKERS.contains(&last(name)))
}

/// Whether a value is known to be no `str`: a class, an object of one, or what NumPy makes. Classes
/// are told by how they are written.
pub(super) fn is_no_text(value: Value, view: &View<'_>) -> bool {
    let is_class = |name: &str| {
        let name = last(name);
        name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
    };
    let is_numpy = |name: &str| {
        let makes = ["dtype", "ndarray", "matrix", "scalar", "_reconstruct"];
        name.starts_with("numpy.") && makes.contains(&last(name))
    };
    let Some(call) = view.result(value) else {
        return names(value, view, |name| {
            is_class(name) || is_numpy(name) || MAKERS.contains(&last(name))
        });
    };
    let class = made_of(&call, view);
    if call.is_new || is_maker(&call, view) {
        return class.is_some_and(|class| names(class, view, |name| last(name) != "str"));
    }
    names(call.callee, view, is_numpy)
}

/// Whether a global's whole dotted name is as wanted.
fn names(global: Value, view: &View<'_>, wanted: impl Fn(&str) -> bool) -> bool {
    let Some(parts) = view.global(global) else {
        return false;
    };
    let part = |value| view.text(value, Encoding::Utf8);
    let (Some(module), Some(name)) = (part(parts.module), part(parts.name)) else {
        return false;
    };
    match (module.as_str(), name.as_str()) {
        (Some(module), Some(name)) => wanted(&format!("{module}.{name}")),
        _ => false,
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
