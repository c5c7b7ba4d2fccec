//! The formats of JSON Schema as sets of texts.
//!
//! No text is accepted that its standard forbids. Where a standard is not regular, or validators disagree, a
//! format is narrower than its standard:
//!
//! * `date`, `date-time`: years 0001 to 9999. `time`, `date-time`: a leap second in UTC only, at 23:59:60.
//! * `hostname`, and the domain of `email`, `idn-email`: without labels that have hyphens in the third and
//!   fourth place (`xn--...`), which mean something only if they decode.
//! * `email`, `idn-email`: at most 254 bytes; no comments; a quoted local part holds no `@` and
//!   no `<`, which some take for the end of a name.
//! * `relative-json-pointer`: without index manipulation (`0+1`).
//! * `base64`, `base64url`: padded, the unused bits zero.
//! * `ipv4network`, `ipv6network`, `ipvanynetwork`: a prefix length and no netmask; `::` ends the groups of an
//!   IPv6 network, whose prefix takes in all of them.

use std::sync::OnceLock;

use regex_syntax::hir::Hir;
use rustc_hash::FxHashMap;

use super::syntax::{self, Expr, Piece};
use super::{format_grammar as grammar, regex};
use crate::{GrammarError, Limits};

/// A name, what makes the expressions that all have to match, and the most characters.
type Format = (&'static str, fn() -> Vec<String>, Option<u32>);

/// The formats by name.
const FORMATS: &[Format] = &[
    ("base64", || vec![grammar::base64("+/")], None),
    ("base64url", || vec![grammar::base64("_-")], None),
    ("date", || vec![grammar::date()], None),
    ("date-time", || vec![format!("{}[Tt]{}", grammar::date(), grammar::time())], None),
    ("duration", || vec![grammar::duration()], None),
    ("email", || grammar::email(""), Some(254)),
    ("hostname", || vec![grammar::hostname()], Some(253)),
    ("idn-email", || grammar::email(r"\u{A0}-\u{10FFFF}"), Some(254)),
    ("ipv4", || vec![grammar::ipv4()], None),
    ("ipv4interface", || vec![grammar::interface(&[4])], None),
    ("ipv4network", || vec![grammar::network(&[4])], None),
    ("ipv6", || vec![grammar::ipv6()], None),
    ("ipv6interface", || vec![grammar::interface(&[6])], None),
    ("ipv6network", || vec![grammar::network(&[6])], None),
    ("ipvanyaddress", || vec![format!("{}|{}", grammar::ipv4(), grammar::ipv6())], None),
    ("ipvanyinterface", || vec![grammar::interface(&[4, 6])], None),
    ("ipvanynetwork", || vec![grammar::network(&[4, 6])], None),
    ("iri", || vec![grammar::uri(true, false)], None),
    ("iri-reference", || vec![grammar::uri(true, true)], None),
    ("json-pointer", || vec![grammar::json_pointer()], None),
    ("relative-json-pointer", || vec![grammar::relative_json_pointer()], None),
    ("time", || vec![grammar::time()], None),
    ("uri", || vec![grammar::uri(false, false)], None),
    ("uri-reference", || vec![grammar::uri(false, true)], None),
    ("uri-template", || vec![grammar::uri_template()], None),
    ("uuid", || vec![grammar::uuid()], None),
];

/// The names of the formats that are enforced, in order.
pub(super) fn names() -> &'static [&'static str] {
    static NAMES: OnceLock<Vec<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| FORMATS.iter().map(|format| format.0).collect())
}

/// What a format consists of, each parsed when it is first asked for.
type Parsed = OnceLock<Vec<Hir>>;

/// The set of a format.
pub(super) fn parse(name: &str) -> Result<Expr<Piece>, GrammarError> {
    static PARSED: OnceLock<FxHashMap<&'static str, Parsed>> = OnceLock::new();
    let parsed =
        PARSED.get_or_init(|| names().iter().map(|&name| (name, OnceLock::new())).collect());
    let known = FORMATS.iter().find(|format| format.0 == name);
    let (Some((_, expressions, max)), Some(parsed)) = (known, parsed.get(name)) else {
        return Err(GrammarError::Pattern {
            pattern: name.to_owned(),
            offset: 0,
            message: format!("no such format is enforced: there are {}", names().join(", ")),
        });
    };
    let hirs = parsed.get_or_init(|| {
        let expressions = expressions().into_iter();
        expressions.filter_map(|text| regex::hir(&text, &Limits::default()).ok()).collect()
    });
    let mut parts: Vec<Expr<Piece>> =
        hirs.iter().map(|hir| Expr::Leaf(Piece::whole(hir.clone()))).collect();
    if max.is_some() {
        parts.push(Expr::Leaf(Piece::whole(syntax::any_text(0, *max))));
    }
    Ok(Expr::And(parts))
}
