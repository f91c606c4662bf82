//! What the names of surveyed files say, and why some kinds of them are not clean.

/// Where a file `<python>-<library>-<version>/<kind>-p<protocol>.<extension>` comes from.
pub(crate) struct Origin<'n> {
    pub(crate) python: &'n str,
    pub(crate) library: &'n str,
    /// `-` for the standard library.
    pub(crate) version: &'n str,
    pub(crate) kind: &'n str,
}

impl<'n> Origin<'n> {
    /// The origin that a path with slashes tells; `None` for one of another form.
    pub(crate) fn of(path: &'n str) -> Option<Origin<'n>> {
        let (folder, file) = path.split_once('/')?;
        let mut words = folder.splitn(3, '-');
        let (python, library) = (words.next()?, words.next()?);
        let stem = file.split('.').next()?;
        let kind = match stem.rsplit_once("-p") {
            Some((kind, protocol)) if protocol.parse::<u8>().is_ok() => kind,
            _ => stem,
        };
        Some(Origin {
            python,
            library,
            version: words.next().unwrap_or("-"),
            kind,
        })
    }
}

/// A table of reasons: lines of library, kind, verdict and reason with tabs between, below a heading.
pub(crate) struct Reasons<'t> {
    rows: Vec<[&'t str; 4]>,
}

impl<'t> Reasons<'t> {
    pub(crate) fn read(table: &'t str) -> Reasons<'t> {
        let row = |line: &'t str| {
            let mut fields = line.split('\t');
            std::array::from_fn(|_| fields.next().unwrap_or_default())
        };
        Reasons {
            rows: table.lines().skip(1).map(row).collect(),
        }
    }

    /// The kind as the table has it, where a star stands for any end, and the reason.
    pub(crate) fn of(
        &self,
        library: &str,
        kind: &str,
        verdict: &str,
    ) -> Option<(&'t str, &'t str)> {
        let fits = |pattern: &str| match pattern.strip_suffix('*') {
            Some(beginning) => kind.starts_with(beginning),
            None => kind == pattern,
        };
        self.rows
            .iter()
            .find(|row| row[0] == library && fits(row[1]) && row[2] == verdict)
            .map(|row| (row[1], row[3]))
    }
}
