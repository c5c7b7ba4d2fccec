//! What one schema allows: its assertions and the schemas it applies to the same value.

use std::rc::Rc;

use super::compiler::{Compiler, Outcome};
use super::draft::Draft;
use super::facts::{SeenItems, SeenNames, Shape};
use super::formula::{FALSE, Formula, FormulaId, TRUE};
use super::report::inert;
use super::resolve::{Miss, ScopeId, text_member};
use super::value::{Value, ValueId};
use crate::GrammarError;

impl Compiler<'_> {
    /// The formula of the schema at a place, met in a scope. Schemas that only refer to another one are that.
    pub(super) fn schema(&mut self, at: ValueId, scope: ScopeId) -> Outcome<FormulaId> {
        let (mut at, mut scope) = (at, self.resolver.enter(self.document, at, scope));
        for _ in 0..=self.document.len() {
            let entries = match self.document.get(at) {
                Value::Bool(true) => return Ok(TRUE),
                Value::Bool(false) => return Ok(FALSE),
                Value::Object(entries) => entries,
                _ => return self.malformed(at, "a schema must be an object or a boolean"),
            };
            let draft = self.resolver.draft(self.document, at);
            let mut active = entries.iter().filter(|(keyword, _)| inert(keyword, draft).is_none());
            match (active.next(), active.next()) {
                (None, _) => {
                    self.note(at);
                    return Ok(TRUE);
                }
                (Some((keyword, value)), None) if keyword == "$ref" => {
                    self.note(at);
                    let Some((target, inner)) = self.reference(at, *value, scope)? else {
                        return Ok(TRUE);
                    };
                    (at, scope) = (target, inner);
                }
                _ => return Ok(self.formulas.intern(Formula::Schema(at, scope))),
            }
        }
        let message = "the reference leads back to itself without consuming anything".to_owned();
        Err(GrammarError::Schema { message, place: self.document.pointer(at) }.into())
    }

    /// What a `$ref` leads to; nothing if it is refused.
    pub(super) fn reference(
        &mut self,
        schema: ValueId,
        at: ValueId,
        scope: ScopeId,
    ) -> Outcome<Option<(ValueId, ScopeId)>> {
        let reference = self.text_at(at, "$ref")?;
        let target = self.resolver.target(self.document, schema, reference);
        self.followed(at, "$ref", target, scope)
    }

    /// What a reference was found to lead to, entered.
    pub(super) fn followed(
        &mut self,
        at: ValueId,
        keyword: &str,
        target: Result<ValueId, Miss>,
        scope: ScopeId,
    ) -> Outcome<Option<(ValueId, ScopeId)>> {
        match target {
            Ok(target) => {
                let scope = self.resolver.enter(self.document, target, scope);
                Ok(Some((target, scope)))
            }
            Err(Miss::Remote(uri)) => {
                let reason = format!("{uri} is another document, and nothing is fetched");
                self.refuse(at, keyword, reason)?;
                Ok(None)
            }
            Err(Miss::Absent(place)) => {
                self.malformed(at, &format!("the reference leads to {place:?}, which there is not"))
            }
            Err(Miss::Malformed(reference)) => {
                self.malformed(at, &format!("{reference:?} is no reference"))
            }
        }
    }

    /// What the schema at a place allows.
    pub(super) fn expand(&mut self, at: ValueId, scope: ScopeId, track: bool) -> Outcome<Shape> {
        self.inside.push(at);
        let shape = self.expand_inside(at, scope, track);
        if shape.is_ok() {
            self.inside.pop();
        }
        shape
    }

    fn expand_inside(&mut self, at: ValueId, scope: ScopeId, track: bool) -> Outcome<Shape> {
        let draft = self.note(at);
        if draft <= Draft::Draft7
            && let Some(value) = self.document.member(at, "$ref")
        {
            return match self.reference(at, value, scope)? {
                Some((target, scope)) => self.applied(target, scope, track),
                None => Ok(Shape::any()),
            };
        }
        let wants = ["unevaluatedItems", "unevaluatedProperties"]
            .map(|keyword| draft >= Draft::Draft201909 && self.keyword(at, keyword).is_some());
        let inner = track || wants.contains(&true);
        let mut shape = self.assertions(at, scope, inner)?;
        shape = self.apply(at, scope, inner, shape)?;
        if wants[0] {
            shape = self.unevaluated_items(at, scope, shape)?;
        }
        if wants[1] {
            shape = self.unevaluated_properties(at, scope, shape)?;
        }
        if inner && !track {
            shape = forgotten(shape);
        }
        self.simplify(&mut shape, track);
        Ok(shape)
    }

    /// What the assertions of a schema leave, and its applicators to what is inside of arrays and objects.
    fn assertions(&mut self, at: ValueId, scope: ScopeId, track: bool) -> Outcome<Shape> {
        let mut shape = Shape::any();
        self.number_facts(at, &mut shape)?;
        self.string_facts(at, &mut shape)?;
        self.array_facts(at, scope, track, &mut shape)?;
        self.object_facts(at, scope, track, &mut shape)?;
        self.keep_types(at, &mut shape)?;
        let Some(listed) = self.listed(at)? else {
            return Ok(shape);
        };
        let left = self.conjunction(&listed, &shape)?;
        if left == Shape::default() {
            self.contradict(at, "no value that is listed satisfies the other keywords");
        }
        Ok(left)
    }

    /// What a schema that applies to the same value allows.
    pub(super) fn applied(&mut self, at: ValueId, scope: ScopeId, track: bool) -> Outcome<Shape> {
        let formula = self.schema(at, scope)?;
        Ok((*self.shape(formula, track)?).clone())
    }

    /// Enters the keywords of a schema into the report; the draft it is of.
    fn note(&mut self, at: ValueId) -> Draft {
        let draft = self.resolver.draft(self.document, at);
        let Value::Object(entries) = self.document.get(at) else {
            return draft;
        };
        let alone = draft <= Draft::Draft7 && self.document.member(at, "$ref").is_some();
        for (keyword, value) in entries {
            match inert(keyword, draft) {
                None if alone && keyword != "$ref" => {
                    let reason = "has no effect beside $ref before draft 2019-09";
                    self.findings.annotate(*value, reason);
                }
                None if self.findings.known(*value) => {}
                None => self.note_constraint(at, keyword, *value),
                Some("names the draft")
                    if text_member(self.document, at, keyword)
                        .and_then(Draft::of_metaschema)
                        .is_none() =>
                {
                    let reason = "names no draft that is known: read as the schema around it";
                    self.findings.annotate(*value, reason);
                }
                Some(reason) => self.findings.annotate(*value, reason),
            }
        }
        draft
    }

    /// A keyword that constrains, unless the one that it goes with is missing.
    fn note_constraint(&mut self, at: ValueId, keyword: &str, value: ValueId) {
        let partner = match keyword {
            "then" | "else" => "if",
            "minContains" | "maxContains" => "contains",
            _ => return self.findings.enforce(value),
        };
        if self.document.member(at, partner).is_some() {
            self.findings.enforce(value);
        } else {
            self.findings.annotate(value, format!("has no effect without {partner}"));
        }
    }
}

/// The shape without what is evaluated in its alternatives.
fn forgotten(mut shape: Shape) -> Shape {
    for items in &mut shape.arrays {
        Rc::make_mut(items).evaluated = SeenItems::default();
    }
    for members in &mut shape.objects {
        Rc::make_mut(members).evaluated = SeenNames::default();
    }
    shape
}
