//! Files of lines: requirements, Modelfiles, Makefiles; and Terraform, whose keys stand in braces.

use super::config::{self, BracedPair};
use super::lexer::{Lexer, Style, Token, TokenKind};
use super::word::Word;
use super::{Finds, shell, value};
use crate::id;
use crate::kind::FileKind;
use crate::knowledge::Form;
use crate::reference::{Hub, Kind, Origin, Resolution};
use crate::source_file::SourceFile;

/// The lines of a text with where they begin.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

/// Requirements of Python: packages that lie on a hub.
pub(crate) fn requirements(file: &SourceFile<'_>, out: &mut Finds) {
    for (start, line) in lines(file.text) {
        let text = line.split(" #").next().unwrap_or_default();
        if text.trim_start().starts_with('#') {
            continue;
        }
        let Some(at) = text.find("://") else {
            continue;
        };
        let before = text.get(..at).unwrap_or_default();
        let begin = before
            .rfind(|c: char| c.is_whitespace() || c == '=')
            .map_or(0, |at| at + 1);
        let rest = text.get(begin..).unwrap_or_default();
        let url = rest.split_whitespace().next().unwrap_or_default();
        // `git+https://…/name@revision`
        let is_git = url.starts_with("git+");
        let (address, revision) = match url.rsplit_once('@').filter(|_| is_git) {
            Some((address, revision)) if !revision.contains('/') => (address, Some(revision)),
            _ => (url, None),
        };
        let span = start + begin..start + begin + address.len();
        let word = Word::aligned(file.text, span, address);
        if let Some(mut found) = value::address(&word) {
            "requirement".clone_into(&mut found.call);
            found.resolution = Resolution::Literal;
            if let Some(revision) = revision {
                let revision = revision.split('#').next();
                found.revision = id::revision(revision);
            }
            out.reference(found);
        }
    }
}

/// Modelfiles of Ollama: what they are made from.
pub(crate) fn modelfile(file: &SourceFile<'_>, out: &mut Finds) {
    let mut in_text = false;
    for (start, line) in lines(file.text) {
        let quotes = line.matches("\"\"\"").count();
        let was_in_text = in_text;
        in_text ^= quotes % 2 == 1;
        if was_in_text {
            continue;
        }
        let trimmed = line.trim();
        let (name, rest) = trimmed
            .split_once(char::is_whitespace)
            .unwrap_or((trimmed, ""));
        let kind = match &*name.to_ascii_uppercase() {
            "FROM" => Kind::Model,
            "ADAPTER" => Kind::Adapter,
            _ => continue,
        };
        let text = rest
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .trim_matches('"');
        let word = Word::aligned(file.text, start..start + line.len(), text);
        let Some(judged) =
            id::judge(text, Form::NameTag).filter(|judged| judged.hub != Some(Hub::Local))
        else {
            continue;
        };
        let is_file = text.ends_with(".safetensors") || text.ends_with(".bin");
        if is_file {
            continue;
        }
        let origin = Origin::Hub(judged.hub.unwrap_or(Hub::Ollama));
        let mut found = value::found(&word, &judged, origin, kind, Resolution::ConfigValue);
        name.clone_into(&mut found.call);
        out.reference(found);
    }
}

/// Makefiles: variables and recipes, as a shell reads them.
pub(crate) fn makefile(file: &SourceFile<'_>, out: &mut Finds) {
    let mut text = String::with_capacity(file.text.len());
    for line in file.text.split_inclusive('\n') {
        let is_recipe = line.starts_with(['\t', ' ']);
        let assigned = shell::name_of(line);
        let after = line.get(assigned.len()..).unwrap_or_default();
        let sign = after.trim_start();
        let signs = [":=", "?=", "::=", "="];
        let sign = signs
            .iter()
            .find_map(|known| sign.starts_with(known).then_some(*known));
        match sign {
            // `NAME ?= value` becomes `NAME='value'`, byte for byte as long.
            Some(sign) if !is_recipe && !assigned.is_empty() => {
                assignment(assigned, after, sign, &mut text);
            }
            _ if is_recipe => {
                let rest = line.trim_start_matches(['\t', ' ', '@', '-', '+']);
                text.push_str(&" ".repeat(line.len() - rest.len()));
                text.push_str(rest);
            }
            // A target: nothing that is run.
            _ => {
                let end = line.len() - line.trim_end_matches(['\n', '\r']).len();
                text.push_str(&" ".repeat(line.len() - end));
                text.push_str(line.get(line.len() - end..).unwrap_or_default());
            }
        }
    }
    let text = recipe_variables(&text);
    let nested = file.nested(FileKind::Makefile, &text);
    shell::read(&nested, out);
}

/// `{{name}}` of a justfile becomes ` $(name)` less a blank, byte for byte as long.
fn recipe_variables(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        whole.push_str(before);
        let inner = after.split_once("}}");
        match inner.filter(|(inner, _)| shell::name_of(inner.trim()) == inner.trim()) {
            Some((inner, behind)) if !inner.trim().is_empty() => {
                whole.push_str("$(");
                whole.push_str(inner.trim());
                whole.push(')');
                // A blank behind a word is none of it.
                let blanks = inner.len() - inner.trim().len() + 1;
                let end = behind.find(char::is_whitespace).unwrap_or(behind.len());
                whole.push_str(behind.get(..end).unwrap_or_default());
                whole.push_str(&" ".repeat(blanks));
                rest = behind.get(end..).unwrap_or_default();
            }
            _ => {
                whole.push_str("{{");
                rest = after;
            }
        }
    }
    whole.push_str(rest);
    whole
}

fn assignment(name: &str, after: &str, sign: &str, text: &mut String) {
    let at = after.find(sign).map_or(after.len(), |at| at + sign.len());
    let value = after.get(at..).unwrap_or_default();
    let blanks = value.len() - value.trim_start_matches([' ', '\t']).len();
    text.push_str(&" ".repeat(at + blanks - 1));
    text.push_str(name);
    text.push('=');
    text.push_str(value.get(blanks..).unwrap_or_default());
}

/// Terraform: keys and values in braces.
pub(crate) fn terraform(file: &SourceFile<'_>, out: &mut Finds) {
    let tokens: Vec<Token> = Lexer::new(file.text, Style::Hash).collect();
    let kind = |at: usize| tokens.get(at).map(|token| &token.kind);
    let word = |at: usize| -> Option<Word> {
        let token = tokens.get(at)?;
        let text = match &token.kind {
            TokenKind::Word => file.slice(&token.span),
            TokenKind::Text(Some(text)) => text,
            _ => return None,
        };
        Some(Word::aligned(file.text, token.span.clone(), text))
    };
    let is_sign = |at: usize, sign: u8| kind(at) == Some(&TokenKind::Sign(sign));
    let mut pairs = Vec::new();
    for at in 0..tokens.len() {
        if is_sign(at, b'{') {
            let key = if is_sign(at.wrapping_sub(1), b'=') {
                at.wrapping_sub(2)
            } else {
                at.wrapping_sub(1)
            };
            pairs.push(BracedPair::Open(word(key)));
        } else if is_sign(at, b'}') {
            pairs.push(BracedPair::Close);
        } else if (is_sign(at, b'=') || is_sign(at, b':'))
            && let (Some(key), Some(value)) = (word(at.wrapping_sub(1)), word(at + 1))
        {
            pairs.push(BracedPair::Value(key, value));
        }
    }
    config::judge_pairs(file, pairs, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_keep_their_length() {
        let mut text = String::new();
        assignment("MODEL", " ?= o/n\n", "?=", &mut text);
        assert_eq!(
            (text.len(), &*text),
            ("MODEL ?= o/n\n".len(), "   MODEL=o/n\n")
        );
    }
}
