//! Further passes over a pickle, compared with those before.
//!
//! Where an unpickler is used again, its memo carries over. That rarely changes what a pickle does,
//! so a pass with a carried memo is compared with the passes before, and only what it does otherwise
//! is told.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::effect::{
    Begin, Effect, EffectKind, Executed, Next, Observer, StringOperand, Suspect, Watched,
};
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
    const SUSPECT: Option<Suspect> = O::SUSPECT;

    fn instruction(&mut self, offset: u64, op: Op, view: &View<'_>) {
        self.observer.instruction(offset, op, view);
    }

    fn watched(&mut self, watched: &Watched, view: &View<'_>) -> bool {
        self.observer.watched(watched, view)
    }

    fn is_fetched(&self, index: u64) -> bool {
        self.observer.is_fetched(index)
    }

    fn is_cancelled(&mut self, offset: u64) -> bool {
        self.observer.is_cancelled(offset)
    }

    fn executed(&mut self, executed: &Executed, view: &View<'_>) {
        self.observer.executed(executed, view);
    }

    fn begin(&mut self, begin: &Begin) {
        self.observer.begin(begin);
    }

    fn string(&mut self, string: &StringOperand, view: &View<'_>) {
        self.observer.string(string, view);
    }

    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        let next = self.observer.effect(effect, view);
        if let Some(script) = &mut self.script {
            script.push((digest(effect, view), next));
        }
        next
    }
}

/// Follows the scripts of earlier passes while a pass repeats one of them, and tells the observer of
/// everything from where it does otherwise than all.
pub(crate) struct Follower<'o, 's, O> {
    observer: &'o mut O,
    /// The scripts that the pass has repeated so far.
    repeated: Vec<&'s Script>,
    own: Script,
}

impl<'o, 's, O: Observer> Follower<'o, 's, O> {
    pub(crate) fn new(observer: &'o mut O, scripts: &'s [Script]) -> Self {
        Follower {
            observer,
            repeated: scripts.iter().collect(),
            own: Script::new(),
        }
    }

    /// The script of this pass.
    pub(crate) fn script(self) -> Script {
        self.own
    }
}

impl<O: Observer> Observer for Follower<'_, '_, O> {
    const SUSPECT: Option<Suspect> = O::SUSPECT;

    fn is_fetched(&self, index: u64) -> bool {
        self.observer.is_fetched(index)
    }

    fn is_cancelled(&mut self, offset: u64) -> bool {
        self.observer.is_cancelled(offset)
    }

    fn string(&mut self, string: &StringOperand, view: &View<'_>) {
        self.observer.string(string, view);
    }

    fn effect(&mut self, effect: &Effect<'_>, view: &View<'_>) -> Next {
        let (at, digest) = (self.own.len(), digest(effect, view));
        let same = |script: &&Script| script.get(at).is_some_and(|&(known, _)| known == digest);
        self.repeated.retain(same);
        let known = self.repeated.first().and_then(|script| script.get(at));
        let next = match known {
            Some(&(_, next)) => next,
            None => self.observer.effect(effect, view),
        };
        self.own.push((digest, next));
        next
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
        EffectKind::Hash { key, .. } => value(*key),
        EffectKind::Stop { value: stopped } => value(*stopped),
        EffectKind::Extension { code, .. } => code.hash(&mut hasher),
        EffectKind::Memo { index } => index.hash(&mut hasher),
        EffectKind::Gap(gap) => gap.detail.hash(&mut hasher),
    }
    hasher.finish()
}

impl View<'_> {
    /// Feeds a hasher with what a value is: scalars by their place in the source, nodes by what they
    /// hold, some levels deep and not more than so many.
    fn fingerprint(&self, value: Value, hasher: &mut impl Hasher) {
        const DEPTH: u32 = 6;
        const VALUES: usize = 1 << 14;
        let mut pending = vec![(value, DEPTH)];
        for _ in 0..VALUES {
            let Some((value, depth)) = pending.pop() else {
                break;
            };
            if !value.is_node() {
                hasher.write_u64(value.bits());
                continue;
            }
            hasher.write_u64(value.tag() as u64);
            hasher.write_u64(self.arena.weight(value));
            hasher.write_u64(self.arena.count(value) << 8 | u64::from(self.arena.flags(value)));
            if depth > 0 {
                let children = self.arena.children(value);
                pending.extend(children.into_iter().map(|child| (child, depth - 1)));
            }
        }
    }
}
