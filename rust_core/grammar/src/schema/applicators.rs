//! Keywords that apply schemas to the same value (core, sections 8.2.3, 10.2 and 11).

use std::rc::Rc;

use super::compiler::{Compiler, Outcome};
use super::facts::{Member, Members, Shape};
use super::formula::{FALSE, FormulaId, TRUE};
use super::resolve::ScopeId;
use super::value::{Value, ValueId};

impl Compiler<'_> {
    /// Narrows a shape by everything that a schema applies to the same value.
    pub(super) fn apply(
        &mut self,
        schema: ValueId,
        scope: ScopeId,
        track: bool,
        mut shape: Shape,
    ) -> Outcome<Shape> {
        for formula in self.conjuncts(schema, scope)? {
            let part = self.shape(formula, track)?;
            shape = self.conjunction(&shape, &part)?;
        }
        if let Some(at) = self.keyword(schema, "anyOf") {
            let branches = self.branches(at, "anyOf", scope)?;
            let part = self.any_of(&branches, track)?;
            shape = self.conjunction(&shape, &part)?;
        }
        if let Some(at) = self.keyword(schema, "oneOf") {
            let branches = self.branches(at, "oneOf", scope)?;
            let part = self.one_of(&branches, track)?;
            shape = self.conjunction(&shape, &part)?;
        }
        if let Some(at) = self.keyword(schema, "if") {
            let part = self.conditional(schema, at, scope, track)?;
            shape = self.conjunction(&shape, &part)?;
        }
        self.dependent(schema, scope, track, shape)
    }

    /// What has to hold in any case: references, `allOf` and `not`.
    pub(super) fn conjuncts(&mut self, schema: ValueId, scope: ScopeId) -> Outcome<Vec<FormulaId>> {
        let mut found = Vec::new();
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            if let Some(at) = self.keyword(schema, keyword)
                && let Some((target, inner)) = self.any_reference(schema, at, keyword, scope)?
            {
                found.push(self.schema(target, inner)?);
            }
        }
        if let Some(at) = self.keyword(schema, "allOf") {
            found.extend(self.branches(at, "allOf", scope)?);
        }
        if let Some(at) = self.keyword(schema, "not") {
            let not = self.schema(at, scope)?;
            found.push(self.formulas.not(not));
        }
        Ok(found)
    }

    fn any_reference(
        &mut self,
        schema: ValueId,
        at: ValueId,
        keyword: &str,
        scope: ScopeId,
    ) -> Outcome<Option<(ValueId, ScopeId)>> {
        let reference = self.text_at(at, keyword)?;
        let target = match keyword {
            "$ref" => self.resolver.target(self.document, schema, reference),
            "$dynamicRef" => self.resolver.dynamic_target(self.document, schema, reference, scope),
            _ => Ok(self.resolver.recursive_target(self.document, schema, scope)),
        };
        self.followed(at, keyword, target, scope)
    }

    /// `if` with what goes with it, as alternatives that exclude each other.
    fn conditional(
        &mut self,
        schema: ValueId,
        at: ValueId,
        scope: ScopeId,
        track: bool,
    ) -> Outcome<Shape> {
        let condition = self.schema(at, scope)?;
        let mut branch = |keyword: &str| match self.keyword(schema, keyword) {
            Some(at) => self.schema(at, scope),
            None => Ok(TRUE),
        };
        let (then, otherwise) = (branch("then")?, branch("else")?);
        if then == otherwise && !track {
            return Ok((*self.shape(then, false)?).clone());
        }
        let not = self.formulas.not(condition);
        let yes = self.formulas.and(&[condition, then]);
        let no = self.formulas.and(&[not, otherwise]);
        let shapes = [self.shape(yes, track)?, self.shape(no, track)?];
        self.union(&shapes, track)
    }

    fn branches(&mut self, at: ValueId, keyword: &str, scope: ScopeId) -> Outcome<Vec<FormulaId>> {
        let branches = self.schemas(at, keyword, scope)?;
        if branches.is_empty() {
            return self.malformed(at, &format!("{keyword} must have at least one schema"));
        }
        Ok(branches)
    }

    /// Any of several. Where it matters what is evaluated, each set of them that may hold together is an
    /// alternative, since it evaluates more than its parts.
    fn any_of(&mut self, branches: &[FormulaId], track: bool) -> Outcome<Shape> {
        if !track {
            let any = self.formulas.or(branches);
            return Ok((*self.shape(any, false)?).clone());
        }
        let mut all: Vec<Rc<Shape>> = Vec::new();
        for &branch in branches {
            let shape = self.shape(branch, true)?;
            let mut more = Vec::new();
            for before in &all {
                let both = self.conjunction(before, &shape)?;
                more.push(Rc::new(both));
            }
            all.push(shape);
            all.extend(more);
            // Alternatives of types for which nothing is evaluated are the same again and again.
            all = vec![Rc::new(self.union(&all, true)?)];
        }
        self.union(&all, true)
    }

    /// `dependentRequired`, `dependentSchemas` and, before 2019-09, `dependencies`.
    fn dependent(
        &mut self,
        schema: ValueId,
        scope: ScopeId,
        track: bool,
        mut shape: Shape,
    ) -> Outcome<Shape> {
        for keyword in ["dependentRequired", "dependentSchemas", "dependencies"] {
            let Some(at) = self.keyword(schema, keyword) else {
                continue;
            };
            for (name, value) in self.object_at(at, keyword)? {
                let listed = matches!(self.document.get(*value), Value::Array(_));
                let part =
                    if keyword == "dependentRequired" || (keyword == "dependencies" && listed) {
                        let names = self.texts_at(*value, keyword)?;
                        self.wanting(name, &names)
                    } else {
                        let formula = self.schema(*value, scope)?;
                        self.depending(name, formula, track)?
                    };
                shape = self.conjunction(&shape, &part)?;
            }
        }
        Ok(shape)
    }

    /// All values but objects that have `name` and lack one of `names`.
    fn wanting(&mut self, name: &str, names: &[&str]) -> Shape {
        let mut with = vec![self.presence(name, true)];
        self.require(names, &mut with);
        let without = vec![self.presence(name, false)];
        let objects = [without, with].map(|names| Members { names, ..Members::default() });
        Shape::objects(objects.into())
    }

    /// All values but objects that have `name` and do not satisfy the formula.
    fn depending(&mut self, name: &str, formula: FormulaId, track: bool) -> Outcome<Shape> {
        let [without, with] = [false, true].map(|there| {
            let names = vec![self.presence(name, there)];
            Shape::objects(vec![Members { names, ..Members::default() }])
        });
        let then = self.shape(formula, track)?;
        let objects = self.conjunction(&with, &then)?.objects;
        let mut all = Shape::any();
        all.objects = [without.objects, objects].concat();
        Ok(all)
    }

    fn presence(&mut self, name: &str, there: bool) -> Member {
        let value = if there { TRUE } else { FALSE };
        Member { name: self.names.intern(name), value, required: there, group: None }
    }
}
