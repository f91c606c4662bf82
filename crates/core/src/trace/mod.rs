//! The trace: everything that loading a file would do, one owned record each.

mod record;

use std::ops::ControlFlow;

use weighbridge_pickle::{Described, Effect, EffectKind, Op, Readings, Source, Text, Value, View};

use crate::analysis::{Examined, observe_under};
use crate::control::Control;
use crate::escape;
use crate::gap::Gap;
use crate::limits::Options;
use crate::observer::{Observer, Place};

pub use record::{TraceEffect, TracePlace, TraceRecord};

/// Traces a file: calls `each` with every thing that loading it would do, in the order of execution,
/// and with every gap. Nothing is collected; `each` may end the trace.
///
/// `name` is the file's name, for messages only.
pub fn trace(
    source: &dyn Source,
    name: &str,
    options: &Options,
    each: &mut dyn FnMut(&TraceRecord) -> ControlFlow<()>,
) -> Examined {
    trace_under(source, name, options, &Control::new(), each)
}

/// As [`trace`], under control of the caller, who may end it early. That is told as a gap, too.
pub fn trace_under(
    source: &dyn Source,
    name: &str,
    options: &Options,
    control: &Control<'_>,
    each: &mut dyn FnMut(&TraceRecord) -> ControlFlow<()>,
) -> Examined {
    observe_under(source, name, options, control, &mut Tracer { each })
}

struct Tracer<'t> {
    each: &'t mut dyn FnMut(&TraceRecord) -> ControlFlow<()>,
}

impl Observer for Tracer<'_> {
    fn effect(
        &mut self,
        place: &Place<'_>,
        effect: &Effect<'_>,
        view: &View<'_>,
    ) -> ControlFlow<()> {
        match (Writer {
            view,
            readings: effect.readings,
        })
        .effect(&effect.kind)
        {
            Some(told) => (self.each)(&TraceRecord {
                effect: told,
                place: TracePlace {
                    stream: Some(effect.stream),
                    offset: effect.offset,
                    len: effect.len,
                    readings: effect.readings.names(),
                    member: member(place),
                    carried: effect.carried,
                    unreached: effect.unreached,
                    physical_offset: place.physical(effect.offset),
                },
            }),
            None => ControlFlow::Continue(()),
        }
    }

    fn gap(&mut self, place: &Place<'_>, gap: &Gap) -> ControlFlow<()> {
        (self.each)(&TraceRecord {
            effect: TraceEffect::Gap {
                reason: gap.reason.as_str().to_owned(),
                limit: gap.limit.map(str::to_owned),
                detail: escape::redact(&gap.detail).into_owned(),
            },
            place: TracePlace {
                stream: gap.stream,
                offset: gap.offset,
                len: gap.len,
                readings: gap.readings.names(),
                member: member(place),
                carried: gap.carried,
                unreached: gap.unreached,
                physical_offset: place.physical(gap.offset),
            },
        })
    }
}

fn member(place: &Place<'_>) -> Option<Vec<String>> {
    let names = place.member.iter();
    let names: Vec<String> = names.map(|name| capped(name)).collect();
    (!names.is_empty()).then_some(names)
}

/// Puts effects into words.
struct Writer<'w> {
    view: &'w View<'w>,
    readings: Readings,
}

impl Writer<'_> {
    fn effect(&self, kind: &EffectKind<'_>) -> Option<TraceEffect> {
        Some(match kind {
            EffectKind::Import {
                via,
                module,
                name,
                global,
            } => self.import(*via, module.as_ref(), name.as_ref(), *global),
            EffectKind::Call {
                via,
                callee,
                args,
                keywords,
                ..
            } => self.call(*via, *callee, *args, *keywords),
            EffectKind::Build { target, state } => {
                let (state_shape, state_preview) = self.value(*state);
                TraceEffect::Build {
                    target: self.name(*target),
                    state_shape,
                    state_preview,
                }
            }
            EffectKind::SetItem { target, items } => {
                let (items_shape, items_preview) = self.items(items);
                TraceEffect::SetItem {
                    target: self.name(*target),
                    items_shape,
                    items_preview,
                }
            }
            EffectKind::Append { target, items } => {
                let (items_shape, items_preview) = self.items(items);
                TraceEffect::Append {
                    target: self.name(*target),
                    items_shape,
                    items_preview,
                }
            }
            EffectKind::Add { target, items } => {
                let (items_shape, items_preview) = self.items(items);
                TraceEffect::Add {
                    target: self.name(*target),
                    items_shape,
                    items_preview,
                }
            }
            EffectKind::PersistentId { id, .. } => {
                let (id_shape, id_preview) = self.value(*id);
                TraceEffect::PersistentId {
                    id_shape,
                    id_preview,
                }
            }
            EffectKind::Extension { via, code } => TraceEffect::Extension {
                code: *code,
                via: via.name().to_owned(),
            },
            EffectKind::Hash { key, steps, depth } => {
                let (key_shape, key_preview) = self.value(*key);
                TraceEffect::Hash {
                    key_shape,
                    key_preview,
                    steps: *steps,
                    depth: *depth,
                }
            }
            EffectKind::Memo { index } => TraceEffect::Memo { index: *index },
            EffectKind::Stop { value } => {
                let (value_shape, value_preview) = self.value(*value);
                TraceEffect::Stop {
                    value_shape,
                    value_preview,
                }
            }
            _ => return None,
        })
    }

    fn import(
        &self,
        via: Op,
        module: Option<&Text<'_>>,
        name: Option<&Text<'_>>,
        global: Value,
    ) -> TraceEffect {
        let parts = self.view.global(global);
        let resolved = parts.and_then(|parts| self.view.resolved(&parts, self.readings));
        let traversed = parts.is_some_and(|parts| parts.traversed);
        TraceEffect::Import {
            module: module.map(escaped),
            name: name.map(escaped),
            resolved: resolved.map(|resolved| capped(&resolved)),
            via: via.name().to_owned(),
            dotted: traversed && name.is_some_and(|name| name.as_bytes().contains(&b'.')),
            module_hex: module.and_then(hex),
            name_hex: name.and_then(hex),
        }
    }

    fn call(&self, via: Op, callee: Value, args: Value, keywords: Option<Value>) -> TraceEffect {
        let (mut args_shape, mut args_preview) = self.value(args);
        if let Some(keywords) = keywords {
            let (shape, preview) = self.value(keywords);
            args_shape = format!("{args_shape}, **{shape}");
            args_preview = format!("{args_preview}, **{preview}");
        }
        TraceEffect::Call {
            via: via.name().to_owned(),
            callee: self.name(callee),
            args_shape,
            args_preview,
        }
    }

    fn name(&self, value: Value) -> String {
        capped(&self.view.name(value, self.readings))
    }

    fn value(&self, value: Value) -> (String, String) {
        redacted(self.view.describe(value, self.readings))
    }

    fn items(&self, items: &[Value]) -> (String, String) {
        redacted(self.view.describe_items(items, self.readings))
    }
}

fn escaped(text: &Text<'_>) -> String {
    capped(&text.to_escaped())
}

/// A name without credentials, cut where it is absurdly long; not escaped, since a record is data.
fn capped(text: &str) -> String {
    escape::redact(&escape::cut(text, escape::NAME)).into_owned()
}

fn hex(text: &Text<'_>) -> Option<String> {
    escape::hex(text.as_bytes())
}

/// A description without credentials.
fn redacted(described: Described) -> (String, String) {
    let preview = escape::redact(&described.preview).into_owned();
    (described.shape, preview)
}
