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

/// The imports in order, without indentation.
pub(crate) fn render(
    merged: &Merged<'_>,
    settings: &Settings<'_>,
    style: &Style<'_>,
    indentation: &str,
) -> String {
    let margin: usize = indentation.chars().map(|c| if c == '\t' { TAB } else { 1 }).sum();
    let mut writer =
        Writer { out: String::new(), style, room: settings.line_length.saturating_sub(margin) };
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
        let mut first = true;
        if part == Section::Future {
            writer.froms(&from, &mut first);
            writer.plains(&plain, &mut first);
        } else {
            writer.plains(&plain, &mut first);
            writer.froms(&from, &mut first);
        }
    }
    writer.out
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

    fn plains(&mut self, plain: &[&Alias<'_>], first: &mut bool) {
        for one in plain {
            self.atop(&one.remarks, first);
            self.out.push_str("import ");
            push_alias(&mut self.out, one);
            push_comments(&mut self.out, &one.remarks.inline);
            self.end_line();
        }
    }

    fn froms(&mut self, from: &[&From<'_>], first: &mut bool) {
        for one in from {
            self.atop(&one.remarks, first);
            let mut members: Vec<&Alias<'_>> = one.members.iter().collect();
            members.sort_by_cached_key(|alias| key::member(alias.name, alias.asname));
            match self.single_line(one, &members) {
                Some(line) => {
                    self.out.push_str(&line);
                    self.end_line();
                }
                None => self.several_lines(one, &members),
            }
        }
    }

    /// The statement on one line, if it may stand there.
    fn single_line(&self, from: &From<'_>, members: &[&Alias<'_>]) -> Option<String> {
        let star = members.first().is_some_and(|alias| alias.name == "*");
        let bare = members.iter().all(|alias| alias.remarks.is_empty());
        if !star && (from.trailing_comma || (members.len() > 1 && !bare)) {
            return None;
        }
        let mut line = head(from);
        for (index, alias) in members.iter().enumerate() {
            if index > 0 {
                line.push_str(", ");
            }
            push_alias(&mut line, alias);
        }
        push_comments(&mut line, &from.remarks.inline);
        for alias in members {
            push_comments(&mut line, &alias.remarks.atop);
            push_comments(&mut line, &alias.remarks.inline);
            push_comments(&mut line, &alias.remarks.trailing);
        }
        push_comments(&mut line, &from.remarks.trailing);
        (star || line.len() <= self.room).then_some(line)
    }

    fn several_lines(&mut self, from: &From<'_>, members: &[&Alias<'_>]) {
        let indent = self.style.indent;
        self.out.push_str(&head(from));
        self.out.push('(');
        push_comments(&mut self.out, &from.remarks.inline);
        self.end_line();
        for alias in members {
            for comment in &alias.remarks.atop {
                self.comment_line(indent, comment);
            }
            self.out.push_str(indent);
            push_alias(&mut self.out, alias);
            self.out.push(',');
            push_comments(&mut self.out, &alias.remarks.inline);
            self.end_line();
            for comment in &alias.remarks.trailing {
                self.comment_line(indent, comment);
            }
        }
        self.out.push(')');
        push_comments(&mut self.out, &from.remarks.trailing);
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

fn push_comments(out: &mut String, comments: &[&str]) {
    for comment in comments {
        out.push_str("  ");
        out.push_str(comment);
    }
}
