//! Effects as rules see them: with what the machine left open filled in.

use std::rc::Rc;

use weighbridge_pickle::{EffectKind, Op, Value};

use super::amplification::is_amplified;
use super::arguments::Arguments;
use super::memory_layout::Fault;
use super::sense::{Identity, Sense, Subject};
use super::shadowed_method::Shadow;
use crate::knowledge::{Calls, Forward, Standing};

/// What a rule may look at.
pub(crate) enum Act<'k> {
    /// A global is imported.
    Import(Import<'k>),
    /// Something is called.
    Call(Call<'k>),
    /// An object is given a state.
    Build(Change<'k>),
    /// An object is given items.
    Items(Change<'k>),
    /// `persistent_load` is asked for an object.
    PersistentId(Value),
    /// A global is taken from the extension registry.
    Extension(i64),
    /// A key is hashed, and that takes long or much of the stack.
    Hash {
        key: Value,
        /// How many objects the pickle has hashed by now.
        steps: u64,
        /// How deep tuples lie in each other.
        depth: u64,
    },
    /// An entry is put far behind those that the memo has, under this index.
    Memo(u64),
    /// A pickle ends with this value.
    Stop(Value),
}

/// An import.
pub(crate) struct Import<'k> {
    /// What is imported; `None` where only execution would tell.
    pub(crate) subject: Option<Rc<Subject<'k>>>,
    pub(crate) global: Value,
}

/// A call.
pub(crate) struct Call<'k> {
    /// What is called in the end: the class, where a function only makes an object of it.
    pub(crate) callee: Identity<'k>,
    /// What the stream calls.
    pub(crate) value: Value,
    pub(crate) args: Value,
    /// Whether it may be called so.
    pub(crate) permitted: bool,
    /// Whether it only makes an object, as NEWOBJ does.
    pub(super) makes_only: bool,
    /// What a walk to an attribute leads to.
    pub(crate) walk: Option<Walk>,
    /// What gets an attribute.
    pub(crate) changes: Option<(Value, Identity<'k>)>,
}

/// A walk to an attribute by a call.
pub(crate) struct Walk {
    /// The whole path, or what is known of it.
    pub(crate) path: String,
    /// What it leads to, to complete a sentence, where that does harm.
    pub(crate) harm: Option<&'static str>,
}

/// A state or items for an object.
pub(crate) struct Change<'k> {
    pub(crate) target: Identity<'k>,
    pub(crate) value: Value,
    /// The state; for items `None`.
    pub(crate) state: Option<Value>,
    /// The items in words.
    pub(crate) preview: String,
    /// What the state makes of memory that is not the object's.
    pub(crate) fault: Option<Fault>,
    /// What the state puts in the place of a method.
    pub(crate) shadow: Option<Shadow>,
    /// Whether it may be given this.
    pub(crate) permitted: bool,
}

impl<'k> Act<'k> {
    /// An effect as rules see it; `None` for those that no rule looks at.
    pub(crate) fn of(sense: &mut Sense<'_, 'k>) -> Option<Act<'k>> {
        let effect = sense.effect;
        Some(match &effect.kind {
            EffectKind::Import {
                module,
                name,
                global,
                ..
            } => Act::Import(Import {
                subject: match (module, name) {
                    (Some(module), Some(name)) => Some(sense.imported(*global, module, name)),
                    _ => None,
                },
                global: *global,
            }),
            EffectKind::Call {
                via,
                callee,
                args,
                keywords,
                ..
            } => match sense.found_class(*callee, *args) {
                Some(class) => Act::Import(Import {
                    subject: Some(class),
                    global: *callee,
                }),
                None => Act::Call(Call::of(sense, *via, *callee, *args, *keywords)),
            },
            EffectKind::Build { target, state } => {
                Act::Build(Change::state(sense, *target, *state))
            }
            EffectKind::SetItem { target, items } => {
                Act::Items(Change::items(sense, *target, items, |p| p.items))
            }
            EffectKind::Append { target, items } => {
                Act::Items(Change::items(sense, *target, items, |p| p.append))
            }
            EffectKind::Add { target, items } => {
                Act::Items(Change::items(sense, *target, items, |p| p.add))
            }
            EffectKind::PersistentId { id, .. } => Act::PersistentId(*id),
            EffectKind::Extension { code, .. } => Act::Extension(*code),
            EffectKind::Hash { key, steps, depth } => Act::Hash {
                key: *key,
                steps: *steps,
                depth: *depth,
            },
            EffectKind::Memo { index } => Act::Memo(*index),
            EffectKind::Stop { value } => Act::Stop(*value),
            _ => return None,
        })
    }
}

impl Act<'_> {
    /// Whether no rule has anything to say about it, wherever it is.
    pub(crate) fn is_permitted(&self, sense: &Sense<'_, '_>) -> bool {
        match self {
            Act::Call(call) => call.permitted && !is_amplified(sense, call),
            Act::Build(change) | Act::Items(change) => {
                change.permitted && change.shadow.is_none() && change.fault.is_none()
            }
            _ => false,
        }
    }
}

impl<'k> Call<'k> {
    fn of(
        sense: &mut Sense<'_, 'k>,
        via: Op,
        value: Value,
        args: Value,
        keywords: Option<Value>,
    ) -> Call<'k> {
        let mut call = Call {
            callee: sense.identity(value),
            value,
            args,
            permitted: false,
            makes_only: matches!(via, Op::NEWOBJ | Op::NEWOBJ_EX),
            walk: None,
            changes: None,
        };
        let arguments = sense.arguments(args, keywords);
        if let Some(wrapped) = sense.wrapped(value) {
            call.callee = wrapped;
            return call;
        }
        call.note_own_classes(sense, &arguments.values);
        let Identity::Global(subject) = &call.callee else {
            return call;
        };
        let subject = Rc::clone(subject);
        match subject.forwards() {
            None | Some(Forward::Partial) => {
                call.permitted = sense.may_be_called(&subject, call.makes_only, via, &arguments);
            }
            // `cls.__new__` of a function makes nothing.
            Some(_) if call.makes_only || arguments.has_keywords => {}
            Some(Forward::Getattr) => call.getattr(sense, &arguments),
            Some(Forward::Setattr) => {
                let object = arguments.values.first().copied();
                call.changes = object.map(|object| (object, sense.identity(object)));
                if matches!(
                    call.changes,
                    Some((_, Identity::OwnClass(_) | Identity::Code))
                ) {
                    sense.note_attribute(arguments.values.get(1).copied());
                }
            }
            Some(Forward::ClassByName) => {}
            Some(Forward::Attrgetter) => call.attrgetter(sense, &arguments),
            Some(forward) => call.construct(sense, forward, &arguments),
        }
        call
    }

    /// Reads `copyreg`'s constructors as what they do.
    fn construct(&mut self, sense: &mut Sense<'_, 'k>, forward: Forward, arguments: &Arguments) {
        let Some((&class, rest)) = arguments.values.split_first() else {
            return;
        };
        // `base.__new__` and `base.__init__` run.
        if let (Forward::Reconstructor, [base, _]) = (forward, rest)
            && matches!(
                sense.identity(*base),
                Identity::OwnClass(_) | Identity::Code
            )
        {
            self.callee = Identity::Code;
            return;
        }
        let subject = match sense.identity(class) {
            Identity::Global(subject) => subject,
            own @ (Identity::OwnClass(_) | Identity::Code) => {
                self.callee = own;
                return;
            }
            _ => {
                self.callee = Identity::Stranger;
                return;
            }
        };
        self.permitted = match (forward, rest) {
            (Forward::Newobj, _) => {
                let given = Arguments {
                    values: rest.to_vec(),
                    ..arguments.clone()
                };
                sense.may_be_called(&subject, true, Op::NEWOBJ, &given)
            }
            (Forward::NewobjEx, [args, keywords]) => {
                let given = sense.arguments(*args, Some(*keywords));
                sense.may_be_called(&subject, true, Op::NEWOBJ_EX, &given)
            }
            (Forward::Reconstructor, [base, state]) => {
                sense.may_be_reconstructed(&subject, *base, *state)
            }
            _ => false,
        } && arguments.is_whole;
        self.callee = Identity::Global(subject);
    }

    /// `getattr(object, name)`.
    fn getattr(&mut self, sense: &mut Sense<'_, 'k>, arguments: &Arguments) {
        let (object, word) = match arguments.values.as_slice() {
            [object, word] | [object, word, _] if arguments.is_whole => (*object, *word),
            _ => return,
        };
        let Some(word) = sense.word(word) else {
            let path = format!("{}.<computed>", sense.called(object));
            self.walk = Some(Walk { path, harm: None });
            return;
        };
        let path = format!("{}.{word}", sense.called(object));
        let harm = crate::knowledge::harmful_attribute(&word).map(|danger| danger.reason);
        let owner = match sense.identity(object) {
            Identity::Global(owner) => Some((owner.module.clone(), owner.name.clone())),
            // A method of a fresh object, or a part of it.
            Identity::Fresh(Some(class), _) => {
                Some((class.module.to_owned(), class.name.to_owned()))
            }
            _ => None,
        };
        let harm = match owner {
            None => harm,
            Some((module, owner)) => {
                let name = format!("{owner}.{word}");
                match sense.knowledge.standing(&module, &name) {
                    Standing::Known(..) => {
                        self.permitted = true;
                        None
                    }
                    Standing::Dangerous(danger, _) => Some(danger.reason),
                    Standing::Unknown => harm,
                }
            }
        };
        self.walk = Some(Walk { path, harm });
    }

    /// `attrgetter(*names)` and `methodcaller(name, …)`: harmless by themselves, but for the names.
    fn attrgetter(&mut self, sense: &mut Sense<'_, 'k>, arguments: &Arguments) {
        let words: Vec<Option<String>> = arguments
            .values
            .iter()
            .map(|&value| sense.word(value))
            .collect();
        let known = words.iter().flatten();
        let harmful = known
            .clone()
            .find_map(|word| Some((word, crate::knowledge::harmful_attribute(word)?)));
        // Behind the name of a method come its arguments.
        let is_method = self
            .global()
            .is_some_and(|callee| callee.name == "methodcaller");
        let names = if is_method { 1 } else { words.len() };
        let are_spelled = !words.is_empty() && words.iter().take(names).all(Option::is_some);
        self.permitted = harmful.is_none() && arguments.is_whole && are_spelled;
        if let Some((word, danger)) = harmful {
            self.walk = Some(Walk {
                path: format!("….{word}"),
                harm: Some(danger.reason),
            });
        }
    }

    /// Whether the stream calls something that has been made by it.
    pub(crate) fn global(&self) -> Option<&Rc<Subject<'k>>> {
        match &self.callee {
            Identity::Global(subject) => Some(subject),
            _ => None,
        }
    }
}

impl<'k> Change<'k> {
    fn state(sense: &mut Sense<'_, 'k>, value: Value, state: Value) -> Change<'k> {
        let target = sense.identity(value);
        if matches!(target, Identity::OwnClass(_) | Identity::Code) {
            sense.note_hooks(state, false);
        }
        let permitted = match &target {
            Identity::Fresh(_, permissions) => match &permissions.build {
                Some(wanted) => sense.is(state, wanted),
                None => false,
            },
            _ => false,
        };
        let fault = sense.fault(&target, value, state);
        let shadow = sense.shadow(state);
        Change {
            fault,
            target,
            value,
            state: Some(state),
            preview: String::new(),
            permitted,
            shadow,
        }
    }

    fn items(
        sense: &mut Sense<'_, 'k>,
        value: Value,
        items: &[Value],
        may: impl Fn(&crate::knowledge::Permissions) -> bool,
    ) -> Change<'k> {
        let target = sense.identity(value);
        let permitted = matches!(&target, Identity::Fresh(_, permissions) if may(permissions));
        let preview = if permitted {
            String::new()
        } else {
            sense
                .view
                .describe_items(items, sense.effect.readings)
                .preview
        };
        Change {
            target,
            value,
            state: None,
            preview,
            fault: None,
            shadow: None,
            permitted,
        }
    }
}

impl Sense<'_, '_> {
    /// Whether a known global may be called with these arguments.
    fn may_be_called(
        &mut self,
        subject: &Subject<'_>,
        is_new: bool,
        via: Op,
        arguments: &Arguments,
    ) -> bool {
        let Standing::Known(_, permissions) = subject.standing else {
            return false;
        };
        // Without arguments, OBJ and INST make an object as NEWOBJ does, mostly.
        let bare =
            matches!(via, Op::OBJ | Op::INST) && arguments.is_whole && arguments.values.is_empty();
        if is_new {
            self.permits(&permissions.new, arguments)
        } else {
            self.permits(&permissions.call, arguments)
                || bare && self.permits(&permissions.new, arguments)
        }
    }

    /// Whether `copyreg._reconstructor` may make an object of this class: by `object`, or by a
    /// builtin or the base of time zones that is permitted to be made from the state.
    fn may_be_reconstructed(&mut self, class: &Subject<'_>, base: Value, state: Value) -> bool {
        let none = Arguments {
            values: Vec::new(),
            is_whole: true,
            has_keywords: false,
        };
        let Some(base) = self.subject(base) else {
            return false;
        };
        if base.module == "builtins" && base.name == "object" {
            return self.may_be_called(class, true, Op::NEWOBJ, &none);
        }
        let given = Arguments {
            values: vec![state],
            ..none
        };
        let is_known = matches!(class.standing, Standing::Known(_, p) if !matches!((&p.new, &p.call), (Calls::No, Calls::No)));
        is_known
            && (base.module == "builtins" || base.module == "datetime" && base.name == "tzinfo")
            && self.may_be_called(&base, false, Op::REDUCE, &given)
    }
}
