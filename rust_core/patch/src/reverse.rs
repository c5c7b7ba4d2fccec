//! A patch turned round, so that it takes back what it did.

use crate::error::PatchError;
use crate::model::{Binary, FilePatch, Format, Hunk, Kind, Operation, Patch};

/// The patch that undoes a patch; the files in reverse order, since a later one may build on an
/// earlier one.
pub fn reverse(patch: &Patch) -> Result<Patch, PatchError> {
    let files = patch.files.iter().rev().map(file).collect::<Result<_, _>>()?;
    Ok(Patch { format: patch.format, files })
}

/// The change of one file turned round.
pub(crate) fn file(file: &FilePatch) -> Result<FilePatch, PatchError> {
    let operation = match file.operation {
        Operation::Create => Operation::Delete,
        Operation::Delete => Operation::Create,
        // What was copied is there still: taking the copy back deletes it.
        Operation::Copy => return Err(lost(file, "a copy cannot be reversed")),
        same @ (Operation::Modify | Operation::Rename) => same,
    };
    // These formats do not hold the content of a file that they delete.
    if operation == Operation::Create && file.hunks.is_empty() && file.format != Format::Unified {
        return Err(lost(file, "the patch does not hold the content of the file that it deletes"));
    }
    let binary = match &file.binary {
        None => None,
        Some(Binary { forward, backward: Some(backward) }) => {
            Some(Binary { forward: backward.clone(), backward: Some(forward.clone()) })
        }
        Some(_) => return Err(lost(file, "the patch does not hold the old content")),
    };
    let mut hunks: Vec<Hunk> = file.hunks.iter().map(hunk).collect();
    // Blocks are applied one after the other, so they are taken back from the last.
    if file.format == Format::Blocks {
        hunks.reverse();
    }
    Ok(FilePatch {
        operation,
        old_path: file.new_path.clone(),
        new_path: file.old_path.clone(),
        raw_paths: (file.raw_paths.1.clone(), file.raw_paths.0.clone()),
        old_mode: file.new_mode,
        new_mode: file.old_mode,
        blobs: file.blobs.clone().map(|(old, new)| (new, old)),
        hunks,
        binary,
        line: file.line,
        format: file.format,
    })
}

fn lost(file: &FilePatch, reason: &str) -> PatchError {
    let path = String::from_utf8_lossy(file.path()).into_owned();
    PatchError::Content { path, reason: reason.into() }
}

/// A hunk turned round: added lines are removed and removed ones added, these first as is usual.
fn hunk(hunk: &Hunk) -> Hunk {
    let mut lines = Vec::with_capacity(hunk.lines.len());
    let mut added = Vec::new();
    for line in &hunk.lines {
        let mut turned = line.clone();
        match line.kind {
            Kind::Context => lines.append(&mut added),
            Kind::Removed => {
                turned.kind = Kind::Added;
                added.push(turned);
                continue;
            }
            Kind::Added => turned.kind = Kind::Removed,
        }
        lines.push(turned);
    }
    lines.append(&mut added);
    Hunk {
        old_start: hunk.new_start,
        new_start: hunk.old_start,
        heading: hunk.heading.clone(),
        anchors: hunk.anchors.clone(),
        lines,
        at_end: hunk.at_end,
        line: hunk.line,
    }
}
