//! The imports of a block, each once, with the comments that belong to them.

use ruff_python_ast::{Stmt, StmtImport, StmtImportFrom};
use ruff_text_size::{Ranged, TextRange};

use super::block::Block;
use crate::source::{Comments, line_end, offset};

/// A comment that belongs to a statement or member, by where it stands.
#[derive(Debug, Default)]
pub(crate) struct Remarks<'a> {
    /// On lines of their own above.
    pub(crate) atop: Vec<&'a str>,
    /// On the same line; for a statement over several lines, on its first.
    pub(crate) inline: Vec<&'a str>,
    /// After the last member, or after the closing parenthesis.
    pub(crate) trailing: Vec<&'a str>,
}

impl Remarks<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.atop.is_empty() && self.inline.is_empty() && self.trailing.is_empty()
    }
}

/// `name as asname`, of a plain import or a member.
#[derive(Debug)]
pub(crate) struct Alias<'a> {
    pub(crate) name: &'a str,
    pub(crate) asname: Option<&'a str>,
    pub(crate) remarks: Remarks<'a>,
    /// Where it stands among all members of the block.
    pub(crate) place: usize,
}

impl Alias<'_> {
    /// The name that it binds, of a plain import or a member; for a star it stands for any.
    pub(crate) fn binds(&self) -> &str {
        self.asname.unwrap_or_else(|| self.name.split('.').next().unwrap_or_default())
    }
}

/// A `from` import after joining: members without `as` together, each other one by itself.
#[derive(Debug)]
pub(crate) struct From<'a> {
    pub(crate) module: Option<&'a str>,
    pub(crate) level: u32,
    pub(crate) members: Vec<Alias<'a>>,
    pub(crate) remarks: Remarks<'a>,
    pub(crate) trailing_comma: bool,
    single: Option<(&'a str, Option<&'a str>)>,
}

#[derive(Debug, Default)]
pub(crate) struct Merged<'a> {
    pub(crate) plain: Vec<Alias<'a>>,
    pub(crate) from: Vec<From<'a>>,
    members: usize,
}

/// The comments of a block, taken one after the other.
struct Queue<'a> {
    text: &'a str,
    comments: std::iter::Peekable<std::slice::Iter<'a, TextRange>>,
}

impl<'a> Queue<'a> {
    fn take(&mut self, fits: impl Fn(&TextRange) -> bool) -> Vec<&'a str> {
        let mut found = Vec::new();
        while let Some(&range) = self.comments.next_if(|range| fits(range)) {
            found.push(self.text[range].trim_end());
        }
        found
    }

    fn above(&mut self, at: usize) -> Vec<&'a str> {
        self.take(|range| range.start().to_usize() < at)
    }

    fn on_line_of(&mut self, at: usize) -> Vec<&'a str> {
        let end = line_end(self.text, at);
        self.take(|range| range.end().to_usize() <= end)
    }
}

impl<'a> Merged<'a> {
    pub(crate) fn new(
        block: &Block<'a>,
        text: &'a str,
        comments: &'a Comments<'a>,
        end: usize,
    ) -> Self {
        let mut merged = Self::default();
        let Some((first, _)) = block.range() else { return merged };
        let range = TextRange::new(first.start(), offset(end));
        let mut queue = Queue { text, comments: comments.within(range).iter().peekable() };
        for stmt in &block.imports {
            match stmt {
                Stmt::Import(import) => merged.add_plain(import, &mut queue),
                Stmt::ImportFrom(import) => merged.add_from(import, &mut queue),
                _ => {}
            }
        }
        merged
    }

    fn add_plain(&mut self, import: &'a StmtImport, queue: &mut Queue<'a>) {
        let mut atop = queue.above(import.start().to_usize());
        let mut inline = queue.on_line_of(import.end().to_usize());
        for alias in &import.names {
            let name = alias.name.as_str();
            let asname = alias.asname.as_ref().map(|asname| asname.id.as_str());
            self.members += 1;
            let entry = find_alias(&mut self.plain, name, asname, self.members);
            // Comments go with the first name.
            entry.remarks.atop.append(&mut atop);
            entry.remarks.inline.append(&mut inline);
        }
    }

    fn add_from(&mut self, import: &'a StmtImportFrom, queue: &mut Queue<'a>) {
        let text = queue.text;
        let (start, end) = (import.start().to_usize(), import.end().to_usize());
        let mut own = Remarks { atop: queue.above(start), ..Remarks::default() };
        let spread = import
            .names
            .first()
            .is_some_and(|first| line_end(text, start) < first.start().to_usize());
        if import.names.len() > 1 || spread {
            own.inline = queue.on_line_of(start);
        }
        let mut members: Vec<Alias<'a>> = import
            .names
            .iter()
            .map(|alias| Alias {
                name: alias.name.as_str(),
                asname: alias.asname.as_ref().map(|asname| asname.id.as_str()),
                remarks: Remarks {
                    atop: queue.above(alias.start().to_usize()),
                    inline: queue.on_line_of(alias.end().to_usize()),
                    trailing: Vec::new(),
                },
                place: 0,
            })
            .collect();
        if let Some(last) = members.last_mut() {
            last.remarks.trailing = queue.above(end);
        }
        own.trailing = queue.above(line_end(text, end));
        let trailing_comma = has_trailing_comma(import, text);
        let module = import.module.as_ref().map(|module| module.id.as_str());
        let mut own = Some(own);
        for member in members {
            let single = (member.name == "*" || member.asname.is_some())
                .then_some((member.name, member.asname));
            self.members += 1;
            let place = self.members;
            let entry = self.find_from(module, import.level, single);
            entry.trailing_comma |= trailing_comma;
            if let Some(own) = own.take() {
                append(&mut entry.remarks, own);
            }
            let alias = find_alias(&mut entry.members, member.name, member.asname, place);
            append(&mut alias.remarks, member.remarks);
        }
    }

    fn find_from(
        &mut self,
        module: Option<&'a str>,
        level: u32,
        single: Option<(&'a str, Option<&'a str>)>,
    ) -> &mut From<'a> {
        let known = self
            .from
            .iter()
            .position(|one| (one.module, one.level, one.single) == (module, level, single));
        let at = known.unwrap_or_else(|| {
            self.from.push(From {
                module,
                level,
                members: Vec::new(),
                remarks: Remarks::default(),
                trailing_comma: false,
                single,
            });
            self.from.len() - 1
        });
        &mut self.from[at]
    }
}

fn append<'a>(remarks: &mut Remarks<'a>, more: Remarks<'a>) {
    remarks.atop.extend(more.atop);
    remarks.inline.extend(more.inline);
    remarks.trailing.extend(more.trailing);
}

fn find_alias<'m, 'a>(
    aliases: &'m mut Vec<Alias<'a>>,
    name: &'a str,
    asname: Option<&'a str>,
    place: usize,
) -> &'m mut Alias<'a> {
    let known = aliases.iter().position(|one| (one.name, one.asname) == (name, asname));
    let at = known.unwrap_or_else(|| {
        aliases.push(Alias { name, asname, remarks: Remarks::default(), place });
        aliases.len() - 1
    });
    &mut aliases[at]
}

/// Whether a comma stands between the last member and the closing parenthesis.
fn has_trailing_comma(import: &StmtImportFrom, text: &str) -> bool {
    import.names.last().is_some_and(|last| {
        text[last.end().to_usize()..import.end().to_usize()]
            .split(['\n', '\r'])
            .any(|line| line.split('#').next().is_some_and(|code| code.contains(',')))
    })
}
