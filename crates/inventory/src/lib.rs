//! Tells which models, datasets and AI services a source tree uses, where and how. It reads code and
//! configuration, executes nothing and opens no connection.
//!
//! ```no_run
//! let inventory = weighbridge_inventory::Inventory::of("src")?;
//! for reference in &inventory.references {
//!     println!("{} {:?}", reference.location.file, reference.id);
//! }
//! # Ok::<(), weighbridge_inventory::InventoryError>(())
//! ```
//!
//! How a tree becomes an inventory:
//!
//! 1. `walk` lists the files, sorted; several threads take them one by one.
//! 2. `kind` tells by its name, or its first line, what a file is written in. What is nothing known is
//!    not opened.
//! 3. `triggers`: one pass over the bytes for every word of the knowledge. A file without one is done.
//! 4. `read`: the reader of that kind finds calls, keys, commands and addresses. A reader knows a language
//!    and nothing of models.
//! 5. `call` and `id` judge what was found by the knowledge in `data/*.toml`: which argument is the id,
//!    what it refers to, how far its revision pins. They know models and no language.
//! 6. `disk` tells which models lie in the tree, or in the caches of the user, and whether they are what they
//!    were.
//! 7. `findings` tells what speaks against a reference, or a file, by the words of `data/rules.toml`.
//! 8. `inventory` puts places, scopes and applications to it, in the order of the files.
//!
//! The result depends on the files, the options and the version alone.

mod address;
mod application;
mod bom;
mod call;
mod disk;
mod files;
mod findings;
mod html;
mod id;
mod inventory;
mod json;
mod kind;
mod knowledge;
mod merge;
mod options;
mod place;
mod read;
mod reference;
mod rules;
mod sarif;
mod schema;
mod scope;
mod service;
mod source_file;
mod triggers;
mod turn;
mod walk;
mod watch;

pub use bom::BomVersion;
pub use disk::{Card, Environment, FileOnDisk, Integrity, ModelOnDisk, Store};
pub use inventory::{Application, Inventory, InventoryError};
pub use json::NotAnInventory;
pub use merge::SameTree;
pub use options::{ApplicationEntry, InventoryLimits, InventoryOptions};
pub use place::Place;
pub use reference::{
    Flags, Hub, Kind, Origin, Pin, Purpose, Reference, Resolution, Revision, Scope, Service, Switch,
};
pub use rules::rules;
pub use schema::SCHEMAS;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
