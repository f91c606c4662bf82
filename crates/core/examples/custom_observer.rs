//! An observer of one's own: which packages does loading a file need?
//!
//! `cargo run -p weighbridge --example custom_observer -- FILE`

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use weighbridge::pickle::{Effect, EffectKind, View};
use weighbridge::{FileSource, Gap, Observer, Options, Place, escape, observe};

/// Counts the imports of each package.
#[derive(Default)]
struct Packages(BTreeMap<String, u64>);

impl Observer for Packages {
    fn effect(&mut self, _: &Place<'_>, effect: &Effect<'_>, _: &View<'_>) -> ControlFlow<()> {
        if let EffectKind::Import {
            module: Some(module),
            ..
        } = &effect.kind
        {
            // Names are bytes: what is no UTF-8 is shown, not refused.
            let module = String::from_utf8_lossy(module.as_bytes());
            let package = module.split('.').next().unwrap_or_default();
            let package = escape::capped(package, 100).into_owned();
            *self.0.entry(package).or_default() += 1;
        }
        ControlFlow::Continue(())
    }

    fn gap(&mut self, place: &Place<'_>, gap: &Gap) -> ControlFlow<()> {
        eprintln!("{:?}: not examined: {}", place.member, gap.detail);
        ControlFlow::Continue(())
    }
}

fn main() -> ExitCode {
    let path = std::env::args().nth(1).unwrap_or_default();
    let source = match FileSource::open(Path::new(&path)) {
        Ok(source) => source,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::from(2);
        }
    };
    let mut packages = Packages::default();
    let examined = observe(&source, &path, &Options::default(), &mut packages);
    for (package, imports) in packages.0 {
        println!("{imports:>6}  {package}");
    }
    if examined.is_complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    }
}
