//! The Python package as its users get it: a wheel and a source distribution, each installed into an
//! empty environment and tested there; its types; its ABI.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::Program;
use crate::summary::{Suite, Summary};
use crate::{tools, workspace};

/// What builds the package, by its version.
const BUILD: &[&str] = &["build==1.3.0", "maturin==1.16.0"];
/// What tests it, and what it is compared with.
const TEST: &[&str] = &[
    "pytest==9.0.2",
    "numpy==2.4.6",
    "ml_dtypes==0.6.0",
    "safetensors==0.8.0",
    "joblib==1.6.0",
    "PyYAML==6.0.3",
];
/// Names a Python that has PyTorch; without it, that is Debian's.
const SYSTEM_PYTHON: &str = "WEIGHBRIDGE_SYSTEM_PYTHON";
/// What checks its types and its ABI.
const CHECK: &[&str] = &[
    "mypy==1.19.1",
    "abi3audit==0.0.24",
    "typing-extensions==4.15.0",
];

/// Builds the package, and tests what was built.
pub(crate) fn python(summary: &mut Summary) {
    let mut suite = summary.suite("test-python", Some(30));
    if let Err(lacks) = tools::need("python3") {
        return suite.check("python3", Ok(vec![lacks]));
    }
    let tools = Environment::at("tools");
    if !tools.make(&mut suite, &[BUILD, CHECK, TEST].concat()) {
        return;
    }
    let dist = place("dist");
    if dist.exists() {
        suite.check(
            "what was built before is removed",
            fs::remove_dir_all(&dist)
                .map(|()| Vec::new())
                .map_err(|error| error.to_string()),
        );
    }
    let out = dist.display().to_string();
    let build = [
        "-m",
        "build",
        "--no-isolation",
        "--sdist",
        "--wheel",
        "--outdir",
        out.as_str(),
        "python",
    ];
    if !suite.run(&building(tools.program("python").with(build), &tools)) {
        return;
    }
    for (name, ending) in [("wheel", ".whl"), ("sdist", ".tar.gz")] {
        let Some(file) = built(&dist, ending) else {
            return suite.check(name, Ok(vec![format!("there is no {ending} in {out}")]));
        };
        test_installed(&mut suite, name, &file);
    }
    check(&mut suite, &tools, &dist);
}

/// Installs a distribution into an empty environment and runs the tests there.
fn test_installed(suite: &mut Suite<'_>, name: &str, file: &Path) {
    let environment = Environment::at(name);
    if !environment.make(suite, TEST) {
        return;
    }
    let file = file.display().to_string();
    let install = [
        "install",
        "--quiet",
        "--no-deps",
        "--force-reinstall",
        file.as_str(),
    ];
    let pip = building(environment.program("pip").with(install), &environment);
    if suite.run(&pip) {
        let tests = [
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--ignore=python/tests/system",
            "python/tests",
        ];
        suite.run(&environment.program("python").with(tests));
    }
}

/// The tests beside PyTorch, with the Python of the system that has it. Where there is none, they fail and
/// name it.
pub(crate) fn system(suite: &mut Suite<'_>) {
    let python = std::env::var(SYSTEM_PYTHON).unwrap_or_else(|_| "/usr/bin/python3".to_owned());
    let tools = Environment::at("tools");
    if !tools.make(suite, BUILD) {
        return;
    }
    let (dist, installed) = (place("system-dist"), place("system"));
    for folder in [&dist, &installed] {
        if let Err(error) = fs::remove_dir_all(folder)
            && folder.exists()
        {
            return suite.check("what was built before is removed", Err(error.to_string()));
        }
    }
    let out = dist.display().to_string();
    let build = [
        "-m",
        "build",
        "--no-isolation",
        "--wheel",
        "--outdir",
        out.as_str(),
        "python",
    ];
    if !suite.run(&building(tools.program("python").with(build), &tools)) {
        return;
    }
    let Some(wheel) = built(&dist, ".whl") else {
        return suite.check("wheel", Ok(vec![format!("there is no .whl in {out}")]));
    };
    // Beside what the Python has, and not into it.
    let (folder, wheel) = (installed.display().to_string(), wheel.display().to_string());
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--target",
        folder.as_str(),
        "--no-deps",
        wheel.as_str(),
    ];
    let pytest = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--target",
        folder.as_str(),
        "pytest==9.0.2",
        "safetensors==0.8.0",
    ];
    if !suite.run(&tools.program("python").with(install))
        || !suite.run(&tools.program("python").with(pytest))
    {
        return;
    }
    let tests = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "python/tests/system",
    ];
    let program = Program::new(&python).with(tests);
    suite.run(&program.variable("PYTHONPATH", &folder));
}

/// The same program, which builds the package as everything else here is built, and in the same place.
fn building(program: Program, environment: &Environment) -> Program {
    let target = workspace::target().display().to_string();
    let before = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{before}", environment.folder().display());
    program
        .variable("MATURIN_PEP517_ARGS", "--profile ci")
        .variable("CARGO_TARGET_DIR", &target)
        .variable("PATH", &path)
}

/// Checks the types against the module, the examples against the types, and the wheel's ABI.
fn check(suite: &mut Suite<'_>, tools: &Environment, dist: &Path) {
    let Some(wheel) = built(dist, ".whl") else {
        return;
    };
    let wheel = wheel.display().to_string();
    let install = [
        "install",
        "--quiet",
        "--no-deps",
        "--force-reinstall",
        wheel.as_str(),
    ];
    if !suite.run(&tools.program("pip").with(install)) {
        return;
    }
    let stubs = [
        "-m",
        "mypy.stubtest",
        "weighbridge._native",
        "--ignore-missing-stub",
    ];
    suite.run(&tools.program("python").with(stubs));
    let strict = [
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        "target/python/mypy",
        "python/tests/typed.py",
    ];
    suite.run(&tools.program("python").with(strict));
    suite.run(
        &tools
            .program("abi3audit")
            .with(["--strict", wheel.as_str()]),
    );
}

/// The one file in a folder that ends so.
fn built(folder: &Path, ending: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.find(|path| path.to_string_lossy().ends_with(ending))
}

fn place(name: &str) -> PathBuf {
    workspace::target().join("python").join(name)
}

/// A virtual environment under the target folder.
pub(crate) struct Environment(PathBuf);

impl Environment {
    pub(crate) fn at(name: &str) -> Environment {
        Environment(place(name))
    }

    /// Makes it anew, with these packages.
    pub(crate) fn make(&self, suite: &mut Suite<'_>, packages: &[&str]) -> bool {
        let folder = self.0.display().to_string();
        let venv = ["-m", "venv", "--clear", folder.as_str()];
        let install = ["install", "--quiet", "--disable-pip-version-check"];
        suite.run(&Program::new("python3").with(venv))
            && suite.run(&self.program("pip").with(install).with(packages))
    }

    /// A program in it.
    pub(crate) fn program(&self, name: &str) -> Program {
        Program::new(&self.folder().join(name).display().to_string())
    }

    /// Where its programs are.
    pub(crate) fn folder(&self) -> PathBuf {
        self.0.join(if cfg!(windows) { "Scripts" } else { "bin" })
    }
}
