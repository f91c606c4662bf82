//! What the crate offers is what `public-api.txt` says (`cargo xtask bless` rewrites it): a change of the
//! API is seen in the difference, or fails.
//!
//! Every item that is `pub` can be reached from outside, for the lint `unreachable_pub` is an error. So the
//! sources tell the API: each public item without its docs and bodies.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Fields, File, ImplItem, Item, TraitItem, Visibility};

#[test]
fn the_public_api_is_as_announced() {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = sources(&crate_root.join("src"));
    files.sort();
    let mut told = String::new();
    for file in files {
        let parsed = syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap();
        let items: Vec<Item> = parsed.items.into_iter().filter_map(public).collect();
        if !items.is_empty() {
            let name = file.strip_prefix(crate_root.join("src")).unwrap();
            let name = name.to_str().unwrap().replace('\\', "/");
            let shown = prettyplease::unparse(&File {
                shebang: None,
                attrs: Vec::new(),
                items,
            });
            told.push_str(&format!("// {name}\n{shown}\n"));
        }
    }
    let expected = crate_root.join("public-api.txt");
    if std::env::var_os("WEIGHBRIDGE_BLESS").is_some() {
        fs::write(&expected, &told).unwrap();
    }
    let expected = fs::read_to_string(expected).unwrap();
    let differs = told.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(
        told == expected,
        "the public API changed, first at {differs:?}; if that is meant: `cargo xtask bless`"
    );
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// What of an item can be seen from outside, if anything.
fn public(item: Item) -> Option<Item> {
    let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    match item {
        Item::Struct(mut item) if is_public(&item.vis) => {
            bare(&mut item.attrs);
            match &mut item.fields {
                Fields::Named(fields) => {
                    let seen = std::mem::take(&mut fields.named).into_iter();
                    fields.named = seen.filter(|field| is_public(&field.vis)).collect();
                    fields
                        .named
                        .iter_mut()
                        .for_each(|field| bare(&mut field.attrs));
                }
                Fields::Unnamed(fields) => {
                    let seen = std::mem::take(&mut fields.unnamed).into_iter();
                    fields.unnamed = seen.filter(|field| is_public(&field.vis)).collect();
                }
                Fields::Unit => {}
            }
            Some(Item::Struct(item))
        }
        Item::Enum(mut item) if is_public(&item.vis) => {
            bare(&mut item.attrs);
            for variant in &mut item.variants {
                bare(&mut variant.attrs);
                variant
                    .fields
                    .iter_mut()
                    .for_each(|field| bare(&mut field.attrs));
            }
            Some(Item::Enum(item))
        }
        Item::Trait(mut item) if is_public(&item.vis) => {
            bare(&mut item.attrs);
            for item in &mut item.items {
                if let TraitItem::Fn(method) = item {
                    bare(&mut method.attrs);
                    method.default = method.default.as_ref().map(|_| empty());
                }
            }
            Some(Item::Trait(item))
        }
        Item::Fn(mut item) if is_public(&item.vis) => {
            bare(&mut item.attrs);
            item.block = Box::new(empty());
            Some(Item::Fn(item))
        }
        Item::Const(mut item) if is_public(&item.vis) => {
            bare(&mut item.attrs);
            Some(Item::Const(item))
        }
        Item::Type(item) if is_public(&item.vis) => Some(Item::Type(item)),
        Item::Use(item) if is_public(&item.vis) => Some(Item::Use(item)),
        Item::Mod(item) if is_public(&item.vis) => Some(Item::Mod(item)),
        Item::Impl(mut item) if item.trait_.is_none() => {
            item.items = item.items.into_iter().filter_map(member).collect();
            (!item.items.is_empty()).then_some(Item::Impl(item))
        }
        _ => None,
    }
}

/// What of an item of an `impl` can be seen from outside. Macros are shown as they are.
fn member(item: ImplItem) -> Option<ImplItem> {
    match item {
        ImplItem::Fn(mut method) if matches!(method.vis, Visibility::Public(_)) => {
            bare(&mut method.attrs);
            method.block = empty();
            Some(ImplItem::Fn(method))
        }
        ImplItem::Const(mut item) if matches!(item.vis, Visibility::Public(_)) => {
            bare(&mut item.attrs);
            Some(ImplItem::Const(item))
        }
        ImplItem::Macro(item) => Some(ImplItem::Macro(item)),
        _ => None,
    }
}

/// Leaves of attributes what users of an item notice.
fn bare(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| {
        ["derive", "non_exhaustive", "must_use", "serde"]
            .iter()
            .any(|known| attribute.path().is_ident(known))
    });
}

fn empty() -> syn::Block {
    syn::parse_str("{}").unwrap()
}
