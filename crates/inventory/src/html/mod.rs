//! The inventory as a page that stands for itself: no script of others, no style sheet, nothing that is
//! fetched. It is whole without scripts; these sort and filter only.
//!
//! How long it gets is bounded, whatever is in the inventory; what is left out is counted on the page.

mod applications;
mod disk;
mod facts;
mod page;
mod references;
mod risks;
mod text;
mod unread;

use crate::inventory::Inventory;

/// Writes to a page; that does not fail.
macro_rules! put {
    ($out:expr, $($words:tt)*) => {{
        use std::fmt::Write as _;
        let _ = write!($out, $($words)*);
    }};
}
use put;

impl Inventory {
    /// The inventory as a page of HTML for people, complete in itself. The same inventory gives the
    /// same bytes.
    #[must_use]
    pub fn to_html(&self) -> String {
        page::page(self)
    }
}
