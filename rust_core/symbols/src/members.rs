//! What parameters, members of classes and calls stand for.

use pyagent_source::FileId;
use ruff_python_ast::name::Name;

use crate::classes::ClassId;
use crate::facts::ParameterKind;
use crate::tree::File;
use crate::values::{Value, World, instances, merged, once, shape_name};

impl World<'_> {
    pub(crate) fn of_parameter(
        &self,
        file: FileId,
        known: &File,
        function: u32,
        at: u32,
        left: u32,
    ) -> Vec<Value> {
        let described = &known.facts.functions[function as usize];
        let parameter = &described.parameters[at as usize];
        if at == 0
            && !matches!(parameter.kind, ParameterKind::Starred | ParameterKind::Keyword)
            && let Some(class) = known.facts.class_of(function)
        {
            let class = self.classes.id(file, class);
            return match binds_to(known, function) {
                Receiver::Instance => vec![Value::Instance(class)],
                Receiver::Class => vec![Value::Class(class)],
                Receiver::None => vec![Value::Unknown],
            };
        }
        match parameter.annotation {
            Some(annotation) if parameter.kind != ParameterKind::Starred => {
                instances(self.of_shape(file, annotation, left))
            }
            _ => vec![Value::Unknown],
        }
    }

    /// A member of a class, where its body or that of an ancestor binds it.
    pub(crate) fn of_member(
        &self,
        class: ClassId,
        name: &Name,
        own: bool,
        left: u32,
    ) -> Vec<Value> {
        let order = self.classes.ancestors(class);
        let order = order.iter().skip(usize::from(!own));
        for &each in order {
            let (file, index) = self.classes.place(each);
            let Some(known) = self.tree.file(file) else { continue };
            let described = &known.facts.classes[index as usize];
            let assigned = described.assigned.get(name);
            let bound = known.facts.scope(described.scope).bound.contains_key(name);
            let mut found = if bound {
                self.of_variable(file, described.scope, name, left)
            } else {
                Vec::new()
            };
            for &what in assigned.into_iter().flatten() {
                found.extend(self.of_binding(file, known, what, left));
            }
            if bound || assigned.is_some() {
                return merged(found.into_iter().flat_map(|value| self.got(value, left)));
            }
        }
        vec![Value::Unknown]
    }

    /// What reading a member gives: a property gives what its function returns.
    pub(crate) fn got(&self, value: Value, left: u32) -> Vec<Value> {
        let Value::Function(file, function) = value else { return vec![value] };
        let Some(known) = self.tree.file(file) else { return vec![Value::Unknown] };
        if has_decorator(known, function, &["property", "cached_property"]) {
            return self.returned(file, known, function, left);
        }
        vec![value]
    }

    pub(crate) fn of_call(&self, called: &Value, left: u32) -> Vec<Value> {
        match called {
            Value::Class(class) => vec![Value::Instance(*class)],
            Value::Function(file, function) => match self.tree.file(*file) {
                Some(known) => self.returned(*file, known, *function, left),
                None => vec![Value::Unknown],
            },
            _ => vec![Value::Unknown],
        }
    }

    pub(crate) fn returned(
        &self,
        file: FileId,
        known: &File,
        function: u32,
        left: u32,
    ) -> Vec<Value> {
        let described = &known.facts.functions[function as usize];
        let asked = (file, function);
        once(&self.returns, asked, || match described.returns {
            Some(shape) => instances(self.of_shape(file, shape, left)),
            None if described.is_lazy || described.returned.is_empty() => vec![Value::Unknown],
            None if !is_plain(known, function) => vec![Value::Unknown],
            None => {
                let returned = described.returned.iter();
                merged(returned.flat_map(|&shape| self.of_shape(file, shape, left)))
            }
        })
    }
}

/// What the first parameter of a method is.
pub(crate) enum Receiver {
    Instance,
    Class,
    None,
}

pub(crate) fn binds_to(known: &File, function: u32) -> Receiver {
    let name = known.facts.functions[function as usize].name.as_str();
    if has_decorator(known, function, &["staticmethod"]) {
        Receiver::None
    } else if has_decorator(known, function, &["classmethod"])
        || matches!(name, "__new__" | "__init_subclass__" | "__class_getitem__")
    {
        Receiver::Class
    } else {
        Receiver::Instance
    }
}

/// Whether no decorator may make something else of a function.
fn is_plain(known: &File, function: u32) -> bool {
    const PLAIN: &[&str] =
        &["property", "cached_property", "classmethod", "staticmethod", "override", "final"];
    let decorators = known.facts.functions[function as usize].decorators.iter();
    decorators
        .into_iter()
        .all(|&shape| shape_name(known, shape).is_some_and(|name| PLAIN.contains(&name)))
}

/// Whether a function has a decorator of one of these names, whatever module it is from.
pub(crate) fn has_decorator(known: &File, function: u32, names: &[&str]) -> bool {
    let decorators = &known.facts.functions[function as usize].decorators;
    decorators
        .iter()
        .any(|&shape| shape_name(known, shape).is_some_and(|name| names.contains(&name)))
}
