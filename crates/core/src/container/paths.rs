//! Where unpacking a member writes to, links of the archive included.

use std::cell::Cell;
use std::collections::HashMap;

use crate::escape;
use crate::observer::OddityKind;

/// What systems take for a path; nobody can make a longer one.
pub(super) const PATH: usize = 4096;
/// How many parts of paths are kept.
const NODES: usize = 1 << 18;
/// How many links one path is followed through.
const HOPS: usize = 8;
/// How many bytes of links are followed for one archive.
const FOLLOWED: usize = 64 << 20;

/// Where a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    /// Into the folder that the archive is unpacked to.
    Inside,
    /// Out of it.
    Outside,
    /// Out of it, or too far, through a link that the archive made before.
    ThroughLink,
}

/// What unpacking an entry does outside of the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    Writes,
    WritesThroughLink,
    Links,
}

impl Escape {
    /// What an entry does whose name, or the link that it makes, leads somewhere, and that in words.
    pub(super) fn of(leads: Leads, name: &[u8], link: Option<&[u8]>) -> Option<(Escape, String)> {
        let name = shown(name);
        match (leads, link) {
            (Leads::Inside, _) => None,
            (_, Some(link)) => {
                let words = format!("unpacking makes a link {name} to {}", shown(link));
                Some((Escape::Links, words + ", out of its directory"))
            }
            (Leads::Outside, None) => {
                let words = format!("unpacking writes {name}, out of its directory");
                Some((Escape::Writes, words))
            }
            (Leads::ThroughLink, None) => {
                let words = format!("unpacking writes {name} through a link of the archive");
                Some((Escape::WritesThroughLink, words + ", out of its directory"))
            }
        }
    }

    /// What kind of oddity it is in a zip or a 7z archive.
    pub(super) fn kind(self) -> OddityKind {
        match self {
            Escape::Writes => OddityKind::ArchiveWritesOutside,
            Escape::WritesThroughLink => OddityKind::ArchiveWritesThroughLink,
            Escape::Links => OddityKind::ArchiveLinksOutside,
        }
    }

    /// What is told only once: the first of each says where, the others are counted.
    pub(super) fn subject(self) -> &'static str {
        match self {
            Escape::WritesThroughLink => "through",
            Escape::Writes | Escape::Links => "",
        }
    }
}

/// A name for a sentence.
pub(super) fn shown(name: &[u8]) -> String {
    let name = escape::lossless(name);
    format!("“{}”", escape::cut(&escape::visible(&name), escape::NAME))
}

/// The symbolic links of an archive, as far as they are made.
#[derive(Debug)]
pub(super) struct Links {
    nodes: Vec<Node>,
    followed: Cell<usize>,
    over_limit: Cell<bool>,
}

/// A part of a path, and its node where the archive has a link there or below.
type Step<'p> = (&'p [u8], Option<usize>);

#[derive(Debug, Default)]
struct Node {
    children: HashMap<Box<[u8]>, usize>,
    link: Option<Box<[u8]>>,
}

/// The parts of a path, on whatever system.
fn parts(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    let is_part = |part: &&[u8]| !part.is_empty() && *part != b".";
    path.split(|&byte| matches!(byte, b'/' | b'\\'))
        .filter(is_part)
}

/// Whether a path begins at the root of a system or of a drive.
fn is_absolute(path: &[u8]) -> bool {
    match path {
        [b'/' | b'\\', ..] => true,
        [letter, b':', ..] => letter.is_ascii_alphabetic(),
        _ => false,
    }
}

impl Links {
    pub(super) fn new() -> Links {
        Links {
            nodes: vec![Node::default()],
            followed: Cell::new(0),
            over_limit: Cell::new(false),
        }
    }

    /// Whether there were more than are kept or followed.
    pub(super) fn is_over_limit(&self) -> bool {
        self.over_limit.get()
    }

    /// Notes a symbolic link.
    pub(super) fn add(&mut self, name: &[u8], target: &[u8]) {
        if name.len() > PATH || target.len() > PATH {
            return;
        }
        let mut node = 0;
        for part in self.place(name).unwrap_or_default() {
            let known = self.nodes.get(node).and_then(|n| n.children.get(&part));
            node = match known.copied() {
                Some(child) => child,
                None if self.nodes.len() >= NODES => {
                    self.over_limit.set(true);
                    return;
                }
                None => {
                    let child = self.nodes.len();
                    self.nodes.push(Node::default());
                    if let Some(node) = self.nodes.get_mut(node) {
                        node.children.insert(part, child);
                    }
                    child
                }
            };
        }
        if let Some(node) = self.nodes.get_mut(node) {
            node.link = Some(target.into());
        }
    }

    /// Notes that something else is at a place now.
    pub(super) fn remove(&mut self, name: &[u8]) {
        let place = self.place(name).unwrap_or_default();
        let node = place.iter().try_fold(0, |node, part| {
            self.nodes.get(node)?.children.get(part).copied()
        });
        if let Some(node) = node.and_then(|node| self.nodes.get_mut(node)) {
            node.link = None;
        }
    }

    /// Where a path leads to; `through` tells whether a link at its end is followed as well.
    pub(super) fn lead(&self, path: &[u8], through: bool) -> Leads {
        let followed = self.follow(Vec::new(), path, through);
        followed.map_or_else(|leads| leads, |_| Leads::Inside)
    }

    /// Where a symbolic link leads to; inside if that cannot be told, for then it lies outside itself.
    pub(super) fn target(&self, name: &[u8], target: &[u8]) -> Leads {
        let Ok(mut folder) = self.follow(Vec::new(), name, false) else {
            return Leads::Inside;
        };
        folder.pop();
        let followed = self.follow(folder, target, true);
        followed.map_or_else(|leads| leads, |_| Leads::Inside)
    }

    /// The parts of the path at which something really is that is made by a name.
    fn place(&self, name: &[u8]) -> Option<Vec<Box<[u8]>>> {
        let steps = self.follow(Vec::new(), name, false).ok()?;
        Some(steps.into_iter().map(|(part, _)| part.into()).collect())
    }

    /// Follows a path from a folder on, through all links.
    fn follow<'p>(
        &'p self,
        mut behind: Vec<Step<'p>>,
        path: &'p [u8],
        through: bool,
    ) -> Result<Vec<Step<'p>>, Leads> {
        if is_absolute(path) {
            return Err(Leads::Outside);
        }
        let mut ahead: Vec<&[u8]> = parts(path).rev().collect();
        let mut hops = 0;
        while let Some(part) = ahead.pop() {
            if part == b".." {
                behind.pop().ok_or(out(hops))?;
                continue;
            }
            let parent = behind.last().map_or(Some(0), |(_, node)| *node);
            let node = parent
                .and_then(|parent| self.nodes.get(parent))
                .and_then(|parent| parent.children.get(part).copied());
            let link = node
                .and_then(|node| self.nodes.get(node))
                .and_then(|node| node.link.as_deref())
                .filter(|_| through || !ahead.is_empty());
            let Some(link) = link else {
                behind.push((part, node));
                continue;
            };
            hops += 1;
            let followed = self.followed.get() + link.len();
            self.followed.set(followed);
            if is_absolute(link) || hops > HOPS {
                return Err(Leads::ThroughLink);
            }
            if followed > FOLLOWED {
                self.over_limit.set(true);
                break;
            }
            ahead.extend(parts(link).rev());
        }
        Ok(behind)
    }
}

fn out(hops: usize) -> Leads {
    if hops > 0 {
        Leads::ThroughLink
    } else {
        Leads::Outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Leads::{Inside, Outside, ThroughLink};

    #[test]
    fn paths_are_followed_through_links() {
        let mut links = Links::new();
        for (path, leads) in [
            ("a/b", Inside),
            ("./a/../b", Inside),
            ("a/../../b", Outside),
            ("/a", Outside),
            ("..", Outside),
            ("a\\..\\..\\b", Outside),
            ("C:\\a", Outside),
            ("", Inside),
        ] {
            assert_eq!(links.lead(path.as_bytes(), true), leads, "{path}");
        }
        links.add(b"d/out", b"../../etc");
        links.add(b"in", b"d");
        links.add(b"root", b"/");
        links.add(b"again", b"in/out");
        links.add(b"loop", b"./loop");
        for (path, leads) in [
            ("d/out/passwd", ThroughLink),
            ("d/./out/passwd", ThroughLink),
            ("in/x", Inside),
            ("in/out", ThroughLink),
            ("root/x", ThroughLink),
            ("again", ThroughLink),
            ("loop/x", ThroughLink),
            ("d/x", Inside),
        ] {
            assert_eq!(links.lead(path.as_bytes(), true), leads, "{path}");
        }
        assert_eq!(links.lead(b"d/out", false), Inside);
        assert_eq!(links.lead(b"d/out/x", false), ThroughLink);
        links.remove(b"d/out");
        assert_eq!(links.lead(b"d/out/x", false), Inside);
    }

    #[test]
    fn links_lead_from_where_they_are() {
        let mut links = Links::new();
        assert_eq!(links.target(b"a/b/c", b"../../d"), Inside);
        assert_eq!(links.target(b"a/b/c", b"../../../d"), Outside);
        assert_eq!(links.target(b"c", b"d"), Inside);
        assert_eq!(links.target(b"c", b"../d"), Outside);
        assert_eq!(links.target(b"c", b"/d"), Outside);
        links.add(b"x", b"..");
        assert_eq!(links.target(b"y", b"x/z"), ThroughLink);
        // What a name makes may lie elsewhere.
        links.add(b"a", b".");
        links.add(b"a/b", b"..");
        assert_eq!(links.lead(b"b/c", true), ThroughLink);
        assert_eq!(links.target(b"a/c", b"../d"), Outside);
    }
}
