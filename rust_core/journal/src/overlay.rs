//! A tree with changes laid over it: which names the changes give to what, without a look at the
//! tree itself.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::step::Slot;
use crate::sys::Time;

/// Something that exists already.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Base {
    /// In the tree, by its name before the transaction.
    Tree(PathBuf),
    /// In the vault: in a slot, and below it by this path.
    Slot(Slot, PathBuf),
}

impl Base {
    pub(crate) fn join(&self, rest: &Path) -> Self {
        // Joining nothing would leave a separator at the end.
        let whole = rest.as_os_str().is_empty();
        let join = |path: &Path| if whole { path.to_owned() } else { path.join(rest) };
        match self {
            Self::Tree(path) => Self::Tree(join(path)),
            Self::Slot(slot, path) => Self::Slot(*slot, join(path)),
        }
    }

    /// The path below the folder that [`Places::of`] gives for it.
    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::Tree(path) => path.clone(),
            Self::Slot(slot, rest) => PathBuf::from(slot.name()).join(rest),
        }
    }
}

/// New content of a file.
#[derive(Debug, Clone)]
pub(crate) struct NewFile {
    pub(crate) content: Arc<Vec<u8>>,
    /// The file whose content it is; `None` for a new file.
    pub(crate) base: Option<Base>,
    pub(crate) mode: Option<u32>,
    pub(crate) mtime: Option<Time>,
}

/// What the changes put under a name.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    File(NewFile),
    Folder,
    Link(PathBuf),
    /// Nothing, where the tree has something.
    Gone,
    /// What was elsewhere, with all that is in it.
    Here(Base),
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub(crate) enum View<'a> {
    Node(&'a Node),
    /// What is there, if anything is.
    Base(Base),
    Nothing,
}

/// An entry as it was before it was changed.
#[derive(Debug)]
enum Before {
    Node(PathBuf, Option<Node>),
    Mode(PathBuf, Option<u32>),
}

/// A part of the overlay that was taken out, to be put elsewhere.
#[derive(Debug)]
pub(crate) struct Detached {
    top: Node,
    /// What the changes put below it, by paths below it.
    nodes: Vec<(PathBuf, Node)>,
    modes: Vec<(PathBuf, u32)>,
}

impl Detached {
    /// Something that exists already, as it is.
    pub(crate) fn of(base: Base) -> Self {
        Self { top: Node::Here(base), nodes: Vec::new(), modes: Vec::new() }
    }
}

/// The changes, by name.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    nodes: BTreeMap<PathBuf, Node>,
    modes: BTreeMap<PathBuf, u32>,
    /// What was before each change since the first savepoint.
    before: Option<Vec<Before>>,
}

impl Overlay {
    pub(crate) fn nodes(&self) -> &BTreeMap<PathBuf, Node> {
        &self.nodes
    }

    pub(crate) fn modes(&self) -> &BTreeMap<PathBuf, u32> {
        &self.modes
    }

    /// The nodes and modes, for good.
    pub(crate) fn into_parts(self) -> (BTreeMap<PathBuf, Node>, BTreeMap<PathBuf, u32>) {
        (self.nodes, self.modes)
    }

    /// What stands at `path`.
    pub(crate) fn lookup(&self, path: &Path) -> View<'_> {
        match self.nodes.get(path) {
            Some(Node::Gone) => View::Nothing,
            Some(Node::Here(base)) => View::Base(base.clone()),
            Some(node) => View::Node(node),
            None => self.natural(path).map_or(View::Nothing, View::Base),
        }
    }

    /// What would stand at `path` without a change of its own: what the nearest folder above it
    /// that was changed brings along.
    pub(crate) fn natural(&self, path: &Path) -> Option<Base> {
        for above in path.ancestors().skip(1) {
            match self.nodes.get(above) {
                None => {}
                Some(Node::Here(base)) => {
                    return path.strip_prefix(above).ok().map(|rest| base.join(rest));
                }
                Some(_) => return None,
            }
        }
        Some(Base::Tree(path.to_owned()))
    }

    /// Put a node at `path`, with nothing of before below it.
    pub(crate) fn set(&mut self, path: &Path, node: Node) {
        self.clear_below(path);
        self.set_mode(path, None);
        self.put(path.to_owned(), Some(node));
    }

    /// Give the file at `path` new content, and keep what else is known of it.
    pub(crate) fn set_file(&mut self, path: &Path, file: NewFile) {
        self.put(path.to_owned(), Some(Node::File(file)));
    }

    /// Let nothing be at `path`. `there` says whether the tree has something there by itself.
    pub(crate) fn remove(&mut self, path: &Path, there: bool) {
        self.clear_below(path);
        self.set_mode(path, None);
        self.put(path.to_owned(), there.then_some(Node::Gone));
    }

    /// Take out what is at `path`, which exists.
    pub(crate) fn detach(&mut self, path: &Path, there: bool) -> Option<Detached> {
        let top = match self.lookup(path) {
            View::Node(node) => node.clone(),
            View::Base(base) => Node::Here(base),
            View::Nothing => return None,
        };
        let below = |name: &PathBuf| name.strip_prefix(path).ok().map(Path::to_owned);
        let nodes = self.range(path).filter_map(|(name, node)| Some((below(name)?, node.clone())));
        let nodes = nodes.filter(|(rest, _)| !rest.as_os_str().is_empty()).collect();
        let modes =
            self.modes.range(path.to_owned()..).take_while(|(name, _)| name.starts_with(path));
        let modes = modes.filter_map(|(name, &mode)| Some((below(name)?, mode))).collect();
        self.remove(path, there);
        Some(Detached { top, nodes, modes })
    }

    /// Put at `path`, where nothing is, what was taken out elsewhere.
    pub(crate) fn attach(&mut self, path: &Path, detached: Detached) {
        let back =
            matches!(&detached.top, Node::Here(base) if self.natural(path).as_ref() == Some(base));
        self.put(path.to_owned(), (!back).then_some(detached.top));
        for (rest, node) in detached.nodes {
            self.put(path.join(rest), Some(node));
        }
        for (rest, mode) in detached.modes {
            let path = if rest.as_os_str().is_empty() { path.to_owned() } else { path.join(rest) };
            self.set_mode(&path, Some(mode));
        }
    }

    /// Set the mode of what is at `path` and is no file with new content.
    pub(crate) fn set_mode(&mut self, path: &Path, mode: Option<u32>) {
        let before = match mode {
            Some(mode) => self.modes.insert(path.to_owned(), mode),
            None => self.modes.remove(path),
        };
        if let Some(log) = &mut self.before
            && before != mode
        {
            log.push(Before::Mode(path.to_owned(), before));
        }
    }

    /// The names below `path` that the changes say something about, nearest component only.
    pub(crate) fn children(&self, path: &Path) -> impl Iterator<Item = (&Path, &Node)> {
        let depth = path.components().count() + 1;
        let nodes = self.range(path);
        nodes
            .filter(move |(name, _)| name.components().count() == depth)
            .map(|(name, node)| (name.as_path(), node))
    }

    /// From here on [`Overlay::roll_back`] can come back to this place.
    pub(crate) fn mark(&mut self) -> usize {
        self.before.get_or_insert_default().len()
    }

    /// Take back every change since a place that [`Overlay::mark`] gave.
    pub(crate) fn roll_back(&mut self, mark: usize) {
        let Some(mut log) = self.before.take() else { return };
        for before in log.drain(mark.min(log.len())..).rev() {
            match before {
                Before::Node(path, Some(node)) => drop(self.nodes.insert(path, node)),
                Before::Node(path, None) => drop(self.nodes.remove(&path)),
                Before::Mode(path, Some(mode)) => drop(self.modes.insert(path, mode)),
                Before::Mode(path, None) => drop(self.modes.remove(&path)),
            }
        }
        self.before = Some(log);
    }

    /// No place is to be come back to any more.
    pub(crate) fn forget_marks(&mut self) {
        self.before = None;
    }

    fn put(&mut self, path: PathBuf, node: Option<Node>) {
        let name = self.before.is_some().then(|| path.clone());
        let before = match node {
            Some(node) => self.nodes.insert(path, node),
            None => self.nodes.remove(&path),
        };
        if let (Some(log), Some(name)) = (&mut self.before, name) {
            log.push(Before::Node(name, before));
        }
    }

    /// The entries at and below `path`.
    fn range(&self, path: &Path) -> impl Iterator<Item = (&PathBuf, &Node)> {
        let from = (Bound::Included(path), Bound::Unbounded);
        self.nodes.range::<Path, _>(from).take_while(move |(name, _)| name.starts_with(path))
    }

    fn clear_below(&mut self, path: &Path) {
        let below = |name: &&PathBuf| name.as_path() != path;
        let names: Vec<PathBuf> =
            self.range(path).map(|(name, _)| name).filter(below).cloned().collect();
        for name in names {
            self.put(name, None);
        }
        let modes = self.modes.range::<Path, _>((Bound::Excluded(path), Bound::Unbounded));
        let modes: Vec<PathBuf> = modes
            .map(|(name, _)| name)
            .take_while(|name| name.starts_with(path))
            .cloned()
            .collect();
        for name in modes {
            self.set_mode(&name, None);
        }
    }
}
