//! Databases of one value, as small as they can be.

/// A database of GDBM with one bucket.
#[must_use]
pub fn gdbm(key: &[u8], value: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 512;
    let entries = u32::try_from((BLOCK - 112) / 24).unwrap_or(0);
    let len = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    let mut file = 0x1357_9acfu32.to_le_bytes().to_vec();
    file.extend(512u32.to_le_bytes());
    // The directory: where it is, how long, and how many bits of a hash it takes.
    file.extend(512u64.to_le_bytes());
    file.extend(64u32.to_le_bytes());
    file.extend(3u32.to_le_bytes());
    file.extend(512u32.to_le_bytes());
    file.extend(entries.to_le_bytes());
    file.resize(BLOCK, 0);
    for _ in 0..8 {
        file.extend(1024u64.to_le_bytes());
    }
    file.resize(2 * BLOCK, 0);
    // The bucket: nothing is free in it, no bits, one entry.
    file.resize(2 * BLOCK + 108, 0);
    file.extend(1u32.to_le_bytes());
    file.extend(7u32.to_le_bytes());
    file.extend(key.iter().chain(&[0; 4]).take(4));
    file.extend(1536u64.to_le_bytes());
    file.extend(len(key));
    file.extend(len(value));
    for _ in 1..entries {
        file.extend(u32::MAX.to_le_bytes());
        file.extend([0; 20]);
    }
    file.resize(3 * BLOCK, 0);
    file.extend(key);
    file.extend(value);
    file
}

/// A database of SQLite with the table of `dbm.sqlite3`; key and value fit into a page.
#[must_use]
pub fn sqlite(key: &[u8], value: &[u8]) -> Vec<u8> {
    const PAGE: usize = 65_536;
    const TABLE: &[u8] = b"CREATE TABLE Dict ( key BLOB UNIQUE NOT NULL, value BLOB NOT NULL )";
    let text = |text: &[u8]| varint(2 * text.len() + 13);
    let blob = |blob: &[u8]| varint(2 * blob.len() + 12);
    let schema = row(
        &[
            text(b"table"),
            text(b"Dict"),
            text(b"Dict"),
            vec![1],
            text(TABLE),
        ],
        &[b"table", b"Dict", b"Dict", &[2], TABLE],
    );
    let entry = row(&[blob(key), blob(value)], &[key, value]);
    let mut file = b"SQLite format 3\0\0\x01\x01\x01\0\x40\x20\x20".to_vec();
    file.resize(56, 0);
    file.extend(1u32.to_be_bytes());
    file.resize(100, 0);
    leaf(&mut file, PAGE, &schema);
    leaf(&mut file, 2 * PAGE, &entry);
    file
}

/// A row, with its length and its number.
fn row(types: &[Vec<u8>], values: &[&[u8]]) -> Vec<u8> {
    let types = types.concat();
    let head = types.len() + 1;
    let row = [varint(head), types, values.concat()].concat();
    [varint(row.len()), vec![1], row].concat()
}

/// Fills a page up with a leaf of one row, at its end.
fn leaf(file: &mut Vec<u8>, end: usize, row: &[u8]) {
    let at = end - row.len();
    let place = u16::try_from(at % 65_536).unwrap_or(0).to_be_bytes();
    file.extend([13, 0, 0, 0, 1, place[0], place[1], 0, place[0], place[1]]);
    file.resize(at, 0);
    file.extend(row);
}

/// A number in groups of seven bits, the highest first.
fn varint(number: usize) -> Vec<u8> {
    let mut groups = vec![u8::try_from(number & 0x7f).unwrap_or(0)];
    let mut rest = number >> 7;
    while rest > 0 {
        groups.push(u8::try_from(rest & 0x7f).unwrap_or(0) | 0x80);
        rest >>= 7;
    }
    groups.reverse();
    groups
}
