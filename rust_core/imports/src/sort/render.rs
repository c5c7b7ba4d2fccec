//! Sorted imports as text.

use std::fmt::Write;

use super::Settings;
use super::key::{self, Section};
use super::merge::{Alias, From, Merged, Remarks};

/// How the file is written.
pub(crate) struct Style<'s> {
    pub(crate) line_end: &'s str,
    pub(crate) indent: &'s str,
}

/// The width of a tab, as ruff counts it.
const TAB: usize = 4;

/// Sorted imports, and what sorting them does.
pub(crate) struct Rendered {
    /// The text, without indentation.
    pub(crate) text: String,
    /// The places in the block of all members, in their new order.
    pub(crate) order: Vec<usize>,
    /// The same for imports of the project's own modules.
    pub(crate) own: Vec<usize>,
}

/// The imports in order, without indentation, or `None` if two comments would have to share a line,
/// where they would be one comment.
pub(crate) fn render(
    merged: &Merged<'_>,
    settings: &Settings<'_>,
    style: &Style<'_>,
    indentation: &str,
) -> Option<Rendered> {
    let margin: usize = indentation.chars().map(|c| if c == '\t' { TAB } else { 1 }).sum();
    let room = settings.line_length.saturating_sub(margin);
    let mut writer = Writer {
        out: String::new(),
        style,
        room,
        shared: false,
        order: Vec::new(),
        own: Vec::new(),
        is_own: false,
    };
    let section = |module, level| key::section_of(module, level, settings.section);
    for part in [
        Section::Future,
        Section::Standard,
        Section::ThirdParty,
        Section::FirstParty,
        Section::Local,
    ] {
        let mut plain: Vec<&Alias<'_>> =
            merged.plain.iter().filter(|one| section(Some(one.name), 0) == part).collect();
        let mut from: Vec<&From<'_>> =
            merged.from.iter().filter(|one| section(one.module, one.level) == part).collect();
        if plain.is_empty() && from.is_empty() {
            continue;
        }
        if !writer.out.is_empty() {
            writer.end_line();
        }
        plain.sort_by_cached_key(|one| key::plain(one.name, one.asname));
        from.sort_by_cached_key(|one| {
            let first = one.members.iter().map(|alias| key::member(alias.name, alias.asname)).min();
            key::from(one.module, one.level, first)
        });
        writer.is_own = part >= Section::FirstParty;
        let mut first = true;
        if part == Section::Future {
            writer.froms(&from, &mut first);
            writer.plains(&plain, &mut first);
        } else {
            writer.plains(&plain, &mut first);
            writer.froms(&from, &mut first);
        }
    }
    (!writer.shared).then_some(Rendered { text: writer.out, order: writer.order, own: writer.own })
}

/// Put `indentation` before every line that is not blank.
pub(crate) fn indented(text: &str, indentation: &str) -> String {
    if indentation.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            out.push_str(indentation);
        }
        out.push_str(line);
    }
    out
}

struct Writer<'w> {
    out: String,
    style: &'w Style<'w>,
    /// Columns left of the line length by the indentation.
    room: usize,
    /// Two comments came to stand on one line.
    shared: bool,
    /// The places of the members as they are written.
    order: Vec<usize>,
    /// The same for the project's own modules, one by one.
    own: Vec<usize>,
    is_own: bool,
}

impl Writer<'_> {
    fn end_line(&mut self) {
        self.out.push_str(self.style.line_end);
    }

    fn comment_line(&mut self, indent: &str, comment: &str) {
        self.out.push_str(indent);
        self.out.push_str(comment);
        self.end_line();
    }

    /// The comments above a statement, set off by a blank line unless it is the section's first.
    fn atop(&mut self, remarks: &Remarks<'_>, first: &mut bool) {
        if !std::mem::take(first) && !remarks.atop.is_empty() {
            self.end_line();
        }
        for comment in &remarks.atop {
            self.comment_line("", comment);
        }
    }

    fn place(&mut self, places: &[usize]) {
        self.order.extend(places);
        if self.is_own {
            self.own.extend(places);
        }
    }

    /// The members of one module: it is imported where the first of them stood.
    fn place_joined(&mut self, places: Vec<usize>) {
        if self.is_own {
            self.own.extend(places.iter().min());
            self.own.extend(places.iter().max());
        }
        self.order.extend(places);
    }

    fn plains(&mut self, plain: &[&Alias<'_>], first: &mut bool) {
        for one in plain {
            self.place(&[one.place]);
            self.atop(&one.remarks, first);
            self.out.push_str("import ");
            push_alias(&mut self.out, one);
            self.remark([&one.remarks.inline]);
            self.end_line();
        }
    }

    /// Put comments at the end of the line.
    fn remark<const N: usize>(&mut self, comments: [&[&str]; N]) {
        self.shared |= comments.iter().map(|some| some.len()).sum::<usize>() > 1;
        for comment in comments.into_iter().flatten() {
            self.out.push_str("  ");
            self.out.push_str(comment);
        }
    }

    fn froms(&mut self, from: &[&From<'_>], first: &mut bool) {
        for one in from {
            self.atop(&one.remarks, first);
            let mut members: Vec<&Alias<'_>> = one.members.iter().collect();
            members.sort_by_cached_key(|alias| key::member(alias.name, alias.asname));
            let places: Vec<usize> = members.iter().map(|alias| alias.place).collect();
            match one.module {
                // Members of a package alone are likely to be modules.
                None => self.place(&places),
                Some(_) => self.place_joined(places),
            }
            if !self.single_line(one, &members) {
                self.several_lines(one, &members);
            }
        }
    }

    /// Write the statement on one line, if it may stand there.
    fn single_line(&mut self, from: &From<'_>, members: &[&Alias<'_>]) -> bool {
        let star = members.first().is_some_and(|alias| alias.name == "*");
        let bare = members.iter().all(|alias| alias.remarks.is_empty());
        if !star && (from.trailing_comma || (members.len() > 1 && !bare)) {
            return false;
        }
        let (start, shared) = (self.out.len(), self.shared);
        self.out.push_str(&head(from));
        for (index, alias) in members.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            push_alias(&mut self.out, alias);
        }
        let own = &from.remarks;
        match members {
            [alias] => {
                let of = &alias.remarks;
                self.remark([&own.inline, &of.atop, &of.inline, &of.trailing, &own.trailing]);
            }
            _ => self.remark([&own.inline, &own.trailing]),
        }
        if !star && self.out.len() - start > self.room {
            self.out.truncate(start);
            self.shared = shared;
            return false;
        }
        self.end_line();
        true
    }

    fn several_lines(&mut self, from: &From<'_>, members: &[&Alias<'_>]) {
        let indent = self.style.indent;
        self.out.push_str(&head(from));
        self.out.push('(');
        self.remark([&from.remarks.inline]);
        self.end_line();
        for alias in members {
            for comment in &alias.remarks.atop {
                self.comment_line(indent, comment);
            }
            self.out.push_str(indent);
            push_alias(&mut self.out, alias);
            self.out.push(',');
            self.remark([&alias.remarks.inline]);
            self.end_line();
            for comment in &alias.remarks.trailing {
                self.comment_line(indent, comment);
            }
        }
        self.out.push(')');
        self.remark([&from.remarks.trailing]);
        self.end_line();
    }
}

fn head(from: &From<'_>) -> String {
    let dots = ".".repeat(from.level as usize);
    format!("from {dots}{} import ", from.module.unwrap_or_default())
}

fn push_alias(out: &mut String, alias: &Alias<'_>) {
    out.push_str(alias.name);
    if let Some(asname) = alias.asname {
        // Writing to a string does not fail.
        let _ = write!(out, " as {asname}");
    }
}
