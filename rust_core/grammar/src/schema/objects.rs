//! Keywords about objects (core, section 10.3.2; validation, section 6.5).

use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::compiler::{Compiler, Outcome};
use super::facts::{Member, Members, NameId, NameSet, NameWords, Rule, SeenNames, Shape, TextId};
use super::formula::{FALSE, FormulaId, TRUE};
use super::resolve::ScopeId;
use super::value::ValueId;
use crate::text::{Atom, TextSet, TextSpec};

impl Compiler<'_> {
    /// What the keywords about objects leave of them.
    pub(super) fn object_facts(
        &mut self,
        schema: ValueId,
        scope: ScopeId,
        track: bool,
        shape: &mut Shape,
    ) -> Outcome<()> {
        let mut members = Members {
            min: self.count(schema, "minProperties")?.unwrap_or_default(),
            max: self.most(schema, "maxProperties")?,
            ..Members::default()
        };
        self.properties(schema, scope, &mut members)?;
        let mut seen = SeenNames {
            all: false,
            names: members.names.iter().map(|member| member.name).collect(),
            patterns: self.pattern_properties(schema, scope, &mut members)?,
        };
        seen.names.sort_unstable();
        seen.patterns.sort_unstable();
        seen.patterns.dedup();
        if let Some(at) = self.keyword(schema, "additionalProperties") {
            let then = self.schema(at, scope)?;
            let when = self.unseen(&seen);
            members.rules.push(Rule { when, then });
            seen.all = true;
        }
        self.property_names(schema, scope, &mut members)?;
        self.required(schema, &mut members)?;
        members.rules.retain(|rule| rule.then != TRUE);
        members.rules = self.rules_and(&members.rules, &[]);
        if track {
            members.evaluated = seen;
        }
        if members != Members::default() {
            shape.objects = match members.max {
                Some(max) if members.min > max => {
                    let reason =
                        format!("minProperties {} is above maxProperties {max}", members.min);
                    self.contradict(schema, reason);
                    Vec::new()
                }
                _ => vec![Rc::new(members)],
            };
        }
        Ok(())
    }

    fn properties(
        &mut self,
        schema: ValueId,
        scope: ScopeId,
        members: &mut Members,
    ) -> Outcome<()> {
        let Some(at) = self.keyword(schema, "properties") else {
            return Ok(());
        };
        let listed = self.object_at(at, "properties")?;
        members.names.reserve(listed.len());
        for (name, value) in listed {
            let value = self.schema(*value, scope)?;
            let name = self.names.intern(name.as_str());
            members.names.push(Member { name, value, required: false, group: Some(at) });
        }
        Ok(())
    }

    fn required(&mut self, schema: ValueId, members: &mut Members) -> Outcome<()> {
        let Some(at) = self.keyword(schema, "required") else {
            return Ok(());
        };
        let names = self.texts_at(at, "required")?;
        self.require(&names, &mut members.names);
        Ok(())
    }

    /// Makes names required; those of which nothing is known are entered.
    pub(super) fn require(&mut self, names: &[&str], members: &mut Vec<Member>) {
        let mut places: FxHashMap<NameId, usize> =
            members.iter().enumerate().map(|(at, member)| (member.name, at)).collect();
        for name in names {
            let name = self.names.intern(*name);
            let at = *places.entry(name).or_insert_with(|| {
                members.push(Member { name, value: TRUE, required: true, group: None });
                members.len() - 1
            });
            members[at].required = true;
        }
    }

    /// Enters a rule per pattern; the sets of names that the patterns find.
    fn pattern_properties(
        &mut self,
        schema: ValueId,
        scope: ScopeId,
        members: &mut Members,
    ) -> Outcome<Vec<TextId>> {
        let Some(at) = self.keyword(schema, "patternProperties") else {
            return Ok(Vec::new());
        };
        // Patterns behind which the same stands are one, since other names are told apart by few.
        let listed = self.object_at(at, "patternProperties")?;
        let mut alike: IndexMap<_, (FormulaId, Vec<&str>), FxBuildHasher> = IndexMap::default();
        for (pattern, value) in listed {
            if self.pattern(*value, "patternProperties", pattern)?.is_some() {
                let then = self.schema(*value, scope)?;
                let shape = if listed.len() > 1 { self.probe(then)? } else { None };
                let key = shape.ok_or(then);
                alike.entry(key).or_insert((then, Vec::new())).1.push(pattern);
            }
        }
        let mut texts = Vec::new();
        for (then, patterns) in alike.into_values() {
            let any = match patterns.as_slice() {
                [only] => (*only).to_owned(),
                _ => format!("(?:{})", patterns.join(")|(?:")),
            };
            let text = self.text_of(Atom { set: TextSet::Pattern(any), negated: false });
            let when = self.names_in(NameWords::Except(Vec::new()), vec![(text, false)]);
            members.rules.push(Rule { when, then });
            texts.push(text);
        }
        Ok(texts)
    }

    fn text_of(&mut self, atom: Atom) -> TextId {
        self.texts.intern(Rc::new(TextSpec { atoms: vec![atom], min: 0, max: None }))
    }

    /// A set of names, interned.
    pub(super) fn names_in(&mut self, words: NameWords, atoms: Vec<(TextId, bool)>) -> u32 {
        self.sets.intern(Rc::new(NameSet { words, atoms }))
    }

    /// The names that are not evaluated.
    fn unseen(&mut self, seen: &SeenNames) -> u32 {
        let atoms = seen.patterns.iter().map(|&pattern| (pattern, true)).collect();
        self.names_in(NameWords::Except(seen.names.clone()), atoms)
    }

    /// `propertyNames`: a name that its schema does not allow as a string has no value.
    fn property_names(
        &mut self,
        schema: ValueId,
        scope: ScopeId,
        members: &mut Members,
    ) -> Outcome<()> {
        let Some(at) = self.keyword(schema, "propertyNames") else {
            return Ok(());
        };
        let formula = self.schema(at, scope)?;
        let Some(allowed) = self.probe(formula)? else {
            // Met again where it is no probe, what is wrong with it is the error.
            let reason = "it leads back to the schema that it stands in".to_owned();
            return self.refuse(at, "propertyNames", reason);
        };
        let when = self.names_outside(&allowed.strings);
        members.rules.extend(when.map(|when| Rule { when, then: FALSE }));
        Ok(())
    }

    /// The names that are in none of these sets of texts; nothing if that is no name.
    fn names_outside(&mut self, texts: &[TextId]) -> Option<u32> {
        let mut words = Vec::new();
        let mut atoms = Vec::new();
        for &text in texts {
            let spec = self.texts.get(text);
            if text == 0 {
                return None;
            } else if let Some(listed) = super::texts::words(&spec) {
                words.extend(listed.iter().map(|word| self.names.intern(word.as_str())));
            } else if let (Some(listed), 1) = (excluded(&spec), texts.len()) {
                let mut only: Vec<NameId> =
                    listed.iter().map(|word| self.names.intern(word.as_str())).collect();
                only.sort_unstable();
                return Some(self.names_in(NameWords::Only(only), Vec::new()));
            } else {
                atoms.push((text, true));
            }
        }
        words.sort_unstable();
        words.dedup();
        Some(self.names_in(NameWords::Except(words), atoms))
    }

    /// Applies `unevaluatedProperties` to each alternative (core, section 11.3).
    pub(super) fn unevaluated_properties(
        &mut self,
        schema: ValueId,
        scope: ScopeId,
        mut shape: Shape,
    ) -> Outcome<Shape> {
        let Some(at) = self.keyword(schema, "unevaluatedProperties") else {
            return Ok(shape);
        };
        let then = self.schema(at, scope)?;
        let alternatives = std::mem::take(&mut shape.objects);
        for members in alternatives {
            let mut known = Members::default();
            if !members.evaluated.all && then != TRUE {
                known.rules.push(Rule { when: self.unseen(&members.evaluated), then });
            }
            known.evaluated.all = true;
            shape.objects.extend(self.members_and(&members, &Rc::new(known))?);
        }
        Ok(shape)
    }
}

/// The listing that a specification excludes, if that is all it says.
fn excluded(spec: &TextSpec) -> Option<&[String]> {
    match spec.atoms.as_slice() {
        [Atom { set: TextSet::Words(words), negated: true }]
            if spec.min == 0 && spec.max.is_none() =>
        {
            Some(words)
        }
        _ => None,
    }
}
