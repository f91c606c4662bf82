//! The tables, as the build script made them from `data/`.

#![allow(clippy::all, missing_docs)]

use super::model::{
    Attributes, Calls, Danger, EffectClass, Forward, Layout, Name, Permissions, Returns, Row,
    Signature, Type,
};
use crate::finding::Severity;

include!(concat!(env!("OUT_DIR"), "/knowledge.rs"));
