//! The means by which the place of one hunk is sought, one after the other.

use std::ops::Range;

use crate::edits::Style;
use crate::evidence;
use crate::keys::{Keys, Tolerance};
use crate::model::Line;
use crate::place::{Found, Method, done, whole};
use crate::search;
use crate::segments::{self, Slack};
use crate::sides::Sides;

/// Find the place of a hunk within `bounds`.
pub(crate) fn find<'p>(
    side: &Sides<'p>,
    keys: &Keys<'_>,
    bounds: &Range<usize>,
    expected: Option<usize>,
) -> Found<'p> {
    if side.old.is_empty() {
        return match expected.filter(|at| *at <= keys.text.len()) {
            Some(at) => {
                let numbered = side.hunk.old_start.is_some();
                let style = if numbered { Style::AsIs } else { Style::Ending };
                Found::Here(whole(side, at, Method::Line, &style))
            }
            None => Found::Nowhere,
        };
    }
    let attempts: [&dyn Fn() -> Found<'p>; 9] = [
        &|| if expected.is_none() { repeated(side, keys, bounds) } else { Found::Nowhere },
        &|| complete(side, keys, bounds, expected, Tolerance::Exact),
        &|| already(side, keys, bounds, expected, Tolerance::Exact),
        &|| complete(side, keys, bounds, expected, Tolerance::AtEnd),
        &|| already(side, keys, bounds, expected, Tolerance::AtEnd),
        &|| complete(side, keys, bounds, expected, Tolerance::Amount),
        &|| segments::find(side, keys, bounds, expected, Slack::Context),
        &|| segments::find(side, keys, bounds, expected, Slack::OneLine),
        &|| segments::find(side, keys, bounds, expected, Slack::Slips),
    ];
    for attempt in attempts {
        match attempt() {
            Found::Nowhere => {}
            found => return found,
        }
    }
    Found::Nowhere
}

/// The places at which all old lines stand.
fn complete<'p>(
    side: &Sides<'p>,
    keys: &Keys<'_>,
    bounds: &Range<usize>,
    expected: Option<usize>,
    tolerance: Tolerance,
) -> Found<'p> {
    let mut places = search::places(keys, &side.old, bounds, expected, tolerance);
    places.retain(|at| search::style(keys, &side.old, *at, tolerance).is_some());
    match evidence::choose(&places, expected, side, keys.text) {
        Ok(None) => Found::Nowhere,
        Err(places) => Found::Several(places),
        Ok(Some(at)) => {
            let style = search::style(keys, &side.old, at, tolerance).unwrap_or(Style::Ending);
            let method = match (tolerance, &style) {
                (Tolerance::Exact, _) => Method::Exact,
                (_, Style::Indent(_)) => Method::Indentation,
                _ => Method::Whitespace,
            };
            Found::Here(whole(side, at, method, &style))
        }
    }
}

/// The places at which the lines stand that the hunk would make. Without an added line among
/// them, that says little: lines that are next to each other may always have been.
fn already<'p>(
    side: &Sides<'p>,
    keys: &Keys<'_>,
    bounds: &Range<usize>,
    expected: Option<usize>,
    tolerance: Tolerance,
) -> Found<'p> {
    if side.groups.is_empty() || (!side.adds() && side.new.len() < evidence::ENOUGH_CONTEXT) {
        return Found::Nowhere;
    }
    let places = search::places(keys, &side.new, bounds, expected, tolerance);
    match evidence::choose(&places, expected, side, keys.text) {
        Ok(None) => Found::Nowhere,
        Err(places) => Found::Several(places),
        Ok(Some(at)) => {
            let method =
                if tolerance == Tolerance::Exact { Method::Exact } else { Method::Whitespace };
            Found::Here(done(side, at, method))
        }
    }
}

/// A hunk without a line that it should be at, whose lines stand at a place where those that it
/// would make stand, too: what it adds at its end is there already.
fn repeated<'p>(side: &Sides<'p>, keys: &Keys<'_>, bounds: &Range<usize>) -> Found<'p> {
    let one = |lines: &[&Line]| {
        let places = search::places(keys, lines, bounds, None, Tolerance::Exact);
        places.first().copied().filter(|_| places.len() == 1)
    };
    match (one(&side.old), one(&side.new)) {
        (Some(old), Some(new)) if side.adds() && (new..new + side.new.len()).contains(&old) => {
            Found::Here(done(side, new, Method::Exact))
        }
        _ => Found::Nowhere,
    }
}
