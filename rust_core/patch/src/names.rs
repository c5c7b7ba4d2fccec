//! File names in patches: quotes, prefixes, time stamps, and which names are refused.

/// Prefixes that git puts before the names of the two sides: the plain ones, and those of
/// `diff.mnemonicPrefix`, each pair in either direction since `git diff -R` swaps them.
const PREFIXES: [(u8, u8); 7] = [
    (b'a', b'b'),
    (b'i', b'w'),
    (b'c', b'i'),
    (b'c', b'w'),
    (b'o', b'w'),
    (b'1', b'2'),
    (b'o', b'i'),
];

/// The name at the start of a header's rest, without quotes and time stamp, and whether the time
/// stamp is that of the epoch, by which GNU diff marks a file that is not there.
pub(crate) fn header(rest: &[u8]) -> Option<(Vec<u8>, bool)> {
    if rest.first() == Some(&b'"') {
        let (name, _) = unquote(rest)?;
        return Some((name, false));
    }
    let (name, stamp) = match memchr::memchr(b'\t', rest) {
        Some(tab) => (&rest[..tab], &rest[tab + 1..]),
        None => (rest, &b""[..]),
    };
    let name = name.trim_ascii_end();
    // West of Greenwich the epoch is on the day before.
    let epoch = stamp.starts_with(b"1970-01-01 ") || stamp.starts_with(b"1969-12-31 ");
    (!name.is_empty()).then(|| (name.to_vec(), epoch))
}

/// The whole of `rest` as a name, quoted or not.
pub(crate) fn whole(rest: &[u8]) -> Option<Vec<u8>> {
    if rest.first() == Some(&b'"') {
        return unquote(rest).map(|(name, _)| name);
    }
    (!rest.is_empty()).then(|| rest.to_vec())
}

/// The two names of `diff --git OLD NEW`, with their prefixes.
///
/// Names with spaces are not quoted, so the line alone is ambiguous; but where it is needed, both
/// sides have the same name, and that leaves one place to cut it.
pub(crate) fn both(rest: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    if rest.first() == Some(&b'"') {
        let (old, length) = unquote(rest)?;
        return Some((old, whole(rest.get(length..)?.strip_prefix(b" ")?)?));
    }
    if rest.last() == Some(&b'"') {
        let cut = memchr::memmem::find(rest, b" \"")?;
        return Some((rest[..cut].to_vec(), whole(&rest[cut + 1..])?));
    }
    let same = |cut: &usize| {
        let (old, new) = (&rest[..*cut], &rest[*cut + 1..]);
        let (short_old, short_new) = strip_pair(Some(old), Some(new));
        short_old == short_new
    };
    let spaces = || memchr::memchr_iter(b' ', rest);
    let cut = spaces().find(same).or_else(|| {
        let mut all = spaces();
        all.next().filter(|_| all.next().is_none())
    })?;
    Some((rest[..cut].to_vec(), rest[cut + 1..].to_vec()))
}

/// A name in C quotes as git writes it, and how many bytes it took with them.
fn unquote(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut name = Vec::new();
    let mut at = 1;
    loop {
        match *text.get(at)? {
            b'"' => return Some((name, at + 1)),
            b'\\' => {
                let escaped = *text.get(at + 1)?;
                at += 2;
                name.push(match escaped {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    b'"' | b'\\' => escaped,
                    b'0'..=b'3' => {
                        let digits = text.get(at - 1..at + 2)?;
                        at += 2;
                        digits.iter().try_fold(0u8, |value, digit| {
                            matches!(digit, b'0'..=b'7').then(|| value << 3 | (digit - b'0'))
                        })?
                    }
                    _ => return None,
                });
            }
            byte => {
                name.push(byte);
                at += 1;
            }
        }
    }
}

/// A name as git writes it: in quotes where a byte of it would be misread.
pub(crate) fn quote(name: &[u8]) -> Vec<u8> {
    if !name.iter().any(|byte| matches!(byte, 0..=31 | b'"' | b'\\' | 127..)) {
        return name.to_vec();
    }
    let mut quoted = vec![b'"'];
    for &byte in name {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', byte]),
            b'\t' => quoted.extend(b"\\t"),
            b'\n' => quoted.extend(b"\\n"),
            b'\r' => quoted.extend(b"\\r"),
            0..=31 | 127.. => quoted.extend(format!("\\{byte:03o}").into_bytes()),
            _ => quoted.push(byte),
        }
    }
    quoted.push(b'"');
    quoted
}

/// The names without the prefixes `a/` and `b/` or others of git's, where both carry them. The
/// side of a file that is not there (`None`) agrees with any.
pub(crate) fn strip_pair<'a>(
    old: Option<&'a [u8]>,
    new: Option<&'a [u8]>,
) -> (Option<&'a [u8]>, Option<&'a [u8]>) {
    let letter = |name: &[u8]| match name {
        [letter, b'/', _, ..] => Some(*letter),
        _ => None,
    };
    let known = match (old.map(letter), new.map(letter)) {
        (Some(Some(old)), Some(Some(new))) => {
            PREFIXES.contains(&(old, new)) || PREFIXES.contains(&(new, old))
        }
        (Some(Some(one)), None) | (None, Some(Some(one))) => matches!(one, b'a' | b'b'),
        _ => false,
    };
    let skip = if known { 2 } else { 0 };
    (old.map(|name| &name[skip..]), new.map(|name| &name[skip..]))
}

/// Refuse a name that could lead out of the tree, or into what version control and this package
/// keep there; the reason is in the error.
pub fn check(name: &[u8]) -> Result<(), &'static str> {
    let refuse = Err;
    let separator = |byte: &u8| *byte == b'/' || (cfg!(windows) && *byte == b'\\');
    if name.is_empty() {
        return refuse("the patch names no file");
    }
    if name.contains(&0) {
        return refuse("a name with a zero byte");
    }
    let drive = matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic());
    if separator(&name[0]) || name[0] == b'\\' || (drive && cfg!(windows)) {
        return refuse("an absolute path");
    }
    for part in name.split(separator) {
        match part {
            b".." => return refuse("a path with `..`"),
            b"" | b"." => return refuse("a path with an empty or `.` component"),
            _ if reserved(part) => return refuse("a path into a reserved folder"),
            _ => {}
        }
    }
    Ok(())
}

/// `.git` and `.pyagent`, in any case and in the spellings that file systems of other systems
/// take for them: dots and spaces at the end, and the short name of Windows.
fn reserved(part: &[u8]) -> bool {
    let end = part.iter().rposition(|byte| !matches!(byte, b'.' | b' ')).map_or(0, |at| at + 1);
    let part = part[..end].to_ascii_lowercase();
    matches!(part.as_slice(), b".git" | b"git~1" | b".pyagent")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_names_come_back() {
        for name in [&b"plain"[..], b"with space", b"tab\there", b"\xc3\xa9\"\\\n\x01"] {
            let quoted = quote(name);
            assert_eq!(whole(&quoted).as_deref(), Some(name));
        }
    }

    #[test]
    fn names_of_the_git_line() {
        let parts = |line: &[u8]| both(line).expect("names");
        assert_eq!(parts(b"a/x b/x"), (b"a/x".to_vec(), b"b/x".to_vec()));
        assert_eq!(parts(b"a/x y b/x y"), (b"a/x y".to_vec(), b"b/x y".to_vec()));
        assert_eq!(parts(b"x x"), (b"x".to_vec(), b"x".to_vec()));
        assert_eq!(parts(b"\"a/\\303\\244\" b/z"), (b"a/\xc3\xa4".to_vec(), b"b/z".to_vec()));
        assert_eq!(parts(b"a/z \"b/\\303\\244\""), (b"a/z".to_vec(), b"b/\xc3\xa4".to_vec()));
        assert_eq!(both(b"a/one b/two three"), None);
    }

    #[test]
    fn ways_out_of_the_tree_are_refused() {
        for name in [
            &b"../x"[..],
            b"a/../../x",
            b"/etc/passwd",
            b"\\x",
            b".git/config",
            b"sub/.GIT/hooks/x",
            b".git./config",
            b"git~1/config",
            b".pyagent/journal",
            b"a//b",
            b"./a",
            b"",
            b"a\0b",
        ] {
            assert!(check(name).is_err(), "{name:?}");
        }
        for name in [&b"a"[..], b"a/b.c", b".gitignore", b".github/x", b"a..b/c", b"...x"] {
            assert_eq!(check(name), Ok(()));
        }
    }
}
