//! What a run has around it: a terminal perhaps, and somebody who may interrupt it.

use std::ffi::OsString;
use std::io::{IsTerminal as _, stderr, stdout};
use std::process;
use std::thread;
use std::time::Duration;

use weighbridge::CancelToken;

use crate::exit::Exit;

/// How wide text is made where the terminal does not say.
const WIDTH: usize = 80;
/// In less, nothing is legible.
const NARROWEST: usize = 40;
/// Text that is wider is hard to read.
const WIDEST: usize = 140;
/// How long an interrupted run may take to write what it found.
const GRACE: Duration = Duration::from_secs(1);

/// What a run has around it. The default is no terminal, and nobody who interrupts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Session {
    /// Ends the run when it is cancelled; what was found until then is shown.
    pub token: CancelToken,
    /// Whether the standard output is a terminal that takes colors.
    pub colors: bool,
    /// Whether the standard error is a terminal, on which progress can be shown.
    pub progress: bool,
    /// How many columns text may take.
    pub width: usize,
}

impl Default for Session {
    fn default() -> Session {
        Session {
            token: CancelToken::new(),
            colors: false,
            progress: false,
            width: WIDTH,
        }
    }
}

impl Session {
    /// The session of this process: its terminal, and its signals. To be called once.
    #[must_use]
    pub fn of_process() -> Session {
        let token = CancelToken::new();
        let cancelled = token.clone();
        let heard = ctrlc::set_handler(move || {
            cancelled.cancel();
            // What waits for input or for a reader is not to be woken.
            thread::sleep(GRACE);
            process::exit(Exit::Interrupted.code().into());
        });
        // Without a handler, a signal ends the process at once, as it would any other.
        let _ = heard;
        let size = terminal_size::terminal_size();
        let terminal = Terminal {
            stdout: stdout().is_terminal(),
            stderr: stderr().is_terminal(),
            width: size.map(|(width, _)| width.0.into()),
        };
        Session {
            token,
            ..Session::on(&terminal, &|name| std::env::var_os(name))
        }
    }

    /// The session on a terminal, with what the environment says of it.
    fn on(terminal: &Terminal, variable: &dyn Fn(&str) -> Option<OsString>) -> Session {
        // An empty one is as none: no-color.org.
        let no_color = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
        let columns = variable("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok());
        let width = columns.filter(|columns| *columns > 0);
        let width = width.or(terminal.width.filter(|_| terminal.stdout));
        Session {
            token: CancelToken::new(),
            colors: terminal.stdout && !is_dumb && !no_color,
            progress: terminal.stderr && !is_dumb,
            width: width.map_or(WIDTH, |width: usize| width.clamp(NARROWEST, WIDEST)),
        }
    }
}

/// Which of the streams are a terminal, and how wide it is.
struct Terminal {
    stdout: bool,
    stderr: bool,
    width: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::{Session, Terminal};

    fn on(stdout: bool, width: Option<usize>, variables: &[(&str, &str)]) -> Session {
        let terminal = Terminal {
            stdout,
            stderr: stdout,
            width,
        };
        Session::on(&terminal, &|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).into())
        })
    }

    #[test]
    fn the_width_is_that_of_the_terminal_or_what_columns_says() {
        let width = |stdout, width, variables: &[_]| on(stdout, width, variables).width;
        assert_eq!(width(true, Some(100), &[]), 100);
        assert_eq!(width(true, Some(300), &[]), 140);
        assert_eq!(width(true, Some(9), &[]), 40);
        assert_eq!(width(true, None, &[]), 80);
        assert_eq!(width(false, Some(100), &[]), 80);
        assert_eq!(width(true, Some(100), &[("COLUMNS", "60")]), 60);
        assert_eq!(width(false, None, &[("COLUMNS", "120")]), 120);
        for odd in ["", "0", "wide", "-3", "1e9"] {
            assert_eq!(width(false, None, &[("COLUMNS", odd)]), 80, "{odd}");
            assert_eq!(width(true, Some(100), &[("COLUMNS", odd)]), 100, "{odd}");
        }
    }

    #[test]
    fn colors_are_for_terminals_whose_user_wants_them() {
        let colors = |stdout, variables: &[_]| on(stdout, None, variables).colors;
        assert!(colors(true, &[]) && !colors(false, &[]));
        assert!(!colors(true, &[("NO_COLOR", "1")]));
        assert!(!colors(true, &[("NO_COLOR", "0")]), "whatever its value is");
        assert!(colors(true, &[("NO_COLOR", "")]), "an empty one is as none");
        assert!(!colors(true, &[("TERM", "dumb")]) && colors(true, &[("TERM", "xterm")]));
        assert!(!on(true, None, &[("TERM", "dumb")]).progress);
    }
}
