//! The reader allocates nothing at all.
#![allow(clippy::unwrap_used)]

use weighbridge_pickle::{Op, Operand, Reader};

#[test]
fn reading_allocates_nothing() {
    let mut stream = b"\x80\x04\x95\xff\0\0\0\0\0\0\0cos\nsystem\nI12\nS'abc'\n".to_vec();
    for i in 0..50_000u32 {
        stream.extend_from_slice(b"}\x94(X\x03\0\0\0keyJ");
        stream.extend_from_slice(&i.to_le_bytes());
        stream.extend_from_slice(b"B\x02\0\0\0abG\x3f\xf0\0\0\0\0\0\0u\x8a\x02\x01\x02g0\n");
    }
    stream.push(b'.');
    let mut counts = (0u64, 0u64);
    let allocations = allocation_counter::measure(|| {
        for instruction in Reader::new(&stream) {
            let instruction = instruction.unwrap();
            counts.0 += 1;
            if let Operand::Counted(bytes) = instruction.operand {
                counts.1 += bytes.len() as u64;
            }
            if instruction.op == Op::STOP {
                break;
            }
        }
    });
    assert_eq!(counts, (5 + 50_000 * 10 + 1, 50_000 * 7));
    assert_eq!(allocations.count_total, 0);
}
