//! A patch as a unified diff with git's extended headers, which git and GNU patch read.

use crate::binary;
use crate::error::PatchError;
use crate::model::{FilePatch, Hunk, Kind, Operation, Patch};
use crate::names::quote;

/// Write a patch as git would.
///
/// Hunks that name no lines, as those of the other formats, have none to write: place them first
/// and write the difference.
pub fn emit(patch: &Patch) -> Result<Vec<u8>, PatchError> {
    let mut out = Vec::new();
    for file in &patch.files {
        one(file, &mut out)?;
    }
    Ok(out)
}

fn one(file: &FilePatch, out: &mut Vec<u8>) -> Result<(), PatchError> {
    if let (Some(old), Some(new)) = (
        file.old_path.as_ref().or(file.new_path.as_ref()),
        file.new_path.as_ref().or(file.old_path.as_ref()),
    ) {
        line(out, &[b"diff --git ", &prefixed(b"a/", old), b" ", &prefixed(b"b/", new)]);
        extended(file, old, new, out);
    }
    if let Some(binary) = &file.binary {
        binary::emit(binary, out);
        return Ok(());
    }
    if file.hunks.is_empty() {
        return Ok(());
    }
    if file.old_path.is_some() || file.new_path.is_some() {
        line(out, &[b"--- ", &side(b"a/", file.old_path.as_deref())]);
        line(out, &[b"+++ ", &side(b"b/", file.new_path.as_deref())]);
    }
    for each in &file.hunks {
        hunk(each, file, out)?;
    }
    Ok(())
}

/// Git will have a mode for a file that comes or goes.
const PLAIN: u32 = 0o100_644;

fn extended(file: &FilePatch, old: &[u8], new: &[u8], out: &mut Vec<u8>) {
    let mode = |name: &str, mode: u32| format!("{name} {mode:06o}").into_bytes();
    match file.operation {
        Operation::Create => {
            line(out, &[&mode("new file mode", file.new_mode.unwrap_or(PLAIN))]);
        }
        Operation::Delete => {
            line(out, &[&mode("deleted file mode", file.old_mode.unwrap_or(PLAIN))]);
        }
        Operation::Modify | Operation::Rename | Operation::Copy => {
            if let (Some(before), Some(after)) = (file.old_mode, file.new_mode)
                && before != after
            {
                line(out, &[&mode("old mode", before)]);
                line(out, &[&mode("new mode", after)]);
            }
        }
    }
    let verb: Option<&[u8]> = match file.operation {
        Operation::Rename => Some(b"rename"),
        Operation::Copy => Some(b"copy"),
        Operation::Modify | Operation::Create | Operation::Delete => None,
    };
    if let Some(verb) = verb {
        line(out, &[verb, b" from ", &quote(old)]);
        line(out, &[verb, b" to ", &quote(new)]);
    }
    if let Some((before, after)) = &file.blobs {
        line(out, &[b"index ", before, b"..", after]);
    }
}

fn line(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend(*part);
    }
    out.push(b'\n');
}

fn prefixed(prefix: &[u8], name: &[u8]) -> Vec<u8> {
    quote(&[prefix, name].concat())
}

/// A name of the lines `---` and `+++`; one with a space ends with a tab, lest it be cut there.
fn side(prefix: &[u8], name: Option<&[u8]>) -> Vec<u8> {
    let Some(name) = name else { return b"/dev/null".to_vec() };
    let mut quoted = prefixed(prefix, name);
    if name.contains(&b' ') && quoted.first() != Some(&b'"') {
        quoted.push(b'\t');
    }
    quoted
}

fn hunk(hunk: &Hunk, file: &FilePatch, out: &mut Vec<u8>) -> Result<(), PatchError> {
    let (Some(old), Some(new)) = (hunk.old_start, hunk.new_start) else {
        let path = String::from_utf8_lossy(file.path()).into_owned();
        let reason = "a hunk names no lines; apply the patch and write the difference".into();
        return Err(PatchError::Content { path, reason });
    };
    let old = range(old, hunk.lines.len() - hunk.count(Kind::Added));
    let new = range(new, hunk.lines.len() - hunk.count(Kind::Removed));
    let heading = if hunk.heading.is_empty() { &b""[..] } else { b" " };
    line(out, &[b"@@ -", old.as_bytes(), b" +", new.as_bytes(), b" @@", heading, &hunk.heading]);
    for each in &hunk.lines {
        line(out, &[&[each.kind.sign()], &each.content]);
        if !each.newline {
            line(out, &[b"\\ No newline at end of file"]);
        }
    }
    Ok(())
}

/// `START,COUNT`, where a count of one is left out.
fn range(start: u32, count: usize) -> String {
    if count == 1 { start.to_string() } else { format!("{start},{count}") }
}
