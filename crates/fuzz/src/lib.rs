//! Streams, fuzz bodies and the differential oracle: CPython's own unpicklers, which import nothing here.
//!
//! [`generate`] makes streams from fixed seeds; [`oracle`] asks CPython what it does with them; [`compare`] holds that
//! against what the machine says, which [`subject`] turns into the same words. [`bodies`] are the functions that must
//! survive every stream. `fuzz-diff` puts it all together. [`loaders`] gives files that wrap pickles to zipfile, tarfile, NumPy,
//! joblib and their like, and `fuzz-loaders` holds what they ask for against the scanner.

pub mod agreement;
pub mod bodies;
pub mod campaign;
pub mod checkpoint;
pub mod compare;
pub mod decompiled;
pub mod generate;
pub mod listing;
pub mod loaders;
pub mod minimize;
pub mod oracle;
pub mod pattern;
pub mod random;
pub mod readings;
pub mod report;
pub mod subject;
