//! From what is wrong with a file's imports to findings and edits.

use std::sync::Arc;

use pyagent_source::{FileId, Lines};
use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange};

use crate::cut::Cut;
use crate::duplicate;
use crate::edit::{Action, FileEdit, Group, Kind};
use crate::facts::{Facts, Statement};
use crate::keep::Keep;
use crate::project::Shared;
use crate::report::Finding;
use crate::sort::{Block, Verdict};
use crate::unused;
use crate::uses::{Project, Uses};

/// A block that is not in order.
#[derive(Debug)]
pub(crate) struct UnsortedBlock {
    statements: Vec<TextRange>,
    names: Vec<String>,
    line: u32,
    end_line: u32,
    unusual: Option<&'static str>,
    /// The project's own modules would come to be imported in another order.
    moves: bool,
}

pub(crate) type FileBlocks = Vec<UnsortedBlock>;

/// What is to be reported of a judged block, if anything.
pub(crate) fn unsorted(
    block: &Block<'_>,
    verdict: &Verdict,
    lines: &Lines,
) -> Option<UnsortedBlock> {
    let (unusual, moves) = match verdict {
        Verdict::Sorted => return None,
        Verdict::Unsorted { moves, .. } => (None, *moves),
        Verdict::Unusual(reason) => (Some(*reason), false),
    };
    let (first, last) = block.range()?;
    Some(UnsortedBlock {
        statements: block.imports.iter().map(Ranged::range).collect(),
        names: block.imports.iter().flat_map(|stmt| modules(stmt)).collect(),
        line: lines.line(first.start()),
        end_line: lines.line(last.end()),
        unusual,
        moves,
    })
}

fn modules(stmt: &Stmt) -> Vec<String> {
    match stmt {
        Stmt::Import(import) => import.names.iter().map(|alias| alias.name.to_string()).collect(),
        Stmt::ImportFrom(import) => {
            let module = import.module.as_ref().map(|name| name.id.as_str()).unwrap_or_default();
            vec![format!("{}{module}", ".".repeat(import.level as usize))]
        }
        _ => Vec::new(),
    }
}

/// A superfluous name in a statement, before it is known how it is cut out.
struct Superfluous {
    statement: u32,
    member: u32,
    kind: Kind,
    message: String,
    keep: Option<Keep>,
}

/// The findings and the edits of one file.
pub(crate) fn plan(
    project: &Project<'_>,
    file: FileId,
    uses: &Uses,
    mut blocks: FileBlocks,
    bytes: Option<Vec<u8>>,
    shared: &Arc<Shared>,
    in_cycle: bool,
) -> (Vec<Finding>, Option<FileEdit>) {
    let path = project.modules.files[file].path.clone();
    let Some(facts) = &project.facts[file] else { return (Vec::new(), None) };
    if in_cycle {
        // Which of the modules comes first decides what the others see of it.
        for block in blocks.iter_mut().filter(|block| block.moves) {
            block.unusual.get_or_insert(
                "the module is part of an import cycle, so that the order of its imports may matter",
            );
        }
    }
    let mut superfluous = superfluous(project, file, facts, uses);
    let utf8 = bytes.is_some();
    if !utf8 {
        for one in &mut superfluous {
            one.keep.get_or_insert(Keep::Encoding);
        }
    }
    let mut edit = FileEdit {
        path: path.clone(),
        original: bytes.map_or_else(|| Arc::from(&[][..]), Arc::from),
        groups: Vec::new(),
        file,
        cuts: Vec::new(),
        shared: Arc::clone(shared),
    };
    removals(facts, &superfluous, &mut edit);
    if utf8 {
        sorts(&blocks, &mut edit);
    }
    edit.groups.sort_by_key(|group| (group.line, group.kind));
    verify(&mut edit);
    let mut findings: Vec<Finding> = superfluous
        .iter()
        .map(|one| {
            let statement = &facts.statements[one.statement as usize];
            let planned = edit.groups.iter().any(|group| holds(group, &edit.cuts, statement, one));
            let keep = one.keep.clone().or_else(|| (!planned).then_some(Keep::Unplanned));
            Finding {
                path: path.clone(),
                line: statement.line,
                end_line: statement.end_line,
                kind: one.kind,
                names: vec![name(statement, one.member)],
                message: one.message.clone(),
                reason: keep.map(|keep| keep.to_string()).unwrap_or_default(),
            }
        })
        .collect();
    findings.extend(blocks.iter().map(|block| block_finding(&path, block, &edit, utf8)));
    let edit = (!edit.groups.is_empty()).then_some(edit);
    (findings, edit)
}

fn holds(group: &Group, cuts: &[Cut], statement: &Statement, one: &Superfluous) -> bool {
    match &group.action {
        Action::Remove { cut, members } => {
            cuts[*cut].range == statement.range && members.contains(&(one.member as usize))
        }
        Action::Sort { .. } => false,
    }
}

fn name(statement: &Statement, member: u32) -> String {
    let member = &statement.members[member as usize];
    member.asname.as_ref().unwrap_or(&member.name).to_string()
}

fn superfluous(
    project: &Project<'_>,
    file: FileId,
    facts: &Facts,
    uses: &Uses,
) -> Vec<Superfluous> {
    let unused = unused::find(project, file, uses);
    let in_test = project.modules.files[file].is_test();
    let duplicates = duplicate::find(facts, &unused, in_test);
    let mut found: Vec<Superfluous> = duplicates
        .into_iter()
        .map(|one| {
            let statement = &facts.statements[one.statement as usize];
            let name = name(statement, one.member);
            let message = format!(
                "`{name}` is imported again on line {}: line {} already binds it to the same thing",
                statement.line, one.first_line
            );
            let (statement, member) = (one.statement, one.member);
            Superfluous { statement, member, kind: Kind::Duplicate, message, keep: one.keep }
        })
        .collect();
    found.extend(unused.into_iter().map(|one| {
        let statement = &facts.statements[one.statement as usize];
        let name = name(statement, one.member);
        let scope = if statement.scope == 0 {
            "this file or by another file of the project"
        } else {
            "the scope that binds it"
        };
        let message = format!("`{name}` is never read in {scope}");
        let (statement, member) = (one.statement, one.member);
        Superfluous { statement, member, kind: Kind::Unused, message, keep: one.keep }
    }));
    found.sort_by_key(|one| (one.statement, one.member));
    found
}

/// One group for a statement that goes as a whole for one reason, else one for each member.
fn removals(facts: &Facts, superfluous: &[Superfluous], edit: &mut FileEdit) {
    for same in superfluous.chunk_by(|a, b| a.statement == b.statement) {
        let fixable: Vec<&Superfluous> = same.iter().filter(|one| one.keep.is_none()).collect();
        let Some(first) = fixable.first() else { continue };
        let statement = &facts.statements[first.statement as usize];
        let cut = edit.cuts.len();
        edit.cuts.push(Cut {
            range: statement.range,
            members: statement.members.iter().map(|member| (member.range, false)).collect(),
            suite: statement.suite,
            suite_len: match statement.suite {
                0 => 0,
                suite => facts.suites[suite as usize].statements,
            },
        });
        let whole = fixable.len() == statement.members.len()
            && fixable.iter().all(|one| one.kind == first.kind);
        let parts: Vec<&[&Superfluous]> =
            if whole { vec![&fixable] } else { fixable.chunks(1).collect() };
        for part in parts {
            edit.groups.push(removal(statement, cut, part));
        }
    }
}

fn removal(statement: &Statement, cut: usize, part: &[&Superfluous]) -> Group {
    let why: Vec<&str> = part.iter().map(|one| one.message.as_str()).collect();
    Group {
        kind: part.first().map_or(Kind::Unused, |one| one.kind),
        line: statement.line,
        end_line: statement.end_line,
        names: part.iter().map(|one| name(statement, one.member)).collect(),
        why: why.join("; "),
        action: Action::Remove {
            cut,
            members: part.iter().map(|one| one.member as usize).collect(),
        },
    }
}

const UNSORTED: &str = "is not sorted as isort's default profile sorts it";

fn lines_of(block: &UnsortedBlock) -> String {
    if block.line == block.end_line {
        format!("The import block on line {}", block.line)
    } else {
        format!("The import block on lines {} to {}", block.line, block.end_line)
    }
}

fn sorts(blocks: &FileBlocks, edit: &mut FileEdit) {
    for block in blocks.iter().filter(|block| block.unusual.is_none()) {
        edit.groups.push(Group {
            kind: Kind::Unsorted,
            line: block.line,
            end_line: block.end_line,
            names: block.names.clone(),
            why: format!("{} {UNSORTED}", lines_of(block)),
            action: Action::Sort { statements: block.statements.clone() },
        });
    }
}

fn block_finding(path: &str, block: &UnsortedBlock, edit: &FileEdit, utf8: bool) -> Finding {
    let planned = edit.groups.iter().any(|group| {
        matches!(&group.action, Action::Sort { statements } if *statements == block.statements)
    });
    let reason = match block.unusual {
        Some(reason) => reason.to_owned(),
        None if planned => String::new(),
        None if utf8 => Keep::Unplanned.to_string(),
        None => Keep::Encoding.to_string(),
    };
    Finding {
        path: path.to_owned(),
        line: block.line,
        end_line: block.end_line,
        kind: Kind::Unsorted,
        names: block.names.clone(),
        message: format!("{} {UNSORTED}", lines_of(block)),
        reason,
    }
}

/// Drop the edits whose result is not what was planned.
fn verify(edit: &mut FileEdit) {
    if edit.groups.is_empty() || edit.apply(None).is_ok() {
        return;
    }
    let good: Vec<bool> =
        (0..edit.groups.len()).map(|index| edit.apply(Some(&[index])).is_ok()).collect();
    let mut good = good.into_iter();
    edit.groups.retain(|_| good.next().unwrap_or(false));
    if edit.apply(None).is_err() {
        edit.groups.clear();
    }
}
