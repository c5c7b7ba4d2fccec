//! Random transactions against a model of a file system: what is read inside, what is in the tree
//! after the commit, and what is there again after the undo.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use pyagent_journal::{
    CommitOptions, FileKind, Journal, JournalOptions, Meta, Placement, Savepoint, Transaction,
};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    File(Vec<u8>),
    Folder,
    Link(PathBuf),
}

const OUTSIDE: &str = "/nowhere/else";

type Tree = BTreeMap<PathBuf, Node>;

#[derive(Debug, Clone)]
enum Op {
    Write(PathBuf, Vec<u8>),
    Delete(PathBuf),
    Rename(PathBuf, PathBuf, bool),
    Folder(PathBuf),
    Link(PathBuf),
    Savepoint,
    RollBack,
    Release,
}

fn path() -> impl Strategy<Value = PathBuf> {
    let name = prop::sample::select(vec!["a", "b", "c"]);
    prop::collection::vec(name, 1..4).prop_map(|names| names.iter().collect())
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => (path(), prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(p, c)| Op::Write(p, c)),
        2 => path().prop_map(Op::Delete),
        4 => (path(), path(), any::<bool>()).prop_map(|(a, b, r)| Op::Rename(a, b, r)),
        1 => path().prop_map(Op::Folder),
        1 => path().prop_map(Op::Link),
        1 => Just(Op::Savepoint),
        1 => Just(Op::RollBack),
        1 => Just(Op::Release),
    ]
}

/// What the model says of an operation: the tree afterwards, or that it is refused.
fn apply(tree: &Tree, op: &Op) -> Option<Tree> {
    let mut after = tree.clone();
    match op {
        Op::Write(path, content) => {
            match tree.get(path) {
                Some(Node::File(_)) => {}
                None => parents(&mut after, path)?,
                Some(_) => return None,
            }
            after.insert(path.clone(), Node::File(content.clone()));
        }
        Op::Delete(path) => {
            tree.get(path)?;
            after.retain(|name, _| !name.starts_with(path));
        }
        Op::Rename(from, to, replace) => {
            tree.get(from)?;
            if from == to {
                return Some(after);
            }
            if to.starts_with(from) {
                return None;
            }
            match tree.get(to) {
                None => {}
                Some(Node::Folder) => return None,
                Some(_) if !replace => return None,
                Some(_) => drop(after.remove(to)),
            }
            parents(&mut after, to)?;
            let moved: Vec<PathBuf> =
                after.keys().filter(|name| name.starts_with(from)).cloned().collect();
            for name in moved {
                let node = after.remove(&name)?;
                let rest = name.strip_prefix(from).ok()?;
                let name = if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest) };
                after.insert(name, node);
            }
        }
        Op::Folder(path) => {
            if tree.contains_key(path) {
                return None;
            }
            parents(&mut after, path)?;
            after.insert(path.clone(), Node::Folder);
        }
        Op::Link(path) => {
            if tree.contains_key(path) {
                return None;
            }
            parents(&mut after, path)?;
            // It points out of the root, so nothing is reached through it.
            after.insert(path.clone(), Node::Link(OUTSIDE.into()));
        }
        Op::Savepoint | Op::RollBack | Op::Release => {}
    }
    Some(after)
}

/// Make the folders above a path; `None` where one of them is something else.
fn parents(tree: &mut Tree, path: &Path) -> Option<()> {
    for above in path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
        match tree.get(above) {
            None => drop(tree.insert(above.to_owned(), Node::Folder)),
            Some(Node::Folder) => {}
            Some(_) => return None,
        }
    }
    Some(())
}

fn perform(transaction: &mut Transaction, op: &Op) -> bool {
    match op {
        Op::Write(path, content) => transaction.write(path, content.clone(), None, None).is_ok(),
        Op::Delete(path) => transaction.delete(path).is_ok(),
        Op::Rename(from, to, replace) => transaction.rename(from, to, *replace).is_ok(),
        Op::Folder(path) => transaction.make_folder(path, false).is_ok(),
        Op::Link(path) => transaction.link(path, Path::new(OUTSIDE)).is_ok(),
        Op::Savepoint | Op::RollBack | Op::Release => true,
    }
}

/// What the transaction shows, read from the root downwards.
fn shown(transaction: &mut Transaction, folder: &Path, found: &mut Tree) {
    for (name, kind) in transaction.list(folder).expect("listed") {
        let path = folder.join(name);
        let node = match kind {
            FileKind::File => Node::File(transaction.read(&path).expect("read")),
            FileKind::Directory => Node::Folder,
            _ => Node::Link(OUTSIDE.into()),
        };
        found.insert(path.clone(), node);
        if kind == FileKind::Directory {
            shown(transaction, &path, found);
        }
    }
}

fn on_disk(root: &Path, folder: &Path, found: &mut Tree) {
    for entry in fs::read_dir(root.join(folder)).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = folder.join(entry.file_name());
        if path == Path::new(".pyagent") {
            continue;
        }
        let kind = entry.file_type().expect("known");
        if kind.is_dir() {
            found.insert(path.clone(), Node::Folder);
            on_disk(root, &path, found);
        } else if kind.is_symlink() {
            found.insert(path, Node::Link(fs::read_link(entry.path()).expect("a link")));
        } else {
            found.insert(path, Node::File(fs::read(entry.path()).expect("a file")));
        }
    }
}

fn disk(root: &Path) -> Tree {
    let mut found = Tree::new();
    on_disk(root, Path::new(""), &mut found);
    found
}

/// A tree to start from, with something under most of the names that operations use.
fn start(root: &Path) {
    fs::create_dir_all(root.join("a/b")).expect("made");
    fs::create_dir_all(root.join("b")).expect("made");
    for (path, content) in [("a/a", "one"), ("a/b/c", "two"), ("b/a", "three"), ("c", "four")] {
        fs::write(root.join(path), content).expect("written");
    }
    std::os::unix::fs::symlink(OUTSIDE, root.join("b/c")).expect("linked");
}

/// Lay the operations over the tree, comparing with the model after each.
fn lay_over(transaction: &mut Transaction, mut model: Tree, ops: &[Op]) -> Tree {
    let mut savepoints: Vec<(Savepoint, Tree)> = Vec::new();
    for op in ops {
        let expected = apply(&model, op);
        let done = perform(transaction, op);
        assert_eq!(done, expected.is_some(), "{op:?} on {model:#?}");
        model = expected.unwrap_or(model);
        match op {
            Op::Savepoint => savepoints.push((transaction.savepoint(), model.clone())),
            Op::RollBack => {
                if let Some((savepoint, then)) = savepoints.last() {
                    transaction.roll_back_to(*savepoint).expect("rolled back");
                    model = then.clone();
                }
            }
            Op::Release => {
                if let Some((savepoint, _)) = savepoints.pop() {
                    transaction.release(savepoint).expect("released");
                }
            }
            _ => {}
        }
        let mut found = Tree::new();
        shown(transaction, Path::new(""), &mut found);
        assert_eq!(found, model, "after {op:?}");
    }
    model
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn transactions_do_what_a_file_system_does(
        rounds in prop::collection::vec(prop::collection::vec(op(), 1..12), 1..4),
        in_place in any::<bool>(),
    ) {
        // In memory where there is such a place: the test syncs thousands of times.
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::tempdir_in(place).expect("a folder");
        let root = folder.path();
        start(root);
        let journal = Arc::new(Journal::open(root, &JournalOptions::default()).expect("opened"));
        let placement = if in_place { Placement::InPlace } else { Placement::Rename };
        let options = CommitOptions { placement, provisional: false };
        let mut states = vec![disk(root)];
        let mut ids = Vec::new();
        let cancel = AtomicBool::new(false);
        for ops in &rounds {
            let mut transaction = Transaction::new(Arc::clone(&journal));
            let before = states.last().expect("one").clone();
            let model = lay_over(&mut transaction, before, ops);
            let changes = transaction.into_changes();
            let done = journal.commit(changes.clone(), &Meta::default(), &options, &cancel);
            let done = done.unwrap_or_else(|error| panic!("{error}: {changes:#?}"));
            prop_assert_eq!(disk(root), model.clone());
            if done.id > 0 {
                ids.push(done.id);
                states.push(model);
            }
        }
        let undo = |ids: &[u64]| {
            let ids: BTreeSet<u64> = ids.iter().copied().collect();
            let none = &mut |_: &Path, _: &[u8], _: &[u8], _: &[u8]| None;
            let done = journal.undo(&ids, none, &Meta::default(), &cancel);
            done.unwrap_or_else(|error| panic!("undo {ids:?}: {error}")).id
        };
        if !ids.is_empty() {
            // All at once, all again, and then one by one.
            let undone = undo(&ids);
            prop_assert_eq!(&disk(root), &states[0]);
            if undone > 0 {
                let redone = undo(&[undone]);
                prop_assert_eq!(&disk(root), &states[states.len() - 1]);
                undo(&[redone]);
                prop_assert_eq!(&disk(root), &states[0]);
            }
        }
        prop_assert!(Journal::open(root, &JournalOptions::default()).is_ok());
    }
}
