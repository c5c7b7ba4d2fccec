//! From edits here and there to a plan: file by file, in groups that are kept or left as one.

use std::sync::Arc;

use pyagent_source::FileId;
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

use crate::edit::{FileEdit, Move, Part, Replace};
use crate::tree::{Broken, Tree};

/// Something to know that no edit answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file, below the root.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// What kind of thing it is.
    pub kind: &'static str,
    /// The name that it is about.
    pub name: String,
    /// What was found, in a sentence.
    pub message: String,
}

/// What is to be edited, and what is not.
#[derive(Debug, Default)]
pub struct Plan {
    /// How many files were looked at.
    pub files: usize,
    /// The edits of each file, that of the first group first.
    pub edits: Vec<FileEdit>,
    /// For each group, the files and the indices of the parts that make it up.
    pub together: Vec<Vec<(String, usize)>>,
    /// What was left alone, and why.
    pub notes: Vec<Note>,
    /// Files that could not be read or parsed.
    pub errors: Vec<Broken>,
}

/// Edits that are kept or left as one, in any files.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub(crate) kind: &'static str,
    pub(crate) names: Vec<String>,
    pub(crate) why: String,
    pub(crate) replaces: Vec<(FileId, Replace)>,
    pub(crate) moves: Vec<(FileId, Move)>,
}

impl Group {
    pub(crate) fn replace(&mut self, file: FileId, range: TextRange, text: &str) {
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        self.replaces.push((file, Replace { start, end, text: text.to_owned() }));
    }

    /// Put the edits in order, those of one file first, and each of them once.
    pub(crate) fn settle(&mut self, first: FileId) {
        self.replaces.sort_by_key(|(file, one)| (*file != first, *file, one.start, one.end));
        self.replaces.dedup();
    }

    fn files(&self) -> Vec<FileId> {
        let mut files: Vec<FileId> = self
            .moves
            .iter()
            .map(|(file, _)| *file)
            .chain(self.replaces.iter().map(|(file, _)| *file))
            .collect();
        let mut seen = Vec::new();
        files.retain(|file| {
            let new = !seen.contains(file);
            seen.push(*file);
            new
        });
        files
    }
}

pub(crate) fn plan(tree: &Tree, groups: Vec<Group>, mut notes: Vec<Note>) -> Plan {
    let mut edits: Vec<FileEdit> = Vec::new();
    let mut places: FxHashMap<FileId, usize> = FxHashMap::default();
    let mut together = Vec::new();
    for group in groups {
        let mut parts = Vec::new();
        for id in group.files() {
            let Some(file) = tree.file(id) else { continue };
            let place = *places.entry(id).or_insert_with(|| {
                edits.push(FileEdit {
                    path: file.path.clone(),
                    original: Arc::clone(&file.bytes),
                    parts: Vec::new(),
                    text: file.text.as_str().into(),
                });
                edits.len() - 1
            });
            parts.push((file.path.clone(), edits[place].parts.len()));
            edits[place].parts.push(part(tree, id, &group));
        }
        together.push(parts);
    }
    notes.sort();
    notes.dedup();
    Plan { files: tree.files.len(), edits, together, notes, errors: tree.errors.clone() }
}

/// The part of a group that is in one file.
fn part(tree: &Tree, id: FileId, group: &Group) -> Part {
    let here = |file: &FileId| *file == id;
    let mut replaces: Vec<Replace> =
        group.replaces.iter().filter(|(file, _)| here(file)).map(|(_, one)| one.clone()).collect();
    replaces.sort_by_key(|one| (one.start, one.end));
    let moves: Vec<Move> =
        group.moves.iter().filter(|(file, _)| here(file)).map(|(_, one)| one.clone()).collect();
    let starts = replaces.iter().map(|one| one.start).chain(moves.iter().map(|one| one.body.0));
    let ends = replaces.iter().map(|one| one.end).chain(moves.iter().map(|one| one.body.1));
    let line = |at: Option<usize>| match (at, tree.file(id)) {
        (Some(at), Some(file)) => file.line(ruff_text_size::TextSize::new(crate::walk::index(at))),
        _ => 1,
    };
    let last = ends.max().map(|end| end.saturating_sub(1));
    Part {
        kind: group.kind,
        line: line(starts.min()),
        end_line: line(last),
        names: group.names.clone(),
        why: group.why.clone(),
        replaces,
        moves,
    }
}
