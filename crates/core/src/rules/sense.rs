//! Making sense of values: which global one is, what a call gave, what that may be used for.

use std::collections::HashMap;
use std::rc::Rc;

use weighbridge_pickle::{Effect, Kind, Text, Value, View, python3_name};

use super::disguise::is_deceptive;
use super::memory_layout::Structures;
use super::own_class::{self, Hooks, Own};
use crate::escape;
use crate::knowledge::{self, Forward, Knowledge, Name, Permissions, Reached, Returns, Standing};
use crate::observer::Place;

/// How deep a chain of calls is followed to find out what an object is.
pub(super) const DEPTH: usize = 8;
/// How many characters of a name are shown.
const SHOWN: usize = 200;
/// How many globals are remembered at the same time.
const REMEMBERED: usize = 1 << 16;

/// A global that a stream names.
#[derive(Debug)]
pub(crate) struct Subject<'k> {
    /// The module, after the mapping of Python 2 names.
    pub(crate) module: String,
    /// The name, after the mapping of Python 2 names.
    pub(crate) name: String,
    /// Module and name with a dot between; escaped and cut.
    pub(crate) path: String,
    pub(crate) standing: Standing<'k>,
    /// Whether its name hides or imitates another one.
    pub(crate) is_deceptive: bool,
}

impl<'k> Subject<'k> {
    /// A global of this name.
    pub(crate) fn new(
        knowledge: &'k Knowledge,
        module: &Text<'_>,
        name: &Text<'_>,
        mapped: bool,
    ) -> Subject<'k> {
        let (raw_module, raw_name) = (module.to_escaped(), name.to_escaped());
        let (new_module, new_name) = Some((&*raw_module, &*raw_name))
            .filter(|_| mapped)
            .and_then(|(module, name)| python3_name(module, name))
            .unwrap_or((&raw_module, &raw_name));
        let mut standing = knowledge.standing(new_module, new_name);
        // A loader with `fix_imports=False`, and Python 2, take the names as they are. There, that one
        // has an infamous name says nothing new of one that is known under both.
        if mapped && !matches!(standing, Standing::Dangerous(..)) {
            let raw = knowledge.standing(&raw_module, &raw_name);
            let is_known = matches!(standing, Standing::Known(..));
            match raw {
                Standing::Dangerous(_, Reached::Namesake) if is_known => {}
                Standing::Dangerous(..) => standing = raw,
                _ => {}
            }
        }
        Subject {
            path: escape::capped(&format!("{new_module}.{new_name}"), SHOWN).into_owned(),
            module: new_module.to_owned(),
            name: new_name.to_owned(),
            standing,
            is_deceptive: is_deceptive(module) || is_deceptive(name),
        }
    }

    pub(crate) fn forwards(&self) -> Option<Forward> {
        match self.standing {
            Standing::Known(_, permissions) => permissions.forwards,
            _ => None,
        }
    }
}

/// What a value is, as far as that is known.
#[derive(Clone, Debug)]
pub(crate) enum Identity<'k> {
    /// Plain data that the stream spells out.
    Plain,
    /// An imported global.
    Global(Rc<Subject<'k>>),
    /// An object that a known class or function has just made.
    Fresh(Option<Name>, &'k Permissions),
    /// What a known function gave, where no more is known of it.
    Known,
    /// What `persistent_load` gave.
    Persistent,
    /// An out-of-band buffer.
    Buffer,
    /// A class of the file's own.
    OwnClass(Own),
    /// Code of the file's own, or an object of a class of its own.
    Code,
    /// Anything else.
    Stranger,
}

/// Globals of one content that were looked up.
#[derive(Debug)]
pub(crate) struct Names<'k> {
    known: HashMap<Key, Rc<Subject<'k>>>,
    /// Those that were asked for last, each at the place that its key leads to.
    recent: [Option<(Key, Rc<Subject<'k>>)>; RECENT],
    /// Whether classes of the file's own run code of theirs when an object is made or built.
    pub(super) hooks: Hooks,
    /// What the content has had of NumPy's structures.
    pub(super) structures: Structures,
}

type Key = (u64, u64, bool);

/// How many globals are found without a search.
const RECENT: usize = 32;

impl<'k> Names<'k> {
    pub(crate) fn new() -> Names<'k> {
        Names {
            known: HashMap::new(),
            recent: [const { None }; RECENT],
            hooks: Hooks::None,
            structures: Structures::default(),
        }
    }

    /// Forgets everything: another content begins.
    pub(crate) fn clear(&mut self) {
        if !self.known.is_empty() {
            *self = Names::new();
        }
        self.hooks = Hooks::None;
        self.structures = Structures::default();
    }

    /// Takes note of hooks of classes of the file's own.
    pub(super) fn note(&mut self, hooks: Hooks) {
        self.hooks = self.hooks.max(hooks);
    }

    fn get(&mut self, key: Key) -> Option<Rc<Subject<'k>>> {
        let place = self.recent.get_mut(Names::place(key))?;
        if let Some((_, subject)) = place.as_ref().filter(|(known, _)| *known == key) {
            return Some(Rc::clone(subject));
        }
        let subject = Rc::clone(self.known.get(&key)?);
        *place = Some((key, Rc::clone(&subject)));
        Some(subject)
    }

    fn insert(&mut self, key: Key, subject: &Rc<Subject<'k>>) {
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(key, Rc::clone(subject));
    }

    #[allow(clippy::cast_possible_truncation)] // Far fewer places than numbers.
    fn place((module, name, _): Key) -> usize {
        (module ^ name.rotate_left(3)) as usize % RECENT
    }
}

/// An effect, and what it takes to judge it.
pub(crate) struct Sense<'s, 'k> {
    pub(crate) knowledge: &'k Knowledge,
    pub(crate) names: &'s mut Names<'k>,
    pub(crate) place: &'s Place<'s>,
    pub(crate) effect: &'s Effect<'s>,
    pub(crate) view: &'s View<'s>,
    /// Values that a call unpickles.
    pub(crate) unpickled: Vec<Value>,
}

impl<'k> Sense<'_, 'k> {
    /// The global that a value is, if it is one whose name does not depend on execution.
    pub(crate) fn subject(&mut self, value: Value) -> Option<Rc<Subject<'k>>> {
        let value = self.class_of_module(value).unwrap_or(value);
        if self.view.kind(value) == Kind::Result {
            return self.looked_up(value);
        }
        if let Some(known) = self.remembered(value) {
            return Some(known);
        }
        let parts = self.view.global(value)?;
        let encoding = self.effect.readings.preferred().encoding;
        let module = self.view.text(parts.module, encoding)?;
        let name = self.view.text(parts.name, encoding)?;
        let mut subject = Subject::new(self.knowledge, &module, &name, parts.mapped);
        self.take_for_script(&mut subject);
        if self.varies(value) {
            // Judged where it is imported; here nothing is known.
            if !matches!(subject.standing, Standing::Dangerous(..)) {
                subject.standing = Standing::Unknown;
            }
            return Some(Rc::new(subject));
        }
        Some(self.remember(value, subject))
    }

    /// The global that an import gives under the names as they are decoded for it.
    pub(crate) fn imported(
        &mut self,
        global: Value,
        module: &Text<'_>,
        name: &Text<'_>,
    ) -> Rc<Subject<'k>> {
        if let Some(known) = self.remembered(global) {
            return known;
        }
        let mapped = self.view.global(global).is_some_and(|parts| parts.mapped);
        let mut subject = Subject::new(self.knowledge, module, name, mapped);
        self.take_for_script(&mut subject);
        if self.varies(global) {
            return Rc::new(subject);
        }
        self.remember(global, subject)
    }

    fn remembered(&mut self, global: Value) -> Option<Rc<Subject<'k>>> {
        self.names.get(self.view.global_key(global)?)
    }

    fn remember(&mut self, global: Value, subject: Subject<'k>) -> Rc<Subject<'k>> {
        let subject = Rc::new(subject);
        if let Some(key) = self.view.global_key(global) {
            self.names.insert(key, &subject);
        }
        subject
    }

    /// Whether loaders decode the names of a global differently.
    fn varies(&self, global: Value) -> bool {
        self.view.global(global).is_some_and(|parts| {
            [parts.module, parts.name].iter().any(|&text| {
                self.view.kind(text) == Kind::EightBitStr
                    && !self.view.bytes(text).is_some_and(|bytes| bytes.is_ascii())
            })
        })
    }

    /// What a value is.
    pub(crate) fn identity(&mut self, value: Value) -> Identity<'k> {
        self.identity_within(value, DEPTH)
    }

    fn identity_within(&mut self, value: Value, depth: usize) -> Identity<'k> {
        match self.view.kind(value) {
            Kind::Global => self
                .subject(value)
                .map_or(Identity::Stranger, Identity::Global),
            Kind::Result if depth > 0 => match self.looked_up(value) {
                Some(global) => Identity::Global(global),
                None => self.result(value, depth - 1),
            },
            Kind::Persistent => match self.subject(value) {
                Some(class) => Identity::Global(class),
                None => Identity::Persistent,
            },
            Kind::Buffer => Identity::Buffer,
            Kind::Result | Kind::Extension => Identity::Stranger,
            _ => Identity::Plain,
        }
    }

    /// What a call gave.
    fn result(&mut self, value: Value, depth: usize) -> Identity<'k> {
        let Some(call) = self.view.result(value) else {
            return Identity::Stranger;
        };
        let Some(callee) = self.subject(call.callee) else {
            return own_class::made_by(&self.identity_within(call.callee, depth));
        };
        match callee.forwards() {
            None | Some(Forward::Partial) if call.is_new => constructed(&callee),
            None | Some(Forward::Partial) => made_by(&callee),
            Some(Forward::Setattr | Forward::Attrgetter | Forward::ClassByName) => Identity::Known,
            // A part of code is code.
            Some(Forward::Getattr) => {
                let object = self.view.children(call.args).first().copied();
                match object.map(|object| self.identity_within(object, depth)) {
                    Some(Identity::Code | Identity::OwnClass(_)) => Identity::Code,
                    _ => Identity::Known,
                }
            }
            Some(Forward::Newobj | Forward::NewobjEx | Forward::Reconstructor) => {
                let class = self.view.children(call.args).first().copied();
                match class.map(|class| self.identity_within(class, depth)) {
                    Some(Identity::Global(class)) => constructed(&class),
                    Some(class) => own_class::made_by(&class),
                    None => Identity::Stranger,
                }
            }
        }
    }

    /// The harmful function, or the code of the file, that a `partial` calls, where a value is one.
    pub(crate) fn wrapped(&mut self, mut value: Value) -> Option<Identity<'k>> {
        for _ in 0..DEPTH {
            let call = self.view.result(value)?;
            if self.subject(call.callee)?.forwards() != Some(Forward::Partial) {
                return None;
            }
            value = *self.view.children(call.args).first()?;
            match self.identity(value) {
                Identity::Global(subject) => {
                    let harms = matches!(subject.standing, Standing::Dangerous(..));
                    return harms.then_some(Identity::Global(subject));
                }
                code @ Identity::Code => return Some(code),
                Identity::OwnClass(_) => return Some(Identity::Code),
                _ => {}
            }
        }
        None
    }

    /// A str that the stream spells out.
    pub(crate) fn word(&self, value: Value) -> Option<String> {
        let encoding = self.effect.readings.preferred().encoding;
        let text = self.view.text(value, encoding)?;
        Some(text.to_escaped().into_owned())
    }

    /// A value in words, for messages: escaped and cut.
    pub(crate) fn preview(&self, value: Value) -> String {
        self.view.describe(value, self.effect.readings).preview
    }

    /// A name for a value, for messages: escaped and cut.
    pub(crate) fn called(&self, value: Value) -> String {
        let name = self.view.name(value, self.effect.readings);
        escape::capped(&name, SHOWN).into_owned()
    }
}

/// What NEWOBJ and `copyreg`'s constructors give for a class.
fn constructed<'k>(class: &Subject<'k>) -> Identity<'k> {
    match class.standing {
        Standing::Known(name, permissions) if permissions.returns == Returns::Shared => {
            Identity::Fresh(name, permissions)
        }
        _ => made_by(class),
    }
}

/// What a call of a global gives.
fn made_by<'k>(callee: &Subject<'k>) -> Identity<'k> {
    match callee.standing {
        Standing::Known(name, permissions) => match permissions.returns {
            Returns::Itself => Identity::Fresh(name, permissions),
            Returns::Shared => Identity::Fresh(name, &knowledge::ONLY_HELD),
            Returns::Value => Identity::Known,
            Returns::Fresh(name) => match knowledge::permissions(name) {
                Some(permissions) => Identity::Fresh(Some(name), permissions),
                None => Identity::Known,
            },
        },
        Standing::Dangerous(danger, _) if danger.code => own_class::made_of_code(&callee.name),
        Standing::Dangerous(..) | Standing::Unknown => Identity::Stranger,
    }
}
