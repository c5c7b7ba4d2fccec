//! Strings that spell out the path of a symbol, and docstrings that mention it.

use pyagent_source::FileId;
use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;

use super::Renaming;
use super::symbols::Certainty;
use crate::facts::{Role, Text};
use crate::strings::words;
use crate::values::Value;
use crate::walk::length;

impl Renaming<'_> {
    /// Strings such as `"package.module.old"`, as mocks and settings have them.
    pub(super) fn strings(&mut self) {
        let world = self.world;
        for (file, known) in world.tree.readable() {
            for text in known.facts.texts.iter().filter(|text| text.role == Role::Other) {
                let Some(content) = text.content else { continue };
                if let Some(at) = self.in_path(file, &text.value) {
                    let range = TextRange::at(content.start() + at, length(&self.old));
                    let key = format!("{file}:{}", range.start().to_u32());
                    let why = format!("the string spells the path of `{}`", self.old);
                    self.maybe(key, "string", file, range, &why);
                }
            }
            if let Some((at, what)) = known.facts.dynamic
                && self.symbols.iter().any(|&(other, _)| other == file)
            {
                let message =
                    format!("the file uses {what}, which may look names up by their text");
                self.note(file, TextRange::empty(at), "dynamic", message);
            }
        }
    }

    /// Where a dotted path names the symbol.
    fn in_path(&self, file: FileId, value: &str) -> Option<ruff_text_size::TextSize> {
        let dotted = value.replace(':', ".");
        if !dotted.contains('.') {
            return None;
        }
        let (modules, rest) = self.world.tree.modules.split(file, &dotted);
        let mut start = dotted.len() - rest.len();
        let mut values: Vec<Value> = modules.into_iter().map(Value::Module).collect();
        for part in rest.split('.').filter(|part| !part.is_empty()) {
            if part == self.old.as_str() && values.iter().any(|value| self.is_ours(value)) {
                return Some(length(&dotted[..start]));
            }
            let name = Name::new(part);
            values = values.iter().flat_map(|value| self.step(value, &name)).collect();
            start += part.len() + 1;
        }
        None
    }

    fn is_ours(&self, owner: &Value) -> bool {
        match owner {
            Value::Module(module) => self.symbols.contains(&(*module, 0)),
            Value::Class(class) => {
                !self.classes.is_empty()
                    && self.world.inherits(*class, &self.classes) == Certainty::Yes
            }
            _ => false,
        }
    }

    fn step(&self, owner: &Value, name: &Name) -> Vec<Value> {
        match owner {
            Value::Module(file) => self.world.of_variable(*file, 0, name, 8),
            Value::Class(class) => match self.world.class(*class) {
                Some((file, _, described)) => {
                    self.world.of_variable(file, described.scope, name, 8)
                }
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Mentions in docstrings: in back quotes, with a dot before or a parenthesis behind, and in
    /// the lines of examples. Each docstring is a group.
    pub(super) fn docstrings(&mut self) {
        let world = self.world;
        for (file, known) in world.tree.readable() {
            for text in known.facts.texts.iter().filter(|text| text.role == Role::Doc) {
                let Some(content) = text.content else {
                    let message = "a docstring that is not written in one piece has the name";
                    self.note(file, text.range, "docstring", message.to_owned());
                    continue;
                };
                for range in self.mentions(text, content) {
                    let key = format!("doc:{file}:{}", content.start().to_u32());
                    let why = format!("the docstring mentions `{}`", self.old);
                    self.maybe(key, "docstring", file, range, &why);
                }
            }
        }
    }

    fn mentions(&self, text: &Text, content: TextRange) -> Vec<TextRange> {
        let value = &text.value;
        let found = words(value).filter(|&(at, word)| {
            word == self.old.as_str() && is_reference(value, at, at + word.len())
        });
        found
            .map(|(at, word)| TextRange::at(content.start() + length(&value[..at]), length(word)))
            .collect()
    }
}

/// Whether a word of a docstring is code rather than prose.
fn is_reference(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let line = text[..start].rsplit('\n').next().unwrap_or_default().trim_start();
    matches!(before, Some('`' | '~'))
        || matches!(after, Some('`' | '('))
        || (before == Some('.') && text[..start - 1].ends_with(|c: char| c.is_alphanumeric()))
        || line.starts_with(">>>")
        || line.starts_with("... ")
}
