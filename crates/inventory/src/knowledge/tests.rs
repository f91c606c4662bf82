//! The tables are what they say they are.

use super::*;

#[test]
fn every_table_is_read() {
    let tables = parse().unwrap();
    assert!(tables.calls.len() > 30);
    assert!(tables.services.len() > 15);
    assert!(tables.keys.len() > 5);
    assert!(tables.urls.len() > 5);
    assert!(tables.commands.len() > 10);
    assert!(tables.advisories.len() > 5);
    assert!(tables.purposes.len() > 4);
}

#[test]
fn every_row_says_where_it_comes_from() {
    let tables = tables();
    let sources = (tables.calls.iter().map(|row| &row.source))
        .chain(tables.services.iter().map(|row| &row.source))
        .chain(tables.keys.iter().map(|row| &row.source))
        .chain(tables.urls.iter().map(|row| &row.source))
        .chain(tables.commands.iter().map(|row| &row.source))
        .chain(tables.names.iter().map(|row| &row.source))
        .chain(tables.advisories.iter().map(|row| &row.source))
        .chain(tables.purposes.iter().map(|row| &row.source));
    for source in sources {
        assert!(source.len() > 4, "{source:?}");
    }
}

#[test]
fn calls_are_whole() {
    for row in &tables().calls {
        assert!(row.hub.is_some() != row.service.is_some(), "{row:?}");
        assert!(!row.names.is_empty() && !row.modules.is_empty(), "{row:?}");
        let mut flags = crate::reference::Flags::default();
        for flag in &row.flags {
            let known = flag == "code_revision" || flags.switch_mut(flag).is_some();
            assert!(known, "{flag}");
        }
        if let Some(id) = &row.id {
            assert!(id.position.is_some() || !id.keywords.is_empty(), "{row:?}");
        }
    }
}

#[test]
fn keys_and_commands_are_whole() {
    for row in &tables().keys {
        assert!(row.hub.is_some() || row.service.is_some(), "{row:?}");
        for key in &row.keys {
            assert_eq!(*key, key.to_lowercase().replace('-', "_"));
        }
    }
    for row in &tables().commands {
        assert!(row.hub.is_some() != row.service.is_some(), "{row:?}");
        assert!(row.operand.is_some() || !row.options.is_empty(), "{row:?}");
        for (option, flag) in &row.flags {
            let mut flags = crate::reference::Flags::default();
            assert!(flags.switch_mut(flag).is_some(), "{option}");
        }
    }
}

#[test]
fn advisories_are_dated() {
    for row in &tables().advisories {
        let digits = |range: std::ops::Range<usize>| row.published[range].parse::<u32>().unwrap();
        assert_eq!(row.published.len(), 10, "{row:?}");
        assert!((2019..2100).contains(&digits(0..4)) && digits(5..7) <= 12 && digits(8..10) <= 31);
        let known = weighbridge::Severity::ALL
            .iter()
            .any(|one| one.as_str() == row.severity);
        assert!(known, "{row:?}");
        assert_eq!(row.package, row.package.to_lowercase().replace('_', "-"));
    }
}

#[test]
fn names_are_matched() {
    let found = |name: &str| {
        let row = call(Language::Python, None, name, |module| {
            module == "transformers"
        })?;
        Some(row.kind.as_str())
    };
    assert_eq!(found("AutoModel.from_pretrained"), Some("model"));
    assert_eq!(found("AutoTokenizer.from_pretrained"), Some("tokenizer"));
    assert_eq!(found("transformers.pipeline"), Some("model"));
    assert_eq!(found("other.pipeline"), None);
    assert_eq!(found("from_pretrained_x"), None);
    assert!(call(Language::Python, Some("torch"), "hub.load", |_| false).is_some());
    assert!(call(Language::Python, Some("torchvision"), "hub.load", |_| false).is_none());
    assert!(is_like("*Token*er", "AutoTokenizer") && !is_like("Auto*Model", "AutoModels"));
}
