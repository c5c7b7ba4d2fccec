//! The uses of a method, and what they become.

use pyagent_source::FileId;
use ruff_python_ast::name::Name;
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashSet;

use super::candidates::Method;
use super::moving::next_line;
use super::{Extraction, Reason};
use crate::classes::ClassId;
use crate::edit::Replace;
use crate::facts::{Attribute, Import, Shape};
use crate::rename::Certainty;
use crate::tree::File;
use crate::values::Value;

/// What becomes of the uses of a method.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) replaces: Vec<(FileId, Replace)>,
    /// How many are rewritten.
    pub(super) count: usize,
    /// In how many files.
    pub(super) files: usize,
    /// How many stay as they are and need the class to keep the name.
    pub(super) left: usize,
    pub(super) first_left: Option<(FileId, TextSize)>,
}

/// How a use is rewritten.
enum Rewrite {
    Done(Vec<Replace>),
    /// It stays as it is.
    Left,
}

impl Extraction<'_> {
    pub(super) fn uses(&self, method: &Method, name: &Name) -> Result<Uses, Reason> {
        let world = self.world;
        let family: FxHashSet<ClassId> = [method.class].into_iter().collect();
        let mut uses = Uses::default();
        for (file, known) in world.tree.readable() {
            let before = uses.count;
            for attribute in known.facts.attributes.iter().filter(|one| one.name == method.name) {
                let at = attribute.range.start();
                let rewrite = match world.has_member(file, attribute.receiver, &family) {
                    Certainty::No => continue,
                    _ if attribute.store => {
                        let text = "it may be assigned to here".to_owned();
                        return Err(Reason { file, at, text });
                    }
                    Certainty::Maybe => Rewrite::Left,
                    Certainty::Yes => self.rewrite(method, name, file, known, attribute)?,
                };
                match rewrite {
                    Rewrite::Done(replaces) => {
                        uses.count += 1;
                        uses.replaces.extend(replaces.into_iter().map(|one| (file, one)));
                    }
                    Rewrite::Left => {
                        uses.left += 1;
                        uses.first_left.get_or_insert((file, at));
                    }
                }
            }
            uses.files += usize::from(uses.count > before);
        }
        Ok(uses)
    }

    fn rewrite(
        &self,
        method: &Method,
        name: &Name,
        file: FileId,
        known: &File,
        attribute: &Attribute,
    ) -> Result<Rewrite, Reason> {
        let receiver = slice(known, attribute.text);
        let plain = !receiver.is_empty()
            && receiver.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
        if !plain && receiver != "super()" && receiver != "type(self)" {
            return Ok(Rewrite::Left);
        }
        let values = self.world.of(file, attribute.receiver);
        let of_class = values.iter().any(|value| matches!(value, Value::Class(_)));
        let mut edits = Vec::new();
        if of_class && !method.is_static {
            // The instance is the first argument here, and the function takes none.
            let edit = without_first_argument(known, attribute);
            edits.push(edit.ok_or_else(|| Reason {
                file,
                at: attribute.range.start(),
                text: "it is used here as a function of the class".to_owned(),
            })?);
        }
        if file != method.file
            && let Some(prefix) = self.module_prefix(method, file, known, attribute)
        {
            edits.push(renamed(prefix, attribute.range.end(), name));
            return Ok(Rewrite::Done(edits));
        }
        if !self.reaches(known, attribute, name, file == method.file) {
            return Ok(Rewrite::Left);
        }
        if file != method.file {
            match self.import(method, name, file, known) {
                Some(import) => edits.push(import),
                None => return Ok(Rewrite::Left),
            }
        }
        edits.push(renamed(attribute.whole.start(), attribute.range.end(), name));
        Ok(Rewrite::Done(edits))
    }

    /// Whether the name of the function means the function where the attribute stands.
    fn reaches(&self, known: &File, attribute: &Attribute, name: &Name, own: bool) -> bool {
        let facts = &known.facts;
        let bound = facts.visible(attribute.scope).any(|scope| {
            let table = facts.scope(scope);
            table.bound.contains_key(name) || table.nonlocals.contains(name)
        });
        let used = facts
            .uses
            .iter()
            .any(|one| one.name == *name && facts.resolve_use(one).is_none_or(|scope| scope == 0));
        let taken = !own && (used || self.shared.contains(name));
        !bound && !taken
    }

    /// `module.Class.method` becomes `module.method`: the place where the class is named.
    fn module_prefix(
        &self,
        method: &Method,
        file: FileId,
        known: &File,
        attribute: &Attribute,
    ) -> Option<TextSize> {
        let shape = &known.facts.shapes[attribute.receiver as usize];
        let Shape::Attribute(module, class) = shape else { return None };
        let receiver = slice(known, attribute.text);
        (self.world.of(file, *module) == [Value::Module(method.file)]
            && receiver.ends_with(&format!(".{class}")))
        .then(|| attribute.text.end() - crate::walk::length(class))
    }

    /// Bring the function in beside what is imported from its module already, or right after the
    /// class was imported from elsewhere: by then its module has been executed that far.
    fn import(&self, method: &Method, name: &Name, file: FileId, known: &File) -> Option<Replace> {
        let at_import = |import: &&Import| import.scope == 0 && !import.typing;
        let imports = || known.facts.imports.iter().filter(at_import);
        let class = self.world.class(method.class)?.2.name.clone();
        let direct = imports().find_map(|import| {
            let (level, module) = import.from.as_ref()?;
            let member = import.members.iter().find(|one| one.name == class)?;
            let modules = self.world.modules(file, *level, module);
            (modules.first() == Some(&method.file)).then(|| member.end().to_usize())
        });
        if let Some(end) = direct {
            return Some(Replace { start: end, end, text: format!(", {name}") });
        }
        let import = imports().find(|import| {
            import.from.is_some()
                && import.members.iter().any(|member| {
                    let bound = member.asname.as_ref().map_or(&member.name, |(name, _)| name);
                    self.world.of_variable(file, 0, bound, 8) == [Value::Class(method.class)]
                })
        })?;
        let (start, end) = (import.range.start().to_usize(), import.range.end().to_usize());
        let alone = super::moving::line_start(&known.text, start) == start
            && known.text[end..].trim_start_matches([' ', '\t']).starts_with(['\n', '\r', '#']);
        let next = next_line(&known.text, end);
        let newline = if known.text.contains("\r\n") { "\r\n" } else { "\n" };
        let module = &self.world.tree.modules.files[method.file].name;
        let text = format!("from {module} import {name}{newline}");
        alone.then_some(Replace { start: next, end: next, text })
    }
}

fn slice(known: &File, range: TextRange) -> &str {
    known.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
}

fn renamed(start: TextSize, end: TextSize, name: &Name) -> Replace {
    Replace { start: start.to_usize(), end: end.to_usize(), text: name.to_string() }
}

/// Take the first argument out of a call, where that changes nothing else.
fn without_first_argument(known: &File, attribute: &Attribute) -> Option<Replace> {
    let first = attribute.arguments.as_ref()?.first()?;
    let text = slice(known, *first);
    if !text.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let end = first.end().to_usize();
    let rest = &known.text[end..];
    let after = rest.trim_start();
    let end = match after.strip_prefix(',') {
        Some(next) => known.text.len() - next.trim_start().len(),
        None if after.starts_with(')') => end,
        None => return None,
    };
    Some(Replace { start: first.start().to_usize(), end, text: String::new() })
}
