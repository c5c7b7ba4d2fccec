//! Parameters: calls name them, and so do the functions that override one another.

use pyagent_source::FileId;
use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;
use rustc_hash::FxHashSet;

use super::Renaming;
use super::symbols::Certainty;
use crate::SymbolsError;
use crate::facts::{Call, Owner, ParameterKind, Role, ScopeId};
use crate::strings::words;
use crate::values::{Value, shape_name};

type FunctionId = (FileId, u32);

impl Renaming<'_> {
    /// The functions whose parameter is renamed, and which calls may name.
    fn functions(&self) -> FxHashSet<FunctionId> {
        let owner = |&(file, scope): &(FileId, ScopeId)| {
            let known = self.world.tree.file(file)?;
            let Owner::Function(function) = known.facts.scope(scope).owner else { return None };
            self.parameter_kind(file, function)
                .is_some_and(|kind| matches!(kind, ParameterKind::Plain | ParameterKind::Keyword))
                .then_some((file, function))
        };
        self.symbols.iter().filter_map(owner).collect()
    }

    fn parameter_kind(&self, file: FileId, function: u32) -> Option<ParameterKind> {
        let described = &self.world.tree.file(file)?.facts.functions[function as usize];
        let parameter = described.parameters.iter().find(|one| one.name == self.old)?;
        Some(parameter.kind)
    }

    /// Add the same parameter of every method that overrides, or is overridden by, one of ours: a
    /// call by keyword must work for all of them.
    pub(super) fn close_parameters(&mut self) {
        let world = self.world;
        for (file, function) in self.functions() {
            let Some(known) = world.tree.file(file) else { continue };
            let Some(class) = known.facts.class_of(function) else { continue };
            let name = &known.facts.functions[function as usize].name;
            if name.starts_with("__") {
                continue;
            }
            for class in world.family(&[world.classes.id(file, class)], name) {
                let Some((file, known, described)) = world.class(class) else { continue };
                for value in world.of_variable(file, described.scope, name, 4) {
                    if let Value::Function(other, function) = value
                        && other == file
                        && self.parameter_kind(file, function).is_some()
                    {
                        let scope = known.facts.functions[function as usize].scope;
                        self.symbols.insert((file, scope));
                    }
                }
            }
        }
    }

    pub(super) fn rename_keywords(&mut self) -> Result<(), SymbolsError> {
        let functions = self.functions();
        if functions.is_empty() {
            return Ok(());
        }
        let names: FxHashSet<Name> = functions
            .iter()
            .filter_map(|&(file, function)| {
                let known = self.world.tree.file(file)?;
                Some(known.facts.functions[function as usize].name.clone())
            })
            .collect();
        let world = self.world;
        for (file, known) in world.tree.readable() {
            for call in &known.facts.calls {
                let certainty = self.calls(file, call, &functions);
                let alike = shape_name(known, call.callee).is_some_and(|name| names.contains(name));
                if certainty == Certainty::Yes || (certainty == Certainty::Maybe && alike) {
                    self.rename_keyword(file, call, certainty)?;
                }
            }
            for text in known.facts.texts.iter().filter(|one| one.role == Role::Parametrized) {
                let within = |&(other, function): &FunctionId| {
                    let described = &known.facts.functions;
                    other == file
                        && described.get(function as usize).is_some_and(|one| {
                            one.range.contains_range(text.range)
                                && text.range.end() <= one.name_range.start()
                        })
                };
                if let Some(content) = text.content
                    && functions.iter().any(within)
                {
                    for (at, word) in words(&text.value) {
                        if word == self.old.as_str() {
                            let start = content.start() + crate::walk::length(&text.value[..at]);
                            self.edit(file, TextRange::at(start, crate::walk::length(word)));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn rename_keyword(
        &mut self,
        file: FileId,
        call: &Call,
        certainty: Certainty,
    ) -> Result<(), SymbolsError> {
        let keyword = |name: &Name| call.keywords.iter().find(|(each, _)| each == name);
        let Some((_, range)) = keyword(&self.old) else {
            return match keyword(&self.new).filter(|_| certainty == Certainty::Yes) {
                Some((_, range)) => Err(self.world.tree.collision(
                    file,
                    range.start(),
                    format!("`{}` is passed as another keyword already", self.new),
                )),
                None => Ok(()),
            };
        };
        if certainty == Certainty::Yes {
            self.edit(file, *range);
        } else {
            let key = format!("{file}:{}", range.start().to_u32());
            let why = "what is called here is not known, only that its name is the same";
            self.maybe(key, "possible-use", file, *range, why);
        }
        Ok(())
    }

    /// Whether a call is one of the functions.
    fn calls(&self, file: FileId, call: &Call, functions: &FxHashSet<FunctionId>) -> Certainty {
        let values = self.world.of(file, call.callee);
        let hit = |value: &Value| match value {
            Value::Function(file, function) => functions.contains(&(*file, *function)),
            Value::Class(class) => ["__init__", "__new__"].iter().any(|name| {
                self.method(*class, name).is_some_and(|found| functions.contains(&found))
            }),
            Value::Instance(class) => {
                self.method(*class, "__call__").is_some_and(|found| functions.contains(&found))
            }
            _ => false,
        };
        let hits = values.iter().filter(|value| hit(value)).count();
        if hits > 0 && hits == values.len() {
            Certainty::Yes
        } else if hits > 0 || values.contains(&Value::Unknown) {
            Certainty::Maybe
        } else {
            Certainty::No
        }
    }

    fn method(&self, class: crate::classes::ClassId, name: &str) -> Option<FunctionId> {
        let name = Name::new(name);
        for &each in self.world.classes.ancestors(class) {
            let (file, known, described) = self.world.class(each)?;
            if known.facts.scope(described.scope).bound.contains_key(&name) {
                let values = self.world.of_variable(file, described.scope, &name, 4);
                return values.iter().find_map(|value| match value {
                    Value::Function(file, function) => Some((*file, *function)),
                    _ => None,
                });
            }
        }
        None
    }
}
