//! Commands within configurations: steps, entry points of containers, tasks.

use super::tree::{Content, Tree};
use crate::kind::FileKind;
use crate::read::word::Word;
use crate::read::{Finds, read_nested, shell};
use crate::reference::Resolution;
use crate::source_file::SourceFile;

/// Keys of a whole script.
const SCRIPTS: &[&str] = &[
    "after_script",
    "bash",
    "before_script",
    "cmd",
    "cmds",
    "commands",
    "entry",
    "install",
    "inlineScript",
    "onCreateCommand",
    "postCreateCommand",
    "postStartCommand",
    "post_install",
    "powershell",
    "pre_install",
    "pwsh",
    "run",
    "runcmd",
    "script",
    "setup",
    "shell",
    "updateContentCommand",
];

/// Keys of a command and its arguments, in their order.
const ARGUMENTS: &[&str] = &["entrypoint", "command", "args"];

/// Keys of arguments alone.
const OPTIONS: &[&str] = &[
    "additionalArgs",
    "additional_args",
    "arguments",
    "cliArgs",
    "engineArgs",
    "engine_args",
    "extraArgs",
    "extra_args",
    "flags",
    "serverArgs",
    "vllmArgs",
    "vllm_args",
];

/// Maps whose values are scripts, by their key.
const MAPS: &[&str] = &["scripts", "tasks"];

/// Reads the commands of a tree.
pub(super) fn judge(file: &SourceFile<'_>, tree: &Tree, out: &mut Finds) {
    let commands = Commands { file, tree };
    for (index, node) in tree.nodes.iter().enumerate() {
        let key = tree.key_of(index).unwrap_or_default();
        let parent = node
            .parent
            .and_then(|parent| tree.key_of(parent))
            .unwrap_or_default();
        if SCRIPTS.contains(&key)
            || (MAPS.contains(&parent) && matches!(node.content, Content::Text(_)))
        {
            commands.script(index, out);
        } else if OPTIONS.contains(&key) {
            commands.argv(&[index], None, index, out);
        } else if let Content::Text(word) = &node.content {
            commands.named_file(key, word, out);
        }
        if matches!(node.content, Content::Map(_)) {
            let parts: Vec<usize> = ARGUMENTS
                .iter()
                .filter_map(|key| tree.child(index, key))
                .collect();
            if !parts.is_empty() {
                let image = tree
                    .child(index, "image")
                    .and_then(|image| tree.text_of(image));
                commands.argv(&parts, image, index, out);
            }
        }
    }
}

struct Commands<'t> {
    file: &'t SourceFile<'t>,
    tree: &'t Tree,
}

impl Commands<'_> {
    /// A text that a shell runs, or a list of such.
    fn script(&self, index: usize, out: &mut Finds) {
        // The keys of a map are not all commands: `run: {name: …, command: …}`.
        let items = match self.tree.node(index).map(|node| &node.content) {
            Some(Content::Map(_)) => &[][..],
            _ => self.tree.children(index),
        };
        let own = std::iter::once(index).chain(items.iter().copied());
        for index in own {
            // Where it is the same as another, that one is read.
            let Some(Content::Text(word)) = self.tree.node(index).map(|node| &node.content) else {
                continue;
            };
            if self.is_python(index) {
                self.nested(FileKind::Python, word, out);
            } else {
                self.shell(word, None, index, out);
            }
        }
    }

    /// A step whose script Python runs: `shell: python`.
    fn is_python(&self, index: usize) -> bool {
        let parent = self.tree.node(index).and_then(|node| node.parent);
        let shell = parent.and_then(|parent| self.tree.child(parent, "shell"));
        let shell = shell.filter(|shell| *shell != index);
        let shell = shell.and_then(|shell| self.tree.text_of(shell));
        shell.is_some_and(|word| word.text.starts_with("python"))
    }

    /// A whole file under its name: `data` of a ConfigMap.
    fn named_file(&self, key: &str, word: &Word, out: &mut Finds) {
        if !key.contains('.') || !word.text.contains('\n') {
            return;
        }
        let name = key.rsplit('/').next().unwrap_or(key);
        if let Some(kind) = FileKind::of_name(name) {
            self.nested(kind, word, out);
        }
    }

    fn nested(&self, kind: FileKind, word: &Word, out: &mut Finds) {
        let nested = self.file.nested(kind, &word.text);
        out.within(|at| word.near(at), |out| read_nested(&nested, out));
    }

    fn shell(&self, word: &Word, image: Option<&str>, index: usize, out: &mut Finds) {
        let mut variables = self.variables(index);
        out.within(
            |at| word.near(at),
            |out| {
                let nested = self.file.nested(FileKind::Shell, &word.text);
                shell::read_with(&nested, &mut variables, image, out);
            },
        );
    }

    /// The words of a command whose parts stand under several keys.
    fn argv(&self, parts: &[usize], image: Option<&Word>, index: usize, out: &mut Finds) {
        let image = image.map(|word| &*word.text);
        let mut words = Vec::new();
        for &part in parts {
            match self.tree.node(part).map(|node| &node.content) {
                Some(Content::Text(word)) => {
                    if !words.is_empty() || word.text.trim().is_empty() {
                        words.push(word.clone());
                        continue;
                    }
                    self.shell(word, image, index, out);
                }
                Some(Content::List(_)) => {
                    let items = self.tree.children(part).iter();
                    words.extend(items.filter_map(|&item| self.tree.text_of(item)).cloned());
                }
                _ => {}
            }
        }
        // Several options in one item.
        if let [only] = &*words
            && only.text.trim_start().starts_with('-')
            && only.text.trim().contains(char::is_whitespace)
        {
            self.shell(only, image, index, out);
            return;
        }
        let words: Vec<Word> = words.into_iter().map(shell::expanded).collect();
        let variables = self.variables(index);
        shell::run_words(
            self.file,
            &words,
            &shell::Context {
                variables: &variables,
                image,
            },
            out,
        );
    }

    /// The variables that are given near a command: `env` and `variables` of what it lies in.
    fn variables(&self, index: usize) -> shell::Variables {
        let mut variables = shell::Variables::new();
        let parent = |index: &usize| self.tree.node(*index).and_then(|node| node.parent);
        let above: Vec<usize> = std::iter::successors(Some(index), parent)
            .take(12)
            .collect();
        for &map in above.iter().rev() {
            for name in ["env", "variables", "environment", "vars"] {
                let Some(given) = self.tree.child(map, name) else {
                    continue;
                };
                for &child in self.tree.children(given).iter().take(200) {
                    if let (Some(key), Some(word)) =
                        (self.tree.key_of(child), self.tree.text_of(child))
                    {
                        let text = word.text.clone();
                        if !text.contains(['$', '{', '\n']) {
                            variables.insert(
                                key.to_owned(),
                                shell::Variable {
                                    text,
                                    resolution: Resolution::Constant,
                                },
                            );
                        }
                    }
                }
            }
        }
        variables
    }
}
