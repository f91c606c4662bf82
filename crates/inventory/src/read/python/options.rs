//! Options of command lines: `add_argument("--model", default="…")`, `DEFINE_string("model", "…")`,
//! `@click.option("--model", default="…")`.

use ruff_python_ast::{Expr, ExprCall};

use super::scope::{Scopes, Site};

/// The name of an attribute or a parameter that an option fills, and its default.
pub(super) fn option(call: &ExprCall) -> Option<(String, Option<&Expr>)> {
    let method = match &*call.func {
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Name(name) => name.id.as_str(),
        _ => return None,
    };
    let keyword = |name: &str| {
        call.arguments
            .find_keyword(name)
            .map(|keyword| &keyword.value)
    };
    let default = keyword("default");
    let texts = || {
        call.arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                Expr::StringLiteral(text) => Some(text.value.to_str()),
                _ => None,
            })
    };
    if method.starts_with("DEFINE_") {
        let name = texts().next()?;
        return Some((
            name.to_owned(),
            default.or_else(|| call.arguments.args.get(1)),
        ));
    }
    if !matches!(
        method,
        "add_argument" | "option" | "argument" | "add_option"
    ) {
        return None;
    }
    let name = match keyword("dest") {
        Some(Expr::StringLiteral(dest)) => dest.value.to_str(),
        _ => {
            let long = texts().find(|text| text.starts_with("--"));
            long.or_else(|| texts().next_back())?
        }
    };
    Some((name.trim_start_matches('-').replace('-', "_"), default))
}

/// The defaults of the options that fill the attribute of that name.
pub(super) fn defaults<'a>(scopes: &Scopes<'a>, name: &str) -> Vec<(Site<'a, ExprCall>, &'a Expr)> {
    let indices = scopes.options.get(name).map_or(&[][..], Vec::as_slice);
    let sites = indices.iter().filter_map(|&index| scopes.calls.get(index));
    sites
        .filter_map(|site| Some((*site, option(site.node)?.1?)))
        .collect()
}
