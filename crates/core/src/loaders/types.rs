//! What the objects of a pickle are instances of.

use std::rc::Rc;

use weighbridge_pickle::{Encoding, Kind, ResultParts, Value, View};

use super::names::{Names, Resolved};
use crate::knowledge::{self, Returns, Standing};

/// What an object is an instance of.
pub(super) enum Type {
    /// A class by its names.
    Named(Rc<Resolved>),
    /// A type of Python's own that has no name in the file.
    Plain(&'static str),
    /// Only running would tell.
    Unknown,
}

/// Classes whose names are in lower case.
const CLASSES: &[&str] = &[
    "array.array",
    "builtins.bytearray",
    "builtins.complex",
    "builtins.dict",
    "builtins.frozenset",
    "builtins.list",
    "builtins.object",
    "builtins.set",
    "builtins.slice",
    "collections.defaultdict",
    "collections.deque",
    "datetime.date",
    "datetime.datetime",
    "datetime.time",
    "datetime.timedelta",
    "functools.partial",
    "numpy.ndarray",
    "numpy.recarray",
    "torch.device",
];

/// The classes of types of elements in NumPy 1.25 and later, by their codes without the order of
/// bytes and, for those that have one, the length (`numpy.dtypes`).
const DTYPES: &[(&str, &str)] = &[
    ("b1", "BoolDType"),
    ("c16", "Complex128DType"),
    ("c32", "CLongDoubleDType"),
    ("c8", "Complex64DType"),
    ("f16", "LongDoubleDType"),
    ("f2", "Float16DType"),
    ("f4", "Float32DType"),
    ("f8", "Float64DType"),
    ("i1", "Int8DType"),
    ("i2", "Int16DType"),
    ("i4", "Int32DType"),
    ("i8", "Int64DType"),
    ("u1", "UInt8DType"),
    ("u2", "UInt16DType"),
    ("u4", "UInt32DType"),
    ("u8", "UInt64DType"),
    ("O", "ObjectDType"),
    ("S", "BytesDType"),
    ("U", "StrDType"),
    ("V", "VoidDType"),
    ("M", "DateTime64DType"),
    ("m", "TimeDelta64DType"),
];

impl Names {
    /// What a value is an instance of. `persistent` is what persistent ids stand for.
    pub(super) fn type_of(&mut self, value: Value, persistent: &str, view: &View<'_>) -> Type {
        Type::Plain(match view.kind(value) {
            Kind::None => "NoneType",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Float => "float",
            Kind::Str | Kind::EightBitStr => "str",
            Kind::Bytes => "bytes",
            Kind::ByteArray => "bytearray",
            Kind::Tuple => "tuple",
            Kind::List => "list",
            Kind::Dict => "dict",
            Kind::Set => "set",
            Kind::FrozenSet => "frozenset",
            Kind::Global => "type",
            Kind::Persistent => return Type::named("torch", persistent),
            Kind::Result => match view.result(value) {
                Some(call) => return self.made_by(&call, view),
                None => return Type::Unknown,
            },
            _ => return Type::Unknown,
        })
    }

    fn made_by(&mut self, call: &ResultParts, view: &View<'_>) -> Type {
        let Some(callee) = self.named(call.callee, view) else {
            return Type::Unknown;
        };
        if call.is_new {
            return Type::Named(callee);
        }
        let args = view.children(call.args);
        let mut class = |at: usize| match args.get(at).and_then(|arg| self.named(*arg, view)) {
            Some(class) => Type::Named(class),
            None => Type::Unknown,
        };
        let path = callee.path();
        match path.as_str() {
            "torch._tensor._rebuild_from_type_v2" => class(1),
            "torch._utils._rebuild_wrapper_subclass"
            | "copyreg.__newobj__"
            | "copyreg._reconstructor"
            | "numpy.core.multiarray._reconstruct"
            | "numpy._core.multiarray._reconstruct" => class(0),
            "torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state" => {
                Type::named("torch.nn.parameter", "Parameter")
            }
            "torch.serialization._get_layout" => Type::Plain("torch.layout"),
            "_codecs.encode" => Type::Plain("bytes"),
            "numpy.dtype" => dtype(args.first().copied(), view),
            path if path.starts_with("torch._utils._rebuild_") || is_tensor_class(path) => {
                Type::named("torch", "Tensor")
            }
            path if CLASSES.contains(&path) || is_class(path) => Type::Named(callee),
            _ => known(&callee),
        }
    }
}

impl Type {
    fn named(module: &str, name: &str) -> Type {
        Type::Named(Rc::new(Resolved::new(module, name, None, false)))
    }
}

/// Whether it is a class of tensors of one type, such as `torch.cuda.FloatTensor`: they make tensors.
fn is_tensor_class(path: &str) -> bool {
    path.strip_prefix("torch.")
        .and_then(|rest| rest.strip_suffix("Tensor"))
        .is_some_and(|rest| rest.rsplit('.').next().is_some_and(|kind| !kind.is_empty()))
        && path.matches('.').count() <= 3
        && !path.contains("._")
}

/// Whether a name is written like that of a class.
fn is_class(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or_default();
    let name = name.trim_start_matches('_');
    name.starts_with(char::is_uppercase)
}

/// What a function that is known makes.
fn known(function: &Resolved) -> Type {
    let knowledge = knowledge::Knowledge::default();
    let made = function.names.last().and_then(|(global, _)| {
        match knowledge.standing(&global.module, &global.name) {
            Standing::Known(_, permissions) => match permissions.returns {
                Returns::Fresh(name) => Some((name.module, name.name)),
                _ => None,
            },
            _ => None,
        }
    });
    made.map_or(Type::Unknown, |(module, name)| Type::named(module, name))
}

/// What `numpy.dtype(code)` is an instance of.
fn dtype(code: Option<Value>, view: &View<'_>) -> Type {
    let text = code.and_then(|code| view.text(code, Encoding::Utf8));
    let code = text
        .as_ref()
        .and_then(|text| text.as_str())
        .unwrap_or_default();
    let code = code.trim_start_matches(['<', '>', '|', '=']);
    let whole = |(known, _): &&(&str, &str)| *known == code;
    let begins = |(known, _): &&(&str, &str)| {
        known.len() == 1
            && code
                .strip_prefix(known)
                .is_some_and(|rest| !rest.contains(char::is_alphabetic) || rest.starts_with('['))
    };
    match DTYPES
        .iter()
        .find(whole)
        .or_else(|| DTYPES.iter().find(begins))
    {
        Some((_, class)) => Type::named("numpy.dtypes", class),
        None => Type::Unknown,
    }
}
