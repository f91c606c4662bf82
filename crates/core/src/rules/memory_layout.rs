//! PKL113: a state of NumPy that makes it read memory which is not the array's.
//!
//! NumPy believes what a state says of a data type: that eight bytes are an object, that a field lies
//! behind the end of its item. Seen to crash NumPy 1.24, 1.23 and 2.5.

use weighbridge_pickle::{Kind, Value};

use super::sense::Identity;
use super::{Act, Hit, Rule, Sense, words};
use crate::finding::Severity;
use crate::format::numpy::{ITEM_REFCOUNT, TypeCode, number};
use crate::knowledge::{EffectClass, Layout, Type};

pub(super) static RULE: Rule = Rule {
    code: "PKL113",
    check,
    tell: |act, sense| match act {
        Act::Build(change) => {
            let target = sense.called(change.value);
            let fault = change.fault.as_ref().map_or("", |fault| fault.words);
            words::structure(&format!("the state of {target} {fault}"))
        }
        _ => words::structure(""),
    },
};

fn check(act: &Act<'_>, _: &mut Sense<'_, '_>) -> Option<Hit> {
    let Act::Build(change) = act else { return None };
    let mut hit = Hit::new(change.fault.as_ref()?.severity, "layout");
    hit.effect = Some(EffectClass::NativeCode);
    Some(hit)
}

/// What is wrong with a state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    severity: Severity,
    /// Completes "the state of x …".
    words: &'static str,
}

/// It corrupts memory.
const fn harm(words: &'static str) -> Fault {
    Fault {
        severity: Severity::High,
        words,
    }
}

/// Nobody can tell, and NumPy does not write it so.
const fn doubt(words: &'static str) -> Fault {
    Fault {
        severity: Severity::Medium,
        words,
    }
}

/// Attributes in which an object says where in memory an array lies: whatever makes an array of it
/// reads and writes there (NumPy reference, The array interface protocol).
const INTERFACES: &[&str] = &[
    "__array_interface__",
    "__array_struct__",
    "__cuda_array_interface__",
];

/// What a content has had of structures up to now: a data type that is shared may be changed once an
/// array has it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Structures {
    /// A data type with fields that are objects.
    objects: bool,
    /// An array of a structure over plain bytes.
    bytes: bool,
}

/// NumPy's flags of data types.
mod flag {
    pub(super) use super::ITEM_REFCOUNT as REFCOUNT;
    /// The contents are a list.
    pub(super) const LIST_PICKLE: i64 = 2;
    /// These and that items are pointers: what objects have, and nothing else.
    pub(super) const OBJECT: i64 = 7;
}

type Checked = Result<(), Fault>;

impl Sense<'_, '_> {
    /// What is wrong with the state of a data type or an array.
    pub(super) fn fault(
        &mut self,
        target: &Identity<'_>,
        value: Value,
        state: Value,
    ) -> Option<Fault> {
        if self.points_to_memory(state) {
            return Some(harm(
                "says where in memory an array lies: NumPy reads and writes there",
            ));
        }
        let Identity::Fresh(_, permissions) = target else {
            return None;
        };
        let checked = match permissions.layout? {
            Layout::DataType => self.data_type(value, state),
            Layout::Array => self.array(state),
        };
        checked.err()
    }

    /// Whether a state, or one of its parts, has an attribute that points to memory.
    fn points_to_memory(&self, state: Value) -> bool {
        let parts = match self.view.kind(state) {
            Kind::Tuple => self.view.children(state),
            _ => vec![state],
        };
        let dicts = parts
            .into_iter()
            .filter(|&part| self.view.kind(part) == Kind::Dict);
        let mut keys = dicts.flat_map(|dict| self.view.children(dict).into_iter().step_by(2));
        keys.any(|key| {
            let name = self.word(key);
            name.is_some_and(|name| INTERFACES.contains(&name.as_str()))
        })
    }

    /// `([version,] shape, dtype, is_fortran, contents, …)`
    fn array(&mut self, state: Value) -> Checked {
        let mut parts = self.view.children(state);
        if parts
            .first()
            .is_some_and(|&part| self.view.kind(part) != Kind::Tuple)
        {
            parts.remove(0);
        }
        let [shape, data_type, _, contents, ..] = *parts.as_slice() else {
            return Ok(());
        };
        if self.view.kind(contents) == Kind::List {
            return self.list(shape, contents);
        }
        if self.is(contents, &Type::List) {
            return Err(doubt("has contents that nobody can count"));
        }
        let is_structure = self.code(data_type).is_none_or(|code| code.kind == b'V');
        if is_structure {
            self.names.structures.bytes = true;
        }
        Ok(())
    }

    /// A list of objects, one for each place in the shape: NumPy does not count them.
    fn list(&self, shape: Value, contents: Value) -> Checked {
        let sizes = self.view.children(shape).into_iter();
        let places = sizes
            .map(|size| self.number(size))
            .try_fold(1i64, |places, size| places.checked_mul(size?));
        let objects = i64::try_from(self.view.count(contents)).ok();
        match (places, objects) {
            _ if self.view.is_scrambled(contents) => {
                Err(doubt("has contents that nobody can count"))
            }
            (Some(places), Some(objects)) if places == objects => Ok(()),
            (Some(places), Some(objects)) if places > objects => Err(harm(
                "has fewer objects than its shape has places: NumPy takes what lies behind them for more",
            )),
            _ => Err(doubt("has another number of objects than places")),
        }
    }

    /// `(version, byte order, (dtype, shape), names, fields, item size, alignment, flags, …)`
    fn data_type(&mut self, value: Value, state: Value) -> Checked {
        let parts = self.view.children(state);
        let [version, _, part, names, fields, size, alignment, flags, ..] = *parts.as_slice()
        else {
            return Err(doubt("is not what NumPy writes"));
        };
        let numbers = [version, size, alignment, flags].map(|part| self.number(part));
        let [Some(3 | 4), Some(size), Some(alignment), Some(flags)] = numbers else {
            return Err(doubt("is not what NumPy writes"));
        };
        let is_power = alignment == -1 || alignment > 0 && alignment & (alignment - 1) == 0;
        if !is_power {
            return Err(harm("has an alignment that NumPy divides by"));
        }
        let Some(code) = self.code(value) else {
            return Err(doubt("belongs to a data type whose code is not known"));
        };
        if size != -1 && code.size.is_some_and(|known| known != size) {
            return Err(harm("has another size than its data type"));
        }
        let is_plain = [part, names, fields]
            .iter()
            .all(|&part| self.view.kind(part) == Kind::None);
        let flags = flags & 0xff;
        if code.kind != b'V' {
            let expected = if code.kind == b'O' { flag::OBJECT } else { 0 };
            return if !is_plain {
                Err(doubt("has fields, and its data type has none"))
            } else if flags & flag::OBJECT != expected {
                Err(harm(
                    "says that numbers are objects, or objects none: NumPy follows bytes of the file as pointers",
                ))
            } else {
                Ok(())
            };
        }
        let mut has_objects = false;
        if self.view.kind(part) != Kind::None {
            has_objects |= self.repeated(part, size)?;
        }
        if self.view.kind(fields) != Kind::None {
            has_objects |= self.fields(names, fields, size)?;
        }
        self.structure(has_objects, flags)
    }

    /// Whether a structure's flags go with what is in it.
    fn structure(&mut self, has_objects: bool, flags: i64) -> Checked {
        let says = flags & (flag::REFCOUNT | flag::LIST_PICKLE);
        let structures = &mut self.names.structures;
        if says != 0 && structures.bytes {
            return Err(doubt(
                "makes objects of fields, and there is an array of plain bytes whose type it may be",
            ));
        }
        structures.objects |= says != 0;
        let whole = flag::REFCOUNT | flag::LIST_PICKLE;
        match (has_objects, says) {
            (true, says) if says == whole => Ok(()),
            (false, 0) => Ok(()),
            _ => Err(harm(
                "says that fields are objects, or objects none: NumPy follows bytes of the file as pointers",
            )),
        }
    }

    /// A data type that an item holds several times; tells whether it holds objects.
    fn repeated(&mut self, part: Value, size: i64) -> Result<bool, Fault> {
        let parts = self.view.children(part);
        let [data_type, shape] = *parts.as_slice() else {
            return Err(doubt("has a part that is not what NumPy writes"));
        };
        let sizes = match self.view.kind(shape) {
            Kind::Tuple => self.view.children(shape),
            _ => vec![shape],
        };
        let places = sizes
            .into_iter()
            .map(|size| self.number(size))
            .try_fold(1i64, |places, size| places.checked_mul(size?));
        let (item, has_objects) = self.item(data_type)?;
        match places.and_then(|places| places.checked_mul(item)) {
            Some(whole) if whole == size => Ok(has_objects),
            _ => Err(harm("has parts that do not fill the item")),
        }
    }

    /// The fields of an item; tells whether they hold objects.
    fn fields(&mut self, names: Value, fields: Value, size: i64) -> Result<bool, Fault> {
        let entries = self.view.children(fields);
        let is_whole = self.view.kind(fields) == Kind::Dict
            && self.view.count(fields).saturating_mul(2) == entries.len() as u64
            && !self.view.is_scrambled(fields);
        if !is_whole {
            return Err(doubt("has fields that nobody can list"));
        }
        let keys: Vec<Option<String>> = entries
            .iter()
            .step_by(2)
            .map(|&key| self.word(key))
            .collect();
        let named = self.view.children(names);
        let is_listed = |name: &Value| keys.contains(&self.word(*name));
        if !named.iter().all(is_listed) {
            return Err(doubt("names a field that it has not"));
        }
        let mut has_objects = false;
        for &field in entries.iter().skip(1).step_by(2) {
            let parts = self.view.children(field);
            let (Some(&data_type), Some(offset)) = (
                parts.first(),
                parts.get(1).and_then(|&offset| self.number(offset)),
            ) else {
                return Err(doubt("has a field that is not what NumPy writes"));
            };
            let (item, objects) = self.item(data_type)?;
            let fits = offset >= 0 && offset.checked_add(item).is_some_and(|end| end <= size);
            if !fits {
                return Err(harm("has a field behind the end of its item"));
            }
            has_objects |= objects;
        }
        Ok(has_objects)
    }

    /// The size of a data type within another, and whether it holds objects.
    fn item(&mut self, data_type: Value) -> Result<(i64, bool), Fault> {
        let unknown = doubt("has a field whose size is not known");
        let code = self.code(data_type).ok_or(unknown)?;
        let size = code.size.ok_or(unknown)?;
        // What is in a structure was told by its own state.
        let has_objects = code.kind == b'O' || code.kind == b'V' && self.names.structures.objects;
        Ok((size, has_objects))
    }

    /// The code that a data type is made from.
    fn code(&self, data_type: Value) -> Option<TypeCode> {
        TypeCode::of(data_type, self.view)
    }

    fn number(&self, value: Value) -> Option<i64> {
        number(value, self.view)
    }
}
