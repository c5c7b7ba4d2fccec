//! Members of classes: methods, class variables and attributes of instances.

use pyagent_source::FileId;
use ruff_python_ast::name::Name;
use rustc_hash::FxHashSet;

use super::symbols::Certainty;
use super::{Renaming, is_private};
use crate::classes::ClassId;
use crate::facts::{Attribute, Role, ShapeId, What};
use crate::tree::File;
use crate::values::{Value, World, shape_name};

/// Decorators and base classes that turn annotated class variables into parameters.
const DATA: &[&str] = &[
    "dataclass",
    "define",
    "frozen",
    "mutable",
    "attrs",
    "attributes",
    "NamedTuple",
    "TypedDict",
    "BaseModel",
    "Struct",
];

impl World<'_> {
    /// The classes that have a member of this name in common with those of `start`: whoever
    /// overrides it, whom it overrides, and whatever else a common descendant inherits.
    pub(crate) fn family(&self, start: &[ClassId], name: &Name) -> FxHashSet<ClassId> {
        let definers: FxHashSet<ClassId> = self.definers(name).into_iter().collect();
        let mut family: FxHashSet<ClassId> = start.iter().copied().collect();
        loop {
            let before = family.len();
            for class in self.classes.all() {
                let ancestors = self.classes.ancestors(class);
                if ancestors.iter().any(|each| family.contains(each)) {
                    family.extend(ancestors.iter().filter(|each| definers.contains(each)));
                }
            }
            if family.len() == before {
                return family;
            }
        }
    }

    /// Whether objects of a class have the member of one of `family`.
    pub(crate) fn inherits(&self, class: ClassId, family: &FxHashSet<ClassId>) -> Certainty {
        let has =
            |class: ClassId| self.classes.ancestors(class).iter().any(|each| family.contains(each));
        if has(class) {
            Certainty::Yes
        } else if self.classes.descendants(class).iter().any(|&each| has(each)) {
            Certainty::Maybe
        } else {
            Certainty::No
        }
    }

    /// The same for what `super()` finds beyond a class.
    fn inherits_beyond(&self, class: ClassId, family: &FxHashSet<ClassId>) -> Certainty {
        let beyond = &self.classes.ancestors(class)[1..];
        if beyond.iter().any(|each| family.contains(each)) {
            Certainty::Yes
        } else if family.contains(&class) {
            Certainty::No
        } else {
            self.inherits(class, family)
        }
    }

    /// Whether what an expression stands for has the member.
    pub(crate) fn has_member(
        &self,
        file: FileId,
        receiver: ShapeId,
        family: &FxHashSet<ClassId>,
    ) -> Certainty {
        let (mut yes, mut maybe, mut no) = (false, false, false);
        for value in self.of(file, receiver) {
            let found = match value {
                Value::Class(class) | Value::Instance(class) => self.inherits(class, family),
                Value::Super(class) => self.inherits_beyond(class, family),
                Value::Unknown => Certainty::Maybe,
                // Has no member of a class of the tree: beside one that has, it is a default.
                Value::Module(_) | Value::Namespace(_) | Value::Function(..) | Value::Outside => {
                    continue;
                }
            };
            match found {
                Certainty::Yes => yes = true,
                Certainty::Maybe => maybe = true,
                Certainty::No => no = true,
            }
        }
        match (yes, maybe, no) {
            (true, false, false) => Certainty::Yes,
            (false, false, _) => Certainty::No,
            _ => Certainty::Maybe,
        }
    }

    /// The file of a class, and what it says of it.
    pub(crate) fn class(&self, class: ClassId) -> Option<(FileId, &File, &crate::facts::Class)> {
        let (file, index) = self.classes.place(class);
        let known = self.tree.file(file)?;
        Some((file, known, &known.facts.classes[index as usize]))
    }
}

impl Renaming<'_> {
    pub(super) fn close_members(&mut self, classes: &[ClassId]) {
        self.classes = if is_private(&self.old) {
            classes.iter().copied().collect()
        } else {
            self.world.family(classes, &self.old)
        };
        for &class in &self.classes {
            if let Some((file, known, described)) = self.world.class(class)
                && known.facts.scope(described.scope).bound.contains_key(&self.old)
            {
                self.symbols.insert((file, described.scope));
            }
        }
    }

    pub(super) fn rename_members(&mut self) {
        let (world, old) = (self.world, self.old.clone());
        let others = world.definers(&self.old).len().saturating_sub(self.classes.len());
        for (file, known) in world.tree.readable() {
            for attribute in &known.facts.attributes {
                self.rename_attribute(file, known, attribute, others);
            }
            for text in known.facts.texts.iter().filter(|text| text.value == old.as_str()) {
                let certainty = match text.role {
                    Role::Attribute(receiver) => world.has_member(file, receiver, &self.classes),
                    Role::Slot(class) => {
                        let class = world.classes.id(file, class);
                        match world.inherits(class, &self.classes) {
                            Certainty::Yes => Certainty::Yes,
                            Certainty::Maybe | Certainty::No => Certainty::No,
                        }
                    }
                    _ => continue,
                };
                let why = "the name is given as a string, and the type of the object is not known";
                self.rename_text(file, text.content, text.range, certainty, why);
            }
        }
        self.rename_fields();
        self.note_outside_bases();
    }

    fn rename_attribute(
        &mut self,
        file: FileId,
        known: &File,
        attribute: &Attribute,
        others: usize,
    ) {
        if is_private(&self.old) {
            self.rename_private(file, known, attribute);
            return;
        }
        if attribute.name != self.old {
            return;
        }
        match self.world.has_member(file, attribute.receiver, &self.classes) {
            Certainty::Yes => self.edit(file, attribute.range),
            Certainty::No => {}
            Certainty::Maybe => {
                let (start, end) = (attribute.text.start(), attribute.text.end());
                let text = known.text.get(start.to_usize()..end.to_usize()).unwrap_or_default();
                let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let others = match others {
                    0 => "no other class of the tree has a member of this name".to_owned(),
                    1 => "1 other class of the tree has a member of this name".to_owned(),
                    _ => format!("{others} other classes of the tree have a member of this name"),
                };
                let why = format!("the type of `{text}` is not known; {others}");
                let key = self.key(file, attribute.scope, attribute.text);
                self.maybe(key, "possible-use", file, attribute.range, &why);
            }
        }
    }

    /// A private name means the member wherever the class body says it, and nowhere else; outside
    /// it goes by its mangled name.
    fn rename_private(&mut self, file: FileId, known: &File, attribute: &Attribute) {
        if attribute.name == self.old {
            let class = known.facts.class_around(attribute.scope);
            let class = class.map(|class| self.world.classes.id(file, class));
            if class.is_some_and(|class| self.classes.contains(&class)) {
                self.edit(file, attribute.range);
            }
        } else if attribute.name.ends_with(self.old.as_str()) {
            let length = crate::walk::length(&self.old);
            let tail = ruff_text_size::TextRange::at(attribute.range.end() - length, length);
            let range = if is_private(&self.new) { tail } else { attribute.range };
            self.edit(file, range);
        }
    }

    /// Keywords for the fields of data classes.
    fn rename_fields(&mut self) {
        let world = self.world;
        for (file, known) in world.tree.readable() {
            for call in &known.facts.calls {
                let values = world.of(file, call.callee);
                let [Value::Class(class)] = values.as_slice() else { continue };
                if world.inherits(*class, &self.classes) != Certainty::Yes || !self.is_data(*class)
                {
                    continue;
                }
                for (name, range) in &call.keywords {
                    if *name == self.old {
                        self.edit(file, *range);
                    }
                }
            }
        }
    }

    /// Whether the class makes its annotated variables parameters of its constructor.
    fn is_data(&self, class: ClassId) -> bool {
        let has_field = self.classes.iter().filter_map(|&each| self.world.class(each)).any(
            |(_, known, described)| {
                let bound = known.facts.scope(described.scope).bound.get(&self.old);
                bound.into_iter().flatten().any(|&binding| {
                    matches!(known.facts.bindings[binding as usize].what, What::Declared(_))
                })
            },
        );
        let mut ancestors = self.world.classes.ancestors(class).iter();
        has_field
            && ancestors.any(|&each| {
                self.world.class(each).is_some_and(|(_, known, described)| {
                    described.decorators.iter().chain(&described.bases).any(|&shape| {
                        shape_name(known, shape).is_some_and(|name| DATA.contains(&name))
                    })
                })
            })
    }

    fn note_outside_bases(&mut self) {
        let mut classes: Vec<ClassId> = self.classes.iter().copied().collect();
        classes.sort_unstable();
        for class in classes {
            if let Some((file, _, described)) = self.world.class(class)
                && self.world.classes.has_outside_base(class)
            {
                let message = format!(
                    "`{}` has a base class outside of the tree, which may have or call a member \
                     of this name",
                    described.name
                );
                self.note(file, described.name_range, "outside-base", message);
            }
        }
    }

    /// The classes that share the member, for the reason.
    pub(super) fn family(&self) -> String {
        let mut names: Vec<&str> = self
            .classes
            .iter()
            .filter_map(|&class| Some(self.world.class(class)?.2.name.as_str()))
            .collect();
        names.sort_unstable();
        match names.len() {
            0 | 1 => String::new(),
            2..=6 => format!(", a member of {}", names.join(", ")),
            count => format!(", a member of {} and {} more classes", names[0], count - 1),
        }
    }
}
