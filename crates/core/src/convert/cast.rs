//! Floats of one width from floats of another, rounded to the nearest, as PyTorch's `to` rounds them: what
//! is narrower than 32 bits is made of 32 bits.

use half::{bf16, f16};

use crate::element_type::ElementType;

/// Turns elements of one type into those of another; each with the smaller byte first.
pub(super) fn cast(bytes: &[u8], from: ElementType, to: ElementType, out: &mut Vec<u8>) {
    out.clear();
    match from {
        ElementType::F16 => each(bytes, to, out, |bits: [u8; 2]| {
            f64::from(f16::from_le_bytes(bits).to_f32())
        }),
        ElementType::BF16 => each(bytes, to, out, |bits: [u8; 2]| {
            f64::from(bf16::from_le_bytes(bits).to_f32())
        }),
        ElementType::F32 => each(bytes, to, out, |bits: [u8; 4]| {
            f64::from(f32::from_le_bytes(bits))
        }),
        ElementType::F64 => each(bytes, to, out, f64::from_le_bytes),
        _ => out.extend_from_slice(bytes),
    }
}

/// Every float of 16 and 32 bits is one of 64, so that nothing is lost on the way.
#[allow(
    clippy::cast_possible_truncation,
    reason = "rounding is what is asked for"
)]
fn each<const N: usize>(
    bytes: &[u8],
    to: ElementType,
    out: &mut Vec<u8>,
    value: impl Fn([u8; N]) -> f64,
) {
    let (elements, _) = bytes.as_chunks::<N>();
    let values = elements.iter().map(|bits| value(*bits));
    match to {
        ElementType::F16 => values.for_each(|v| out.extend(f16::from_f32(v as f32).to_le_bytes())),
        ElementType::BF16 => {
            values.for_each(|v| out.extend(bf16::from_f32(v as f32).to_le_bytes()));
        }
        ElementType::F32 => values.for_each(|v| out.extend((v as f32).to_le_bytes())),
        _ => values.for_each(|v| out.extend(v.to_le_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(value: f32, to: ElementType) -> Vec<u8> {
        let mut out = Vec::new();
        cast(&value.to_le_bytes(), ElementType::F32, to, &mut out);
        out
    }

    #[test]
    fn floats_are_rounded_to_the_nearest_even() {
        // The bits are those that PyTorch 2.15 gives.
        assert_eq!(
            narrowed(1.0 + f32::EPSILON, ElementType::BF16),
            0x3f80_u16.to_le_bytes()
        );
        assert_eq!(
            narrowed(f32::from_bits(0x3f80_8000), ElementType::BF16),
            0x3f80_u16.to_le_bytes()
        );
        assert_eq!(
            narrowed(f32::from_bits(0x3f81_8000), ElementType::BF16),
            0x3f82_u16.to_le_bytes()
        );
        assert_eq!(
            narrowed(65520.0, ElementType::F16),
            0x7c00_u16.to_le_bytes()
        );
        assert_eq!(
            narrowed(2.0_f32.powi(-25), ElementType::F16),
            0_u16.to_le_bytes()
        );
        assert_eq!(
            narrowed(2.0_f32.powi(-24), ElementType::F16),
            1_u16.to_le_bytes()
        );
        assert_eq!(
            narrowed(0.1, ElementType::F64),
            f64::from(0.1_f32).to_le_bytes()
        );
        assert!(
            f16::from_le_bytes(narrowed(f32::NAN, ElementType::F16).try_into().unwrap()).is_nan()
        );
    }
}
