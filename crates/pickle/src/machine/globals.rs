//! Imports, persistent ids and extension codes: where objects come from.

use super::effect::{EffectKind, Observer};
use super::fetch::Operand;
use super::header::flag;
use super::operand::Check;
use super::run::Execution;
use super::state::{NO_MARK, Raise};
use super::step::{Halt, Step, need};
use super::value::{Tag, Value};
use crate::opcode::Op;
use crate::readings::{Encoding, Readings};

impl<O: Observer> Execution<'_, '_, O> {
    /// GLOBAL, INST and STACK_GLOBAL.
    pub(crate) fn global(&mut self, op: Op, operand: Operand) -> Step {
        if op == Op::STACK_GLOBAL {
            return self.stack_global();
        }
        let Operand::TwoLines(module, name) = operand else {
            return Ok(());
        };
        if op == Op::INST && self.run.state.marks.is_empty() {
            // C looks for the mark first; Python imports and then fails.
            self.keep(Readings::PYTHON, NO_MARK)?;
        }
        if module.len == 0 || name.len == 0 {
            self.keep(Readings::PYTHON, "an empty module or name")?;
        }
        let (tag, check) = global_line(op);
        self.checked(module, check)?;
        self.checked(name, check)?;
        let (module, name) = (Value::new(tag, module.offset), Value::new(tag, name.offset));
        let global = self.import(op, module, name)?;
        if op == Op::INST {
            return self.instantiate(op, global);
        }
        self.run.state.push(global);
        Ok(())
    }

    pub(crate) fn stack_global(&mut self) -> Step {
        const NOT_STR: Raise = "STACK_GLOBAL on something that is no str";
        let name = need(self.run.state.pop())?;
        let module = need(self.run.state.pop())?;
        for value in [name, module] {
            match value.tag() {
                Tag::StringLine | Tag::BinString | Tag::ShortBinString => {
                    self.kill(Readings::encoded(Encoding::Bytes), NOT_STR)?;
                }
                Tag::UnicodeLine
                | Tag::BinUnicode
                | Tag::ShortBinUnicode
                | Tag::BinUnicode8
                | Tag::AsciiLine
                | Tag::Utf8Line
                // Objects may turn out to be strings.
                | Tag::Global
                | Tag::Result
                | Tag::Persistent
                | Tag::Extension
                | Tag::Buffer => {}
                Tag::Detached => match self.detached_tag(value) {
                    Tag::BinString | Tag::ShortBinString => {
                        self.kill(Readings::encoded(Encoding::Bytes), NOT_STR)?;
                    }
                    Tag::BinUnicode | Tag::ShortBinUnicode | Tag::BinUnicode8 => {}
                    _ => return Err(Halt::Raise(NOT_STR)),
                },
                _ => return Err(Halt::Raise(NOT_STR)),
            }
        }
        let global = self.import(Op::STACK_GLOBAL, module, name)?;
        self.run.state.push(global);
        Ok(())
    }

    pub(crate) fn detached_tag(&self, value: Value) -> Tag {
        let tag = self.run.state.arena.child(value, 2).as_int();
        u8::try_from(tag).map_or(Tag::Absent, Tag::from_byte)
    }

    /// Reports an import, once for each pair of names that the readings see, and makes the global.
    pub(crate) fn import(&mut self, via: Op, module: Value, name: Value) -> Result<Value, Halt> {
        let protocol = self.run.state.protocol;
        let flags = if protocol >= 4 { flag::TRAVERSED } else { 0 }
            | if protocol < 3 { flag::MAPPED } else { 0 };
        let global = self
            .run
            .state
            .arena
            .node(Tag::Global, flags, &[module, name]);
        let alive = self.run.alive;
        let (modules, names) = {
            let view = self.view();
            (view.texts(module, alive), view.texts(name, alive))
        };
        for (with_module, module) in &modules {
            for (with_name, name) in &names {
                let readings = with_module.and(*with_name);
                if readings.is_empty() {
                    continue;
                }
                let (module, name) = (module.clone(), name.clone());
                self.tell_under(
                    readings,
                    EffectKind::Import {
                        via,
                        module,
                        name,
                        global,
                    },
                )?;
            }
        }
        Ok(global)
    }

    pub(crate) fn persistent_id(&mut self, op: Op, operand: Operand) -> Step {
        self.keep(
            Readings::PERSISTENT,
            "a persistent id without persistent_load",
        )?;
        let id = match operand {
            Operand::Line(span) => {
                self.checked(span, Check::Ascii)?;
                Value::new(Tag::AsciiLine, span.offset)
            }
            _ => need(self.run.state.pop())?,
        };
        self.persistent(op, id)
    }

    pub(crate) fn persistent(&mut self, via: Op, id: Value) -> Step {
        self.keep(
            Readings::PERSISTENT,
            "a persistent id without persistent_load",
        )?;
        let object = self.run.state.arena.node(Tag::Persistent, 0, &[id]);
        self.run.state.push(object);
        self.tell(EffectKind::PersistentId { via, id })
    }

    pub(crate) fn extension(&mut self, via: Op, operand: Operand) -> Step {
        let Operand::Fixed { bytes, .. } = operand else {
            return Ok(());
        };
        let code = match via {
            Op::EXT4 => i64::from(i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])),
            _ => i64::from(u16::from_le_bytes([bytes[0], bytes[1]])),
        };
        if code <= 0 {
            return Err(Halt::Raise("an extension code below 1"));
        }
        let extension = self
            .run
            .state
            .arena
            .node(Tag::Extension, 0, &[Value::int(code)]);
        self.run.state.push(extension);
        self.tell(EffectKind::Extension { via, code })
    }
}

/// How the lines of GLOBAL and INST are decoded.
pub(crate) fn global_line(op: Op) -> (Tag, Check) {
    if op == Op::INST {
        (Tag::AsciiLine, Check::Ascii)
    } else {
        (Tag::Utf8Line, Check::Utf8)
    }
}
