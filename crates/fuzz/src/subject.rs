//! What is tested: the one place where the machine's effects become event lines.

use std::fmt::Write as _;

use weighbridge_pickle::{
    Effect, EffectKind, Encoding, IntLine, Integer, Kind, Machine, Next, Observer, Options, Text,
    Unpickler, Value, View,
};

use crate::oracle::Mode;
use crate::readings::{Reading, Readings};

/// One thing that our machine says the stream would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OurEvent {
    /// Which stream of several behind one another does it, from 0. Always 0 in [`Mode::Single`].
    pub stream: u32,
    /// The canonical line, as `oracle/README.md` describes it; `?` stands for any value.
    pub text: String,
    /// Under which readings.
    pub readings: Readings,
}

/// Tells the events of a stream, in order.
pub type Subject = fn(&[u8], Mode) -> Vec<OurEvent>;

/// The machine as a subject.
#[must_use]
pub fn machine() -> Option<Subject> {
    Some(events)
}

/// How deep the oracle shows values.
const DEPTH: usize = 3;
/// How many children of a tuple, or items of an append, it shows.
const WIDTH: usize = 8;

fn events(stream: &[u8], mode: Mode) -> Vec<OurEvent> {
    let options = match mode {
        Mode::Single => Options::default().only_first(),
        Mode::Carried | Mode::Fresh => Options::default().without_resync(),
    };
    let mut collector = Collector {
        mode,
        events: Vec::new(),
    };
    Machine::new().run(&stream, &options, &mut collector);
    collector.events
}

struct Collector {
    mode: Mode,
    events: Vec<OurEvent>,
}

impl Observer for Collector {
    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        if effect.carried && self.mode != Mode::Carried {
            return Next::Continue;
        }
        for (texts, readings) in by_reading(effect, view) {
            for text in texts {
                self.events.push(OurEvent {
                    stream: effect.stream,
                    text,
                    readings,
                });
            }
        }
        Next::Continue
    }
}

/// The effect's event lines as each of its readings sees them.
fn by_reading(effect: &Effect<'_>, view: &View<'_>) -> Vec<(Vec<String>, Readings)> {
    let mut all: Vec<(Vec<String>, Readings)> = Vec::new();
    for ours in effect.readings.iter() {
        let persistent = if ours.persistent {
            "persistent"
        } else {
            "no-persistent"
        };
        let (unpickler, encoding) = (ours.unpickler.as_str(), ours.encoding.as_str());
        let Some(reading) = Reading::named(&format!("{unpickler}+{encoding}+{persistent}")) else {
            continue;
        };
        let dialect = Dialect {
            view,
            unpickler: ours.unpickler,
            encoding: ours.encoding,
        };
        let lines = dialect.lines(effect);
        match all.iter_mut().find(|(known, _)| *known == lines) {
            Some((_, readings)) => *readings = readings.with(reading),
            None => all.push((lines, Readings::NONE.with(reading))),
        }
    }
    all
}

/// Writes values as one reading sees them.
struct Dialect<'v> {
    view: &'v View<'v>,
    unpickler: Unpickler,
    encoding: Encoding,
}

impl Dialect<'_> {
    fn lines(&self, effect: &Effect<'_>) -> Vec<String> {
        match &effect.kind {
            EffectKind::Import { module, name, .. } => {
                vec![format!(
                    "import {} {}",
                    name_or_any(module.as_ref()),
                    name_or_any(name.as_ref())
                )]
            }
            EffectKind::Extension { code, .. } => vec![format!("ext {code}")],
            EffectKind::Call {
                callee,
                args,
                keywords,
                ..
            } => vec![self.call(*callee, *args, *keywords)],
            EffectKind::Build { target, state } => {
                vec![format!(
                    "build {} {}",
                    self.text(*target),
                    self.text(*state)
                )]
            }
            EffectKind::SetItem { target, items } => items
                .chunks_exact(2)
                .map(|pair| {
                    let [target, key, value] = [*target, pair[0], pair[1]].map(|v| self.text(v));
                    format!("setitem {target} {key} {value}")
                })
                .collect(),
            EffectKind::Append { target, items } => {
                let mut line = format!("append {} {}", self.text(*target), items.len());
                for item in items.iter().take(WIDTH) {
                    let _ = write!(line, " {}", self.text(*item));
                }
                vec![line]
            }
            EffectKind::Add { target, items } => items
                .iter()
                .map(|item| format!("add {} {}", self.text(*target), self.text(*item)))
                .collect(),
            EffectKind::PersistentId { id, .. } => vec![format!("pers {}", self.text(*id))],
            _ => Vec::new(),
        }
    }

    fn call(&self, callee: Value, args: Value, keywords: Option<Value>) -> String {
        let args = match self.view.kind(args) {
            Kind::Tuple => self.text(args),
            // Python spreads whatever it can iterate over into a tuple.
            _ => "?".to_owned(),
        };
        let mut line = format!("call {} {args}", self.text(callee));
        // The stand-ins cannot tell an empty dict of keywords from none.
        let empty = |value| self.view.kind(value) == Kind::Dict && self.view.count(value) == 0;
        if let Some(keywords) = keywords.filter(|&keywords| !empty(keywords)) {
            let _ = write!(line, " {}", self.text(keywords));
        }
        line
    }

    fn text(&self, value: Value) -> String {
        let mut out = String::new();
        self.write(value, DEPTH, &mut out);
        out
    }

    fn write(&self, value: Value, depth: usize, out: &mut String) {
        let view = self.view;
        match view.kind(value) {
            Kind::None => out.push('N'),
            Kind::Bool | Kind::Int => self.write_int(value, out),
            Kind::Float => match view.float(value, self.unpickler) {
                Some(float) if float.is_nan() => out.push_str("fnan"),
                Some(float) => {
                    let _ = write!(out, "f{:016x}", float.to_bits());
                }
                None => out.push('?'),
            },
            Kind::Str | Kind::EightBitStr => match view.text(value, self.encoding) {
                Some(text) => write_bytes('s', text.as_bytes(), out),
                None => self.write_raw(value, out),
            },
            Kind::Bytes => self.write_raw(value, out),
            Kind::ByteArray => out.push('a'),
            Kind::Tuple => self.write_items(value, WIDTH, "()", depth, out),
            Kind::List if view.is_scrambled(value) => out.push('?'),
            Kind::List => self.write_items(value, 2, "[]", depth, out),
            Kind::Dict => out.push_str("{}"),
            Kind::Set => out.push_str("<>"),
            Kind::FrozenSet => out.push_str("<f>"),
            Kind::Global => self.write_global(value, out),
            Kind::Result => out.push('R'),
            Kind::Persistent => out.push('P'),
            Kind::Extension => {
                let _ = write!(out, "E{}", view.extension_code(value).unwrap_or_default());
            }
            _ => out.push('?'),
        }
    }

    fn write_int(&self, value: Value, out: &mut String) {
        let view = self.view;
        let line = view.int_line(value, self.unpickler);
        let bool = match line {
            Some(IntLine::Bool(bool)) => Some(bool),
            Some(IntLine::Int(_)) => None,
            None => view.bool(value),
        };
        if let Some(bool) = bool {
            out.push(if bool { 'T' } else { 'F' });
            return;
        }
        let _ = match view.int(value, self.unpickler) {
            // The oracle writes -2**63 by its bits.
            Some(Integer::Small(i64::MIN)) => write!(out, "I64"),
            Some(Integer::Small(value)) => write!(out, "i{value}"),
            // Of more than 5,000 digits, only a lower bound is known.
            Some(Integer::Large { bits, .. }) if bits < 16_000 => write!(out, "I{bits}"),
            _ => write!(out, "?"),
        };
    }

    fn write_raw(&self, value: Value, out: &mut String) {
        match self.view.bytes(value) {
            Some(bytes) => write_bytes('b', &bytes, out),
            None => out.push('?'),
        }
    }

    fn write_global(&self, value: Value, out: &mut String) {
        let names = self.view.global(value).and_then(|global| {
            let module = self.view.text(global.module, self.encoding)?;
            let name = self.view.text(global.name, self.encoding)?;
            Some((hex(module.as_bytes()), hex(name.as_bytes())))
        });
        match names {
            Some((module, name)) => {
                let _ = write!(out, "G{module}:{name}");
            }
            None => out.push('?'),
        }
    }

    fn write_items(&self, value: Value, most: usize, pair: &str, depth: usize, out: &mut String) {
        let (open, close) = pair.split_at(1);
        let count = self.view.count(value);
        let children = self.view.children(value);
        out.push_str(open);
        let shown = usize::try_from(count).unwrap_or(most).min(most);
        for index in 0..shown {
            if index > 0 {
                out.push(',');
            }
            match children.get(index) {
                _ if depth == 0 => out.push('~'),
                Some(&child) => self.write(child, depth - 1, out),
                None => out.push('?'),
            }
        }
        let _ = write!(out, "{close}{count}");
    }
}

fn name_or_any(text: Option<&Text<'_>>) -> String {
    text.map_or_else(|| "?".to_owned(), |text| hex(text.as_bytes()))
}

fn write_bytes(kind: char, bytes: &[u8], out: &mut String) {
    let shown = &bytes[..bytes.len().min(32)];
    let _ = write!(out, "{kind}{}:{}", hex(shown), bytes.len());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
