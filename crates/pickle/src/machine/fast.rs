//! The hot loop: the opcodes that writers write most, where every reading agrees.
//!
//! It works on a window of the source and gives up, without having changed anything, at the first
//! opcode that is not plainly unanimous: one that has an effect, that some reading refuses, or that
//! does not lie within the window. [`step`](super::step) then does that one opcode in full.

use memchr::memchr;

use super::effect::Suspect;
use super::plain::{
    LONG_LINE, is_dull, is_plain_float, is_plain_long, is_plain_string, is_plain_text,
    is_signed_ascii, is_utf8, plain_index,
};
use super::state::{State, fence_below};
use super::value::{Tag, Value};
use crate::literal::is_plain_decimal;
use crate::opcode::Op;
use crate::opset::OpSet;

/// Where the hot loop stopped.
pub(crate) struct Paused {
    /// Offset within the window of the first opcode that was not done.
    pub(crate) at: usize,
    /// How many opcodes were done.
    pub(crate) done: u64,
}

impl State {
    /// Runs over `window`, whose first byte has offset `base` in the source, up to a string that is
    /// worth telling of or an opcode that is watched.
    #[allow(clippy::too_many_lines)] // One arm an opcode; splitting it costs the jump table.
    pub(crate) fn run_fast(
        &mut self,
        window: &[u8],
        base: u64,
        suspect: Option<Suspect>,
        watched: OpSet,
    ) -> Paused {
        let State {
            stack,
            marks,
            fence,
            memo,
            arena,
            ..
        } = self;
        // Every opcode pushes at most one value and takes at least one byte.
        let (slots, mut height) = stack.reserve(window.len());
        let mut floor = *fence;
        let mut at = 0;
        let mut done = 0;
        'run: {
            // Gives up unless the expression is `Some`.
            macro_rules! or_pause {
                ($value:expr) => {
                    match $value {
                        Some(value) => value,
                        None => break 'run,
                    }
                };
            }
            macro_rules! need {
                ($condition:expr) => {
                    if !$condition {
                        break 'run;
                    }
                };
            }
            // Gives up at an opcode that is watched.
            macro_rules! unwatched {
                ($op:ident) => {
                    need!(!watched.has(Op::$op))
                };
            }
            macro_rules! push {
                ($value:expr) => {{
                    let value = $value;
                    *or_pause!(slots.get_mut(height)) = value;
                    height += 1;
                }};
            }
            // The top of the stack, above the topmost mark.
            macro_rules! top {
                () => {{
                    need!(height > floor);
                    *or_pause!(slots.get(height - 1))
                }};
            }
            // The items from a height on.
            macro_rules! items {
                ($from:expr) => {
                    or_pause!(slots.get($from..height))
                };
            }
            // Fixed-size operands.
            macro_rules! operand {
                ($n:literal) => {
                    *or_pause!(
                        window
                            .get(at + 1..)
                            .and_then(|rest| rest.first_chunk::<$n>())
                    )
                };
            }
            // Writers memoize most of what they push right away.
            macro_rules! push_memoized {
                ($value:expr) => {{
                    let value: Value = $value;
                    push!(value);
                    match window.get(at..) {
                        Some([0x94, ..]) if memo.is_dense() && !watched.has(Op::MEMOIZE) => {
                            memo.memoize_dense(value);
                            at += 1;
                            done += 1;
                        }
                        Some([b'q', index, ..]) => {
                            memo.put(u64::from(*index), value);
                            at += 2;
                            done += 1;
                        }
                        Some([b'r', a, b, c, d, ..]) => {
                            let index = u64::from(u32::from_le_bytes([*a, *b, *c, *d]));
                            if !memo.is_far(index) {
                                memo.put(index, value);
                                at += 5;
                                done += 1;
                            }
                        }
                        _ => {}
                    }
                }};
            }
            // A value that stands at the operand, after which come `len` bytes.
            macro_rules! at_operand {
                ($tag:ident) => {
                    Value::new(Tag::$tag, base + at as u64 + 1)
                };
            }
            macro_rules! binget {
                () => {{
                    let [index] = operand!(1);
                    push!(or_pause!(memo.get(u64::from(index))));
                    at += 2;
                }};
            }
            macro_rules! binint1 {
                () => {{
                    let [byte] = operand!(1);
                    push!(Value::int(i64::from(byte)));
                    at += 2;
                }};
            }
            macro_rules! binint {
                () => {{
                    push!(Value::int(i64::from(i32::from_le_bytes(operand!(4)))));
                    at += 5;
                }};
            }
            macro_rules! binfloat {
                () => {{
                    unwatched!(BINFLOAT);
                    let _ = operand!(8);
                    push!(at_operand!(BinFloat));
                    at += 9;
                }};
            }
            // Numbers come in runs.
            macro_rules! run_of {
                ($opcode:literal, $push:ident) => {
                    loop {
                        $push!();
                        if window.get(at) != Some(&$opcode) {
                            break;
                        }
                        done += 1;
                    }
                };
            }
            macro_rules! counted {
                ($len:expr, $header:literal) => {{
                    let len = or_pause!(usize::try_from($len).ok());
                    let start = at + 1 + $header;
                    or_pause!(
                        start
                            .checked_add(len)
                            .and_then(|end| window.get(start..end))
                    )
                }};
            }
            macro_rules! counted_string {
                ($op:ident $tag:ident, $header:literal, $fits:expr) => {{
                    unwatched!($op);
                    let mut len = [0; 4];
                    len[..$header].copy_from_slice(&operand!($header));
                    let string = counted!(u32::from_le_bytes(len), $header);
                    need!($fits(string) && is_dull(string, suspect));
                    push!(at_operand!($tag));
                    at += 1 + $header + string.len();
                }};
            }
            macro_rules! short_binunicode {
                () => {{
                    unwatched!(SHORT_BINUNICODE);
                    let [len] = operand!(1);
                    let text = counted!(len, 1);
                    need!(is_utf8(text) && is_dull(text, suspect));
                    let value = at_operand!(ShortBinUnicode);
                    at += 2 + usize::from(len);
                    push_memoized!(value);
                }};
            }
            macro_rules! binunicode {
                () => {{
                    let text = counted!(u32::from_le_bytes(operand!(4)), 4);
                    need!(is_utf8(text) && is_dull(text, suspect));
                    let value = at_operand!(BinUnicode);
                    at += 5 + text.len();
                    push_memoized!(value);
                }};
            }
            macro_rules! empty {
                ($tag:ident) => {{
                    let value = arena.container(Tag::$tag);
                    at += 1;
                    push_memoized!(value);
                }};
            }
            // Writers fill most dicts right away.
            macro_rules! empty_dict {
                () => {{
                    empty!(Dict);
                    if window.get(at) == Some(&b'(') {
                        marks.push(height);
                        floor = height;
                        at += 1;
                        done += 1;
                    }
                }};
            }
            macro_rules! line {
                ($op:ident) => {{
                    unwatched!($op);
                    let rest = or_pause!(window.get(at + 1..));
                    let rest = &rest[..rest.len().min(LONG_LINE)];
                    &rest[..or_pause!(memchr(b'\n', rest))]
                }};
            }
            macro_rules! text_line {
                ($op:ident $tag:ident, $fits:expr) => {{
                    let line = line!($op);
                    need!($fits(line));
                    push!(at_operand!($tag));
                    at += 2 + line.len();
                }};
            }
            macro_rules! target {
                ($at:expr, $floor:expr, $tag:ident) => {{
                    let at: usize = $at;
                    need!(at > $floor);
                    let target = *or_pause!(slots.get(at - 1));
                    need!(target.is(Tag::$tag));
                    target
                }};
            }
            macro_rules! pop_mark {
                () => {{
                    let mark = or_pause!(marks.pop());
                    floor = marks.last().copied().unwrap_or(0);
                    mark
                }};
            }
            macro_rules! constant {
                ($tag:ident) => {{
                    push!(Value::new(Tag::$tag, 0));
                    at += 1;
                }};
            }
            macro_rules! tuple {
                ($n:literal) => {{
                    need!(height - floor >= $n);
                    let value = arena.tuple(items!(height - $n));
                    height -= $n;
                    push!(value);
                    at += 1;
                }};
            }
            loop {
                let opcode = *or_pause!(window.get(at));
                match opcode {
                    b'h' => loop {
                        binget!();
                        // A key; what follows is mostly one of these, and then another key. Looking
                        // here spares the jumps.
                        match window.get(at) {
                            Some(b'K') => {
                                done += 1;
                                binint1!();
                            }
                            Some(b'J') => {
                                done += 1;
                                binint!();
                            }
                            Some(b'G') => {
                                done += 1;
                                binfloat!();
                            }
                            Some(0x8c) => {
                                done += 1;
                                short_binunicode!();
                            }
                            Some(b'X') => {
                                done += 1;
                                binunicode!();
                            }
                            _ => {}
                        }
                        if window.get(at) != Some(&b'h') {
                            break;
                        }
                        done += 1;
                    },
                    b'K' => run_of!(b'K', binint1),
                    b'M' => {
                        push!(Value::int(i64::from(u16::from_le_bytes(operand!(2)))));
                        at += 3;
                    }
                    b'J' => run_of!(b'J', binint),
                    b'G' => run_of!(b'G', binfloat),
                    0x94 => {
                        unwatched!(MEMOIZE);
                        need!(!memo.parts_readings());
                        memo.memoize(top!());
                        at += 1;
                    }
                    b'q' => {
                        let [index] = operand!(1);
                        memo.put(u64::from(index), top!());
                        at += 2;
                    }
                    b'r' => {
                        let index = u64::from(u32::from_le_bytes(operand!(4)));
                        need!(!memo.is_far(index));
                        memo.put(index, top!());
                        at += 5;
                    }
                    b'j' => {
                        let index = u32::from_le_bytes(operand!(4));
                        let value = or_pause!(memo.get(u64::from(index)));
                        push!(value);
                        at += 5;
                    }
                    b'(' => {
                        marks.push(height);
                        floor = height;
                        at += 1;
                    }
                    b'}' => empty_dict!(),
                    b']' => empty!(List),
                    b')' => constant!(EmptyTuple),
                    0x8f => empty!(Set),
                    b'N' => constant!(None),
                    0x88 => constant!(True),
                    0x89 => constant!(False),
                    b'u' => {
                        let mark = *or_pause!(marks.last());
                        let below = fence_below(marks);
                        let target = target!(mark, below, Dict);
                        let items = items!(mark);
                        need!(items.len() % 2 == 0);
                        let count = (items.len() / 2) as u64;
                        if Value::any_node(items) {
                            need!(arena.keys_light(items));
                            arena.extend_objects(target, items, count);
                        } else {
                            arena.extend_scalars(target, items, count);
                        }
                        marks.pop();
                        (height, floor) = (mark, below);
                        at += 1;
                        if window.get(at) == Some(&b'}') {
                            done += 1;
                            empty_dict!();
                        }
                    }
                    b'e' => {
                        let mark = *or_pause!(marks.last());
                        let below = fence_below(marks);
                        let target = target!(mark, below, List);
                        let items = items!(mark);
                        arena.extend(target, items, items.len() as u64);
                        marks.pop();
                        (height, floor) = (mark, below);
                        at += 1;
                    }
                    b's' => {
                        need!(height >= floor + 3);
                        let target = target!(height - 2, floor, Dict);
                        let items = items!(height - 2);
                        need!(arena.keys_light(items));
                        arena.extend(target, items, 1);
                        height -= 2;
                        at += 1;
                    }
                    b'a' => {
                        need!(height >= floor + 2);
                        let target = target!(height - 1, floor, List);
                        arena.extend(target, items!(height - 1), 1);
                        height -= 1;
                        at += 1;
                    }
                    0x85 => tuple!(1),
                    0x86 => tuple!(2),
                    0x87 => tuple!(3),
                    b't' => {
                        let mark = pop_mark!();
                        let value = arena.tuple(items!(mark));
                        height = mark;
                        push!(value);
                        at += 1;
                    }
                    b'l' => {
                        unwatched!(LIST);
                        let mark = pop_mark!();
                        let list = arena.container(Tag::List);
                        let items = items!(mark);
                        arena.extend(list, items, items.len() as u64);
                        height = mark;
                        push!(list);
                        at += 1;
                    }
                    b'd' => {
                        unwatched!(DICT);
                        let mark = *or_pause!(marks.last());
                        let items = items!(mark);
                        need!(items.len() % 2 == 0 && arena.keys_light(items));
                        let dict = arena.container(Tag::Dict);
                        arena.extend(dict, items, (items.len() / 2) as u64);
                        let _ = pop_mark!();
                        height = mark;
                        push!(dict);
                        at += 1;
                    }
                    0x8c => short_binunicode!(),
                    b'X' => binunicode!(),
                    b'C' => counted_string!(SHORT_BINBYTES ShortBinBytes, 1, |_: &[u8]| true),
                    b'B' => counted_string!(BINBYTES BinBytes, 4, |_: &[u8]| true),
                    b'U' => counted_string!(SHORT_BINSTRING ShortBinString, 1, <[u8]>::is_ascii),
                    b'T' => counted_string!(BINSTRING BinString, 4, is_signed_ascii),
                    0x8a => {
                        let [len] = operand!(1);
                        let _ = counted!(len, 1);
                        push!(at_operand!(Long1));
                        at += 2 + usize::from(len);
                    }
                    b'I' => text_line!(INT IntLine, is_plain_decimal),
                    b'L' => text_line!(LONG LongLine, is_plain_long),
                    b'F' => text_line!(FLOAT FloatLine, is_plain_float),
                    b'V' => text_line!(UNICODE UnicodeLine, |line| is_plain_text(line, suspect)),
                    b'S' => text_line!(STRING StringLine, |line| is_plain_string(line, suspect)),
                    b'p' => {
                        let line = line!(PUT);
                        let index = or_pause!(plain_index(line));
                        need!(!memo.is_far(index));
                        memo.put(index, top!());
                        at += 2 + line.len();
                    }
                    b'g' => {
                        let line = line!(GET);
                        let value = or_pause!(plain_index(line).and_then(|i| memo.get(i)));
                        push!(value);
                        at += 2 + line.len();
                    }
                    b'2' => {
                        unwatched!(DUP);
                        let value = top!();
                        push!(value);
                        at += 1;
                    }
                    b'0' => {
                        unwatched!(POP);
                        need!(height > floor);
                        height -= 1;
                        at += 1;
                    }
                    b'1' => {
                        unwatched!(POP_MARK);
                        height = pop_mark!();
                        at += 1;
                    }
                    _ => break 'run,
                }
                done += 1;
            }
        }
        *fence = floor;
        stack.set_len(height);
        Paused { at, done }
    }
}
