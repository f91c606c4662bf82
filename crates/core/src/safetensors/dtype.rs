//! The types of elements.

use std::fmt;

/// The names and the widths in bits, from which the type is made.
macro_rules! dtypes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $bits:literal;)*) => {
        /// The type of a tensor's elements, as safetensors 0.8 has them; ordered as there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Dtype {
            $($(#[$doc])* $variant,)*
        }

        impl Dtype {
            /// Every type, the narrowest first, as the reference orders them.
            pub const ALL: &[Dtype] = &[$(Dtype::$variant,)*];

            /// The name in headers.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Dtype::$variant => $name,)*
                }
            }

            /// How many bits an element takes.
            #[must_use]
            pub const fn bits(self) -> u64 {
                match self {
                    $(Dtype::$variant => $bits,)*
                }
            }
        }
    };
}

dtypes! {
    /// A bool in a byte.
    Bool = "BOOL", 8;
    /// A float of 4 bits, two in a byte.
    F4 = "F4", 4;
    /// A float of 6 bits: 2 for the exponent, 3 for the fraction.
    F6E2M3 = "F6_E2M3", 6;
    /// A float of 6 bits: 3 for the exponent, 2 for the fraction.
    F6E3M2 = "F6_E3M2", 6;
    /// An unsigned integer of 8 bits.
    U8 = "U8", 8;
    /// A signed integer of 8 bits.
    I8 = "I8", 8;
    /// A float of 8 bits: 5 for the exponent, 2 for the fraction.
    F8E5M2 = "F8_E5M2", 8;
    /// A float of 8 bits: 4 for the exponent, 3 for the fraction.
    F8E4M3 = "F8_E4M3", 8;
    /// A power of two in 8 bits.
    F8E8M0 = "F8_E8M0", 8;
    /// As `F8E4M3`, without infinities and with one zero.
    F8E4M3Fnuz = "F8_E4M3FNUZ", 8;
    /// As `F8E5M2`, without infinities and with one zero.
    F8E5M2Fnuz = "F8_E5M2FNUZ", 8;
    /// A signed integer of 16 bits.
    I16 = "I16", 16;
    /// An unsigned integer of 16 bits.
    U16 = "U16", 16;
    /// A float of 16 bits.
    F16 = "F16", 16;
    /// The upper half of a float of 32 bits.
    BF16 = "BF16", 16;
    /// A signed integer of 32 bits.
    I32 = "I32", 32;
    /// An unsigned integer of 32 bits.
    U32 = "U32", 32;
    /// A float of 32 bits.
    F32 = "F32", 32;
    /// A complex number of two floats of 32 bits.
    C64 = "C64", 64;
    /// A float of 64 bits.
    F64 = "F64", 64;
    /// A signed integer of 64 bits.
    I64 = "I64", 64;
    /// An unsigned integer of 64 bits.
    U64 = "U64", 64;
}

impl Dtype {
    /// The type of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Dtype> {
        Dtype::ALL
            .iter()
            .copied()
            .find(|dtype| dtype.as_str() == name)
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
