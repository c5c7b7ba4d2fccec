//! References to resources: RFC 3986, as far as identifiers of schemas need it.

/// A URI reference in its five parts (RFC 3986, appendix B).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
}

/// A reference without its fragment, and the fragment.
pub(super) fn split_fragment(reference: &str) -> (&str, Option<&str>) {
    match reference.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (reference, None),
    }
}

/// What a reference without fragment means beside a base (RFC 3986, section 5.2.2).
pub(super) fn join(base: &str, reference: &str) -> String {
    let (base_parts, new) = (parts(base), parts(reference));
    if new.scheme.is_some() {
        return written(Parts { path: &without_dots(new.path), ..new });
    }
    if new.authority.is_some() {
        return written(Parts { scheme: base_parts.scheme, path: &without_dots(new.path), ..new });
    }
    if new.path.is_empty() {
        return written(Parts { query: new.query.or(base_parts.query), ..base_parts });
    }
    let path = if new.path.starts_with('/') {
        new.path.to_owned()
    } else {
        let folder = base_parts.path.rfind('/').map_or("", |slash| &base_parts.path[..=slash]);
        let root = if folder.is_empty() && base_parts.authority.is_some() { "/" } else { folder };
        format!("{root}{}", new.path)
    };
    written(Parts { path: &without_dots(&path), query: new.query, ..base_parts })
}

/// Decodes `%41` and the like (RFC 3986, section 2.1); nothing if that is no text.
pub(super) fn decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

fn parts(reference: &str) -> Parts<'_> {
    let (before, query) = match reference.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (reference, None),
    };
    let (scheme, after) = match before.split_once(':') {
        Some((scheme, after)) if is_scheme(scheme) => (Some(scheme), after),
        _ => (None, before),
    };
    let (authority, path) = match after.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            (Some(&rest[..end]), &rest[end..])
        }
        None => (None, after),
    };
    Parts { scheme, authority, path, query }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

fn written(parts: Parts<'_>) -> String {
    let mut text = String::new();
    if let Some(scheme) = parts.scheme {
        text.push_str(scheme);
        text.push(':');
    }
    if let Some(authority) = parts.authority {
        text.push_str("//");
        text.push_str(authority);
    }
    text.push_str(parts.path);
    if let Some(query) = parts.query {
        text.push('?');
        text.push_str(query);
    }
    text
}

/// Resolves `.` and `..` (RFC 3986, section 5.2.4).
fn without_dots(path: &str) -> String {
    if !path.contains('.') {
        return path.to_owned();
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut steps = path.split('/').peekable();
    while let Some(step) = steps.next() {
        let last = steps.peek().is_none();
        match step {
            "." => {}
            ".." => {
                if kept.len() > 1 {
                    kept.pop();
                }
            }
            _ => {
                kept.push(step);
                continue;
            }
        }
        if last {
            kept.push("");
        }
    }
    kept.join("/")
}
