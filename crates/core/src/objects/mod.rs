//! What loading a pickle would make, as a tree: the machine tells what it executes, and this keeps what
//! it makes of it. Nothing is called; a call stays a node with its arguments.

mod arrays;
mod chunks;
mod follow;
mod gotten;
mod item;
pub(crate) mod keys;
mod memo;
pub(crate) mod paths;
pub(crate) mod rebuilt;
pub(crate) mod scalars;
mod tree;

pub(crate) use arrays::Layout;
pub(crate) use follow::{Bounds, Followed, Made, follow, follow_one, follow_sparing};
pub(crate) use item::Item;
pub(crate) use tree::{Call, Node, Tree};
