//! The JSON schema of what is written.

/// The name and the text of each JSON schema. `docs/schema` holds the same.
pub const SCHEMAS: &[(&str, &str)] =
    &[("inventory", include_str!("../schema/inventory.schema.json"))];
