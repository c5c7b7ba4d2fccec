//! Imports that bind again what an earlier import has already bound to the same thing.

use crate::facts::{Facts, Statement, SuiteId};
use crate::keep::{Keep, fixed};
use crate::unused::Unused;

/// A member of an import statement that repeats an earlier one.
#[derive(Debug)]
pub(crate) struct Duplicate {
    pub(crate) statement: u32,
    pub(crate) member: u32,
    /// The line of the import that it repeats.
    pub(crate) first_line: u32,
    pub(crate) keep: Option<Keep>,
}

/// Find the duplicates of one file, leaving out what is reported as unused.
///
/// In a test an import may be repeated for the sake of the test.
pub(crate) fn find(facts: &Facts, unused: &[Unused], in_test: bool) -> Vec<Duplicate> {
    let mut found = Vec::new();
    if facts.suppressed {
        return found;
    }
    for scope in &facts.scopes {
        // Where something else binds the name too, the order of the bindings matters.
        for bound in scope.bound.values().filter(|bound| !bound.other && bound.imports.len() > 1) {
            for (index, &later) in bound.imports.iter().enumerate().skip(1) {
                let known = |one: &Unused| (one.statement, one.member) == later;
                if unused.iter().any(known) {
                    continue;
                }
                let rest = &bound.imports[..index];
                if let Some(&first) = rest.iter().find(|&&first| repeats(facts, first, later))
                    && same_meaning(facts, &bound.imports)
                {
                    found.push(duplicate(facts, first, later, in_test));
                }
            }
        }
    }
    found.sort_by_key(|one| (one.statement, one.member));
    found
}

fn duplicate(facts: &Facts, first: (u32, u32), later: (u32, u32), in_test: bool) -> Duplicate {
    let statement = &facts.statements[later.0 as usize];
    let keep = if statement.context.watched {
        Some(Keep::Watched)
    } else if statement.context.guarded {
        Some(Keep::Guarded)
    } else if in_test && statement.context.function {
        Some(Keep::InTest)
    } else {
        fixed(statement)
    };
    Duplicate {
        statement: later.0,
        member: later.1,
        first_line: facts.statements[first.0 as usize].line,
        keep,
    }
}

/// Whether no import of the name gives it another meaning: `import a` and `import a.b` both bind
/// `a` to the same module.
fn same_meaning(facts: &Facts, imports: &[(u32, u32)]) -> bool {
    let meaning = |&(statement, member): &(u32, u32)| {
        let statement = &facts.statements[statement as usize];
        let member = &statement.members[member as usize];
        let plain = statement.from.is_none() && member.asname.is_none();
        let name = if plain { member.binding() } else { Some(member.name.as_str()) };
        (statement.from.clone(), name.map(str::to_owned), member.asname.clone())
    };
    let first = imports.first().map(meaning);
    imports.iter().all(|one| Some(meaning(one)) == first)
}

/// Whether `later` repeats `first`, which has been executed whenever `later` is.
fn repeats(facts: &Facts, first: (u32, u32), later: (u32, u32)) -> bool {
    let (one, two) = (&facts.statements[first.0 as usize], &facts.statements[later.0 as usize]);
    let (member, again) = (&one.members[first.1 as usize], &two.members[later.1 as usize]);
    one.from == two.from
        && member.name == again.name
        && member.asname == again.asname
        && !one.suppressed
        && !two.suppressed
        && one.context.guarded == two.context.guarded
        && encloses(facts, one, two)
}

fn encloses(facts: &Facts, one: &Statement, two: &Statement) -> bool {
    let mut at: Option<SuiteId> = Some(two.suite);
    while let Some(suite) = at {
        if suite == one.suite {
            return true;
        }
        at = facts.suites[suite as usize].parent;
    }
    false
}
