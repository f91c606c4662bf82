//! The JSON schemas of what is written.

/// The name and the text of each JSON schema, in the order of their names. `docs/schema` holds the same.
pub const SCHEMAS: &[(&str, &str)] = &[
    ("convert", include_str!("../schema/convert.schema.json")),
    ("diff", include_str!("../schema/diff.schema.json")),
    ("inspect", include_str!("../schema/inspect.schema.json")),
    ("report", include_str!("../schema/report.schema.json")),
    ("trace", include_str!("../schema/trace.schema.json")),
];
