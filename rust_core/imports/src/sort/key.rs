//! The order of imports: isort's keys with natural comparison of numbers.

use std::cmp::{Ordering, Reverse};

use ruff_python_ast::Stmt;

/// The sections of an import block, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    Future,
    Standard,
    ThirdParty,
    FirstParty,
    Local,
}

/// Text in which runs of digits compare as numbers, unless one starts with a zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Natural(String);

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        natural(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Names that are sorted are ASCII, so that bytes are characters.
fn natural(mut one: &[u8], mut two: &[u8]) -> Ordering {
    loop {
        match (one.first(), two.first()) {
            (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => {
                let (number, rest) = digits(one);
                let (other, other_rest) = digits(two);
                // With a leading zero they are fractions: 015 before 12. Without, the longer
                // number is the larger.
                let order = if *a == b'0' || *b == b'0' {
                    number.cmp(other)
                } else {
                    number.len().cmp(&other.len()).then_with(|| number.cmp(other))
                };
                if order != Ordering::Equal {
                    return order;
                }
                (one, two) = (rest, other_rest);
            }
            (Some(a), Some(b)) if a == b => (one, two) = (&one[1..], &two[1..]),
            (a, b) => return a.cmp(&b),
        }
    }
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// Lower case first, then as written.
type Name = (Natural, Natural);

fn name(text: &str) -> Name {
    (Natural(text.to_lowercase()), Natural(text.to_owned()))
}

/// Where a member stands within its statement: stars first, then constants, classes and the rest.
pub(crate) type MemberKey = (bool, u8, Name, Option<Natural>);

pub(crate) fn member(text: &str, asname: Option<&str>) -> MemberKey {
    (text != "*", kind(text), name(text), asname.map(|asname| Natural(asname.to_owned())))
}

fn kind(text: &str) -> u8 {
    let cased = |test: fn(char) -> bool| text.chars().any(test);
    if text.len() > 1 && cased(char::is_uppercase) && !cased(char::is_lowercase) {
        0
    } else if text.starts_with(char::is_uppercase) {
        1
    } else {
        2
    }
}

/// Where a statement stands within its section: by level, the farthest first, then by module.
pub(crate) type ModuleKey = (Reverse<u32>, Option<Name>, Option<MemberKey>, Option<Natural>);

pub(crate) fn plain(module: &str, asname: Option<&str>) -> ModuleKey {
    (Reverse(0), Some(name(module)), None, asname.map(|asname| Natural(asname.to_owned())))
}

pub(crate) fn from(module: Option<&str>, level: u32, first: Option<MemberKey>) -> ModuleKey {
    (Reverse(level), module.map(name), first, None)
}

/// Where a statement stands in its block.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StatementKey(Section, bool, ModuleKey);

impl StatementKey {
    pub(crate) fn new(stmt: &Stmt, section: &dyn Fn(&str) -> Section) -> Self {
        match stmt {
            Stmt::ImportFrom(import) => {
                let module = import.module.as_deref();
                let first = import.names.iter().map(|alias| {
                    member(&alias.name, alias.asname.as_ref().map(|name| name.id.as_str()))
                });
                let key = from(module, import.level, first.min());
                Self(section_of(module, import.level, section), true, key)
            }
            Stmt::Import(import) => {
                let key = import
                    .names
                    .iter()
                    .map(|alias| {
                        let asname = alias.asname.as_ref().map(|name| name.id.as_str());
                        (section_of(Some(&alias.name), 0, section), plain(&alias.name, asname))
                    })
                    .min();
                match key {
                    Some((section, key)) => Self(section, false, key),
                    None => Self(Section::Standard, false, plain("", None)),
                }
            }
            _ => Self(Section::Future, false, plain("", None)),
        }
    }
}

/// Whether a plain import has one name, and the members of a `from` import are sorted.
pub(crate) fn members_in_order(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Import(import) => import.names.len() == 1,
        Stmt::ImportFrom(import) => import.names.is_sorted_by_key(|alias| {
            member(&alias.name, alias.asname.as_ref().map(|name| name.id.as_str()))
        }),
        _ => true,
    }
}

pub(crate) fn section_of(
    module: Option<&str>,
    level: u32,
    section: &dyn Fn(&str) -> Section,
) -> Section {
    match module {
        _ if level > 0 => Section::Local,
        Some("__main__") => Section::FirstParty,
        Some(module) => match module.split('.').next().unwrap_or_default() {
            "__future__" => Section::Future,
            top => section(top),
        },
        None => Section::Local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_numbers() {
        let mut names = ["a10", "a9", "a", "b1", "a015", "a2b"].map(|text| Natural(text.into()));
        names.sort();
        assert_eq!(names.map(|name| name.0), ["a", "a015", "a2b", "a9", "a10", "b1"]);
    }

    #[test]
    fn members_are_sorted_by_type() {
        let mut names = ["b", "A", "CONST", "_x", "Class", "*", "a1"];
        names.sort_by_key(|text| member(text, None));
        assert_eq!(names, ["*", "CONST", "A", "Class", "_x", "a1", "b"]);
    }
}
