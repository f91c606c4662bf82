//! Imports: how a global is named from then on.

use weighbridge_pickle::{Effect, EffectKind, Readings, Text, View, python3_name};

use super::item::{CLOSE, Item, NEXT, OPEN};
use super::literal;
use super::names::{is_identifier, is_path};
use super::program::Program;
use super::stack::Scene;

/// An import that the machine has told of.
pub(super) struct Import {
    readings: Readings,
    /// What `find_class` is given; `None` where only execution would tell.
    module: Option<Text<'static>>,
    name: Option<Text<'static>>,
    traversed: bool,
    mapped: bool,
}

impl Import {
    pub(super) fn of(effect: &Effect<'_>, view: &View<'_>) -> Option<Import> {
        let EffectKind::Import {
            module,
            name,
            global,
            ..
        } = &effect.kind
        else {
            return None;
        };
        let parts = view.global(*global);
        Some(Import {
            readings: effect.readings,
            module: module.clone().map(Text::into_owned),
            name: name.clone().map(Text::into_owned),
            traversed: parts.is_some_and(|parts| parts.traversed),
            mapped: parts.is_some_and(|parts| parts.mapped),
        })
    }

    /// The names after the mapping of those of Python 2, and whether they were mapped.
    fn resolved(&self) -> Option<(Text<'static>, Text<'static>, bool)> {
        let (module, name) = (self.module.clone()?, self.name.clone()?);
        let mapped = match (self.mapped, module.as_str(), name.as_str()) {
            (true, Some(module), Some(name)) => python3_name(module, name),
            _ => None,
        };
        Some(match mapped {
            Some((module, name)) => (
                Text::from(module).into_owned(),
                Text::from(name).into_owned(),
                true,
            ),
            None => (module, name, false),
        })
    }

    /// The import in words.
    fn words(&self) -> String {
        match self.resolved() {
            Some((module, name, _)) => format!(
                "import_({}, {})",
                literal::name(&module, false),
                literal::name(&name, false)
            ),
            None => "an import of something computed".to_owned(),
        }
    }
}

/// Writes the import that the instruction at hand makes, and gives back what the global is called.
/// `spelled` is what stands on the stack for module and name.
pub(super) fn import(program: &mut Program<'_, '_>, spelled: Vec<Item>, scene: Scene<'_>) -> Item {
    let imports = std::mem::take(&mut program.imports);
    let main = imports
        .iter()
        .position(|import| import.readings.contains(scene.reading))
        .unwrap_or_default();
    for (index, import) in imports.iter().enumerate() {
        if index != main {
            let words = format!(
                "under {}: {}",
                super::program::names(import.readings),
                import.words()
            );
            program.script.comment(&words);
        }
    }
    let resolved = imports.get(main).and_then(Import::resolved);
    let Some((module, name, mapped)) = resolved else {
        return computed(program, spelled, scene);
    };
    let traversed = imports.get(main).is_some_and(|import| import.traversed);
    if let Some(called) = program
        .script
        .names
        .called(module.as_bytes(), name.as_bytes())
    {
        return Item::Text(called.into());
    }
    if mapped && let Some(import) = imports.get(main) {
        let written = |text: &Option<Text<'static>>| {
            text.as_ref()
                .map_or(String::new(), |text| text.to_escaped().into_owned())
        };
        let (module, name) = (written(&import.module), written(&import.name));
        program.script.comment(&format!("written {module}.{name}"));
    }
    let called = write(program, &module, &name, traversed, scene.full);
    let (module, name) = (module.as_bytes(), name.as_bytes());
    program.script.names.call(module, name, &called);
    Item::Text(called.into())
}

/// Writes the import of something that has no name as yet.
fn write(
    program: &mut Program<'_, '_>,
    module: &Text<'_>,
    name: &Text<'_>,
    traversed: bool,
    full: bool,
) -> String {
    let script = &mut program.script;
    if let (Some(module), Some(path)) = (module.as_str(), name.as_str())
        && is_path(module)
    {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        if rest.is_empty() && is_identifier(path) {
            let (called, statement) = script.names.import(module, path);
            script.statement(&statement);
            return called;
        }
        if traversed && is_path(path) {
            let known = script.names.called(module.as_bytes(), first.as_bytes());
            let called = match known {
                Some(called) => called.to_owned(),
                None => {
                    let (called, statement) = script.names.import(module, first);
                    script.statement(&statement);
                    script
                        .names
                        .call(module.as_bytes(), first.as_bytes(), &called);
                    called
                }
            };
            return script.named(&format!("{called}.{rest}")).text;
        }
    }
    let (module, name) = (literal::name(module, full), literal::name(name, full));
    script
        .named(&format!("import_({OPEN}{module}{NEXT}{name}{CLOSE})"))
        .text
}

/// An import of which only execution would tell what it is of.
fn computed(program: &mut Program<'_, '_>, spelled: Vec<Item>, scene: Scene<'_>) -> Item {
    let mut parts = Vec::new();
    for item in spelled {
        parts.push(program.express(item, scene).text);
    }
    let parts = parts.join(&NEXT.to_string());
    Item::Name(
        program
            .script
            .assign(&format!("import_({OPEN}{parts}{CLOSE})")),
    )
}
