//! Values that are globals although the stream calls or asks for them: what a loader only looks up.

use std::rc::Rc;

use weighbridge_pickle::{Kind, Text, Value};

use super::sense::{DEPTH, Sense, Subject};
use crate::format::torch_archive::script;
use crate::knowledge::{Forward, Standing};
use crate::observer::Role;

impl<'k> Sense<'_, 'k> {
    /// The global that a call gives, where the call only looks it up.
    pub(super) fn looked_up(&mut self, value: Value) -> Option<Rc<Subject<'k>>> {
        let call = self.view.result(value)?;
        match self.forwards(call.callee)? {
            Forward::ClassByName => self.class_by_name(call.args),
            Forward::Getattr => self.attribute(value),
            _ => None,
        }
    }

    /// The class that a call finds by its name: that imports it.
    pub(super) fn found_class(&mut self, callee: Value, args: Value) -> Option<Rc<Subject<'k>>> {
        let finds = self.forwards(callee)? == Forward::ClassByName;
        finds.then(|| self.class_by_name(args)).flatten()
    }

    /// What calls of a global are read as. A result is no such global, so this goes no deeper.
    fn forwards(&mut self, callee: Value) -> Option<Forward> {
        self.view.global(callee)?;
        self.subject(callee)?.forwards()
    }

    /// The class of `types` or `builtins` that cloudpickle's and dill's finders give for its name.
    fn class_by_name(&mut self, args: Value) -> Option<Rc<Subject<'k>>> {
        let word = *self.view.children(args).first()?;
        let word = self.word(word)?;
        let builtin = word.strip_suffix("Type").unwrap_or(&word).to_lowercase();
        let types = self.named("types", &word);
        let builtins = self.named("builtins", &builtin);
        let is_known = |class: &Subject<'_>| !matches!(class.standing, Standing::Unknown);
        builtins
            .filter(|class| types.as_ref().is_none_or(|types| !is_known(types)) && is_known(class))
            .or(types)
            .map(Rc::new)
    }

    /// The attribute of a global that nested calls of `getattr` walk to, as its dotted name says it.
    fn attribute(&mut self, value: Value) -> Option<Rc<Subject<'k>>> {
        let (mut owner, mut path) = (value, Vec::new());
        while self.view.kind(owner) == Kind::Result {
            let call = self.view.result(owner)?;
            let is_walk = self.forwards(call.callee)? == Forward::Getattr;
            let parts = self.view.children(call.args);
            // A third argument would be the result where there is no such attribute.
            let [object, word] = parts.as_slice() else {
                return None;
            };
            if !is_walk || path.len() == DEPTH || self.view.kind(call.args) != Kind::Tuple {
                return None;
            }
            path.push(self.plain_word(*word)?);
            owner = *object;
        }
        let owner = self.subject(owner)?;
        path.push(owner.name.clone());
        path.reverse();
        let mut attribute = self.named(&owner.module, &path.join("."))?;
        if matches!(owner.standing, Standing::Dangerous(..))
            && !matches!(attribute.standing, Standing::Dangerous(..))
        {
            attribute.standing = owner.standing;
        }
        Some(Rc::new(attribute))
    }

    /// A word that all loaders decode alike.
    fn plain_word(&self, value: Value) -> Option<String> {
        let word = self.word(value)?;
        let varies = self.view.kind(value) == Kind::EightBitStr && !word.is_ascii();
        (!varies).then_some(word)
    }

    fn named(&self, module: &str, name: &str) -> Option<Subject<'k>> {
        let module = Text::from_utf8(module.as_bytes())?;
        let name = Text::from_utf8(name.as_bytes())?;
        Some(Subject::new(self.knowledge, &module, &name, false))
    }

    /// The class that PyTorch's old loaders give for `('module', class, …)` and `(class, …)`.
    pub(super) fn class_of_module(&self, value: Value) -> Option<Value> {
        if self.view.kind(value) != Kind::Persistent {
            return None;
        }
        let parts = self.view.children(self.view.persistent_id(value)?);
        match (self.place.role, parts.as_slice()) {
            (Role::TorchLegacy, [word, class, _, _]) if self.is_word(*word, "module") => {
                Some(*class)
            }
            (Role::TorchTarPickle, [class, _, _]) => Some(*class),
            _ => None,
        }
    }

    /// Takes a global of a TorchScript archive's pickle for a class of its code, where it is one.
    pub(super) fn take_for_script(&self, subject: &mut Subject<'k>) {
        let is_unknown = matches!(subject.standing, Standing::Unknown);
        if is_unknown && self.place.role == Role::ScriptPickle && script::is_class(&subject.module)
        {
            subject.standing = self.knowledge.standing(script::ROOT, script::ANY_CLASS);
        }
    }
}
