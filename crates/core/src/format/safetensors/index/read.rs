//! Reading an index, without a tree of JSON.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use super::WEIGHT_MAP;
use crate::safetensors::json::{Event, Reader, Str};

/// How many keys that are twice in an object are told.
const DUPLICATES: usize = 1000;

/// What an index says.
#[derive(Debug, Default)]
pub(crate) struct Index<'a> {
    /// The weight map, in the order of the file; the last entry of a name counts.
    pub(crate) entries: Vec<Entry<'a>>,
    /// `metadata.total_size`, where it is a whole number.
    pub(super) total_size: Option<u64>,
    /// Keys that are twice in an object, each with where it is.
    pub(crate) duplicates: Vec<(String, String)>,
}

/// In which file a tensor is.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) shard: Cow<'a, str>,
}

/// Why an index cannot be read, and where.
type Unreadable = (String, usize);

impl<'a> Index<'a> {
    pub(crate) fn read(text: &'a str) -> Result<Index<'a>, Unreadable> {
        let mut fields = Fields {
            reader: Reader::new(text),
            index: Index::default(),
        };
        if fields.event()? != Some(Event::BeginObject) {
            return Err(fields.wrong("it is no object"));
        }
        let mut has_map = false;
        fields.object(&[], |fields, key| {
            if key.is(WEIGHT_MAP) {
                // Of two maps, readers take the last.
                fields.index.entries.clear();
                has_map = true;
                return fields.weight_map();
            }
            match fields.event()? {
                Some(Event::BeginObject) if key.is("metadata") => fields.metadata(),
                Some(first) => fields.skip(first),
                None => Ok(()),
            }
        })?;
        if fields.event()?.is_some() || !has_map {
            return Err(fields.wrong("it has no weight_map"));
        }
        Ok(fields.index)
    }

    /// The files that are named, each with the first entry that names it.
    pub(super) fn shards(&self) -> BTreeMap<&str, &Entry<'a>> {
        let mut shards = BTreeMap::new();
        for entry in &self.entries {
            shards.entry(&*entry.shard).or_insert(entry);
        }
        shards
    }
}

struct Fields<'a> {
    reader: Reader<'a>,
    index: Index<'a>,
}

impl<'a> Fields<'a> {
    fn wrong(&self, why: &str) -> Unreadable {
        (why.to_owned(), self.reader.start())
    }

    fn event(&mut self) -> Result<Option<Event<'a>>, Unreadable> {
        let event = self.reader.next();
        event.map_err(|problem| (format!("it is no JSON: {problem}"), self.reader.at()))
    }

    fn skip(&mut self, first: Event<'_>) -> Result<(), Unreadable> {
        let skipped = self.reader.skip(first);
        skipped.map_err(|problem| (format!("it is no JSON: {problem}"), self.reader.at()))
    }

    /// Reads an object that has begun; `each` reads the value behind a key.
    fn object(
        &mut self,
        path: &[&str],
        mut each: impl FnMut(&mut Self, Str<'a>) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        let mut seen: HashSet<Cow<'a, str>> = HashSet::new();
        while let Some(Event::Key(key)) = self.event()? {
            let name = key.decode();
            if seen.contains(&name) && self.index.duplicates.len() < DUPLICATES {
                let mut path = path.to_vec();
                path.push(&name);
                self.index
                    .duplicates
                    .push((pointer(&path), name.to_string()));
            }
            seen.insert(name);
            each(self, key)?;
        }
        Ok(())
    }

    fn metadata(&mut self) -> Result<(), Unreadable> {
        self.object(&["metadata"], |fields, key| match fields.event()? {
            // Some writers write a float.
            Some(Event::Number(number)) if key.is("total_size") => {
                let whole = number.strip_suffix(".0").unwrap_or(number);
                fields.index.total_size = whole.parse().ok();
                Ok(())
            }
            Some(first) => fields.skip(first),
            None => Ok(()),
        })
    }

    fn weight_map(&mut self) -> Result<(), Unreadable> {
        if self.event()? != Some(Event::BeginObject) {
            return Err(self.wrong("its weight_map is no object"));
        }
        self.object(&[WEIGHT_MAP], |fields, key| {
            let Some(Event::Str(shard)) = fields.event()? else {
                return Err(fields.wrong(
                    "a tensor in its weight_map has something else than the name of a file",
                ));
            };
            fields.index.entries.push(Entry {
                name: key.decode(),
                shard: shard.decode(),
            });
            Ok(())
        })
    }
}

/// A JSON pointer (RFC 6901).
pub(super) fn pointer(path: &[&str]) -> String {
    let parts = path
        .iter()
        .map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1")));
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_read_and_what_is_twice_is_told() {
        let text = r#"{"metadata":{"total_size":12.0,"more":[{}]},"x":1,"weight_map":{"a":"1","a/b":"2","a/b":"1"}}"#;
        let index = Index::read(text).unwrap();
        assert_eq!(index.total_size, Some(12));
        assert_eq!(index.entries.len(), 3);
        assert_eq!(
            index.duplicates,
            [("/weight_map/a~1b".to_owned(), "a/b".to_owned())]
        );
        assert_eq!(index.shards().into_keys().collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn what_is_no_index_is_told_with_its_place() {
        for (text, why, at) in [
            ("[]", "it is no object", 0),
            ("{}", "it has no weight_map", 2),
            (r#"{"weight_map":[]}"#, "its weight_map is no object", 14),
            (
                r#"{"weight_map":{"a":"#,
                "it is no JSON: it ends within a value",
                19,
            ),
        ] {
            assert_eq!(
                Index::read(text).unwrap_err(),
                (why.to_owned(), at),
                "{text}"
            );
        }
    }
}
