//! The formats of JSON Schema as sets of texts.
//!
//! No text is accepted that its standard forbids. Where a standard is not regular, or validators disagree, a
//! format is narrower than its standard:
//!
//! * `date`, `date-time`: years 0001 to 9999. `time`, `date-time`: a leap second in UTC only, at 23:59:60.
//! * `hostname`, and the domain of `email`, `idn-email`: without labels that have hyphens in the third and
//!   fourth place (`xn--...`), which mean something only if they decode.
//! * `email`, `idn-email`: at most 254 characters, 64 of them before the `@`; no comments; a quoted local part holds no `@` and
//!   no `<`, which some take for the end of a name.
//! * `relative-json-pointer`: without index manipulation (`0+1`).
//! * `base64`, `base64url`: padded, the unused bits zero.
//! * `ipv4network`, `ipv6network`, `ipvanynetwork`: a prefix length and no netmask; of an IPv6 network, `::` stands at
//!   the end of what the prefix takes in.

use std::sync::{Arc, OnceLock};

use super::format_grammar::{Grammar, Part};
use super::nfa::{Nfa, NodeId};
use crate::GrammarError;

/// A name, what puts its grammar in front of the end, and the most characters.
type Format = (&'static str, fn(&mut Grammar, NodeId) -> Part, Option<u32>);

/// The formats in order of their names.
const FORMATS: &[Format] = &[
    ("base64", Grammar::base64, None),
    ("base64url", Grammar::base64url, None),
    ("date", Grammar::date, None),
    ("date-time", Grammar::date_time, None),
    ("duration", Grammar::duration, None),
    ("email", Grammar::email, Some(254)),
    ("hostname", Grammar::hostname, Some(253)),
    ("idn-email", Grammar::international_email, Some(254)),
    ("ipv4", Grammar::ipv4, None),
    ("ipv4interface", Grammar::ipv4_interface, None),
    ("ipv4network", Grammar::ipv4_network, None),
    ("ipv6", Grammar::ipv6, None),
    ("ipv6interface", Grammar::ipv6_interface, None),
    ("ipv6network", Grammar::ipv6_network, None),
    ("ipvanyaddress", Grammar::address, None),
    ("ipvanyinterface", Grammar::interface, None),
    ("ipvanynetwork", Grammar::network, None),
    ("iri", Grammar::iri, None),
    ("iri-reference", Grammar::iri_reference, None),
    ("json-pointer", Grammar::json_pointer, None),
    ("relative-json-pointer", Grammar::relative_json_pointer, None),
    ("time", Grammar::time, None),
    ("uri", Grammar::uri, None),
    ("uri-reference", Grammar::uri_reference, None),
    ("uri-template", Grammar::uri_template, None),
    ("uuid", Grammar::uuid, None),
];

/// The names of the formats that are enforced, in order.
pub(super) fn names() -> &'static [&'static str] {
    static NAMES: OnceLock<Vec<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| FORMATS.iter().map(|format| format.0).collect())
}

/// A format, ready for use.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) nfa: Arc<Nfa>,
    /// Characters at most.
    pub(super) max: Option<u32>,
}

/// Fails for a format that is not enforced.
pub(super) fn check(name: &str) -> Result<(), GrammarError> {
    index(name).map(|_| ())
}

/// Where a format stands.
fn index(name: &str) -> Result<usize, GrammarError> {
    FORMATS.binary_search_by_key(&name, |format| format.0).map_err(|_| GrammarError::Pattern {
        pattern: name.to_owned(),
        offset: 0,
        message: format!("no such format is enforced: there are {}", names().join(", ")),
    })
}

/// A format, made when it is first asked for.
pub(super) fn find(name: &str) -> Result<&'static Ready, GrammarError> {
    static READY: [OnceLock<Ready>; FORMATS.len()] = [const { OnceLock::new() }; FORMATS.len()];
    let index = index(name)?;
    if let Some(ready) = READY[index].get() {
        return Ok(ready);
    }
    let (_, make, max) = FORMATS[index];
    let nfa = Arc::new(Grammar::build(make)?);
    Ok(READY[index].get_or_init(|| Ready { nfa, max }))
}
