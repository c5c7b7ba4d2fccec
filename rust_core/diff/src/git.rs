//! What git writes above the diff of a file: its names, mode, and whether it is new, gone or moved.

use crate::unified::{Unified, push_name};
use crate::{Options, merge};

/// A side of a file that git tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blob<'a> {
    /// Its path with forward slashes.
    pub path: &'a [u8],
    /// Its content; that of a symbolic link is where it leads.
    pub content: &'a [u8],
    /// Its mode as git has it: `0o100644`, `0o100755`, `0o120000` for a symbolic link.
    pub mode: u32,
}

/// The diff of a file in git's format; empty where nothing differs.
///
/// A side that is `None` does not exist. `style` gives context and headings, its names are not
/// used. Of binary contents it is said that they differ. There is no `index` line, which would name
/// git's objects.
pub fn file_diff(
    before: Option<Blob<'_>>,
    after: Option<Blob<'_>>,
    style: &Unified<'_>,
    options: &Options,
) -> Vec<u8> {
    let (Some(old), Some(new)) = (before.or(after), after.or(before)) else {
        return Vec::new();
    };
    if before == after {
        return Vec::new();
    }
    let names = [prefixed(b"a/", old.path), prefixed(b"b/", new.path)];
    let mut out = b"diff --git ".to_vec();
    push_name(&names[0], &mut out);
    out.push(b' ');
    push_name(&names[1], &mut out);
    out.push(b'\n');
    match (before, after) {
        (None, _) => push_mode(b"new file mode ", new.mode, &mut out),
        (_, None) => push_mode(b"deleted file mode ", old.mode, &mut out),
        _ => push_changes(old, new, &mut out),
    }
    let contents = [before, after].map(|side| side.map_or(&b""[..], |blob| blob.content));
    let from_name = before.is_some().then_some(&names[0][..]);
    let to_name = after.is_some().then_some(&names[1][..]);
    let unified = Unified { from_name, to_name, ..style.clone() };
    push_content(contents[0], contents[1], &unified, *options, &mut out);
    out
}

fn prefixed(prefix: &[u8], path: &[u8]) -> Vec<u8> {
    [prefix, path].concat()
}

fn push_mode(what: &[u8], mode: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(what);
    out.extend_from_slice(format!("{mode:06o}\n").as_bytes());
}

fn push_changes(old: Blob<'_>, new: Blob<'_>, out: &mut Vec<u8>) {
    if old.mode != new.mode {
        push_mode(b"old mode ", old.mode, out);
        push_mode(b"new mode ", new.mode, out);
    }
    if old.path != new.path {
        for (what, path) in [(b"rename from ".as_slice(), old.path), (b"rename to ", new.path)] {
            out.extend_from_slice(what);
            push_name(path, out);
            out.push(b'\n');
        }
    }
}

fn push_content(
    before: &[u8],
    after: &[u8],
    unified: &Unified<'_>,
    options: Options,
    out: &mut Vec<u8>,
) {
    if before == after {
        return;
    }
    if merge::is_binary(before) || merge::is_binary(after) {
        out.extend_from_slice(b"Binary files ");
        push_name(unified.from_name.unwrap_or(b"/dev/null"), out);
        out.extend_from_slice(b" and ");
        push_name(unified.to_name.unwrap_or(b"/dev/null"), out);
        out.extend_from_slice(b" differ\n");
        return;
    }
    out.extend_from_slice(&unified.diff(before, after, &options));
}

#[cfg(test)]
#[path = "git_tests.rs"]
mod tests;
