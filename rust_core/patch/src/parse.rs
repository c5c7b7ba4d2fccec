//! Which format a patch has, and the files of a unified one.

use crate::error::PatchError;
use crate::git;
use crate::model::{FilePatch, Format, Operation, Patch};
use crate::names;
use crate::scan::{Scan, chomp};
use crate::{blocks, envelope, unified};

/// Read a patch, in the given format or in the one that its lines show.
///
/// Prose around a patch is skipped, as every program that takes patches from mails does. An empty
/// text is a patch of no files; a text with prose alone is an error.
pub fn parse(text: &[u8], format: Option<Format>) -> Result<Patch, PatchError> {
    let format = format.unwrap_or_else(|| detect(text));
    let files = match format {
        Format::Unified => files(text)?,
        Format::Envelope => envelope::parse(text)?,
        Format::Blocks => blocks::parse(text)?,
    };
    if files.is_empty() && !text.trim_ascii().is_empty() {
        let reason = "no patch in any known format begins in this text".into();
        return Err(PatchError::Syntax { line: 1, reason });
    }
    Ok(Patch { format, files })
}

/// The format whose first mark comes first.
fn detect(text: &[u8]) -> Format {
    for line in text.split(|&byte| byte == b'\n') {
        if envelope::begins(line) {
            return Format::Envelope;
        }
        if blocks::begins(line) {
            return Format::Blocks;
        }
        if line.starts_with(b"diff --git ") || line.starts_with(b"@@ -") {
            break;
        }
    }
    Format::Unified
}

/// The files of a unified patch.
fn files(text: &[u8]) -> Result<Vec<FilePatch>, PatchError> {
    let mut scan = Scan::new(text);
    let mut files: Vec<FilePatch> = Vec::new();
    let mut crlf = false;
    // Whether the line above ended a git header that names may follow.
    let mut open = false;
    while let Some(line) = scan.peek() {
        let below_git = std::mem::take(&mut open);
        if line.starts_with(b"diff --git ") {
            crlf = line.ends_with(b"\r");
            let file = git::header(&mut scan)?;
            open = file.binary.is_none();
            files.push(file);
        } else if line.starts_with(b"--- ") && starts(scan.look(1), b"+++ ") {
            if !below_git {
                files.push(FilePatch::new(Format::Unified, scan.number()));
            }
            if let Some(file) = files.last_mut() {
                crlf = names_of(&mut scan, file)?;
            }
        } else if unified::begins_hunk(line) {
            if files.is_empty() {
                crlf = line.ends_with(b"@@\r");
                files.push(FilePatch::new(Format::Unified, scan.number()));
            }
            let hunk = unified::hunk(&mut scan, crlf)?;
            if let Some(file) = files.last_mut() {
                file.hunks.push(hunk);
            }
        } else if line.starts_with(b"@@@ -") {
            return Err(scan.error("a combined diff of a merge cannot be applied"));
        } else if line.starts_with(b"--- ") && starts(scan.look(1), b"@@ -") {
            scan.advance();
            return Err(scan.error("a line `+++ NAME` is missing"));
        } else {
            scan.advance();
        }
    }
    files.into_iter().map(complete).collect()
}

fn starts(line: Option<&[u8]>, start: &[u8]) -> bool {
    line.is_some_and(|line| line.starts_with(start))
}

/// Take in `--- OLD` and `+++ NEW`; whether the patch is in CRLF.
fn names_of(scan: &mut Scan<'_>, file: &mut FilePatch) -> Result<bool, PatchError> {
    let mut crlf = true;
    let mut sides = [None, None];
    for side in &mut sides {
        let line = scan.peek().unwrap_or_default();
        crlf &= line.ends_with(b"\r");
        let (name, epoch) =
            names::header(&chomp(line)[4..]).ok_or_else(|| scan.error("a file name is missing"))?;
        *side = (name != b"/dev/null" && !epoch).then_some(name);
        scan.advance();
    }
    let [old, new] = sides;
    match (&old, &new) {
        (None, None) => return Err(scan.error_before("neither side of the patch names a file")),
        (None, Some(_)) => file.operation = Operation::Create,
        (Some(_), None) => file.operation = Operation::Delete,
        (Some(_), Some(_)) => {}
    }
    let (short_old, short_new) = names::strip_pair(old.as_deref(), new.as_deref());
    // Git's header has both names even of a file that comes or goes, and those of a rename without
    // prefixes, so that it is the better source where it could be read.
    if file.old_path.is_none() && file.new_path.is_none() {
        file.old_path = short_old.map(<[u8]>::to_vec);
        file.new_path = short_new.map(<[u8]>::to_vec);
    }
    file.raw_paths = (old, new);
    git::drop_missing(file);
    Ok(crlf)
}

/// What can be said of a file only when all of it was read.
fn complete(file: FilePatch) -> Result<FilePatch, PatchError> {
    let empty = file.hunks.is_empty() && file.binary.is_none();
    let nothing = empty && file.operation == Operation::Modify && file.old_mode == file.new_mode;
    let unnamed = file.old_path.is_none() && file.new_path.is_none() && file.hunks.is_empty();
    if nothing || unnamed {
        let reason = "the file has neither hunks nor any other change".into();
        return Err(PatchError::Syntax { line: file.line, reason });
    }
    Ok(file)
}
