//! From an overlay to the changes that make it true.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::change::{Change, Content, Expected, Kind};
use crate::overlay::{Base, NewFile, Node};
use crate::sys::Time;
use crate::transaction::Known;

/// The changes, in the order of their paths, each with what the transaction has seen there.
pub(crate) fn changes(
    nodes: BTreeMap<PathBuf, Node>,
    modes: BTreeMap<PathBuf, u32>,
    known: &BTreeMap<PathBuf, Known>,
) -> Vec<Change> {
    let kept: BTreeSet<Base> = nodes.values().filter_map(base_of).cloned().collect();
    let naturals: Vec<Option<Base>> = nodes.keys().map(|path| natural(&nodes, path)).collect();
    let mut writer = Writer { known, kept, touched: BTreeSet::new(), changes: Vec::new() };
    for ((path, node), natural) in nodes.into_iter().zip(naturals) {
        writer.node(path, node, natural.as_ref());
    }
    for (path, mode) in modes {
        writer.push(path, Kind::Mode(mode), Expected::Any);
    }
    writer.keep_what_was_read();
    writer.changes
}

struct Writer<'a> {
    known: &'a BTreeMap<PathBuf, Known>,
    /// What goes on existing under some name.
    kept: BTreeSet<Base>,
    /// Paths of the tree that a change checks already.
    touched: BTreeSet<PathBuf>,
    changes: Vec<Change>,
}

impl Writer<'_> {
    fn node(&mut self, path: PathBuf, node: Node, natural: Option<&Base>) {
        let stays = base_of(&node).is_some_and(|base| natural == Some(base));
        if !stays {
            self.make_room(&path, natural);
        }
        match node {
            Node::Gone => {}
            Node::Folder => self.push(path, Kind::Directory, Expected::Absent),
            Node::Link(target) => self.push(path, Kind::Symlink { target }, Expected::Absent),
            Node::Here(base) => self.arrive(&path, &base),
            Node::File(file) => {
                let expected = match (&file.base, stays) {
                    (Some(Base::Tree(base)), true) => {
                        self.touched.insert(base.clone());
                        self.expected(base)
                    }
                    (Some(base), _) => {
                        self.arrive(&path, base);
                        Expected::Any
                    }
                    (None, _) => Expected::Any,
                };
                self.write(path, file, expected, natural);
            }
        }
    }

    /// Delete what would stand under a name by itself, unless it goes on under another.
    fn make_room(&mut self, path: &Path, natural: Option<&Base>) {
        match natural {
            Some(base) if self.kept.contains(base) => {}
            Some(Base::Tree(there)) => {
                let known = self.known.get(there).is_some_and(|known| *known != Known::Absent);
                if known && self.touched.insert(there.clone()) {
                    let expected = self.expected(there);
                    self.push(there.clone(), Kind::Delete, expected);
                }
            }
            Some(Base::Slot(slot, inner)) => {
                let inner = inner.clone();
                let kind = Kind::Withhold { entry: slot.id, number: slot.number, inner };
                self.push(path.to_owned(), kind, Expected::Any);
            }
            None => {}
        }
    }

    /// Bring something that exists to a new name.
    fn arrive(&mut self, path: &Path, base: &Base) {
        match base {
            Base::Tree(from) => {
                self.touched.insert(from.clone());
                let expected = self.expected(from);
                self.push(from.clone(), Kind::Rename { to: path.to_owned() }, expected);
            }
            Base::Slot(slot, inner) => {
                let inner = inner.clone();
                let kind = Kind::Restore { entry: slot.id, number: slot.number, inner };
                self.push(path.to_owned(), kind, Expected::Any);
            }
        }
    }

    fn write(&mut self, path: PathBuf, file: NewFile, expected: Expected, natural: Option<&Base>) {
        let NewFile { content, base, mode, mtime } = file;
        let expected = match (base, natural) {
            (None, Some(Base::Tree(there))) if self.touched.insert(there.clone()) => {
                Expected::Absent
            }
            _ => expected,
        };
        let content = Arc::try_unwrap(content).unwrap_or_else(|shared| shared.as_ref().clone());
        let mtime = mtime.and_then(system_time);
        self.push(path, Kind::Write { content: Content::Whole(content), mode, mtime }, expected);
    }

    /// What was read must still be so, since the changes may rest on it.
    fn keep_what_was_read(&mut self) {
        for (path, known) in self.known {
            if self.touched.contains(path) {
                continue;
            }
            let expected = match known {
                Known::Absent | Known::Other(_) => continue,
                Known::File(digest) => Expected::Digest(*digest),
            };
            self.changes.push(Change { path: path.clone(), kind: Kind::Keep, expected });
        }
    }

    fn expected(&self, path: &Path) -> Expected {
        match self.known.get(path) {
            Some(Known::File(digest)) => Expected::Digest(*digest),
            _ => Expected::Any,
        }
    }

    fn push(&mut self, path: PathBuf, kind: Kind, expected: Expected) {
        self.changes.push(Change { path, kind, expected });
    }
}

/// What a node keeps of what exists.
fn base_of(node: &Node) -> Option<&Base> {
    match node {
        Node::Here(base) => Some(base),
        Node::File(file) => file.base.as_ref(),
        Node::Folder | Node::Link(_) | Node::Gone => None,
    }
}

/// As in the overlay, of its nodes alone.
fn natural(nodes: &BTreeMap<PathBuf, Node>, path: &Path) -> Option<Base> {
    for above in path.ancestors().skip(1) {
        match nodes.get(above) {
            None => {}
            Some(Node::Here(base)) => {
                return path.strip_prefix(above).ok().map(|rest| base.join(rest));
            }
            Some(_) => return None,
        }
    }
    Some(Base::Tree(path.to_owned()))
}

pub(crate) fn system_time(time: Time) -> Option<SystemTime> {
    let nanos = Duration::from_nanos(time.nanos.into());
    let seconds = Duration::from_secs(time.seconds.unsigned_abs());
    let base = if time.seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(seconds)?
    } else {
        SystemTime::UNIX_EPOCH.checked_add(seconds)?
    };
    base.checked_add(nanos)
}
