use serde::{Deserialize, Serialize};

/// Halstead's counts, and the measures derived from them.
///
/// Operators are those of binary, unary, boolean, augmented-assignment and comparison nodes, and
/// operands the nodes beside them, as radon counts them (`radon.visitors.HalsteadVisitor`).
/// M. H. Halstead, *Elements of Software Science*, 1977.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halstead {
    /// Distinct operators, η₁.
    pub distinct_operators: u32,
    /// Distinct operands, η₂.
    pub distinct_operands: u32,
    /// All operators, N₁.
    pub operators: u32,
    /// All operands, N₂.
    pub operands: u32,
}

/// Counts are far below 2⁵³.
fn log2(count: u32) -> f64 {
    // As Python's `math.log(count, 2)` does it, so that the results agree to the last bit.
    f64::from(count).ln() / 2_f64.ln()
}

impl Halstead {
    /// η = η₁ + η₂.
    pub fn vocabulary(&self) -> u32 {
        self.distinct_operators + self.distinct_operands
    }

    /// N = N₁ + N₂.
    pub fn length(&self) -> u32 {
        self.operators + self.operands
    }

    /// η₁ log₂ η₁ + η₂ log₂ η₂; 0 where there are no operators or no operands.
    pub fn calculated_length(&self) -> f64 {
        if self.distinct_operators == 0 || self.distinct_operands == 0 {
            return 0.0;
        }
        f64::from(self.distinct_operators) * log2(self.distinct_operators)
            + f64::from(self.distinct_operands) * log2(self.distinct_operands)
    }

    /// V = N log₂ η; 0 for an empty vocabulary.
    pub fn volume(&self) -> f64 {
        match self.vocabulary() {
            0 => 0.0,
            vocabulary => f64::from(self.length()) * log2(vocabulary),
        }
    }

    /// D = (η₁ / 2) (N₂ / η₂); 0 where there are no operands.
    pub fn difficulty(&self) -> f64 {
        match self.distinct_operands {
            0 => 0.0,
            distinct => {
                f64::from(self.distinct_operators) * f64::from(self.operands)
                    / (2.0 * f64::from(distinct))
            }
        }
    }

    /// E = D V.
    pub fn effort(&self) -> f64 {
        self.difficulty() * self.volume()
    }

    /// Seconds to write the code: E / 18.
    pub fn time(&self) -> f64 {
        self.effort() / 18.0
    }

    /// Delivered bugs: V / 3000.
    pub fn bugs(&self) -> f64 {
        self.volume() / 3000.0
    }
}
