//! How well a change reads where it stands: git's indent heuristic.
//!
//! The measures and weights are those that Michael Haggerty fitted to changes rated by people
//! (github.com/mhagger/diff-slider-tools, 2016) and that git uses since 2.14.

use crate::slide::Side;

const START_OF_FILE: i32 = 1;
const END_OF_FILE: i32 = 21;
const TOTAL_BLANK: i32 = -30;
const POST_BLANK: i32 = 6;
const INDENT: i32 = -4;
const INDENT_WITH_BLANK: i32 = 10;
const OUTDENT: i32 = 24;
const OUTDENT_WITH_BLANK: i32 = 17;
const DEDENT: i32 = 23;
const DEDENT_WITH_BLANK: i32 = 17;
const INDENT_WEIGHT: i32 = 60;
const MOST_INDENT: i32 = 200;
const MOST_BLANKS: i32 = 20;
const TAB: i32 = 8;

/// The penalty of a change; less is better.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    indent: i32,
    penalty: i32,
}

impl Score {
    /// Whether this is at least as good as another.
    pub(crate) fn is_no_worse_than(self, other: Self) -> bool {
        INDENT_WEIGHT * (self.indent - other.indent).signum() + self.penalty - other.penalty <= 0
    }

    /// Add what it costs to begin or end a change before a line of `side`.
    pub(crate) fn add(&mut self, side: &mut Side<'_>, line: i64) {
        let here = side.line(line).map(indent);
        let (pre_blank, before) = nearest(|step| side.line(line - step));
        let (blank_after, after) = nearest(|step| side.line(line + step));
        let is_blank = here.is_none_or(|here| here.is_none());
        let indent = here.flatten().or(after);
        let post_blank = if is_blank { 1 + blank_after } else { 0 };
        let blanks = pre_blank + post_blank;
        if before.is_none() && pre_blank == 0 {
            self.penalty += START_OF_FILE;
        }
        if here.is_none() {
            self.penalty += END_OF_FILE;
        }
        self.penalty += TOTAL_BLANK * blanks + POST_BLANK * post_blank;
        self.indent += indent.unwrap_or(-1);
        if let (Some(indent), Some(before)) = (indent, before) {
            self.penalty += step(before, indent, after, blanks > 0);
        }
    }
}

/// What a step of the indentation costs.
fn step(before: i32, here: i32, after: Option<i32>, blanks: bool) -> i32 {
    let (bare, with_blank) = if here > before {
        (INDENT, INDENT_WITH_BLANK)
    } else if here == before {
        (0, 0)
    } else if after.is_some_and(|after| after > here) {
        (OUTDENT, OUTDENT_WITH_BLANK)
    } else {
        (DEDENT, DEDENT_WITH_BLANK)
    };
    if blanks { with_blank } else { bare }
}

/// How many blank lines come first in one direction, and the indentation of the line after them.
fn nearest<'a>(mut line: impl FnMut(i64) -> Option<&'a [u8]>) -> (i32, Option<i32>) {
    let mut blanks = 0;
    while let Some(text) = line(i64::from(blanks) + 1) {
        if let Some(indent) = indent(text) {
            return (blanks, Some(indent));
        }
        blanks += 1;
        if blanks == MOST_BLANKS {
            return (blanks, Some(0));
        }
    }
    (blanks, None)
}

/// The column of the first byte that is no blank; `None` for a blank line.
fn indent(line: &[u8]) -> Option<i32> {
    let mut column = 0;
    for byte in line {
        match byte {
            b' ' => column += 1,
            b'\t' => column += TAB - column % TAB,
            byte if byte.is_ascii_whitespace() => {}
            _ => return Some(column),
        }
        if column >= MOST_INDENT {
            return Some(MOST_INDENT);
        }
    }
    None
}
