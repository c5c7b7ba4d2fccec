use serde::{Deserialize, Serialize};

/// Which metrics a measurement yields.
///
/// What can be read off the statements alone costs next to nothing beside parsing and is always
/// measured; expressions and tokens are visited only where a metric needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Selection {
    /// Visit expressions: radon's complexity, cognitive complexity, Halstead.
    pub expressions: bool,
    /// Visit tokens: raw line counts. With expressions, the maintainability index.
    pub tokens: bool,
}

/// Every metric by name, and the selection that it needs.
const NAMES: [(&str, Selection); 10] = [
    ("cyclomatic", Selection::STATEMENTS),
    ("mccabe", Selection::STATEMENTS),
    ("radon_cc", Selection { expressions: true, tokens: false }),
    ("cognitive", Selection { expressions: true, tokens: false }),
    ("halstead", Selection { expressions: true, tokens: false }),
    ("maintainability_index", Selection::ALL),
    ("raw", Selection { expressions: false, tokens: true }),
    ("nesting", Selection::STATEMENTS),
    ("arguments", Selection::STATEMENTS),
    ("imports", Selection::STATEMENTS),
];

impl Selection {
    /// What the statements alone tell.
    pub const STATEMENTS: Self = Self { expressions: false, tokens: false };

    /// Every metric.
    pub const ALL: Self = Self { expressions: true, tokens: true };

    /// The names of all metrics.
    pub fn names() -> impl ExactSizeIterator<Item = &'static str> {
        NAMES.iter().map(|&(name, _)| name)
    }

    /// The least selection that yields every metric of `names`; the first unknown name otherwise.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, &'a str> {
        let mut all = Self::STATEMENTS;
        for name in names {
            let (_, needed) = NAMES.iter().find(|(known, _)| *known == name).ok_or(name)?;
            all.expressions |= needed.expressions;
            all.tokens |= needed.tokens;
        }
        Ok(all)
    }

    /// Whether `other` yields all that this one does.
    pub fn is_in(self, other: Self) -> bool {
        self.expressions <= other.expressions && self.tokens <= other.tokens
    }

    /// Whether the maintainability index can be computed.
    pub fn maintainability(self) -> bool {
        self.expressions && self.tokens
    }
}
