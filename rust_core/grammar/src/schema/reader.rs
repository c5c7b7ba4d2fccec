//! The values of keywords, read as what they have to be.

use super::compiler::{Compiler, Outcome};
use super::report::inert;
use super::value::{Value, ValueId};
use crate::GrammarError;
use crate::number::Decimal;

impl<'a> Compiler<'a> {
    /// The value of a keyword of a schema, if the schema's draft has it and it is not skipped.
    pub(super) fn keyword(&self, schema: ValueId, keyword: &str) -> Option<ValueId> {
        let at = self.document.member(schema, keyword)?;
        let draft = self.resolver.draft(self.document, schema);
        (inert(keyword, draft).is_none() && !self.findings.refused(at)).then_some(at)
    }

    /// An error about a keyword that is not what it has to be.
    pub(super) fn malformed<T>(&self, at: ValueId, must: &str) -> Outcome<T> {
        let place = self.document.pointer(at);
        Err(GrammarError::Schema { message: must.to_owned(), place }.into())
    }

    pub(super) fn number_at(&self, at: ValueId, keyword: &str) -> Outcome<&'a Decimal> {
        match self.document.get(at) {
            Value::Number(number) => Ok(number),
            _ => self.malformed(at, &format!("{keyword} must be a number")),
        }
    }

    pub(super) fn text_at(&self, at: ValueId, keyword: &str) -> Outcome<&'a str> {
        match self.document.get(at) {
            Value::String(text) => Ok(text),
            _ => self.malformed(at, &format!("{keyword} must be a string")),
        }
    }

    pub(super) fn array_at(&self, at: ValueId, keyword: &str) -> Outcome<&'a [ValueId]> {
        match self.document.get(at) {
            Value::Array(items) => Ok(items),
            _ => self.malformed(at, &format!("{keyword} must be an array")),
        }
    }

    pub(super) fn object_at(&self, at: ValueId, keyword: &str) -> Outcome<&'a [(String, ValueId)]> {
        match self.document.get(at) {
            Value::Object(entries) => Ok(entries),
            _ => self.malformed(at, &format!("{keyword} must be an object")),
        }
    }

    /// A list of texts, such as that of `required`.
    pub(super) fn texts_at(&self, at: ValueId, keyword: &str) -> Outcome<Vec<&'a str>> {
        let items = self.array_at(at, keyword)?;
        items.iter().map(|&item| self.text_at(item, &format!("each of {keyword}"))).collect()
    }

    /// A count; what is beyond `u32` is as good as its greatest value.
    pub(super) fn count(&mut self, schema: ValueId, keyword: &str) -> Outcome<Option<u32>> {
        let Some(at) = self.keyword(schema, keyword) else {
            return Ok(None);
        };
        let number = self.number_at(at, keyword)?;
        if number.negative || !number.is_integer() {
            return self.malformed(at, &format!("{keyword} must be a whole number from 0 on"));
        }
        Ok(Some(saturated(number)))
    }

    /// Like [`Self::count`] for a bound above, where what is beyond `u32` is none.
    pub(super) fn most(&mut self, schema: ValueId, keyword: &str) -> Outcome<Option<u32>> {
        Ok(self.count(schema, keyword)?.filter(|&most| most < u32::MAX))
    }
}

fn saturated(number: &Decimal) -> u32 {
    let zeros = usize::try_from(number.exponent).unwrap_or_default().min(16);
    let digits = number.digits.iter().copied().chain(std::iter::repeat_n(0, zeros));
    digits.fold(0_u32, |value, digit| value.saturating_mul(10).saturating_add(u32::from(digit)))
}
