//! What speaks against a reference.

use weighbridge::{Confidence, Finding, Severity};

use crate::id;
use crate::kind::FileKind;
use crate::knowledge::{self, Language, Unpickles};
use crate::place::{LineIndex, Place};
use crate::read::Found;
use crate::reference::{Hub, Kind, Origin, Pin, Resolution, Switch};
use crate::rules::{Rule, finding, shown};
use crate::source_file::SourceFile;

/// Endings of files that hold a pickle.
const PICKLES: &[&str] = &["ckpt", "joblib", "pickle", "pkl", "pt", "pth"];
/// What files called `.bin` have in their names where they hold a pickle; GGML, OpenVINO and fastText use the ending,
/// too. transformers, diffusers, peft, accelerate: names of the files that they write.
const PICKLED_BINS: &[&str] = &[
    "adapter_model",
    "custom_diffusion",
    "ip-adapter",
    "learned_embeds",
    "optimizer",
    "pytorch_lora",
    "pytorch_model",
    "scheduler",
    "training_args",
];
/// How far around an id a file name is looked for.
const AROUND: usize = 500;

/// All that speaks against it.
pub(super) fn of_reference(
    found: &Found,
    file: &SourceFile<'_>,
    lines: &LineIndex<'_>,
    place: &Place,
) -> Vec<Finding> {
    let judged = Judged {
        found,
        file,
        lines,
        place,
    };
    let confusion = judged.confusion();
    // What is no repository has no revision to pin.
    let revision = if confusion.is_none() {
        judged.revision()
    } else {
        None
    };
    let rules = [
        confusion,
        revision,
        judged.remote_code(),
        judged.code_revision(),
        judged.unpickling(),
        judged.pickle(),
    ];
    rules.into_iter().flatten().collect()
}

struct Judged<'j> {
    found: &'j Found,
    file: &'j SourceFile<'j>,
    lines: &'j LineIndex<'j>,
    place: &'j Place,
}

impl Judged<'_> {
    fn tell(
        &self,
        rule: Rule,
        severity: Severity,
        confidence: Confidence,
        message: String,
    ) -> Option<Finding> {
        finding(
            rule,
            (severity, confidence.min(self.found.confidence)),
            message,
            self.place,
        )
    }

    fn hub(&self) -> Option<Hub> {
        match self.found.origin {
            Origin::Hub(hub) => Some(hub),
            Origin::Service(_) => None,
        }
    }

    /// Its id, as messages show it.
    fn name(&self) -> String {
        let id = self.found.id.as_deref().unwrap_or("what is not known");
        shown(id)
    }

    fn is_on(switch: Option<Switch>) -> bool {
        switch == Some(Switch::On)
    }

    /// Whether code of the repository is run.
    fn runs_code(&self) -> bool {
        self.hub() == Some(Hub::TorchHub) || Self::is_on(self.found.flags.trust_remote_code)
    }

    /// Whether other tools fix what is named in files like this one: git the commit of a submodule, DVC the hash.
    fn is_fixed_elsewhere(&self) -> bool {
        let name = self.place.file.rsplit('/').next().unwrap_or_default();
        self.file.kind == FileKind::GitModules || name.ends_with(".dvc") || name == "dvc.lock"
    }

    /// Without a revision, or with one that can be moved.
    fn revision(&self) -> Option<Finding> {
        let Found {
            kind,
            revision,
            flags,
            ..
        } = self.found;
        let is_fetched = matches!(
            self.hub()?,
            Hub::HuggingFace | Hub::TorchHub | Hub::ModelScope
        ) && self.found.is_fetched
            && !self.is_fixed_elsewhere()
            && !Self::is_on(flags.local_files_only)
            && self.found.id.is_some()
            && !matches!(kind, Kind::Space | Kind::Service | Kind::McpServer);
        if !is_fetched {
            return None;
        }
        let name = self.name();
        let call = shown(&self.found.call);
        if revision.pin == Pin::None {
            // In a configuration it may well be the code that reads it that pins it.
            let severity = match self.found.resolution {
                Resolution::ConfigValue => Severity::Info,
                _ if self.runs_code() => Severity::Medium,
                _ => Severity::Low,
            };
            let message = format!("{name} is loaded without a revision ({call})");
            return self.tell(Rule::Unpinned, severity, Confidence::High, message);
        }
        let (severity, what) = match revision.pin {
            Pin::Branch if self.runs_code() => (Severity::Medium, "a branch"),
            Pin::Branch => (Severity::Low, "a branch"),
            Pin::PullRequest => (Severity::Medium, "a pull request"),
            Pin::ShortCommit => (Severity::Low, "the beginning of a hash"),
            Pin::Tag => (Severity::Info, "a tag"),
            _ => return None,
        };
        let text = shown(revision.text.as_deref().unwrap_or_default());
        let message = format!("{name} is loaded at {what}, {text}, which can be moved ({call})");
        self.tell(Rule::MutableRevision, severity, Confidence::High, message)
    }

    fn remote_code(&self) -> Option<Finding> {
        let flags = &self.found.flags;
        let is_trusted = Self::is_on(flags.trust_remote_code);
        if !is_trusted && !Self::is_on(flags.trust_repo) {
            return None;
        }
        let flag = match is_trusted {
            true => "trust_remote_code",
            false => "trust_repo",
        };
        let severity = match self.found.revision.pin {
            Pin::Commit => Severity::Medium,
            _ => Severity::High,
        };
        let message = format!("code of {} is run ({flag})", self.name());
        self.tell(Rule::RemoteCodeTrusted, severity, Confidence::High, message)
    }

    fn code_revision(&self) -> Option<Finding> {
        let flags = &self.found.flags;
        let pins = flags.code_revision.as_ref().map(|revision| revision.pin);
        let is_open = Self::is_on(flags.trust_remote_code)
            && self.found.revision.pin == Pin::Commit
            && !matches!(pins, Some(Pin::Commit | Pin::Dynamic));
        let message = || {
            let name = self.name();
            format!(
                "{name} is pinned, but not its code, should that be in another repository (code_revision)"
            )
        };
        is_open
            .then(|| {
                self.tell(
                    Rule::RemoteCodeUnpinned,
                    Severity::Medium,
                    Confidence::Medium,
                    message(),
                )
            })
            .flatten()
    }

    fn unpickling(&self) -> Option<Finding> {
        let row = knowledge::call(Language::Python, None, &self.found.call, |_| true);
        let Some(unpickles) = row.and_then(|row| row.unpickles) else {
            return self.unpickling_elsewhere();
        };
        let flags = &self.found.flags;
        let sure = (Severity::Medium, Confidence::High);
        let (grade, why) = match unpickles {
            Unpickles::Always => (sure, "it has no way to restrict them"),
            Unpickles::IfAllowed if Self::is_on(flags.allow_pickle) => (sure, "allow_pickle is on"),
            Unpickles::UnlessWeightsOnly => match flags.weights_only {
                Some(Switch::Off) => (sure, "weights_only is off"),
                None => (
                    (Severity::Low, Confidence::Medium),
                    "weights_only is not given, which is off before PyTorch 2.6",
                ),
                Some(Switch::On | Switch::Dynamic) => return None,
            },
            Unpickles::IfAllowed => return None,
        };
        let call = shown(&self.found.call);
        let what = match &self.found.id {
            Some(id) => format!(" of {}", shown(id)),
            None => String::new(),
        };
        let message = format!("{call} loads any pickle{what}: {why}");
        self.tell(Rule::PickleLoading, grade.0, grade.1, message)
    }

    /// What is fetched here, and loaded by another call: that is around this one, or its flags were handed over.
    fn unpickling_elsewhere(&self) -> Option<Finding> {
        let flags = &self.found.flags;
        let begin = self
            .file
            .text
            .get(..self.found.span.start)
            .unwrap_or_default();
        let line = begin.rsplit('\n').next().unwrap_or_default();
        let (word, why) = match (flags.weights_only, flags.allow_pickle) {
            (Some(Switch::Off), _) => ("weights_only", "weights_only is off"),
            (_, Some(Switch::On)) => ("allow_pickle", "allow_pickle is on"),
            _ if line.contains("joblib.load(") => {
                ("joblib.load", "joblib has no way to restrict them")
            }
            _ => return None,
        };
        let message = format!("any pickle of {} is loaded: {why}", self.name());
        // The flag is mostly close behind.
        let end = self
            .file
            .text
            .get(self.found.span.end..)
            .unwrap_or_default();
        let at = end.find(word).filter(|&at| at < AROUND);
        let start = at.map(|at| self.found.span.end + at);
        let place = start.map(|start| {
            self.lines
                .place(&self.place.file, &(start..start + word.len()))
        });
        let grade = (
            Severity::Medium,
            Confidence::Medium.min(self.found.confidence),
        );
        finding(
            Rule::PickleLoading,
            grade,
            message,
            place.as_ref().unwrap_or(self.place),
        )
    }

    fn pickle(&self) -> Option<Finding> {
        if matches!(self.hub()?, Hub::Local | Hub::Docker | Hub::Ollama) {
            return None;
        }
        let around = self.around();
        let words = around.split(|c: char| c.is_whitespace() || "\"'`()[]{},;=".contains(c));
        let mut file = words.filter_map(|word| {
            let word = word.trim_end_matches("\\n");
            let path = word.split(['?', '#']).next().unwrap_or_default();
            let name = path.rsplit('/').next().unwrap_or(path);
            is_pickle(name).then_some(name)
        });
        let file = shown(file.next()?);
        let message = format!("{file} of {} is a pickle", self.name());
        self.tell(
            Rule::PickleOnlyFormat,
            Severity::Low,
            Confidence::Medium,
            message,
        )
    }

    /// The call, or the line, that the id stands in: the file is often named beside it.
    fn around(&self) -> &str {
        let text = self.file.text;
        let span = &self.found.span;
        let inner = self.file.slice(span);
        let begin = text.get(..span.start).unwrap_or_default();
        let end = text.get(span.end..).unwrap_or_default();
        let is_call = inner.ends_with(')');
        // Backwards to what opens the arguments, forwards to what closes them.
        let stop = |c: char| matches!(c, '(' | ')' | '\n');
        let before = match is_call {
            true => 0,
            false => begin
                .chars()
                .rev()
                .take(AROUND)
                .take_while(|&c| !stop(c))
                .map(char::len_utf8)
                .sum(),
        };
        let after = match is_call {
            true => 0,
            false => end
                .chars()
                .take(AROUND)
                .take_while(|&c| !stop(c))
                .map(char::len_utf8)
                .sum(),
        };
        text.get(span.start - before..span.end + after)
            .unwrap_or(inner)
    }

    fn confusion(&self) -> Option<Finding> {
        let id = self
            .found
            .id
            .as_deref()
            .filter(|id| id::is_confusable(id))?;
        let is_asked = self.hub() == Some(Hub::HuggingFace)
            && self.found.resolution != Resolution::Url
            && !Self::is_on(self.found.flags.local_files_only)
            && !self.file.has_beside(id);
        let id = shown(id);
        let message = || {
            format!(
                "{id} looks like a folder; where it is missing, a repository of that name is loaded"
            )
        };
        is_asked
            .then(|| {
                self.tell(
                    Rule::ModelConfusion,
                    Severity::Medium,
                    Confidence::Medium,
                    message(),
                )
            })
            .flatten()
    }
}

/// Whether a file of that name holds a pickle.
fn is_pickle(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return false;
    };
    let stem = stem.to_ascii_lowercase();
    match &*ending.to_ascii_lowercase() {
        "bin" => PICKLED_BINS.iter().any(|word| stem.contains(word)),
        ending => !stem.is_empty() && PICKLES.contains(&ending),
    }
}
