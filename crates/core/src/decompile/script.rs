//! The text of one pickle: statements, comments and names.

use std::ops::ControlFlow;

use super::item::Expression;
use super::layout;
use super::names::Names;
use crate::escape;

/// How many characters of a comment are shown.
const COMMENT: usize = 500;

/// Where the lines go.
pub(super) struct Sink<'s> {
    each: &'s mut dyn FnMut(&str) -> ControlFlow<()>,
    flow: ControlFlow<()>,
    /// Whether anything was written.
    begun: bool,
}

impl<'s> Sink<'s> {
    pub(super) fn new(each: &'s mut dyn FnMut(&str) -> ControlFlow<()>) -> Sink<'s> {
        Sink {
            each,
            flow: ControlFlow::Continue(()),
            begun: false,
        }
    }

    pub(super) fn line(&mut self, line: &str) {
        if self.flow.is_continue() {
            self.flow = (self.each)(line);
            self.begun = true;
        }
    }

    pub(super) fn comment(&mut self, words: &str) {
        self.line(&format!("# {}", escape::capped(words, COMMENT)));
    }

    /// Keeps what follows apart from what was written before.
    pub(super) fn part(&mut self) {
        if self.begun {
            self.line("");
        }
    }

    /// Whether anybody reads on.
    pub(super) fn flow(&self) -> ControlFlow<()> {
        self.flow
    }
}

/// The text of one pickle.
pub(super) struct Script<'k, 's> {
    pub(super) sink: &'k mut Sink<'s>,
    /// What goes before the first line, until there is one.
    heading: Option<String>,
    /// The number of the next name.
    next: u32,
    pub(super) names: Names,
}

impl<'k, 's> Script<'k, 's> {
    pub(super) fn new(sink: &'k mut Sink<'s>) -> Script<'k, 's> {
        Script {
            sink,
            heading: None,
            next: 0,
            names: Names::default(),
        }
    }

    /// Begins the text of another pickle; the heading is written once there is something below it.
    pub(super) fn restart(&mut self, heading: String) {
        self.heading = Some(heading);
        self.next = 0;
        self.names = Names::default();
    }

    /// Whether the heading is written.
    pub(super) fn is_begun(&self) -> bool {
        self.heading.is_none()
    }

    fn head(&mut self) {
        if let Some(heading) = self.heading.take() {
            self.sink.part();
            self.sink.comment(&heading);
        }
    }

    /// Writes a comment on a line of its own.
    pub(super) fn comment(&mut self, words: &str) {
        self.head();
        self.sink.comment(words);
    }

    /// Writes a statement, broken into lines where it is long.
    pub(super) fn statement(&mut self, statement: &str) {
        self.head();
        for line in layout::lines(statement) {
            self.sink.line(&line);
        }
    }

    /// Gives an expression a name, and gives that back.
    pub(super) fn assign(&mut self, expression: &str) -> u32 {
        let name = self.next;
        self.next = self.next.saturating_add(1);
        self.statement(&format!("{} = {expression}", name_of(name)));
        name
    }

    /// As [`Script::assign`], as an expression.
    pub(super) fn named(&mut self, expression: &str) -> Expression {
        Expression::name(name_of(self.assign(expression)))
    }
}

/// How an object with a number is called.
pub(super) fn name_of(number: u32) -> String {
    format!("_{number}")
}
