//! The maintainability index, in the two forms that people quote.

use crate::{Halstead, RawCounts};

/// radon's index (`radon.metrics.mi_visit` with `multi=True`), from 0 to 100.
///
/// The logarithm is of the logical lines, and strings that stand alone count as comments.
pub(crate) fn radon(halstead: &Halstead, complexity: u32, raw: &RawCounts) -> f64 {
    let volume = halstead.volume();
    if volume <= 0.0 || raw.lloc == 0 {
        return 100.0;
    }
    let comments = match raw.sloc {
        0 => 0.0,
        sloc => f64::from(raw.comments + raw.multi) / f64::from(sloc) * 100.0,
    };
    let index =
        171.0 - 5.2 * volume.ln() - 0.23 * f64::from(complexity) - 16.2 * f64::from(raw.lloc).ln()
            + 50.0 * (2.46 * (comments * (std::f64::consts::PI / 180.0))).sqrt().sin();
    (index * 100.0 / 171.0).clamp(0.0, 100.0)
}

/// Visual Studio's index, from 0 to 100: the same without comments, and with source lines.
///
/// Microsoft, "Code metrics: maintainability index range and meaning".
pub(crate) fn visual_studio(halstead: &Halstead, complexity: u32, raw: &RawCounts) -> f64 {
    let volume = halstead.volume();
    if volume <= 0.0 || raw.sloc == 0 {
        return 100.0;
    }
    let index =
        171.0 - 5.2 * volume.ln() - 0.23 * f64::from(complexity) - 16.2 * f64::from(raw.sloc).ln();
    (index * 100.0 / 171.0).clamp(0.0, 100.0)
}
