//! `type`, `enum`, `const`, and the assertions about numbers and strings (validation, sections 6.1 to 6.3 and 7).

use std::rc::Rc;

use super::compiler::{Compiler, Outcome};
use super::conj::nothing_between;
use super::facts::{Items, Member, Members, NameSet, NameWords, Rule, Shape};
use super::formula::{FALSE, Formula};
use super::value::{Value, ValueId};
use crate::GrammarError;
use crate::number::{Bound, Decimal, Multiple, NumberSpec};
use crate::text::{Atom, TextSet, TextSpec};

/// Formats of JSON Schema (validation, section 7.3) that constrain in ways beyond regular languages, or beyond
/// tables of Unicode that may be carried along.
const FORMATS_BEYOND: [&str; 2] = ["idn-hostname", "regex"];

impl Compiler<'_> {
    /// Leaves the types that `type` lists.
    pub(super) fn keep_types(&mut self, schema: ValueId, shape: &mut Shape) -> Outcome<()> {
        let Some(at) = self.keyword(schema, "type") else {
            return Ok(());
        };
        let listed = match self.document.get(at) {
            Value::String(name) => vec![name.as_str()],
            Value::Array(_) => self.texts_at(at, "type")?,
            _ => return self.malformed(at, "type must be a string or an array of strings"),
        };
        let known = ["null", "boolean", "number", "integer", "string", "array", "object", "any"];
        if let Some(name) = listed.iter().find(|name| !known.contains(name)) {
            return self.malformed(at, &format!("{name:?} is no type of JSON Schema"));
        }
        let has = |name: &str| listed.contains(&name) || listed.contains(&"any");
        shape.null &= has("null");
        shape.yes &= has("boolean");
        shape.no &= has("boolean");
        if !has("string") {
            shape.strings.clear();
        }
        if !has("array") {
            shape.arrays.clear();
        }
        if !has("object") {
            shape.objects.clear();
        }
        if has("number") {
            return Ok(());
        }
        if !has("integer") {
            shape.numbers.clear();
        } else if !shape.numbers.is_empty() {
            let whole = Multiple { of: Decimal::from(1), negated: false };
            let whole = NumberSpec { multiples: vec![whole], ..NumberSpec::default() };
            let whole = self.numbers.intern(Rc::new(whole));
            let numbers = std::mem::take(&mut shape.numbers);
            for number in numbers {
                shape.numbers.extend(self.number_and(&number, &whole)?);
            }
        }
        Ok(())
    }

    /// What `enum` and `const` list; nothing if neither is there.
    pub(super) fn listed(&mut self, schema: ValueId) -> Outcome<Option<Shape>> {
        let mut listed = None;
        if let Some(at) = self.keyword(schema, "enum") {
            let values = self.array_at(at, "enum")?;
            listed = Some(self.any_of_values(values)?);
        }
        if let Some(at) = self.keyword(schema, "const") {
            let only = self.equal(at);
            listed = Some(match listed {
                Some(listed) => self.conjunction(&listed, &only)?,
                None => only,
            });
        }
        Ok(listed)
    }

    /// The values equal to one of several: scalars at once, since such lists may be long.
    fn any_of_values(&mut self, values: &[ValueId]) -> Outcome<Shape> {
        let mut all = Shape::default();
        let (mut words, mut numbers) = (Vec::new(), Vec::new());
        for &at in values {
            match self.document.get(at) {
                Value::Null => all.null = true,
                Value::Bool(true) => all.yes = true,
                Value::Bool(false) => all.no = true,
                Value::Number(number) => numbers.push(number.clone()),
                Value::String(text) => words.push(text.clone()),
                Value::Array(_) => all.arrays.extend(self.equal(at).arrays),
                Value::Object(_) => all.objects.extend(self.equal(at).objects),
            }
        }
        if !words.is_empty() {
            all.strings.push(self.texts.intern(Rc::new(super::texts::of_words(words))));
        }
        if !numbers.is_empty() {
            all.numbers.push(self.listed_numbers(numbers));
        }
        self.simplify(&mut all, false);
        self.bounded(all.len())?;
        Ok(all)
    }

    /// The values equal to the one at a place, arrays and objects taken apart.
    pub(super) fn equal(&mut self, at: ValueId) -> Shape {
        let none = Shape::default();
        match self.document.get(at) {
            Value::Null => Shape { null: true, ..none },
            Value::Bool(true) => Shape { yes: true, ..none },
            Value::Bool(false) => Shape { no: true, ..none },
            Value::Number(number) => {
                Shape { numbers: vec![self.listed_numbers(vec![number.clone()])], ..none }
            }
            Value::String(text) => {
                let spec = super::texts::of_words(vec![text.clone()]);
                Shape { strings: vec![self.texts.intern(Rc::new(spec))], ..none }
            }
            Value::Array(items) => {
                let length = u32::try_from(items.len()).unwrap_or(u32::MAX);
                let prefix =
                    items.iter().map(|&item| self.formulas.intern(Formula::Equal(item))).collect();
                let items = Items {
                    prefix,
                    rest: FALSE,
                    min: length,
                    max: Some(length),
                    ..Items::default()
                };
                Shape { arrays: vec![Rc::new(items)], ..none }
            }
            Value::Object(entries) => {
                Shape { objects: vec![Rc::new(self.equal_object(at, entries))], ..none }
            }
        }
    }

    fn equal_object(&mut self, at: ValueId, entries: &[(String, ValueId)]) -> Members {
        let names: Vec<Member> = entries
            .iter()
            .map(|(name, value)| Member {
                name: self.names.intern(name.as_str()),
                value: self.formulas.intern(Formula::Equal(*value)),
                required: true,
                group: Some(at),
            })
            .collect();
        let mut words: Vec<_> = names.iter().map(|member| member.name).collect();
        words.sort_unstable();
        let others = NameSet { words: NameWords::Except(words), atoms: Vec::new() };
        let when = self.sets.intern(Rc::new(others));
        Members { names, rules: vec![Rule { when, then: FALSE }], ..Members::default() }
    }

    /// What the assertions about numbers leave; nothing if they contradict each other.
    pub(super) fn number_facts(&mut self, schema: ValueId, shape: &mut Shape) -> Outcome<()> {
        let mut spec = NumberSpec::default();
        let low = self.bounds(schema, "minimum", "exclusiveMinimum")?;
        let high = self.bounds(schema, "maximum", "exclusiveMaximum")?;
        for bound in low {
            spec = spec.and(&NumberSpec { low: Some(bound), ..NumberSpec::default() });
        }
        for bound in high {
            spec = spec.and(&NumberSpec { high: Some(bound), ..NumberSpec::default() });
        }
        if let Some(at) = self.keyword(schema, "multipleOf") {
            let of = self.number_at(at, "multipleOf")?.clone();
            if of.negative || of.is_zero() {
                return self.malformed(at, "multipleOf must be above zero");
            }
            spec.multiples.push(Multiple { of, negated: false });
        }
        if nothing_between(&spec) {
            shape.numbers.clear();
            let bounds = |bound: Option<Bound>| bound.map(|bound| bound.value.to_string());
            let (low, high) = (bounds(spec.low), bounds(spec.high));
            if let (Some(low), Some(high)) = (low, high) {
                self.contradict(schema, format!("no number is above {low} and below {high}"));
            }
        } else if spec != NumberSpec::default() {
            shape.numbers = vec![self.numbers.intern(Rc::new(spec))];
        }
        Ok(())
    }

    /// A bound and its exclusive form, which draft 4 writes as a boolean beside it.
    fn bounds(&mut self, schema: ValueId, inclusive: &str, exclusive: &str) -> Outcome<Vec<Bound>> {
        let mut found = Vec::new();
        let mut open = false;
        if let Some(at) = self.keyword(schema, exclusive) {
            match self.document.get(at) {
                Value::Bool(value) => open = *value,
                _ => found.push(Bound {
                    value: self.number_at(at, exclusive)?.clone(),
                    inclusive: false,
                }),
            }
        }
        if let Some(at) = self.keyword(schema, inclusive) {
            let value = self.number_at(at, inclusive)?.clone();
            found.push(Bound { value, inclusive: !open });
        }
        Ok(found)
    }

    /// What the assertions about strings leave.
    pub(super) fn string_facts(&mut self, schema: ValueId, shape: &mut Shape) -> Outcome<()> {
        let mut spec = TextSpec {
            atoms: Vec::new(),
            min: self.count(schema, "minLength")?.unwrap_or_default(),
            max: self.most(schema, "maxLength")?,
        };
        if let Some(at) = self.keyword(schema, "pattern") {
            let pattern = self.text_at(at, "pattern")?;
            spec.atoms.extend(self.pattern(at, "pattern", pattern)?);
        }
        if let Some(at) = self.keyword(schema, "format") {
            let format = self.text_at(at, "format")?;
            spec.atoms.extend(self.format(at, format)?);
        }
        if let Some(max) = spec.max.filter(|&max| spec.min > max) {
            shape.strings.clear();
            self.contradict(schema, format!("minLength {} is above maxLength {max}", spec.min));
        } else if spec != TextSpec::default() {
            let spec = super::texts::settle(spec, self.limits)?;
            shape.strings = spec.map(|spec| self.texts.intern(Rc::new(spec))).into_iter().collect();
        }
        Ok(())
    }

    /// A pattern that can be followed; otherwise it is refused.
    pub(super) fn pattern(
        &mut self,
        at: ValueId,
        keyword: &str,
        pattern: &str,
    ) -> Outcome<Option<Atom>> {
        let set = TextSet::Pattern(pattern.to_owned());
        match crate::text::check(&set, self.limits) {
            Ok(()) => Ok(Some(Atom { set, negated: false })),
            Err(error @ GrammarError::Pattern { .. }) if self.options.lenient => {
                self.refuse(at, keyword, error.to_string())?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A format that is enforced. Of the formats of JSON Schema that no automaton follows it is said that they
    /// are refused; any other name describes.
    fn format(&mut self, at: ValueId, format: &str) -> Outcome<Option<Atom>> {
        if !self.options.formats {
            self.findings.annotate(at, "formats are not enforced by choice");
        } else if crate::text::format_names().contains(&format) {
            let set = TextSet::Format(format.to_owned());
            return Ok(Some(Atom { set, negated: false }));
        } else if FORMATS_BEYOND.contains(&format) {
            let reason = format!("no automaton can tell which texts are of the format {format:?}");
            self.refuse(at, "format", reason)?;
        } else {
            self.findings.annotate(at, "the format describes the value; no text is excluded by it");
        }
        Ok(None)
    }
}
