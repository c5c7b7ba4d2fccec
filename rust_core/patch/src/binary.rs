//! Binary changes as git writes them: zlib in base 85, the whole content or a delta.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use sha1::{Digest as _, Sha1};

use crate::error::PatchError;
use crate::model::{Binary, Delta};
use crate::scan::{Scan, chomp};

/// The digits of git's base 85, which are those of RFC 1924.
const DIGITS: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// Most bytes on one line of a binary patch.
const LINE: usize = 52;

/// Most bytes that a binary change may hold, so that a few lines cannot fill the memory.
const LARGEST: usize = 1 << 30;

/// Read what stands below `GIT binary patch`.
pub(crate) fn parse(scan: &mut Scan<'_>) -> Result<Binary, PatchError> {
    let forward = part(scan)?.ok_or_else(|| scan.error("`literal` or `delta` is missing"))?;
    let backward = part(scan)?;
    Ok(Binary { forward, backward })
}

fn part(scan: &mut Scan<'_>) -> Result<Option<Delta>, PatchError> {
    let line = chomp(scan.peek().unwrap_or_default());
    let (size, kind): (_, fn(Vec<u8>) -> Delta) = match line {
        [b'l', b'i', b't', b'e', b'r', b'a', b'l', b' ', size @ ..] => (size, Delta::Literal),
        [b'd', b'e', b'l', b't', b'a', b' ', size @ ..] => (size, Delta::Delta),
        _ => return Ok(None),
    };
    let size: usize = std::str::from_utf8(size)
        .ok()
        .and_then(|size| size.parse().ok())
        .filter(|size| *size <= LARGEST)
        .ok_or_else(|| scan.error("a size in bytes, at most 1 GiB, is missing"))?;
    scan.advance();
    let mut packed = Vec::new();
    while let Some(line) = scan.peek().map(chomp) {
        if line.is_empty() {
            scan.advance();
            break;
        }
        decode(line, &mut packed).ok_or_else(|| scan.error("not a line of base 85"))?;
        scan.advance();
    }
    let mut content = Vec::new();
    let limit = size as u64 + 1;
    let whole = ZlibDecoder::new(packed.as_slice()).take(limit).read_to_end(&mut content);
    if whole.is_err() || content.len() != size {
        return Err(scan.error_before("the compressed content is damaged or of another size"));
    }
    Ok(Some(kind(content)))
}

/// Whether git would give the content this object name; `None` where the name is cut short, or is
/// of another digest than SHA-1, and cannot be compared.
pub(crate) fn is_blob(name: &[u8], content: &[u8]) -> Option<bool> {
    if name.len() != 40 {
        return None;
    }
    let mut digest = Sha1::new();
    digest.update(format!("blob {}\0", content.len()));
    digest.update(content);
    let nibbles = digest.finalize().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    Some(name.iter().map(value).eq(nibbles.map(|nibble| Some(u32::from(nibble)))))
}

/// Decode a line: a letter for the number of bytes, then groups of five digits for four bytes.
fn decode(line: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (&letter, digits) = line.split_first()?;
    let count = match letter {
        b'A'..=b'Z' => letter - b'A' + 1,
        b'a'..=b'z' => letter - b'a' + 27,
        _ => return None,
    };
    let count = usize::from(count);
    if digits.len() != count.div_ceil(4) * 5 {
        return None;
    }
    let start = out.len();
    for group in digits.chunks_exact(5) {
        let value = group.iter().try_fold(0u32, |value, digit| {
            let digit = DIGITS.iter().position(|known| known == digit)?;
            value.checked_mul(85)?.checked_add(u32::try_from(digit).ok()?)
        })?;
        out.extend(value.to_be_bytes());
    }
    out.truncate(start + count);
    Some(())
}

/// Append a change as `GIT binary patch` holds it.
pub(crate) fn emit(binary: &Binary, out: &mut Vec<u8>) {
    out.extend(b"GIT binary patch\n");
    for delta in [Some(&binary.forward), binary.backward.as_ref()].into_iter().flatten() {
        let (name, content) = match delta {
            Delta::Literal(content) => ("literal", content),
            Delta::Delta(content) => ("delta", content),
        };
        out.extend(format!("{name} {}\n", content.len()).bytes());
        for line in deflate(content).chunks(LINE) {
            encode(line, out);
        }
        out.push(b'\n');
    }
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    let count = u8::try_from(bytes.len()).unwrap_or(0);
    out.push(if count <= 26 { b'A' + count - 1 } else { b'a' + count - 27 });
    for group in bytes.chunks(4) {
        let mut padded = [0; 4];
        padded[..group.len()].copy_from_slice(group);
        let mut value = u32::from_be_bytes(padded);
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = DIGITS[(value % 85) as usize];
            value /= 85;
        }
        out.extend(digits);
    }
    out.push(b'\n');
}

/// The content that a change makes of `old`, or what is wrong.
pub(crate) fn apply(delta: &Delta, old: &[u8]) -> Result<Vec<u8>, &'static str> {
    match delta {
        Delta::Literal(content) => Ok(content.clone()),
        Delta::Delta(code) => run(code, old),
    }
}

/// Run a delta: git's pack format, `gitformat-pack(5)`, "Deltified representation".
fn run(code: &[u8], old: &[u8]) -> Result<Vec<u8>, &'static str> {
    const DAMAGED: &str = "the delta is damaged";
    let mut code = code.iter().copied();
    let from = size(&mut code).ok_or(DAMAGED)?;
    let to = size(&mut code).filter(|to| *to <= LARGEST).ok_or(DAMAGED)?;
    if from != old.len() {
        return Err("the delta was made for a file of another size");
    }
    let mut new = Vec::new();
    while let Some(op) = code.next() {
        if op & 0x80 != 0 {
            let (offset, length) = copied(op, &mut code).ok_or(DAMAGED)?;
            let end = offset.checked_add(length).ok_or(DAMAGED)?;
            new.extend(old.get(offset..end).ok_or(DAMAGED)?);
        } else {
            let length = usize::from(op);
            let before = new.len();
            new.extend(code.by_ref().take(length));
            if length == 0 || new.len() - before != length {
                return Err(DAMAGED);
            }
        }
        if new.len() > to {
            return Err(DAMAGED);
        }
    }
    if new.len() == to { Ok(new) } else { Err(DAMAGED) }
}

/// A size: seven bits a byte, lowest first, the high bit says that more follow.
fn size(code: &mut impl Iterator<Item = u8>) -> Option<usize> {
    let mut value = 0usize;
    for shift in (0..usize::BITS).step_by(7) {
        let byte = code.next()?;
        value |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Offset and length of a copy: each bit of the instruction says whether a byte of them follows.
fn copied(op: u8, code: &mut impl Iterator<Item = u8>) -> Option<(usize, usize)> {
    let mut field = |first: u8, bytes: u8| -> Option<usize> {
        let mut value = 0;
        for index in 0..bytes {
            if op & (1 << (first + index)) != 0 {
                value |= usize::from(code.next()?) << (8 * index);
            }
        }
        Some(value)
    };
    let offset = field(0, 4)?;
    let length = field(4, 3)?;
    Some((offset, if length == 0 { 0x10000 } else { length }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(binary: &Binary) -> Binary {
        let mut text = Vec::new();
        emit(binary, &mut text);
        let mut scan = Scan::new(&text);
        scan.advance();
        parse(&mut scan).expect("own output")
    }

    #[test]
    fn literals_come_back() {
        for size in [0, 1, 3, 4, 51, 52, 53, 5000] {
            let content: Vec<u8> =
                (0..size).map(|at| u8::try_from(at * 7 % 251).unwrap_or(0)).collect();
            let binary = Binary {
                forward: Delta::Literal(content),
                backward: Some(Delta::Literal(Vec::new())),
            };
            assert_eq!(read_back(&binary), binary);
        }
    }

    #[test]
    fn a_delta_copies_and_inserts() {
        // 8 bytes to 6: copy 3 from offset 2, insert `xyz`.
        let code = [8, 6, 0x91, 2, 3, 3, b'x', b'y', b'z'];
        assert_eq!(run(&code, b"abcdefgh").as_deref(), Ok(&b"cdexyz"[..]));
        assert!(run(&code, b"abc").is_err());
        assert!(run(&code[..7], b"abcdefgh").is_err());
        assert!(run(&[8, 6, 0x91, 7, 3], b"abcdefgh").is_err());
        assert!(run(&[8, 6, 0], b"abcdefgh").is_err());
    }

    #[test]
    fn a_small_patch_cannot_fill_the_memory() {
        // A delta that copies the same block again and again ends at the size it promises.
        let mut code = vec![4, 8];
        code.extend([0x90, 4].repeat(1000));
        assert!(run(&code, b"abcd").is_err());
    }
}
