//! The native module of the npm package: conversion between JavaScript's values and the library's,
//! and the threads that scan. What users see of it is in `node/`.
//!
//! Nothing of JavaScript's memory is ever touched on another thread: synchronous calls borrow,
//! asynchronous ones own what they work on.

mod content;
mod convert;
mod inventory;
mod options;
mod outcome;
mod pool;
mod progress;
mod scanner;
mod task;
mod tensors;
mod views;

use std::ffi::OsString;
use std::io;

use napi::bindgen_prelude::{Object, Result};
use napi::{Env, Error, Status};
use napi_derive::napi;
use serde_json::Value;
use weighbridge::output::json_line;

pub use convert::{Conversion, Entry, convert_sync, diff_sync, start_convert, start_diff};
pub use inventory::{Named, Reading, inventory_limit_names, inventory_sync, start_inventory};

/// Begins what an environment of JavaScript needs.
///
/// # Errors
/// Where the environment is about to end.
#[napi(module_exports)]
pub fn register(_exports: Object<'_>, env: Env) -> Result<()> {
    task::Group::begin(&env)
}

/// The version of the package.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// How many threads scan at most.
#[napi]
pub fn threads() -> u32 {
    u32::try_from(pool::size()).unwrap_or(u32::MAX)
}

/// The names of the bounds, as the library has them.
#[napi]
pub fn limit_names() -> Vec<&'static str> {
    weighbridge::Limits::NAMES.to_vec()
}

/// Every rule, in the order of the codes: an array in JSON.
#[napi]
pub fn rules() -> String {
    weighbridge::output::json_line(&weighbridge::rules())
}

/// JSON as the library writes it.
///
/// # Errors
/// Where it is no JSON, or nests too deeply.
#[allow(
    clippy::needless_pass_by_value,
    reason = "JavaScript's strings are copied"
)]
#[napi]
pub fn line_of(json: String) -> Result<String> {
    let value: Value = serde_json::from_str(&json)
        .map_err(|error| Error::new(Status::InvalidArg, error.to_string()))?;
    Ok(json_line(&value))
}

/// The command line, with the process's own streams; gives the exit status. `args` are the last
/// arguments of the process, without the program's name.
#[napi]
pub fn run(args: Vec<String>) -> u8 {
    // What is no UTF-8 reaches JavaScript damaged.
    let given: Vec<OsString> = std::env::args_os().collect();
    let given = given.get(given.len().saturating_sub(args.len())..);
    let given = given.filter(|given| {
        let texts = given.iter().map(|arg| arg.to_string_lossy());
        texts.eq(args.iter().map(String::as_str))
    });
    let mut all = vec![OsString::from("weighbridge")];
    match given {
        Some(given) => all.extend_from_slice(given),
        None => all.extend(args.into_iter().map(OsString::from)),
    }
    let session = weighbridge_cli::Session::of_process();
    let (mut stdin, mut stdout, mut stderr) = (io::stdin(), io::stdout(), io::stderr());
    weighbridge_cli::run_in(&session, all, &mut stdin, &mut stdout, &mut stderr).code()
}
