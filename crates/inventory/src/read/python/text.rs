//! Strings that are put together: their known parts, with `{name}` where one is not known.

use ruff_python_ast::{Expr, ExprFString, FStringPart, InterpolatedStringElement};

use super::eval::Evaluator;
use super::value::{Known, LONGEST_TEXT, View};
use crate::reference::Resolution;

/// How many strings one that is put together may be.
const MOST_JOINED: usize = 16;

/// What stands for a part that is not known.
pub(super) fn hole(expr: &Expr) -> String {
    let name = match expr {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(told) => told.attr.as_str(),
        Expr::Call(call) => return hole(&call.func),
        _ => "",
    };
    format!("{{{name}}}")
}

impl<'a> Evaluator<'a, '_> {
    /// `f"…{part}…"`.
    pub(super) fn formatted(&self, told: &'a ExprFString, view: View) -> Vec<Known<'a>> {
        let mut joined = vec![String::new()];
        let mut add = |parts: Vec<String>| {
            let all = joined
                .iter()
                .flat_map(|begin| parts.iter().map(move |part| format!("{begin}{part}")));
            let all = all.filter(|text| text.len() <= LONGEST_TEXT);
            joined = all.take(MOST_JOINED).collect();
        };
        for part in told.value.as_slice() {
            let string = match part {
                FStringPart::Literal(text) => {
                    add(vec![text.value.to_string()]);
                    continue;
                }
                FStringPart::FString(string) => string,
            };
            for element in &string.elements {
                match element {
                    InterpolatedStringElement::Literal(text) => add(vec![text.value.to_string()]),
                    InterpolatedStringElement::Interpolation(told) => {
                        add(self.part(&told.expression, view));
                    }
                }
            }
        }
        let texts = joined.into_iter();
        texts
            .map(|text| Known::text(text, Resolution::FormattedString))
            .collect()
    }

    /// What a part of a string may be.
    fn part(&self, expr: &'a Expr, view: View) -> Vec<String> {
        if let Expr::NumberLiteral(number) = expr
            && let Some(int) = number.value.as_int()
        {
            return vec![int.to_string()];
        }
        let values = self.values(expr, view);
        let texts = values
            .iter()
            .map(|value| value.as_text().map(str::to_owned));
        texts
            .map(|text| text.unwrap_or_else(|| hole(expr)))
            .collect()
    }

    fn first_part(&self, expr: Option<&'a Expr>, view: View) -> String {
        let part = expr.and_then(|expr| self.part(expr, view).into_iter().next());
        part.unwrap_or_else(|| "{}".to_owned())
    }

    /// `"…%s…" % right`.
    pub(super) fn percent(&self, template: &str, right: &'a Expr, view: View) -> Known<'a> {
        let parts: Vec<&'a Expr> = match right {
            Expr::Tuple(told) => told.elts.iter().collect(),
            Expr::Dict(_) => return Known::Unknown,
            only => vec![only],
        };
        let mut parts = parts.into_iter();
        let mut pieces = template.split('%');
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            match piece.strip_prefix(['s', 'd']) {
                Some(rest) if text.len() <= LONGEST_TEXT => {
                    text.push_str(&self.first_part(parts.next(), view));
                    text.push_str(rest);
                }
                _ => return Known::Unknown,
            }
        }
        Known::text(text, Resolution::FormattedString)
    }

    /// `template.format(…)`.
    pub(super) fn format(
        &self,
        template: &str,
        arguments: &'a ruff_python_ast::Arguments,
        view: View,
    ) -> Known<'a> {
        let mut text = String::new();
        let mut rest = template;
        let mut next = 0;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let closed = after.split_once('}');
            let Some((field, behind)) = closed.filter(|_| text.len() <= LONGEST_TEXT) else {
                return Known::Unknown;
            };
            let name = field.split([':', '!']).next().unwrap_or_default();
            let expr = match name.parse::<usize>() {
                Ok(index) => arguments.args.get(index),
                Err(_) if name.is_empty() => {
                    next += 1;
                    arguments.args.get(next - 1)
                }
                Err(_) => arguments.find_keyword(name).map(|keyword| &keyword.value),
            };
            match expr {
                Some(_) => text.push_str(&self.first_part(expr, view)),
                None => text.push_str(&format!("{{{name}}}")),
            }
            rest = behind;
        }
        text.push_str(rest);
        Known::text(text, Resolution::FormattedString)
    }
}
