//! What a file is written in.

/// What a file is written in, which decides the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub(crate) enum FileKind {
    Python,
    JavaScript,
    TypeScript,
    Notebook,
    /// HTML, Vue, Svelte, Astro: what stands in their scripts.
    Markup,
    /// Go, Java, Kotlin, Scala, C#, C, C++, Rust, Swift, PHP: comments as in C.
    CLike,
    /// Ruby, R, Julia, Elixir: comments begin with `#`.
    HashLike,
    Yaml,
    Json,
    Toml,
    Ini,
    Dockerfile,
    Shell,
    Makefile,
    Environment,
    Modelfile,
    GitModules,
    Requirements,
    /// `MLmodel` of MLflow: YAML.
    MlModel,
    /// HCL of Terraform.
    Terraform,
    /// Steps of Jenkins.
    Pipeline,
}

/// Names of whole files.
const NAMES: &[(&str, FileKind)] = &[
    (".env", FileKind::Environment),
    (".envrc", FileKind::Shell),
    (".gitmodules", FileKind::GitModules),
    ("containerfile", FileKind::Dockerfile),
    ("dockerfile", FileKind::Dockerfile),
    ("dvc.lock", FileKind::Yaml),
    ("gnumakefile", FileKind::Makefile),
    ("jenkinsfile", FileKind::Pipeline),
    ("justfile", FileKind::Makefile),
    ("makefile", FileKind::Makefile),
    ("mlmodel", FileKind::MlModel),
    ("modelfile", FileKind::Modelfile),
    ("pipfile", FileKind::Toml),
    ("pipfile.lock", FileKind::Json),
    ("poetry.lock", FileKind::Toml),
    ("procfile", FileKind::Shell),
    ("uv.lock", FileKind::Toml),
];

/// Endings of names, after the last dot.
const ENDINGS: &[(&str, FileKind)] = &[
    ("astro", FileKind::Markup),
    ("bash", FileKind::Shell),
    ("c", FileKind::CLike),
    ("cc", FileKind::CLike),
    ("cfg", FileKind::Ini),
    ("cjs", FileKind::JavaScript),
    ("conf", FileKind::Ini),
    ("cpp", FileKind::CLike),
    ("cs", FileKind::CLike),
    ("cts", FileKind::TypeScript),
    ("dart", FileKind::CLike),
    ("dockerfile", FileKind::Dockerfile),
    ("dvc", FileKind::Yaml),
    ("env", FileKind::Environment),
    ("ex", FileKind::HashLike),
    ("exs", FileKind::HashLike),
    ("go", FileKind::CLike),
    ("groovy", FileKind::Pipeline),
    ("h", FileKind::CLike),
    ("hcl", FileKind::Terraform),
    ("hpp", FileKind::CLike),
    ("htm", FileKind::Markup),
    ("html", FileKind::Markup),
    ("ini", FileKind::Ini),
    ("ipy", FileKind::Python),
    ("ipynb", FileKind::Notebook),
    ("java", FileKind::CLike),
    ("jl", FileKind::HashLike),
    ("js", FileKind::JavaScript),
    ("json", FileKind::Json),
    ("json5", FileKind::Json),
    ("jsonc", FileKind::Json),
    ("jsx", FileKind::JavaScript),
    ("ksh", FileKind::Shell),
    ("kt", FileKind::CLike),
    ("kts", FileKind::CLike),
    ("mjs", FileKind::JavaScript),
    ("mk", FileKind::Makefile),
    ("modelfile", FileKind::Modelfile),
    ("mts", FileKind::TypeScript),
    ("nomad", FileKind::Terraform),
    ("php", FileKind::CLike),
    ("properties", FileKind::Ini),
    ("py", FileKind::Python),
    ("pyi", FileKind::Python),
    ("pyw", FileKind::Python),
    ("r", FileKind::HashLike),
    ("rb", FileKind::HashLike),
    ("rs", FileKind::CLike),
    ("scala", FileKind::CLike),
    ("sh", FileKind::Shell),
    ("svelte", FileKind::Markup),
    ("swift", FileKind::CLike),
    ("tf", FileKind::Terraform),
    ("tfvars", FileKind::Terraform),
    ("toml", FileKind::Toml),
    ("ts", FileKind::TypeScript),
    ("tsx", FileKind::TypeScript),
    ("vue", FileKind::Markup),
    ("yaml", FileKind::Yaml),
    ("yml", FileKind::Yaml),
    ("zsh", FileKind::Shell),
];

/// Endings of what other files are made from: `compose.yaml.example`, `config.toml.j2`.
const PATTERNS: &[&str] = &[
    "default", "dist", "example", "j2", "jinja", "jinja2", "sample", "template", "tmpl", "tpl",
];

impl FileKind {
    /// What a file of this name is written in, as far as that tells.
    pub(crate) fn of_name(name: &str) -> Option<FileKind> {
        let name = name.to_ascii_lowercase();
        FileKind::of_whole_name(&name).or_else(|| {
            let (name, ending) = name.rsplit_once('.')?;
            (PATTERNS.contains(&ending)).then(|| FileKind::of_whole_name(name))?
        })
    }

    fn of_whole_name(name: &str) -> Option<FileKind> {
        let named = |names: &[(&str, FileKind)], name: &str| {
            let found = names.iter().find(|(known, _)| *known == name);
            found.map(|&(_, kind)| kind)
        };
        if let Some(kind) = named(NAMES, name) {
            return Some(kind);
        }
        // Dockerfile.gpu, .env.production, requirements-dev.txt.
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        if matches!(stem, "dockerfile" | "containerfile") {
            return Some(FileKind::Dockerfile);
        }
        if name.starts_with(".env.") {
            return Some(FileKind::Environment);
        }
        if name.starts_with("modelfile.") {
            return Some(FileKind::Modelfile);
        }
        let (stem, ending) = name.rsplit_once('.')?;
        let lists = ["requirements", "constraints"];
        if matches!(ending, "txt" | "in") && lists.iter().any(|list| stem.contains(list)) {
            return Some(FileKind::Requirements);
        }
        named(ENDINGS, ending)
    }

    /// What a file without an ending is written in, by its first line.
    pub(crate) fn of_first_line(bytes: &[u8]) -> Option<FileKind> {
        let line = bytes.strip_prefix(b"#!")?;
        let line = line.split(|&byte| byte == b'\n').next()?;
        let line = String::from_utf8_lossy(line);
        let words = || line.split(|c: char| c == '/' || c.is_whitespace());
        words().find_map(|word| match word {
            // `env -S uv run --script`
            "uv" | "pipx" | "ipython" => Some(FileKind::Python),
            word if word.starts_with("python") => Some(FileKind::Python),
            "sh" | "bash" | "zsh" | "dash" | "ksh" => Some(FileKind::Shell),
            "node" | "bun" => Some(FileKind::JavaScript),
            "deno" | "tsx" => Some(FileKind::TypeScript),
            "ruby" => Some(FileKind::HashLike),
            _ => None,
        })
    }

    /// Whether a file of this name may be anything, so that its first line has to tell.
    pub(crate) fn may_be_script(name: &str) -> bool {
        !name.contains('.')
    }

    /// Whether it is code: calls in it are looked for.
    pub(crate) fn is_code(self) -> bool {
        matches!(
            self,
            FileKind::Python
                | FileKind::JavaScript
                | FileKind::TypeScript
                | FileKind::Notebook
                | FileKind::Markup
                | FileKind::CLike
                | FileKind::HashLike
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell() {
        let kind = FileKind::of_name;
        assert_eq!(kind("Train.PY"), Some(FileKind::Python));
        assert_eq!(kind("Dockerfile.gpu"), Some(FileKind::Dockerfile));
        assert_eq!(kind(".env.production"), Some(FileKind::Environment));
        assert_eq!(kind("requirements-dev.txt"), Some(FileKind::Requirements));
        assert_eq!(kind("notes.txt"), None);
        assert_eq!(kind("weights.bin"), None);
        assert_eq!(kind("MLmodel"), Some(FileKind::MlModel));
        assert_eq!(kind("compose.yml.example"), Some(FileKind::Yaml));
        assert_eq!(kind("train.py.j2"), Some(FileKind::Python));
        assert_eq!(kind("page.vue"), Some(FileKind::Markup));
        assert_eq!(kind("train.py.bak"), None);
        assert_eq!(kind("a.example"), None);
    }

    #[test]
    fn first_lines_tell() {
        let kind = FileKind::of_first_line;
        assert_eq!(kind(b"#!/usr/bin/env python3.12\n"), Some(FileKind::Python));
        assert_eq!(kind(b"#!/bin/bash -e\n"), Some(FileKind::Shell));
        assert_eq!(
            kind(b"#!/usr/bin/env -S uv run --script\n"),
            Some(FileKind::Python)
        );
        assert_eq!(kind(b"python\n"), None);
    }
}
