//! Values of pickles that are themselves something to load or run.

use std::cell::Cell;
use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;

use weighbridge_pickle::{Encoding, Machine, SUSPECT_PREFIX, Source, StringOperand, Value, View};

use crate::analysis::{Content, Walk};
use crate::gap::{Gap, GapReason};
use crate::made_bytes;
use crate::observer::{Payload, PayloadKind, Role};
use crate::payload;
use crate::source::{Part, read_up_to};

/// How much of a value is looked at, and how much of it is decoded.
const LOOKED_AT: usize = 1 << 20;
/// How much one pickle's values may take once they are decoded.
const HELD: usize = 64 << 20;

/// A value that was picked while its pickle was followed.
struct Picked {
    /// Where the instruction begins, and how long it is.
    offset: u64,
    len: u64,
    found: Found,
}

enum Found {
    /// A pickle, and how it is wrapped.
    Pickle {
        bytes: Bytes,
        layers: Vec<&'static str>,
    },
    /// Something else.
    Other {
        kind: PayloadKind,
        what: &'static str,
        layers: Vec<&'static str>,
    },
    /// What a call unpickles.
    Unpickled(Option<Bytes>),
    /// Something that may well be one of these, and why that stays open.
    Undecided(&'static str),
}

/// The bytes of a value.
#[derive(PartialEq, Eq)]
enum Bytes {
    /// They lie in the content as they are.
    At(u64, u64),
    Decoded(Vec<u8>),
}

/// The values of one content that are to be looked at once its pickles are followed.
#[derive(Default)]
pub(crate) struct Values {
    picked: Vec<Picked>,
    /// Where the strings begin that were picked: where readings part, one is told of again.
    strings: HashSet<u64>,
    held: usize,
    /// Whether there was more than may be held.
    over: bool,
    machine: Option<Machine>,
    /// What they are in, in words.
    holder: Option<&'static str>,
}

impl Values {
    /// Values of something else than a pickle.
    pub(crate) fn within(holder: &'static str) -> Values {
        Values {
            holder: Some(holder),
            ..Values::default()
        }
    }

    /// Looks at a text that takes `len` bytes at `offset`.
    pub(crate) fn text(&mut self, offset: u64, len: u64, text: &str) {
        let bytes = text.as_bytes();
        let whole = bytes.len() as u64;
        let prefix = bytes.get(..SUSPECT_PREFIX).unwrap_or(bytes);
        if !self.strings.contains(&offset) && payload::suspect(prefix, whole) {
            let looked = Looked {
                bytes: bytes.get(..LOOKED_AT).unwrap_or(bytes).to_vec(),
                len: whole,
                at: None,
            };
            self.look(offset, len, looked);
        }
    }

    /// Looks at a string of a pickle.
    pub(crate) fn string(&mut self, string: &StringOperand, view: &View<'_>, source: &dyn Source) {
        if self.strings.contains(&string.offset) {
            return;
        }
        if let Ok(Some(looked)) = value_of(string.value, view, source) {
            self.look(string.offset, string.len, looked);
        }
    }

    /// Looks at the beginning of bytes that a loader reads between the opcodes.
    pub(crate) fn raw(&mut self, at: u64, len: u64, source: &dyn Source) {
        let wanted = usize::try_from(len)
            .unwrap_or(SUSPECT_PREFIX)
            .min(SUSPECT_PREFIX);
        let Ok(bytes) = read_up_to(source, at, wanted) else {
            return;
        };
        if !self.strings.contains(&at) && payload::suspect(&bytes, len) {
            self.look(
                at,
                len,
                Looked {
                    bytes,
                    len,
                    at: Some(at),
                },
            );
        }
    }

    fn look(&mut self, offset: u64, length: u64, looked: Looked) {
        let Looked {
            bytes: value,
            len,
            at,
        } = looked;
        let machine = self.machine.get_or_insert_default();
        let Some(found) = payload::find(machine, &value, len, LOOKED_AT) else {
            return;
        };
        let found = match found {
            payload::Payload::Pickle { layers, bytes, cut } => Found::Pickle {
                bytes: match at {
                    Some(at) if layers.is_empty() => Bytes::At(at, len),
                    _ => {
                        if cut {
                            let why = "an embedded pickle goes on behind what is decoded of it";
                            self.pick(offset, length, Found::Undecided(why));
                        }
                        Bytes::Decoded(bytes.into_owned())
                    }
                },
                layers: names(&layers),
            },
            payload::Payload::Undecided { why, .. } => Found::Undecided(why),
            payload::Payload::Code { layers, what } => Found::Other {
                kind: PayloadKind::Code,
                what,
                layers: names(&layers),
            },
            payload::Payload::Executable { layers, what } => Found::Other {
                kind: PayloadKind::Executable,
                what,
                layers: names(&layers),
            },
        };
        self.strings.insert(offset);
        self.pick(offset, length, found);
    }

    /// Notes that a call unpickles a value.
    pub(crate) fn unpickled(
        &mut self,
        (offset, len): (u64, u64),
        value: Value,
        view: &View<'_>,
        source: &dyn Source,
    ) {
        let bytes = match made_bytes::span(value, view) {
            Some((at, len)) => Some(Bytes::At(at, len)),
            None => made_bytes::of(value, view, source, HELD).map(Bytes::Decoded),
        };
        // What was picked as a mere value is no longer one.
        let same = |picked: &Picked| match (&picked.found, &bytes) {
            (Found::Pickle { bytes: known, .. }, Some(bytes)) => known == bytes,
            _ => false,
        };
        self.picked.retain(|picked| !same(picked));
        self.pick(offset, len, Found::Unpickled(bytes));
    }

    fn pick(&mut self, offset: u64, len: u64, found: Found) {
        let held = match &found {
            Found::Pickle {
                bytes: Bytes::Decoded(bytes),
                ..
            }
            | Found::Unpickled(Some(Bytes::Decoded(bytes))) => bytes.len(),
            _ => 0,
        };
        if self.held + held > HELD {
            self.over = true;
            return;
        }
        self.held += held;
        self.picked.push(Picked { offset, len, found });
    }
}

fn names(layers: &[payload::Layer]) -> Vec<&'static str> {
    layers.iter().map(|layer| layer.as_str()).collect()
}

/// The beginning of a string's value.
struct Looked {
    bytes: Vec<u8>,
    /// The length of the whole value.
    len: u64,
    /// Where it begins in the source, where it lies there as it is.
    at: Option<u64>,
}

/// The beginning of a string's value; `None` where it cannot be told.
fn value_of(value: Value, view: &View<'_>, source: &dyn Source) -> io::Result<Option<Looked>> {
    if let Some((at, len)) = view.span(value) {
        let wanted = usize::try_from(len).unwrap_or(LOOKED_AT).min(LOOKED_AT);
        return Ok(Some(Looked {
            bytes: read_up_to(source, at, wanted)?,
            len,
            at: Some(at),
        }));
    }
    let text = view.text(value, Encoding::Latin1);
    let bytes = view
        .bytes(value)
        .map(|bytes| bytes.into_owned())
        .or_else(|| text.map(|text| text.as_bytes().to_vec()));
    Ok(bytes.map(|bytes| Looked {
        len: bytes.len() as u64,
        bytes,
        at: None,
    }))
}

/// Examines the values that were picked.
pub(crate) fn examine(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    values: Values,
) -> ControlFlow<()> {
    if values.over {
        let detail = "the values that are pickles themselves take too much memory";
        walk.teller
            .gap(content, &Gap::limit("embedded-bytes", detail))?;
    }
    let holder = values.holder.unwrap_or("a value of the pickle");
    for picked in values.picked {
        let left = walk.budget.embedded.checked_sub(1);
        walk.budget.embedded = left.unwrap_or(0);
        if left.is_none() || content.member.len() >= walk.limits.max_nesting {
            let detail = "values that are pickles themselves were left out";
            let gap = Gap::limit("embedded", detail).at(picked.offset, picked.len);
            return walk.teller.gap(content, &gap);
        }
        examine_one(walk, content, picked, holder)?;
    }
    ControlFlow::Continue(())
}

fn examine_one(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    picked: Picked,
    holder: &str,
) -> ControlFlow<()> {
    let Picked { offset, len, found } = picked;
    let (bytes, layers, loaded) = match found {
        Found::Other { kind, what, layers } => {
            return walk.teller.payload(
                content,
                &Payload {
                    kind,
                    what,
                    holder,
                    layers: &layers,
                    offset,
                    len,
                },
            );
        }
        Found::Pickle { bytes, layers } => {
            let payload = Payload {
                kind: PayloadKind::Pickle,
                what: "another pickle",
                holder,
                layers: &layers,
                offset,
                len,
            };
            walk.teller.payload(content, &payload)?;
            (bytes, layers, false)
        }
        Found::Undecided(why) => {
            let gap = Gap::limit("embedded-bytes", why).at(offset, len);
            return walk.teller.gap(content, &gap);
        }
        Found::Unpickled(Some(bytes)) => (bytes, Vec::new(), true),
        Found::Unpickled(None) => {
            let detail = "a call unpickles bytes that cannot be told from the file";
            let gap = Gap::new(GapReason::Unsupported, detail).at(offset, len);
            return walk.teller.gap(content, &gap);
        }
    };
    let (part, decoded);
    let (source, base): (&dyn Source, _) = match &bytes {
        Bytes::At(at, len) => {
            part = Part::new(content.source, *at, *len);
            (&part, content.base.and_then(|base| base.checked_add(*at)))
        }
        Bytes::Decoded(bytes) => {
            decoded = walk.watch.over(bytes);
            (&decoded, None)
        }
    };
    let mut member = content.member.to_vec();
    let wrapped: Vec<&str> = layers.iter().rev().copied().collect();
    let how = if wrapped.is_empty() {
        "value"
    } else {
        &*wrapped.join(" in ")
    };
    member.push(format!("<{how} at {offset}>"));
    walk.teller.values += 1;
    let flow = walk.content(&Content {
        source,
        member: &member,
        name: None,
        base,
        role: Role::Any,
        lone: loaded,
        embedded: content.embedded || !loaded,
        followed: &Cell::new(false),
    });
    walk.teller.values -= 1;
    flow
}

/// Looks whether a member that no loader interprets begins like something that a program runs.
pub(crate) fn look(
    walk: &mut Walk<'_>,
    content: &Content<'_>,
    len: u64,
    prefix: &[u8],
) -> ControlFlow<()> {
    if !payload::suspect(prefix, len) {
        return ControlFlow::Continue(());
    }
    let (kind, what, layers) = match payload::find(&mut walk.machine, prefix, len, LOOKED_AT) {
        Some(payload::Payload::Code { layers, what }) => (PayloadKind::Code, what, layers),
        Some(payload::Payload::Executable { layers, what }) => {
            (PayloadKind::Executable, what, layers)
        }
        _ => return ControlFlow::Continue(()),
    };
    walk.teller.payload(
        content,
        &Payload {
            kind,
            what,
            holder: "a member that passes for the elements of a tensor",
            layers: &names(&layers),
            offset: 0,
            len,
        },
    )
}
