//! What a run has around it: a terminal perhaps, and somebody who may interrupt it.

use std::io::{IsTerminal as _, stderr, stdout};
use std::process;
use std::thread;
use std::time::Duration;

use weighbridge::CancelToken;

use crate::exit::Exit;

/// How wide text is made where the terminal does not say.
const WIDTH: usize = 80;
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
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = stdout().is_terminal();
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Session {
            token,
            colors: terminal && !is_dumb && !is_set("NO_COLOR"),
            progress: stderr().is_terminal() && !is_dumb,
            width: width
                .filter(|_| terminal)
                .map_or(WIDTH, |width| width.clamp(40, WIDEST)),
        }
    }
}
