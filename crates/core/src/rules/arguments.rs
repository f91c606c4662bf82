//! Whether arguments and states are what a known global may be given.

use weighbridge_pickle::literal::Integer;
use weighbridge_pickle::{Encoding, Kind, Text, Unpickler, Value};

use super::sense::{Identity, Sense};
use super::template;
use crate::knowledge::{Calls, Signature, Standing, Type};
use crate::made_bytes;

/// How many arguments of one call are looked at; the machine keeps no more of a tuple.
const LOOKED_AT: u64 = weighbridge_pickle::KEPT_CHILDREN as u64;

/// The arguments of a call.
#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    /// Those that are known.
    pub(crate) values: Vec<Value>,
    /// Whether these are all.
    pub(crate) is_whole: bool,
    /// Whether there are keyword arguments, or may be.
    pub(crate) has_keywords: bool,
}

impl Sense<'_, '_> {
    /// What a tuple of arguments holds; anything else holds nobody knows what.
    pub(crate) fn arguments(&self, args: Value, keywords: Option<Value>) -> Arguments {
        let view = self.view;
        let is_tuple = view.kind(args) == Kind::Tuple;
        let has_keywords = keywords
            .is_some_and(|keywords| view.kind(keywords) != Kind::Dict || view.count(keywords) > 0);
        Arguments {
            values: view.children(args),
            is_whole: is_tuple && view.count(args) <= LOOKED_AT,
            has_keywords,
        }
    }

    /// Whether a call with these arguments is permitted.
    pub(crate) fn permits(&mut self, calls: &Calls, arguments: &Arguments) -> bool {
        match calls {
            Calls::No => false,
            Calls::Any => true,
            Calls::With(signatures) => {
                !arguments.has_keywords
                    && signatures
                        .iter()
                        .any(|signature| self.fits(signature, arguments))
            }
        }
    }

    fn fits(&mut self, signature: &Signature, arguments: &Arguments) -> bool {
        let values = &arguments.values;
        (arguments.is_whole || matches!(signature.rest, Some(Type::Any)))
            && values.len() >= signature.required
            && values.iter().enumerate().all(|(index, &value)| {
                match signature.params.get(index).or(signature.rest.as_ref()) {
                    Some(wanted) => self.is(value, wanted),
                    None => false,
                }
            })
    }

    /// Whether a value is of a type. The recursion is as deep as the type is written.
    pub(crate) fn is(&mut self, value: Value, wanted: &Type) -> bool {
        match wanted {
            Type::Any => true,
            Type::Never => false,
            Type::OneOf(types) => types.iter().any(|wanted| self.is(value, wanted)),
            Type::Word(word) => self.is_word(value, word),
            Type::TextMax(max) => self.is_text_up_to(value, *max),
            Type::Letters(letters, max) => self.is_of_letters(value, letters, *max),
            Type::IntMax(max) => self.is_int_up_to(value, *max),
            Type::Template(template) => self.is_made_of(value, template),
            Type::DictWith(entries) => self.is_dict_with(value, entries),
            Type::TupleOf(types) => {
                let parts = self.view.children(value);
                self.view.kind(value) == Kind::Tuple
                    && self.view.count(value) == types.len() as u64
                    && parts.len() == types.len()
                    && parts
                        .iter()
                        .zip(*types)
                        .all(|(&part, wanted)| self.is(part, wanted))
            }
            Type::TupleAll(wanted) => {
                self.view.kind(value) == Kind::Tuple && self.all_are(value, wanted)
            }
            Type::ListAll(wanted) => {
                self.view.kind(value) == Kind::List && self.all_are(value, wanted)
            }
            Type::Global | Type::Class | Type::This(_) => self.is_global(value, wanted),
            Type::Instance => matches!(self.identity(value), Identity::Fresh(..)),
            Type::Of(name) => self.is_fresh(value, name.module, name.name),
            Type::Persistent => self.view.kind(value) == Kind::Persistent,
            Type::Buffer => self.view.kind(value) == Kind::Buffer,
            Type::Pickle => {
                let is_bytes = self.is(value, &Type::Bytes);
                // What is known of them is examined, even where that is not all.
                if is_bytes || self.is(value, &Type::ByteArray) {
                    self.unpickled.push(value);
                }
                is_bytes && made_bytes::are_told(value, self.view)
            }
            plain => self.is_plain(value, plain),
        }
    }

    fn all_are(&mut self, container: Value, wanted: &Type) -> bool {
        !self.view.dropped_objects(container)
            && !self.view.is_scrambled(container)
            && self
                .view
                .children(container)
                .into_iter()
                .all(|part| self.is(part, wanted))
    }

    /// Whether a value is a builtin of some kind: spelled out, or made by its class, as older
    /// protocols write sets and bytes.
    fn is_plain(&mut self, value: Value, wanted: &Type) -> bool {
        let (kinds, class): (&[Kind], &str) = match wanted {
            Type::None => (&[Kind::None], ""),
            Type::Bool => (&[Kind::Bool], "bool"),
            Type::Int => (&[Kind::Int, Kind::Bool], "int"),
            Type::Float => (&[Kind::Float], "float"),
            Type::Str => (&[Kind::Str, Kind::EightBitStr], "str"),
            Type::Bytes => (&[Kind::Bytes, Kind::EightBitStr], "bytes"),
            Type::ByteArray => (&[Kind::ByteArray], "bytearray"),
            Type::Tuple => (&[Kind::Tuple], "tuple"),
            Type::List => (&[Kind::List], "list"),
            Type::Dict => (&[Kind::Dict], "dict"),
            Type::Set => (&[Kind::Set], "set"),
            Type::FrozenSet => (&[Kind::FrozenSet], "frozenset"),
            _ => return false,
        };
        let kind = self.view.kind(value);
        kinds.contains(&kind) || kind == Kind::Result && self.is_fresh(value, "builtins", class)
    }

    fn is_fresh(&mut self, value: Value, module: &str, class: &str) -> bool {
        match self.identity(value) {
            Identity::Fresh(Some(name), _) => name.module == module && name.name == class,
            _ => false,
        }
    }

    fn is_global(&mut self, value: Value, wanted: &Type) -> bool {
        let Some(subject) = self.subject(value) else {
            return false;
        };
        let Standing::Known(name, permissions) = subject.standing else {
            return false;
        };
        match wanted {
            Type::This(this) => name == Some(*this),
            Type::Class => {
                let can = |calls: &Calls| !matches!(calls, Calls::No);
                can(&permissions.new) || can(&permissions.call)
            }
            _ => true,
        }
    }

    /// Whether a value is a dict whose keys are all known, with such values under these words.
    fn is_dict_with(&mut self, value: Value, entries: &[(&str, Type)]) -> bool {
        let items = self.view.children(value);
        self.view.kind(value) == Kind::Dict
            && self.view.count(value).saturating_mul(2) == items.len() as u64
            && !self.view.is_scrambled(value)
            && items.chunks_exact(2).all(|pair| match pair {
                [key, value] => self.is_entry(*key, *value, entries),
                _ => false,
            })
    }

    fn is_entry(&mut self, key: Value, value: Value, entries: &[(&str, Type)]) -> bool {
        matches!(self.view.kind(key), Kind::Str | Kind::EightBitStr)
            && entries
                .iter()
                .all(|(word, wanted)| !self.may_be_word(key, word) || self.is(value, wanted))
    }

    /// Whether a value is a text that a library makes of a template.
    fn is_made_of(&self, value: Value, template: &str) -> bool {
        let mut texts = self.texts(value).peekable();
        texts.peek().is_some()
            && texts.all(|text| {
                text.as_str()
                    .is_some_and(|text| template::is_made_of(text, template))
            })
    }

    /// Whether a value is this word, however it is read.
    pub(super) fn is_word(&self, value: Value, word: &str) -> bool {
        let mut texts = self.texts(value).peekable();
        texts.peek().is_some() && texts.all(|text| text.as_bytes() == word.as_bytes())
    }

    /// Whether a value is this word in some reading.
    fn may_be_word(&self, value: Value, word: &str) -> bool {
        self.texts(value)
            .any(|text| text.as_bytes() == word.as_bytes())
    }

    /// What a str is to loaders, which decode eight-bit strings differently.
    pub(super) fn texts(&self, value: Value) -> impl Iterator<Item = Text<'_>> {
        [Encoding::Ascii, Encoding::Latin1, Encoding::Utf8]
            .into_iter()
            .filter_map(move |encoding| self.view.text(value, encoding))
    }

    /// Whether a value is a str or bytes, of no more bytes than that in UTF-8.
    fn is_text_up_to(&mut self, value: Value, max: usize) -> bool {
        if !self.is(value, &Type::Str) && !self.is(value, &Type::Bytes) {
            return false;
        }
        // Before protocol 3, a call makes bytes of a str.
        let parts = match self.view.result(value) {
            Some(call) => self.view.children(call.args),
            None => vec![value],
        };
        parts.into_iter().all(|part| {
            let is_short = |len: usize| len <= max;
            match self.view.kind(part) {
                Kind::Bytes => self.view.bytes(part).is_some_and(|b| is_short(b.len())),
                Kind::Str | Kind::EightBitStr => {
                    self.texts(part).all(|t| is_short(t.as_bytes().len()))
                }
                _ => false,
            }
        })
    }

    /// Whether a value is a str of these letters, all of them ASCII, which every encoding reads alike.
    fn is_of_letters(&self, value: Value, letters: &str, max: usize) -> bool {
        self.view.text(value, Encoding::Ascii).is_some_and(|text| {
            let bytes = text.as_bytes();
            bytes.len() <= max && bytes.iter().all(|byte| letters.as_bytes().contains(byte))
        })
    }

    /// Whether every unpickler that reads the value at all reads an int from 0 to `max`.
    fn is_int_up_to(&self, value: Value, max: i64) -> bool {
        if self.view.kind(value) == Kind::Bool {
            return max >= 1;
        }
        let mut read = Unpickler::ALL
            .iter()
            .filter_map(|&unpickler| self.view.int(value, unpickler))
            .peekable();
        let is_small = |integer| match integer {
            Integer::Small(number) => (0..=max).contains(&number),
            _ => false,
        };
        read.peek().is_some() && read.all(is_small)
    }
}
