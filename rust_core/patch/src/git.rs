//! Git's extended headers, as `git format-patch` documents them.

use crate::binary;
use crate::error::PatchError;
use crate::model::{FilePatch, Format, Operation};
use crate::names;
use crate::scan::{Scan, chomp};

/// Read `diff --git` and the extended headers below it, up to `---` or the next file.
pub(crate) fn header(scan: &mut Scan<'_>) -> Result<FilePatch, PatchError> {
    let mut file = FilePatch::new(Format::Unified, scan.number());
    let line = chomp(scan.peek().unwrap_or_default());
    let pair = names::both(&line[b"diff --git ".len()..]);
    scan.advance();
    let mut renamed = (None, None);
    while let Some(line) = scan.peek().map(chomp) {
        if !extended(scan, line, &mut file, &mut renamed)? {
            break;
        }
        if file.binary.is_none() {
            scan.advance();
        }
    }
    file.raw_paths = match (renamed, pair) {
        ((Some(old), Some(new)), _) => {
            file.old_path = Some(old.clone());
            file.new_path = Some(new.clone());
            (Some(old), Some(new))
        }
        ((None, None), Some((old, new))) => {
            let (short_old, short_new) = names::strip_pair(Some(&old), Some(&new));
            file.old_path = short_old.map(<[u8]>::to_vec);
            file.new_path = short_new.map(<[u8]>::to_vec);
            (Some(old), Some(new))
        }
        ((None, None), None) => (None, None),
        _ => return Err(scan.error_before("a rename or copy has a line `from` and a line `to`")),
    };
    drop_missing(&mut file);
    Ok(file)
}

/// A created file has no old name, a deleted one no new.
pub(crate) fn drop_missing(file: &mut FilePatch) {
    match file.operation {
        Operation::Create => (file.old_path, file.raw_paths.0) = (None, None),
        Operation::Delete => (file.new_path, file.raw_paths.1) = (None, None),
        Operation::Modify | Operation::Rename | Operation::Copy => {}
    }
}

type Renamed = (Option<Vec<u8>>, Option<Vec<u8>>);

/// Take in one extended header line; `false` where it is none.
fn extended(
    scan: &mut Scan<'_>,
    line: &[u8],
    file: &mut FilePatch,
    renamed: &mut Renamed,
) -> Result<bool, PatchError> {
    let name = |rest: &[u8]| {
        names::whole(rest)
            .map(Some)
            .ok_or_else(|| scan.error("a file name is missing or malformed"))
    };
    let mode = |rest: &[u8]| {
        octal(rest).map(Some).ok_or_else(|| scan.error("a file mode is six octal digits"))
    };
    if let Some(rest) = line.strip_prefix(b"old mode ") {
        file.old_mode = mode(rest)?;
    } else if let Some(rest) = line.strip_prefix(b"new mode ") {
        file.new_mode = mode(rest)?;
    } else if let Some(rest) = line.strip_prefix(b"new file mode ") {
        file.operation = Operation::Create;
        file.new_mode = mode(rest)?;
    } else if let Some(rest) = line.strip_prefix(b"deleted file mode ") {
        file.operation = Operation::Delete;
        file.old_mode = mode(rest)?;
    } else if let Some(rest) = either(line, b"rename from ", b"rename old ") {
        file.operation = Operation::Rename;
        renamed.0 = name(rest)?;
    } else if let Some(rest) = either(line, b"rename to ", b"rename new ") {
        file.operation = Operation::Rename;
        renamed.1 = name(rest)?;
    } else if let Some(rest) = line.strip_prefix(b"copy from ") {
        file.operation = Operation::Copy;
        renamed.0 = name(rest)?;
    } else if let Some(rest) = line.strip_prefix(b"copy to ") {
        file.operation = Operation::Copy;
        renamed.1 = name(rest)?;
    } else if let Some(rest) = line.strip_prefix(b"index ") {
        index(rest, file);
    } else if line == b"GIT binary patch" {
        scan.advance();
        file.binary = Some(binary::parse(scan)?);
        return Ok(false);
    } else if line.starts_with(b"Binary files ") && line.ends_with(b" differ") {
        return Err(
            scan.error("the binary content is not in the patch; `git diff --binary` has it")
        );
    } else {
        return Ok(
            line.starts_with(b"similarity index ") || line.starts_with(b"dissimilarity index ")
        );
    }
    Ok(true)
}

fn either<'a>(line: &'a [u8], one: &[u8], other: &[u8]) -> Option<&'a [u8]> {
    line.strip_prefix(one).or_else(|| line.strip_prefix(other))
}

/// `OLD..NEW` or `OLD..NEW MODE`.
fn index(rest: &[u8], file: &mut FilePatch) {
    let (names, mode) = match memchr::memchr(b' ', rest) {
        Some(space) => (&rest[..space], octal(&rest[space + 1..])),
        None => (rest, None),
    };
    if let Some(dots) = memchr::memmem::find(names, b"..") {
        file.blobs = Some((names[..dots].to_vec(), names[dots + 2..].to_vec()));
    }
    if mode.is_some() {
        file.old_mode = file.old_mode.or(mode);
        file.new_mode = file.new_mode.or(mode);
    }
}

fn octal(text: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?;
    u32::from_str_radix(text, 8).ok().filter(|mode| text.len() <= 6 && *mode <= 0o177_777)
}
