//! Where the hunks of a file belong in a text that may have moved on.
//!
//! From the strictest means to the loosest: the very lines at the line that the patch names, the
//! very lines elsewhere, other white space, other indentation, less context, and at last context
//! with slips of the pen. Hunks keep their order. Whatever is not strict must have one place that
//! is clearly better than any other; otherwise the hunk is ambiguous, which is an error.

use std::ops::Range;

use crate::edits::{Edit, Style};
use crate::envelope;
use crate::error::PatchError;
use crate::find::find;
use crate::indent::Reindent;
use crate::keys::{Keys, Tolerance};
use crate::model::{FilePatch, Format, Kind, Line};
use crate::report;
use crate::search;
use crate::sides::Sides;

/// By what means a place was found, from the strictest to the loosest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Every old line is there, byte for byte.
    Exact,
    /// By the line number alone: the hunk has no old lines.
    Line,
    /// Lines differ in white space, but not in indentation.
    Whitespace,
    /// Lines are indented otherwise; added lines were indented like them.
    Indentation,
    /// Only a part of the context is there: at least the lines next to each change.
    Context,
    /// Lines next to a change differ by slips of the pen.
    Similarity,
}

impl Method {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Line => "line",
            Self::Whitespace => "whitespace",
            Self::Indentation => "indentation",
            Self::Context => "context",
            Self::Similarity => "similarity",
        }
    }
}

/// Where a hunk was placed, and by what means.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// Which hunk of the file, from 1.
    pub hunk: usize,
    /// Line of the text at which it was placed, from 1. Blocks are applied one after the other:
    /// there it is a line of the text that the blocks before left.
    pub line: u32,
    /// Lines between that and the line that the patch names; `None` where it names none.
    pub offset: Option<i64>,
    /// By what means.
    pub method: Method,
    /// Share of letters that agree in the lines that were compared, 1.0 but for `Similarity`.
    pub similarity: f64,
    /// How many of the context lines were found, and how many the hunk has.
    pub context: (usize, usize),
    /// Its change is there already, so that nothing was done.
    pub applied: bool,
}

/// A placement, with what it does to the text.
pub(crate) struct Placed<'p> {
    pub(crate) placement: Placement,
    pub(crate) edits: Vec<Edit<'p>>,
    /// Lines of the text that it stands on.
    pub(crate) span: Range<usize>,
}

/// What a search for a place came to.
pub(crate) enum Found<'p> {
    Nowhere,
    /// Fits at these lines equally well, counted from 0.
    Several(Vec<usize>),
    Here(Placed<'p>),
}

/// Place every hunk of a file, or none.
pub(crate) fn hunks<'p>(
    file: &'p FilePatch,
    keys: &Keys<'_>,
) -> Result<Vec<Placed<'p>>, PatchError> {
    let sides: Vec<Sides<'p>> = file.hunks.iter().map(Sides::new).collect();
    let mut placed: Vec<Option<Placed<'p>>> = exactly(&sides, keys);
    for index in 0..sides.len() {
        if placed[index].is_none() {
            let bounds = bounds(&placed, index, keys);
            let expected = expected(&sides[index], &placed, index);
            let found = match file.format {
                Format::Envelope => envelope::find(&sides[index], keys, &bounds),
                Format::Unified | Format::Blocks => find(&sides[index], keys, &bounds, expected),
            };
            let mut place = report::settle(found, file, index, &sides[index], keys, &bounds)?;
            place.placement.hunk = index + 1;
            placed[index] = Some(place);
        }
    }
    let mut placed: Vec<Placed<'p>> = placed.into_iter().flatten().collect();
    translate_all(&mut placed);
    Ok(placed)
}

/// Where one hunk has tabs for the spaces of the text, or spaces for its tabs, the patch was
/// converted as a whole: what another hunk adds is translated, too, even if the lines around it
/// are not indented far enough to show it.
fn translate_all(placed: &mut [Placed<'_>]) {
    let mut edits = placed.iter().flat_map(|place| &place.edits);
    let rule = edits.find_map(|edit| match &edit.style {
        Style::Indent(rule @ Reindent::Columns { .. }) => Some(rule.clone()),
        _ => None,
    });
    let Some(rule) = rule else { return };
    for edit in placed.iter_mut().flat_map(|place| &mut place.edits) {
        if matches!(edit.style, Style::AsIs | Style::Ending) {
            edit.style = Style::Indent(rule.clone());
        }
    }
}

/// Place one hunk by itself, without a line that it should be at.
pub(crate) fn one<'p>(
    file: &'p FilePatch,
    index: usize,
    keys: &Keys<'_>,
) -> Result<Placed<'p>, PatchError> {
    let side = Sides::new(&file.hunks[index]);
    let all = 0..keys.text.len();
    // Nothing to search for: the end of the text is meant.
    let expected = side.old.is_empty().then_some(all.end);
    let found = find(&side, keys, &all, expected);
    let mut place = report::settle(found, file, index, &side, keys, &all)?;
    place.placement.hunk = index + 1;
    Ok(place)
}

/// A first round: hunks that stand, byte for byte, where the patch and the hunks above say, or at
/// one place only. They bound the places of the others.
fn exactly<'p>(sides: &[Sides<'p>], keys: &Keys<'_>) -> Vec<Option<Placed<'p>>> {
    let mut placed: Vec<Option<Placed<'p>>> = Vec::new();
    for (index, side) in sides.iter().enumerate() {
        let bounds = bounds(&placed, index, keys);
        let place = expected(side, &placed, index)
            .filter(|_| !side.old.is_empty())
            .and_then(|at| exactly_one(side, keys, &bounds, at));
        placed.push(place.map(|mut place| {
            place.placement.hunk = index + 1;
            place
        }));
    }
    placed
}

/// A hunk in the first round: it stands where it should; or its change is there already; or it
/// stands at one other place.
fn exactly_one<'p>(
    side: &Sides<'p>,
    keys: &Keys<'_>,
    bounds: &Range<usize>,
    at: usize,
) -> Option<Placed<'p>> {
    let here = |lines: &[&Line], at: usize| {
        at >= bounds.start && search::stands(keys, lines, at, Tolerance::Exact)
    };
    if here(&side.old, at) {
        return Some(whole(side, at, Method::Exact, &Style::AsIs));
    }
    // The lines above may have been patched as well, or not.
    let patched = side.hunk.new_start.map_or(at, |start| (start as usize).saturating_sub(1));
    if side.adds()
        && let Some(at) = [at, patched].into_iter().find(|at| here(&side.new, *at))
    {
        return Some(done(side, at, Method::Exact));
    }
    let mut all = search::places(keys, &side.old, bounds, None, Tolerance::Exact).into_iter();
    let at = all.next().filter(|_| all.next().is_none())?;
    Some(whole(side, at, Method::Exact, &Style::AsIs))
}

/// Lines of the text between the hunks that are placed above and below.
fn bounds(placed: &[Option<Placed<'_>>], index: usize, keys: &Keys<'_>) -> Range<usize> {
    let above = placed[..index].iter().flatten().next_back();
    let below = placed.get(index + 1..).and_then(|rest| rest.iter().flatten().next());
    let start = above.map_or(0, |place| place.span.end);
    start..below.map_or(keys.text.len(), |place| place.span.start.max(start))
}

/// The line at which a hunk should stand: where the patch says, moved as far as its neighbours.
fn expected(side: &Sides<'_>, placed: &[Option<Placed<'_>>], index: usize) -> Option<usize> {
    let above = placed[..index].iter().flatten().next_back();
    let below = placed.get(index + 1..).and_then(|rest| rest.iter().flatten().next());
    let drift = above.or(below).and_then(|place| place.placement.offset).unwrap_or(0);
    let hint = i64::try_from(side.hint()?).ok()?;
    usize::try_from((hint + drift).max(0)).ok()
}

/// A hunk whose change is there already, at `at`.
pub(crate) fn done<'p>(side: &Sides<'p>, at: usize, method: Method) -> Placed<'p> {
    let mut place = whole(side, at, method, &Style::AsIs);
    place.edits.clear();
    place.span = at..at + side.new.len();
    place.placement.applied = true;
    place
}

/// A hunk whose old lines all stand from `at` on.
pub(crate) fn whole<'p>(side: &Sides<'p>, at: usize, method: Method, style: &Style) -> Placed<'p> {
    let edits = side.groups.iter().map(|group| Edit {
        lines: at + group.old.start..at + group.old.end,
        added: group.added.clone(),
        style: style.clone(),
    });
    let context = side.old.iter().filter(|line| line.kind == Kind::Context).count();
    Placed {
        placement: placement(side, at, method, (context, context)),
        edits: edits.collect(),
        span: at..at + side.old.len(),
    }
}

/// The report of a hunk that begins at `at`.
pub(crate) fn placement(
    side: &Sides<'_>,
    at: usize,
    method: Method,
    context: (usize, usize),
) -> Placement {
    let offset = side.hint().map(|hint| at.cast_signed() as i64 - hint.cast_signed() as i64);
    let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
    Placement { hunk: 0, line, offset, method, similarity: 1.0, context, applied: false }
}
