//! The analysis of a whole project: every file parsed once, in parallel.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pyagent_source::{FileId, FindOptions, Lines, Modules, SourceError, decode, find, with_module};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::ImportsError;
use crate::edit::Kind;
use crate::facts::{Context, Facts};
use crate::graph::{self, Cycle};
use crate::plan::{self, FileBlocks};
use crate::report::{Broken, External, Finding, Options, Report};
use crate::sort::{Directives, Section, Settings, Sorter, blocks};
use crate::source::Comments;
use crate::uses::Project;
use crate::{unused, walk};

/// What the edits of all files share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) modules: Modules,
    stdlib: FxHashSet<String>,
    line_length: usize,
}

impl Shared {
    pub(crate) fn with_sorting<R>(&self, file: FileId, run: impl FnOnce(&Settings<'_>) -> R) -> R {
        let section = |top: &str| {
            if self.stdlib.contains(top) {
                Section::Standard
            } else if self.modules.sorts_as_first_party(file, top) {
                Section::FirstParty
            } else {
                Section::ThirdParty
            }
        };
        run(&Settings {
            section: &section,
            line_length: self.line_length,
            is_stub: self.modules.files[file].is_stub,
        })
    }
}

/// What the parallel pass keeps of a file.
struct Parsed {
    facts: Facts,
    blocks: FileBlocks,
    /// The bytes, where the file is UTF-8 and there is something to edit.
    bytes: Option<Vec<u8>>,
}

/// Analyse the Python files under `root`.
pub fn analyze(
    root: &Path,
    options: &Options,
    cancel: &AtomicBool,
) -> Result<Report, ImportsError> {
    let search = FindOptions {
        gitignore: options.gitignore,
        exclude: options.exclude.clone(),
        ..FindOptions::default()
    };
    let (found, unreadable) = find(&[root.to_path_buf()], &search)?;
    let full: Vec<PathBuf> = found.into_iter().map(|found| found.path).collect();
    let paths = full.iter().map(|path| below(root, path)).collect();
    // The root may be relative: the name of its folder is that of a package, if it is one.
    let absolute = fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let shared = Arc::new(Shared {
        modules: Modules::new(&absolute, paths, &options.sources),
        stdlib: options.stdlib.clone(),
        line_length: options.line_length,
    });
    let parsed: Vec<Option<Result<Parsed, SourceError>>> = full
        .par_iter()
        .enumerate()
        .map(|(id, path)| (!cancel.load(Ordering::Relaxed)).then(|| parse(path, id, &shared)))
        .collect();
    if cancel.load(Ordering::Relaxed) {
        return Err(ImportsError::Cancelled);
    }
    let mut report = Report { files: full.len(), ..Report::default() };
    for place in unreadable {
        let path = below(root, &place.path);
        report.errors.push(Broken { path, reason: place.reason, line: None });
    }
    let mut facts = Vec::with_capacity(parsed.len());
    let mut rest = Vec::with_capacity(parsed.len());
    for (id, parsed) in parsed.into_iter().enumerate() {
        match parsed {
            Some(Ok(parsed)) => {
                facts.push(Some(parsed.facts));
                rest.push(Some((parsed.blocks, parsed.bytes)));
            }
            Some(Err(error)) => {
                let path = shared.modules.files[id].path.clone();
                report.errors.push(Broken { path, reason: error.to_string(), line: error.line() });
                facts.push(None);
                rest.push(None);
            }
            None => return Err(ImportsError::Cancelled),
        }
    }
    judge(&shared, &facts, rest, &options.used_paths, &mut report);
    Ok(report)
}

fn judge(
    shared: &Arc<Shared>,
    facts: &[Option<Facts>],
    rest: Vec<Option<(FileBlocks, Option<Vec<u8>>)>>,
    used_paths: &[String],
    report: &mut Report,
) {
    let read: Vec<_> = facts
        .par_iter()
        .map(|facts| facts.as_ref().map(unused::read_here).unwrap_or_default())
        .collect();
    let project = Project { modules: &shared.modules, facts, read: &read };
    let uses = project.uses(used_paths);
    let cyclic;
    (report.graph, report.cycles, cyclic) = graph::build(&shared.modules, facts);
    let planned: Vec<_> = rest
        .into_par_iter()
        .enumerate()
        .filter_map(|(id, rest)| {
            let (blocks, bytes) = rest?;
            Some(plan::plan(&project, id, &uses, blocks, bytes, shared, cyclic.contains(&id)))
        })
        .collect();
    for (findings, edit) in planned {
        report.findings.extend(findings);
        report.edits.extend(edit);
    }
    report.findings.extend(report.cycles.iter().filter(|cycle| cycle.hard).map(cycle_finding));
    report.findings.extend(report.errors.iter().map(broken_finding));
    report.findings.sort_by(|a, b| {
        (&a.path, a.line, a.kind, &a.names).cmp(&(&b.path, b.line, b.kind, &b.names))
    });
    report.edits.sort_by(|a, b| a.path.cmp(&b.path));
    report.errors.sort_by(|a, b| a.path.cmp(&b.path));
    for (id, facts) in facts.iter().enumerate() {
        if let Some(facts) = facts {
            externals(shared, id, facts, &mut report.external);
        }
    }
}

fn below(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn read(path: &Path) -> Result<Vec<u8>, SourceError> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(SourceError::Read { reason: "not a regular file".to_owned() });
    }
    Ok(fs::read(path)?)
}

fn parse(path: &Path, id: FileId, shared: &Shared) -> Result<Parsed, SourceError> {
    let bytes = read(path)?;
    let (parsed, utf8) = {
        let text = decode(&bytes)?;
        let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let utf8 = text.as_bytes() == body;
        (with_module(&text, |module| walk_module(&text, module, id, shared))?, utf8)
    };
    let (facts, blocks) = parsed;
    let bytes = (utf8 && !facts.statements.is_empty()).then_some(bytes);
    Ok(Parsed { facts, blocks, bytes })
}

fn walk_module(
    text: &str,
    module: &ruff_python_parser::Parsed<ruff_python_ast::ModModule>,
    id: FileId,
    shared: &Shared,
) -> (Facts, FileBlocks) {
    let lines = Lines::new(text);
    let comments = Comments::new(text, module.tokens());
    let body = &module.syntax().body;
    let modules = &shared.modules;
    let ours = |top: &str| modules.may_be_ours(top);
    let facts = walk::facts(body, text, &lines, &comments, modules.files[id].is_test(), &ours);
    if facts.statements.is_empty() {
        return (facts, FileBlocks::new());
    }
    let directives = Directives::new(text, &comments);
    let indent = crate::edit::indentation(text, module.tokens());
    let found = shared.with_sorting(id, |settings| {
        let sorter = Sorter::new(text, &comments, &directives, settings, indent);
        blocks(body, text, &directives)
            .iter()
            .filter_map(|block| plan::unsorted(block, &sorter.judge(block), &lines))
            .collect()
    });
    (facts, found)
}

fn cycle_finding(cycle: &Cycle) -> Finding {
    let (path, line, _) = cycle.steps.first().cloned().unwrap_or_default();
    let way: Vec<String> =
        cycle.steps.iter().map(|(path, line, to)| format!("{path}:{line} imports {to}")).collect();
    Finding {
        path,
        line,
        end_line: line,
        kind: Kind::Cycle,
        names: cycle.modules.clone(),
        message: format!("{} modules import each other: {}", cycle.modules.len(), way.join(", ")),
        reason: "to break a cycle is a matter of design".to_owned(),
    }
}

fn broken_finding(broken: &Broken) -> Finding {
    let line = broken.line.unwrap_or(1);
    Finding {
        path: broken.path.clone(),
        line,
        end_line: line,
        kind: Kind::SyntaxError,
        names: Vec::new(),
        message: broken.reason.clone(),
        reason: "the file could not be read or parsed".to_owned(),
    }
}

fn externals(shared: &Shared, id: FileId, facts: &Facts, found: &mut Vec<External>) {
    let file = &shared.modules.files[id];
    for statement in &facts.statements {
        let dotted: Vec<&str> = match &statement.from {
            None => statement.members.iter().map(|member| member.name.as_str()).collect(),
            Some(from) if from.level == 0 => from.module.as_deref().into_iter().collect(),
            Some(_) => continue,
        };
        for dotted in dotted {
            let top = dotted.split('.').next().unwrap_or_default();
            let ours = shared.modules.sorts_as_first_party(id, top)
                || !shared.modules.absolute(id, top).is_empty();
            if ours || top == "__main__" || shared.stdlib.contains(top) {
                continue;
            }
            let Context { function, typing, guarded, .. } = statement.context;
            found.push(External {
                module: top.to_owned(),
                dotted: dotted.to_owned(),
                path: file.path.clone(),
                line: statement.line,
                end_line: statement.end_line,
                guarded,
                typing: typing || file.is_stub,
                function,
            });
        }
    }
}
