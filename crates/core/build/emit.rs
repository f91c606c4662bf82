//! The tables as Rust statics.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::Result;
use crate::groups::{DangerGroup, KnownGroup, Names};
use crate::signature::{Resolve, calls, type_of};

/// Modules, with the row of each of their names.
type Modules<'t> = BTreeMap<&'t str, BTreeMap<&'t str, String>>;

#[derive(Default)]
struct Tables<'t> {
    modules: Modules<'t>,
    /// Modules that are dangerous as a whole, whether with submodules, and the group.
    whole: BTreeMap<&'t str, (bool, usize)>,
    /// Names that are dangerous wherever a dotted path holds them.
    components: BTreeMap<&'t str, usize>,
    /// Names that are dangerous in modules that are not known.
    infamous: BTreeMap<&'t str, usize>,
    /// Names of dangerous functions and methods that nothing harmless bears: they tell the function
    /// wherever a module passes it on.
    namesakes: BTreeMap<&'t str, usize>,
    /// Globals that are listed twice.
    twice: Vec<String>,
}

/// The file that `knowledge/tables.rs` includes.
pub(crate) fn knowledge(
    dangerous: &[DangerGroup],
    known: &[KnownGroup],
    hash: &str,
) -> Result<String> {
    let mut tables = Tables::default();
    for (index, group) in dangerous.iter().enumerate() {
        tables.add_danger(index, group)?;
    }
    for (index, group) in known.iter().enumerate() {
        tables.add_known(index, group)?;
    }
    tables.find_namesakes(dangerous, known);
    if !tables.twice.is_empty() {
        return Err(format!("listed twice: {}", tables.twice.join(", ")).into());
    }
    let mut out = format!("pub(crate) const HASH: &str = {hash:?};\n");
    out.push_str("pub(crate) static DANGERS: &[Danger] = &[\n");
    for group in dangerous {
        writeln!(out, "{},", danger(group)?)?;
    }
    out.push_str("];\npub(crate) static KNOWN: &[Permissions] = &[\n");
    let resolve = |path: &str| tables.resolve(path);
    for group in known {
        writeln!(out, "{},", permissions(group, &resolve)?)?;
    }
    out.push_str("];\n");
    tables.write(&mut out)?;
    Ok(out)
}

impl<'t> Tables<'t> {
    fn add_danger(&mut self, index: usize, group: &'t DangerGroup) -> Result<()> {
        for (module, names) in &group.globals {
            match names {
                Names::All(all) => {
                    let tree = match all.as_str() {
                        "*" => false,
                        "**" => true,
                        _ => return Err(format!("{module}: {all:?} is no list of names").into()),
                    };
                    if self.whole.insert(module, (tree, index)).is_some() {
                        return Err(format!("{module} is in two dangerous groups").into());
                    }
                }
                Names::These(names) => {
                    for name in names {
                        match module.as_str() {
                            "*" => drop(self.components.insert(name, index)),
                            "?" => drop(self.infamous.insert(name, index)),
                            _ => self.add(module, name, format!("Row::Danger({index})")),
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn add_known(&mut self, index: usize, group: &'t KnownGroup) -> Result<()> {
        for (module, names) in &group.globals {
            for name in names {
                if name.contains('*') || module.contains('*') {
                    return Err(format!("{module}: whole modules are never known").into());
                }
                self.add(module, name, format!("Row::Known({index})"));
            }
        }
        Ok(())
    }

    fn find_namesakes(&mut self, dangerous: &'t [DangerGroup], known: &[KnownGroup]) {
        let harmless: BTreeSet<&str> = known
            .iter()
            .flat_map(|group| group.globals.values().flatten())
            .flat_map(|name| [name.as_str(), tail(name)])
            .collect();
        for (index, group) in dangerous.iter().enumerate() {
            let severe = matches!(group.call.as_deref(), None | Some("critical" | "high"));
            if group.code || !severe {
                continue;
            }
            for (module, names) in &group.globals {
                let Names::These(names) = names else { continue };
                if matches!(module.as_str(), "*" | "?") {
                    continue;
                }
                let tails = names.iter().map(|name| tail(name));
                for tail in tails.filter(|tail| is_distinct(tail) && !harmless.contains(tail)) {
                    self.namesakes.entry(tail).or_insert(index);
                }
            }
        }
    }

    fn add(&mut self, module: &'t str, name: &'t str, row: String) {
        let names = self.modules.entry(module).or_default();
        if names.insert(name, row).is_some() {
            self.twice.push(format!("{module} {name}"));
        }
    }

    /// The module and name of a known global, from the two with a dot or a colon between.
    fn resolve(&self, path: &str) -> std::result::Result<String, String> {
        let splits = path
            .match_indices(['.', ':'])
            .map(|(at, _)| (&path[..at], &path[at + 1..]));
        for (module, name) in splits {
            let row = self.modules.get(module).and_then(|names| names.get(name));
            if row.is_some_and(|row| row.starts_with("Row::Known")) {
                return Ok(format!("Name {{ module: {module:?}, name: {name:?} }}"));
            }
        }
        Err(format!("{path} is no known global"))
    }

    fn write(&self, out: &mut String) -> Result<()> {
        out.push_str("pub(crate) static MODULES: &[(&str, &[(&str, Row)])] = &[\n");
        for (module, names) in &self.modules {
            let rows: Vec<String> = names
                .iter()
                .map(|(name, row)| format!("({name:?}, {row})"))
                .collect();
            writeln!(out, "({module:?}, &[{}]),", rows.join(", "))?;
        }
        out.push_str("];\npub(crate) static WHOLE: &[(&str, (bool, u16))] = &[\n");
        for (module, (tree, index)) in &self.whole {
            writeln!(out, "({module:?}, ({tree}, {index})),")?;
        }
        out.push_str("];\n");
        for (constant, names) in [
            ("COMPONENTS", &self.components),
            ("INFAMOUS", &self.infamous),
            ("NAMESAKES", &self.namesakes),
        ] {
            writeln!(out, "pub(crate) static {constant}: &[(&str, u16)] = &[")?;
            for (name, index) in names {
                writeln!(out, "({name:?}, {index}),")?;
            }
            out.push_str("];\n");
        }
        Ok(())
    }
}

/// What a name is told by in another module: a method with its class, or the name itself.
fn tail(name: &str) -> &str {
    let dots: Vec<usize> = name.match_indices('.').map(|(at, _)| at).collect();
    match dots.as_slice() {
        [.., last, _] => &name[last + 1..],
        _ => name,
    }
}

/// Whether a name is one that hardly anything else bears: a method with its class, or several words
/// in lower case, as functions are named.
fn is_distinct(tail: &str) -> bool {
    let words = tail.trim_matches('_');
    let is_function = words.len() >= 8 && words.contains('_') && !tail.contains(char::is_uppercase);
    let special = tail.contains(".__");
    tail.contains('.') && !special || is_function
}

fn danger(group: &DangerGroup) -> Result<String> {
    let call = group.call.as_deref().unwrap_or("critical");
    Ok(format!(
        "Danger {{ effect: EffectClass::{}, reason: {:?}, import: Severity::{}, call: Severity::{}, code: {} }}",
        camel(&group.effect),
        group.reason,
        camel(&group.import),
        camel(call),
        group.code,
    ))
}

fn permissions(group: &KnownGroup, resolve: Resolve<'_>) -> Result<String> {
    let signatures = |texts: &Option<crate::groups::OneOrMore>| match texts {
        Some(texts) => calls(&texts.words(), resolve),
        None => Ok("Calls::No".to_owned()),
    };
    let build = match &group.build {
        Some(state) => format!("Some({})", type_of(state, resolve)?),
        None => "None".to_owned(),
    };
    let returns = match group.returns.as_deref() {
        None => "Returns::Itself".to_owned(),
        Some("") => "Returns::Value".to_owned(),
        Some("shared") => "Returns::Shared".to_owned(),
        Some(path) => format!("Returns::Fresh({})", resolve(path)?),
    };
    let attributes = match group.attributes.as_ref().map(|words| words.words()) {
        None => "Attributes::None".to_owned(),
        Some(words) if words == ["members"] => "Attributes::Members".to_owned(),
        Some(words) => format!("Attributes::Named(&{words:?})"),
    };
    let forwards = match &group.forwards {
        None => "None".to_owned(),
        Some(word) => format!("Some(Forward::{})", camel(word)),
    };
    let layout = match &group.layout {
        None => "None".to_owned(),
        Some(word) => format!("Some(Layout::{})", camel(word)),
    };
    Ok(format!(
        "Permissions {{ new: {}, call: {}, build: {build}, items: {}, append: {}, add: {}, returns: {returns}, attributes: {attributes}, forwards: {forwards}, layout: {layout} }}",
        signatures(&group.new)?,
        signatures(&group.call)?,
        group.items,
        group.append,
        group.add,
    ))
}

/// `code-execution` as `CodeExecution`.
fn camel(words: &str) -> String {
    let upper = |word: &str| {
        let (first, rest) = word.split_at(1.min(word.len()));
        first.to_uppercase() + rest
    };
    words.split('-').map(upper).collect()
}
