//! Which imported names nothing reads, and which of them may be taken away.

use pyagent_source::{FileId, Modules};
use rustc_hash::FxHashSet;

use crate::facts::{Facts, ScopeKind, Statement};
use crate::keep::{Keep, fixed};
use crate::strings;
use crate::uses::{Project, Uses, visible};

/// Modules that are imported for what they do.
const FOR_EFFECT: &[&str] = &[
    "antigravity",
    "readline",
    "rlcompleter",
    "setuptools",
    "this",
    "mpl_toolkits",
    "gevent",
    "pretty_errors",
    "sitecustomize",
    "usercustomize",
];

/// Names that a framework looks up in a module.
const PROTOCOL: &[&str] = &[
    "load_tests",
    "setUpModule",
    "tearDownModule",
    "setup_module",
    "teardown_module",
    "setup_function",
    "teardown_function",
    "pytest_plugins",
];

/// An imported name that nothing reads.
#[derive(Debug)]
pub(crate) struct Unused {
    pub(crate) statement: u32,
    pub(crate) member: u32,
    pub(crate) keep: Option<Keep>,
}

/// The imported names that the file itself reads, as statement and member.
pub(crate) fn read_here(facts: &Facts) -> FxHashSet<(u32, u32)> {
    let mut read = FxHashSet::default();
    for (name, scope) in facts.reads.keys() {
        for scope in visible(&facts.scopes, *scope, name) {
            if let Some(bound) = facts.scopes[scope as usize].bound.get(name) {
                read.extend(bound.imports.iter().copied());
            }
        }
    }
    for scope in &facts.scopes {
        for (name, bound) in &scope.bound {
            // A nonlocal import is read, if at all, by a function that was not looked at here.
            if facts.mentioned.contains(name) || scope.nonlocals.contains(name) {
                read.extend(bound.imports.iter().copied());
            }
        }
    }
    read
}

/// Whether test runners run a file of this name: not all that lies in a folder of tests is run.
fn run_as_test(name: &str) -> bool {
    name.starts_with("test_") || name.ends_with("_test.py") || name == "tests.py"
}

/// Whether the name is imported to be kept, whatever reads it.
pub(crate) fn exempt(statement: &Statement, member: usize) -> bool {
    let member = &statement.members[member];
    let future = statement
        .from
        .as_ref()
        .is_some_and(|from| from.level == 0 && from.module.as_deref() == Some("__future__"));
    let reexported = member.asname.as_ref() == Some(&member.name);
    let placeholder = member.binding().is_none_or(|name| name.trim_matches('_').is_empty());
    statement.suppressed || future || reexported || placeholder
}

/// Find the unused imports of one file.
pub(crate) fn find(project: &Project<'_>, file: FileId, uses: &Uses) -> Vec<Unused> {
    let Some(facts) = project.facts[file].as_ref().filter(|facts| !facts.suppressed) else {
        return Vec::new();
    };
    let read = &project.read[file];
    let mut found = Vec::new();
    for (index, statement) in facts.statements.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        for at in 0..statement.members.len() {
            let member = u32::try_from(at).unwrap_or(u32::MAX);
            if read.contains(&(index, member)) || exempt(statement, at) {
                continue;
            }
            let name = statement.members[at].binding().unwrap_or_default();
            let module_level = binds_in_module(facts, statement, name);
            if !module_level && scope_kind(facts, statement) == ScopeKind::Class {
                // The name is an attribute of the class, whoever reads it.
                continue;
            }
            if module_level && uses.reads(file, name) {
                continue;
            }
            let judge = Judge { project, facts, file, uses, statement, at, name, module_level };
            found.push(Unused { statement: index, member, keep: judge.keep() });
        }
    }
    found
}

fn binds_in_module(facts: &Facts, statement: &Statement, name: &str) -> bool {
    statement.scope == 0 || facts.scopes[statement.scope as usize].globals.contains(name)
}

fn scope_kind(facts: &Facts, statement: &Statement) -> ScopeKind {
    facts.scopes[statement.scope as usize].kind
}

struct Judge<'j> {
    project: &'j Project<'j>,
    facts: &'j Facts,
    file: FileId,
    uses: &'j Uses,
    statement: &'j Statement,
    at: usize,
    name: &'j str,
    module_level: bool,
}

impl Judge<'_> {
    fn modules(&self) -> &Modules {
        self.project.modules
    }

    /// The first reason to leave the import alone.
    fn keep(&self) -> Option<Keep> {
        self.circumstances()
            .or_else(|| self.tests())
            .or_else(|| if self.module_level { self.project_reads() } else { None })
            .or_else(|| self.effects())
            .or_else(|| fixed(self.statement))
    }

    fn circumstances(&self) -> Option<Keep> {
        let context = self.statement.context;
        let module = &self.modules().files[self.file];
        if self.module_level && module.is_init {
            return Some(Keep::Reexport);
        }
        if self.module_level && module.file_name().contains("compat") {
            return Some(Keep::Compat);
        }
        if let Some((line, what)) = self.facts.dynamic {
            return Some(Keep::Dynamic(line, what));
        }
        if context.watched {
            return Some(Keep::Watched);
        }
        if context.guarded {
            return Some(Keep::Guarded);
        }
        let bound = self.facts.scopes[self.statement.scope as usize].bound.get(self.name);
        bound.is_some_and(|bound| bound.other).then_some(Keep::Rebound)
    }

    fn tests(&self) -> Option<Keep> {
        let module = &self.modules().files[self.file];
        if PROTOCOL.contains(&self.name) || self.name.starts_with("pytest_") {
            return Some(Keep::Collected);
        }
        if !module.is_test() {
            return None;
        }
        if self.tested() {
            return Some(Keep::InTest);
        }
        // A module is neither a fixture nor a test.
        self.statement.from.as_ref()?;
        if module.file_name() == "conftest.py" && self.statement.from.is_some()
            || self.uses.parameters.contains(self.name)
        {
            return Some(Keep::Fixture);
        }
        let lower = self.name.to_ascii_lowercase();
        let looks = lower.starts_with("test")
            || lower.ends_with("test")
            || lower.ends_with("tests")
            || lower.ends_with("testcase")
            || lower.ends_with("mixin");
        (looks || self.collected()).then_some(Keep::Collected)
    }

    /// Whether an import in a file of tests may be what is tested: that a module of the project can
    /// be imported, unless other tests import it too, or anything in a test that does nothing else.
    fn tested(&self) -> bool {
        let bound = self.bound();
        if self.statement.context.function {
            let works = self.facts.suites[self.statement.suite as usize].works;
            return !(works && bound.is_empty() && self.sources().is_empty());
        }
        bound.iter().any(|&id| !self.uses.other_tests_import(id, self.file))
    }

    /// The modules of the project that the member imports as modules.
    fn bound(&self) -> Vec<FileId> {
        match &self.statement.from {
            None => self.modules().absolute(self.file, &self.statement.members[self.at].name),
            Some(_) => self.project.bound_modules(self.file, self.statement, self.at),
        }
    }

    /// The modules of the project that the name is imported from.
    fn sources(&self) -> Vec<FileId> {
        let Some(from) = &self.statement.from else { return Vec::new() };
        let base = self.modules().base_name(self.file, from.level, from.name());
        base.map(|base| self.modules().absolute(self.file, &base)).unwrap_or_default()
    }

    /// Whether the name is a fixture or a test class where it comes from.
    fn collected(&self) -> bool {
        let name = &self.statement.members[self.at].name;
        self.sources().into_iter().any(|source| {
            self.project.facts[source].as_ref().is_some_and(|facts| facts.collected.contains(name))
        })
    }

    fn project_reads(&self) -> Option<Keep> {
        let path = |file: FileId| self.modules().files[file].path.clone();
        if let Some(&(file, line)) = self.uses.escaped.get(&self.file) {
            return Some(Keep::Escaped(path(file), line));
        }
        if let Some(&file) = self.uses.starred.get(&self.file) {
            return Some(Keep::Starred(path(file)));
        }
        self.uses.attribute_strings.contains(self.name).then_some(Keep::StringAttribute)
    }

    fn effects(&self) -> Option<Keep> {
        let member = &self.statement.members[self.at];
        let top = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        let source = match &self.statement.from {
            None => Some(top(&member.name)),
            Some(from) if from.level == 0 => from.module.as_deref().map(top),
            Some(_) => None,
        };
        if let Some(source) = source.filter(|source| FOR_EFFECT.contains(&source.as_str())) {
            return Some(Keep::Effect(format!("`{source}` is imported for what it does")));
        }
        let file = &self.modules().files[self.file];
        if self.statement.from.is_none()
            && let Some((_, last)) = member.name.rsplit_once('.')
            && self.uses.attributes.contains(&strings::hash(last))
            // What a test reads, it shows itself to be there.
            && !run_as_test(file.file_name())
        {
            return Some(Keep::Submodule(member.name.to_string()));
        }
        let bound = self.bound();
        if !bound.is_empty() {
            // In a test it goes only if other tests import the module.
            return if file.is_test() { None } else { self.effect_of(&bound, "") };
        }
        // The name is a class or function: another importer keeps its module's effects.
        let mut sources = self.sources();
        sources.retain(|&id| id != self.file && self.uses.only_importer(id, self.file));
        self.effect_of(&sources, ", and nothing else imports it")
    }

    fn effect_of(&self, modules: &[FileId], more: &str) -> Option<Keep> {
        modules.iter().find_map(|&id| {
            let line = self.project.facts[id].as_ref().and_then(|facts| facts.effect)?;
            let path = &self.modules().files[id].path;
            Some(Keep::Effect(format!("{path}:{line} does more than define names{more}")))
        })
    }
}
