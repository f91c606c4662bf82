//! A second pass over a pickle, compared with the first.
//!
//! Where an unpickler is used again, its memo carries over. That rarely changes what a pickle does,
//! so the pass with the carried memo is compared with the pass with a fresh one, and only what it
//! does otherwise is told.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::effect::{Effect, EffectKind, Next, Observer};
use super::value::Value;
use super::view::View;
use crate::opcode::Op;

/// What an effect was and what the observer said, so that a second pass can be compared.
pub(crate) type Script = Vec<(u64, Next)>;

/// Passes effects on and, where asked to, writes the script.
pub(crate) struct Recorder<'o, 's, O> {
    pub(crate) observer: &'o mut O,
    pub(crate) script: Option<&'s mut Script>,
}

impl<O: Observer> Observer for Recorder<'_, '_, O> {
    const INSTRUCTIONS: bool = O::INSTRUCTIONS;

    fn instruction(&mut self, offset: u64, op: Op, view: &View<'_>) {
        self.observer.instruction(offset, op, view);
    }

    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        let next = self.observer.effect(effect, view);
        if let Some(script) = &mut self.script {
            script.push((digest(effect, view), next));
        }
        next
    }
}

/// Follows the script while a pass repeats it, and tells the observer of everything from the first
/// difference on.
pub(crate) struct Follower<'o, O> {
    observer: &'o mut O,
    script: Script,
    next: usize,
    parted: bool,
}

impl<'o, O: Observer> Follower<'o, O> {
    pub(crate) fn new(observer: &'o mut O, script: Script) -> Self {
        Follower {
            observer,
            script,
            next: 0,
            parted: false,
        }
    }
}

impl<O: Observer> Observer for Follower<'_, O> {
    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        if !self.parted {
            if let Some(&(known, next)) = self.script.get(self.next)
                && known == digest(effect, view)
            {
                self.next += 1;
                return next;
            }
            self.parted = true;
        }
        self.observer.effect(effect, view)
    }
}

/// A number that tells effects apart by all that is reported of them.
fn digest(effect: &Effect<'_>, view: &View<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (effect.offset, effect.len, effect.readings).hash(&mut hasher);
    std::mem::discriminant(&effect.kind).hash(&mut hasher);
    let mut value = |value: Value| view.fingerprint(value, &mut hasher);
    match &effect.kind {
        EffectKind::Import { global, .. } => value(*global),
        EffectKind::Call {
            callee,
            args,
            keywords,
            ..
        } => {
            value(*callee);
            value(*args);
            keywords.iter().copied().for_each(value);
        }
        EffectKind::Build { target, state } => {
            value(*target);
            value(*state);
        }
        EffectKind::SetItem { target, items }
        | EffectKind::Append { target, items }
        | EffectKind::Add { target, items } => {
            value(*target);
            items.iter().copied().for_each(value);
        }
        EffectKind::PersistentId { id, .. } => value(*id),
        EffectKind::Stop { value: stopped } => value(*stopped),
        EffectKind::Extension { code, .. } => code.hash(&mut hasher),
        EffectKind::Gap(gap) => gap.detail.hash(&mut hasher),
    }
    hasher.finish()
}
