//! The types of tensors' elements, as PyTorch and NumPy have them.

use std::fmt;

use crate::safetensors::Dtype;

/// What is known of a type.
struct Row {
    name: &'static str,
    /// The class of PyTorch's storages of it.
    storage: Option<&'static str>,
    /// NumPy's code, without the byte order.
    numpy: Option<&'static str>,
    safetensors: Option<Dtype>,
    bits: u64,
    /// How many bytes are reversed together where the byte order is the other one.
    unit: usize,
}

/// Names, storages (`torch/__init__.py`, `torch/storage.py`), NumPy's codes, safetensors' types, bits of
/// an element, bytes of what is reversed.
macro_rules! types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $storage:expr, $numpy:expr, $safetensors:expr, $bits:literal, $unit:literal;)*) => {
        /// The type of a tensor's elements.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ElementType {
            $($(#[$doc])* $variant,)*
        }

        impl ElementType {
            /// Every type.
            pub const ALL: &[ElementType] = &[$(ElementType::$variant,)*];

            const fn row(self) -> Row {
                match self {
                    $(ElementType::$variant => Row {
                        name: $name,
                        storage: $storage,
                        numpy: $numpy,
                        safetensors: $safetensors,
                        bits: $bits,
                        unit: $unit,
                    },)*
                }
            }
        }
    };
}

types! {
    /// A bool in a byte.
    Bool = "bool", Some("BoolStorage"), Some("b1"), Some(Dtype::Bool), 8, 1;
    /// An unsigned integer of 8 bits.
    U8 = "uint8", Some("ByteStorage"), Some("u1"), Some(Dtype::U8), 8, 1;
    /// A signed integer of 8 bits.
    I8 = "int8", Some("CharStorage"), Some("i1"), Some(Dtype::I8), 8, 1;
    /// An unsigned integer of 16 bits.
    U16 = "uint16", None, Some("u2"), Some(Dtype::U16), 16, 2;
    /// A signed integer of 16 bits.
    I16 = "int16", Some("ShortStorage"), Some("i2"), Some(Dtype::I16), 16, 2;
    /// An unsigned integer of 32 bits.
    U32 = "uint32", None, Some("u4"), Some(Dtype::U32), 32, 4;
    /// A signed integer of 32 bits.
    I32 = "int32", Some("IntStorage"), Some("i4"), Some(Dtype::I32), 32, 4;
    /// An unsigned integer of 64 bits.
    U64 = "uint64", None, Some("u8"), Some(Dtype::U64), 64, 8;
    /// A signed integer of 64 bits.
    I64 = "int64", Some("LongStorage"), Some("i8"), Some(Dtype::I64), 64, 8;
    /// A float of 16 bits.
    F16 = "float16", Some("HalfStorage"), Some("f2"), Some(Dtype::F16), 16, 2;
    /// The upper half of a float of 32 bits.
    BF16 = "bfloat16", Some("BFloat16Storage"), None, Some(Dtype::BF16), 16, 2;
    /// A float of 32 bits.
    F32 = "float32", Some("FloatStorage"), Some("f4"), Some(Dtype::F32), 32, 4;
    /// A float of 64 bits.
    F64 = "float64", Some("DoubleStorage"), Some("f8"), Some(Dtype::F64), 64, 8;
    /// A complex number of two floats of 16 bits.
    C32 = "complex32", Some("ComplexHalfStorage"), None, None, 32, 2;
    /// A complex number of two floats of 32 bits.
    C64 = "complex64", Some("ComplexFloatStorage"), Some("c8"), Some(Dtype::C64), 64, 4;
    /// A complex number of two floats of 64 bits.
    C128 = "complex128", Some("ComplexDoubleStorage"), Some("c16"), None, 128, 8;
    /// A float of 8 bits: 4 for the exponent, 3 for the fraction.
    F8E4M3Fn = "float8_e4m3fn", None, None, Some(Dtype::F8E4M3), 8, 1;
    /// A float of 8 bits: 5 for the exponent, 2 for the fraction.
    F8E5M2 = "float8_e5m2", None, None, Some(Dtype::F8E5M2), 8, 1;
    /// As `F8E4M3Fn`, without infinities and with one zero.
    F8E4M3Fnuz = "float8_e4m3fnuz", None, None, Some(Dtype::F8E4M3Fnuz), 8, 1;
    /// As `F8E5M2`, without infinities and with one zero.
    F8E5M2Fnuz = "float8_e5m2fnuz", None, None, Some(Dtype::F8E5M2Fnuz), 8, 1;
    /// A power of two in 8 bits.
    F8E8M0Fnu = "float8_e8m0fnu", None, None, Some(Dtype::F8E8M0), 8, 1;
    /// Two floats of 4 bits in a byte, which PyTorch takes for one element.
    F4E2M1FnX2 = "float4_e2m1fn_x2", None, None, Some(Dtype::F4), 8, 1;
    /// A quantized integer of 8 bits.
    QI8 = "qint8", Some("QInt8Storage"), None, None, 8, 1;
    /// An unsigned quantized integer of 8 bits.
    QU8 = "quint8", Some("QUInt8Storage"), None, None, 8, 1;
    /// A quantized integer of 32 bits.
    QI32 = "qint32", Some("QInt32Storage"), None, None, 32, 4;
    /// Two unsigned quantized integers in a byte.
    QU4X2 = "quint4x2", Some("QUInt4x2Storage"), None, None, 8, 1;
    /// Four unsigned quantized integers in a byte.
    QU2X4 = "quint2x4", Some("QUInt2x4Storage"), None, None, 8, 1;
}

impl ElementType {
    /// The name, as PyTorch has it: `float32`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// How many bits an element takes.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.row().bits
    }

    /// How many bytes an element takes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.row().bits / 8
    }

    /// The type that safetensors has for it.
    #[must_use]
    pub const fn safetensors(self) -> Option<Dtype> {
        self.row().safetensors
    }

    /// The code that NumPy has for it, without the byte order: `f4`.
    #[must_use]
    pub const fn numpy(self) -> Option<&'static str> {
        self.row().numpy
    }

    /// How many bytes are reversed together where the byte order is the other one.
    pub(crate) const fn unit(self) -> usize {
        self.row().unit
    }

    /// Whether it is a float of 16, 32 or 64 bits.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(
            self,
            ElementType::F16 | ElementType::BF16 | ElementType::F32 | ElementType::F64
        )
    }

    fn find(is: impl Fn(&Row) -> bool) -> Option<ElementType> {
        ElementType::ALL.iter().copied().find(|of| is(&of.row()))
    }

    /// The type of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<ElementType> {
        ElementType::find(|row| row.name == name)
    }

    /// The type of a storage of PyTorch, by the name of its class.
    pub(crate) fn of_storage(class: &str) -> Option<ElementType> {
        match class.trim_start_matches('_') {
            "UntypedStorage" => Some(ElementType::U8),
            class => ElementType::find(|row| row.storage == Some(class)),
        }
    }

    /// The type of a code of NumPy's, without the byte order.
    pub(crate) fn of_numpy(code: &str) -> Option<ElementType> {
        ElementType::find(|row| row.numpy == Some(code))
    }

    /// The type of safetensors' name.
    pub(crate) fn of_safetensors(dtype: Dtype) -> Option<ElementType> {
        ElementType::find(|row| row.safetensors == Some(dtype))
    }
}

impl fmt::Display for ElementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_codes_and_classes_lead_to_one_type() {
        for &of in ElementType::ALL {
            let row = of.row();
            assert_eq!(ElementType::from_name(row.name), Some(of));
            assert!(
                row.storage
                    .is_none_or(|s| ElementType::of_storage(s) == Some(of))
            );
            assert!(
                row.numpy
                    .is_none_or(|n| ElementType::of_numpy(n) == Some(of))
            );
            assert!(
                row.safetensors
                    .is_none_or(|d| ElementType::of_safetensors(d) == Some(of))
            );
            assert_eq!(row.bits % (8 * row.unit as u64), 0, "{of}");
        }
        assert_eq!(
            ElementType::of_storage("_UntypedStorage"),
            Some(ElementType::U8)
        );
    }
}
