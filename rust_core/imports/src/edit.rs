//! Edits of one file: groups that can each be applied or left out.

use std::sync::Arc;

use pyagent_source::{FileId, with_module};
use ruff_python_ast::statement_visitor::{self, StatementVisitor};
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Alias, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashSet;

use crate::ImportsError;
use crate::cut::{self, Cut, Replace};
use crate::project::Shared;
use crate::sort::{Block, Directives, Sorter, Verdict, blocks};
use crate::source::Comments;

/// What is wrong with an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nothing reads the name.
    Unused,
    /// An earlier import binds the same name to the same thing.
    Duplicate,
    /// A block of imports is not in order.
    Unsorted,
    /// Modules import each other.
    Cycle,
    /// The file could not be read or parsed.
    SyntaxError,
}

impl Kind {
    /// The name under which the kind is reported.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Duplicate => "duplicate",
            Self::Unsorted => "unsorted",
            Self::Cycle => "cycle",
            Self::SyntaxError => "syntax-error",
        }
    }
}

/// Edits that belong together: applied or left out as one.
#[derive(Debug, Clone)]
pub struct Group {
    /// What is mended.
    pub kind: Kind,
    /// First line of the statement or block, from 1.
    pub line: u32,
    /// Last line of it.
    pub end_line: u32,
    /// The names that are taken out, or the modules of the block that is sorted.
    pub names: Vec<String>,
    /// Why, in a sentence that names the evidence.
    pub why: String,
    pub(crate) action: Action,
}

#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// Take members out of the statement with this index in [`FileEdit::cuts`].
    Remove { cut: usize, members: Vec<usize> },
    /// Sort the block that holds the statements at these offsets.
    Sort { statements: Vec<TextRange> },
}

/// The edits of one file.
#[derive(Debug, Clone)]
pub struct FileEdit {
    /// The file, below the root.
    pub path: String,
    /// Its bytes when it was analysed.
    pub original: Arc<[u8]>,
    /// Its edits, from the top of the file to its end.
    pub groups: Vec<Group>,
    pub(crate) file: FileId,
    pub(crate) cuts: Vec<Cut>,
    pub(crate) shared: Arc<Shared>,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl FileEdit {
    /// The contents of the file with the groups of these indices applied, or all for `None`.
    ///
    /// Names are removed first; then the chosen blocks are sorted as they are left. The result is
    /// parsed, and compared with the plan, before it is returned.
    pub fn apply(&self, groups: Option<&[usize]>) -> Result<Vec<u8>, ImportsError> {
        let count = self.groups.len();
        if let Some(&index) = groups.into_iter().flatten().find(|&&index| index >= count) {
            return Err(ImportsError::Group { index, count });
        }
        let chosen = |index: usize| groups.is_none_or(|groups| groups.contains(&index));
        let (mark, body) = match self.original.strip_prefix(BOM) {
            Some(rest) => (BOM, rest),
            None => (&[][..], &*self.original),
        };
        let text = std::str::from_utf8(body).map_err(|error| self.error(error.to_string()))?;
        let mut cuts = self.cuts.clone();
        let mut sorts: Vec<&[TextRange]> = Vec::new();
        for (_, group) in self.groups.iter().enumerate().filter(|&(index, _)| chosen(index)) {
            match &group.action {
                Action::Remove { cut, members } => {
                    for &member in members {
                        cuts[*cut].members[member].1 = true;
                    }
                }
                Action::Sort { statements } => sorts.push(statements),
            }
        }
        cuts.retain(|cut| cut.members.iter().any(|&(_, goes)| goes));
        let parts = cut::replacements(text, &cuts);
        let edited = cut::replace(text, &parts);
        let starts = starts(&sorts, &cuts, &parts);
        let (seen, blocks) = self.look(&edited, &starts)?;
        if !cuts.is_empty() && self.expected(text, &cuts)? != seen.imports {
            return Err(self.error("other imports than planned would be left".to_owned()));
        }
        let edited = if blocks.is_empty() { edited } else { self.sort(&edited, &blocks, seen)? };
        let mut bytes = mark.to_vec();
        bytes.extend_from_slice(edited.as_bytes());
        Ok(bytes)
    }

    fn error(&self, reason: String) -> ImportsError {
        ImportsError::Edit { path: self.path.clone(), reason }
    }

    /// What a text imports and remarks, and how its blocks at `starts` would be rewritten.
    fn look(&self, text: &str, starts: &[usize]) -> Result<(Seen, Vec<Replace>), ImportsError> {
        with_module(text, |module| {
            let comments = Comments::new(text, module.tokens());
            let body = &module.syntax().body;
            let seen = Seen::new(text, body, &comments);
            let parts = if starts.is_empty() {
                Vec::new()
            } else {
                let indent = indentation(text, module.tokens());
                self.rewritten(text, body, &comments, indent, starts)
            };
            (seen, parts)
        })
        .map_err(|error| self.error(format!("the result does not parse: {error}")))
    }

    fn rewritten(
        &self,
        text: &str,
        body: &[Stmt],
        comments: &Comments<'_>,
        indent: &str,
        starts: &[usize],
    ) -> Vec<Replace> {
        let directives = Directives::new(text, comments);
        self.shared.with_sorting(self.file, |settings| {
            let sorter = Sorter::new(text, comments, &directives, settings, indent);
            blocks(body, text, &directives)
                .iter()
                .filter(|block| holds(block, starts))
                .filter_map(|block| match sorter.judge(block) {
                    Verdict::Unsorted { range, text, .. } => Some(Replace {
                        start: range.start().to_usize(),
                        end: range.end().to_usize(),
                        text,
                    }),
                    Verdict::Sorted | Verdict::Unusual(_) => None,
                })
                .collect()
        })
    }

    /// The imports that should be left after the cuts.
    fn expected(&self, text: &str, cuts: &[Cut]) -> Result<Vec<Import>, ImportsError> {
        let gone: FxHashSet<TextRange> = cuts
            .iter()
            .flat_map(|cut| &cut.members)
            .filter_map(|&(member, goes)| goes.then_some(member))
            .collect();
        let (mut seen, _) = self.look(text, &[])?;
        seen.imports.retain(|import| !gone.contains(&import.range));
        Ok(seen.imports)
    }

    fn sort(&self, text: &str, parts: &[Replace], before: Seen) -> Result<String, ImportsError> {
        let sorted = cut::replace(text, parts);
        let (after, _) = self.look(&sorted, &[])?;
        if after.in_any_order() != before.in_any_order() {
            return Err(self.error("sorting would lose an import or a comment".to_owned()));
        }
        Ok(sorted)
    }
}

fn holds(block: &Block<'_>, starts: &[usize]) -> bool {
    block.imports.iter().any(|stmt| starts.contains(&stmt.start().to_usize()))
}

/// For each block to sort, where a statement that stays begins once the cuts are made.
fn starts(sorts: &[&[TextRange]], cuts: &[Cut], parts: &[Replace]) -> Vec<usize> {
    let stays = |range: &&TextRange| {
        !cuts.iter().any(|cut| cut.range == **range && cut.members.iter().all(|&(_, goes)| goes))
    };
    sorts
        .iter()
        .filter_map(|statements| statements.iter().find(stays))
        .map(|range| cut::moved(range.start().to_usize(), parts))
        .collect()
}

/// The indentation of the first indented line, or four spaces.
pub(crate) fn indentation<'t>(text: &'t str, tokens: &ruff_python_ast::token::Tokens) -> &'t str {
    let first = tokens.iter().find(|token| token.kind() == TokenKind::Indent);
    first.map_or("    ", |token| &text[token.range()])
}

/// One imported name, as it is written.
#[derive(Debug, Clone)]
struct Import {
    key: (Option<(u32, String)>, String, Option<String>),
    range: TextRange,
}

/// Where an import stands does not matter, only what it imports.
impl PartialEq for Import {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Import {}

impl PartialOrd for Import {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Import {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

#[derive(Default)]
struct Collect {
    found: Vec<Import>,
}

impl Collect {
    fn add(&mut self, from: Option<&(u32, String)>, alias: &Alias) {
        let asname = alias.asname.as_ref().map(|name| name.id.to_string());
        let key = (from.cloned(), alias.name.id.to_string(), asname);
        self.found.push(Import { key, range: alias.range() });
    }
}

impl<'a> StatementVisitor<'a> for Collect {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => import.names.iter().for_each(|alias| self.add(None, alias)),
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map(|name| name.id.to_string());
                let from = (import.level, module.unwrap_or_default());
                import.names.iter().for_each(|alias| self.add(Some(&from), alias));
            }
            _ => statement_visitor::walk_stmt(self, stmt),
        }
    }
}

/// What must survive an edit.
struct Seen {
    imports: Vec<Import>,
    comments: Vec<String>,
}

impl Seen {
    fn new(text: &str, body: &[Stmt], comments: &Comments<'_>) -> Self {
        let mut collect = Collect::default();
        collect.visit_body(body);
        let comments = comments.ranges.iter();
        let comments = comments.map(|&range| text[range].trim_end().to_owned()).collect();
        Self { imports: collect.found, comments }
    }

    /// Sorted, and each import once: sorting joins those that repeat each other.
    fn in_any_order(mut self) -> (Vec<Import>, Vec<String>) {
        self.imports.sort();
        self.imports.dedup();
        self.comments.sort_unstable();
        (self.imports, self.comments)
    }
}
