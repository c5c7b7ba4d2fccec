//! Applying the change of one file to a text.

use pyagent_diff::merge::MergeOptions;

use crate::binary;
use crate::edits;
use crate::error::PatchError;
use crate::keys::Keys;
use crate::model::{Binary, FilePatch, Format, Operation, Patch};
use crate::place::{self, Placed, Placement};
use crate::reverse;
use crate::text::Text;

/// How a patch is applied.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Take the change back.
    pub reverse: bool,
    /// The text that the patch was made for, if it is at hand: the patch is applied to it, and
    /// the result merged with the text, so that nothing has to be searched for.
    pub base: Option<&'a [u8]>,
}

/// A text with a patch applied, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The text after the change.
    pub text: Vec<u8>,
    /// One entry for each hunk, in the order of the patch.
    pub placements: Vec<Placement>,
    /// The whole change was there already, so that the text is as it was.
    pub already: bool,
}

/// Apply what a patch does to the file `name`, or to its only file, to a text.
///
/// A patch may change a file more than once, as a series of commits does; then it is applied in
/// order. A patch of no files, such as the difference of equal texts, changes nothing.
pub fn apply(
    patch: &Patch,
    text: &[u8],
    name: Option<&[u8]>,
    options: &Options<'_>,
) -> Result<Applied, PatchError> {
    let mut all = Applied { text: text.to_vec(), placements: Vec::new(), already: false };
    let files = patch.select(name)?;
    let ordered: Vec<&FilePatch> =
        if options.reverse { files.into_iter().rev().collect() } else { files };
    for (index, file) in ordered.into_iter().enumerate() {
        let applied = place(file, &all.text, options)?;
        all.already = applied.already && (index == 0 || all.already);
        all.text = applied.text;
        all.placements.extend(applied.placements);
    }
    Ok(all)
}

/// Apply all hunks of a file, or none.
pub fn place(file: &FilePatch, text: &[u8], options: &Options<'_>) -> Result<Applied, PatchError> {
    if let Some(base) = options.base {
        return merge(file, text, base, options);
    }
    let reversed;
    let file = if options.reverse {
        reversed = reverse::file(file)?;
        &reversed
    } else {
        file
    };
    let applied = match &file.binary {
        Some(change) => whole(file, change, text)?,
        None if file.format == Format::Blocks => in_turn(file, text)?,
        None => hunks(file, text)?,
    };
    if file.operation == Operation::Delete && !applied.text.is_empty() && !file.hunks.is_empty() {
        return Err(content(file, "it has lines that the patch does not delete"));
    }
    Ok(applied)
}

/// Apply a patch to the `base` that it was made for, and merge what comes of it with `text`, which
/// was made from the same base. This succeeds wherever patch and text do not change the same lines.
fn merge(
    file: &FilePatch,
    text: &[u8],
    base: &[u8],
    options: &Options<'_>,
) -> Result<Applied, PatchError> {
    let patched = place(file, base, &Options { base: None, ..*options })?;
    let merged = pyagent_diff::merge::merge(base, text, &patched.text, &MergeOptions::default())
        .map_err(|error| content(file, &error.to_string()))?;
    if let Some(first) = merged.conflicts.first() {
        let path = String::from_utf8_lossy(file.path()).into_owned();
        let (count, line) = (merged.conflicts.len(), first.ours.start + 1);
        return Err(PatchError::Conflict { path, count, line });
    }
    let already = merged.text == text && patched.text != base;
    Ok(Applied { text: merged.text, placements: patched.placements, already })
}

/// All hunks against the text as it is.
fn hunks(file: &FilePatch, bytes: &[u8]) -> Result<Applied, PatchError> {
    if file.operation == Operation::Create && !bytes.is_empty() {
        return created(file, bytes);
    }
    let text = Text::new(bytes);
    let keys = Keys::new(&text);
    let placed = place::hunks(file, &keys)?;
    Ok(join(&text, placed))
}

/// A file that the patch creates and that is there.
fn created(file: &FilePatch, bytes: &[u8]) -> Result<Applied, PatchError> {
    let empty = Text::new(b"");
    let mut applied = join(&empty, place::hunks(file, &Keys::new(&empty))?);
    if applied.text != bytes {
        return Err(content(file, "it is there already, with other content"));
    }
    applied.already = true;
    applied.placements.iter_mut().for_each(|placement| placement.applied = true);
    Ok(applied)
}

fn join(text: &Text<'_>, placed: Vec<Placed<'_>>) -> Applied {
    let mut placements = Vec::with_capacity(placed.len());
    let mut all = Vec::new();
    for place in placed {
        placements.push(place.placement);
        all.extend(place.edits);
    }
    all.sort_by_key(|edit| (edit.lines.start, edit.lines.end));
    let already = !placements.is_empty() && placements.iter().all(|place| place.applied);
    Applied { text: edits::apply(text, &all), placements, already }
}

/// Each hunk against what the hunks before it left, as SEARCH/REPLACE blocks mean it.
fn in_turn(file: &FilePatch, bytes: &[u8]) -> Result<Applied, PatchError> {
    let mut current = bytes.to_vec();
    let mut placements = Vec::new();
    for index in 0..file.hunks.len() {
        let text = Text::new(&current);
        let placed = place::one(file, index, &Keys::new(&text))?;
        let applied = join(&text, vec![placed]);
        placements.extend(applied.placements);
        current = applied.text;
    }
    let already = !placements.is_empty() && placements.iter().all(|place| place.applied);
    Ok(Applied { text: current, placements, already })
}

/// A change of a whole binary file. Git names the content on both sides by its digest.
fn whole(file: &FilePatch, change: &Binary, bytes: &[u8]) -> Result<Applied, PatchError> {
    let is = |name: &[u8]| binary::is_blob(name, bytes);
    let named =
        |side: usize| file.blobs.as_ref().map(|(old, new)| if side == 0 { old } else { new });
    if named(1).is_some_and(|name| is(name) == Some(true)) && named(0) != named(1) {
        return Ok(Applied { text: bytes.to_vec(), placements: Vec::new(), already: true });
    }
    let missing = file.operation == Operation::Create && bytes.is_empty();
    if !missing && named(0).is_some_and(|name| is(name) == Some(false)) {
        return Err(content(file, "its content is not the one that the patch was made for"));
    }
    let text = binary::apply(&change.forward, bytes).map_err(|reason| content(file, reason))?;
    if named(1).is_some_and(|name| binary::is_blob(name, &text) == Some(false))
        && file.operation != Operation::Delete
    {
        return Err(content(file, "the patched content is not the one that the patch names"));
    }
    Ok(Applied { text, placements: Vec::new(), already: false })
}

fn content(file: &FilePatch, reason: &str) -> PatchError {
    let path = String::from_utf8_lossy(file.path()).into_owned();
    PatchError::Content { path, reason: reason.into() }
}
