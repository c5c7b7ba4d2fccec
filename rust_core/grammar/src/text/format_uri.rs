//! The grammars of URIs, IRIs and URI templates.

use super::format_grammar::{Grammar, Part};
use super::nfa::NodeId;

/// Characters beyond ASCII in an IRI (RFC 3987, `ucschar`).
const UCS: &str = concat!(
    r"\u{A0}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFEF}",
    r"\u{10000}-\u{1FFFD}\u{20000}-\u{2FFFD}\u{30000}-\u{3FFFD}\u{40000}-\u{4FFFD}",
    r"\u{50000}-\u{5FFFD}\u{60000}-\u{6FFFD}\u{70000}-\u{7FFFD}\u{80000}-\u{8FFFD}",
    r"\u{90000}-\u{9FFFD}\u{A0000}-\u{AFFFD}\u{B0000}-\u{BFFFD}\u{C0000}-\u{CFFFD}",
    r"\u{D0000}-\u{DFFFD}\u{E1000}-\u{EFFFD}",
);

/// Characters beyond those in the query of an IRI (`iprivate`).
const PRIVATE: &str = r"\u{E000}-\u{F8FF}\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}";

/// A character by its number.
const ENCODED: &str = "%[0-9A-Fa-f]{2}";

impl Grammar {
    /// RFC 3986, `URI`.
    pub(super) fn uri(&mut self, next: NodeId) -> Part {
        self.identifier(["", ""], false, next)
    }

    /// RFC 3986, `URI-reference`.
    pub(super) fn uri_reference(&mut self, next: NodeId) -> Part {
        self.identifier(["", ""], true, next)
    }

    /// RFC 3987, `IRI`.
    pub(super) fn iri(&mut self, next: NodeId) -> Part {
        self.identifier([UCS, PRIVATE], false, next)
    }

    /// RFC 3987, `IRI-reference`.
    pub(super) fn iri_reference(&mut self, next: NodeId) -> Part {
        self.identifier([UCS, PRIVATE], true, next)
    }

    /// An identifier, perhaps without its scheme, with characters beyond ASCII and those of queries.
    fn identifier(&mut self, [ucs, private]: [&str; 2], reference: bool, next: NodeId) -> Part {
        let name = format!("A-Za-z0-9._~!$&'()*+,;={ucs}-");
        let character = format!("(?:[:@{name}]|{ENCODED})");
        let query = format!(r"(?:\?(?:[/?:@{private}{name}]|{ENCODED})*)?");
        let tail = self.re(&format!("{query}(?:#(?:[/?:@{name}]|{ENCODED})*)?"), next)?;
        let segments = self.re(&format!("(?:/{character}*)*"), tail)?;

        let port = self.re("(?::[0-9]*)?", segments)?;
        let close = self.re(r"\]", port)?;
        let v6 = self.ipv6(close)?;
        let future = self.re(r"v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+", close)?;
        let address = self.either(&[v6, future]);
        let literal = self.re(r"\[", address)?;
        let host = self.re(&format!("(?:[{name}]|{ENCODED})*"), port)?;
        let host = self.either(&[literal, host]);
        let user = self.re(&format!("(?:[:{name}]|{ENCODED})*@"), host)?;
        let authority = self.either(&[host, user]);
        let authority = self.re("//", authority)?;

        let rootless = self.re(&format!("{character}+"), segments)?;
        let absolute = self.either(&[tail, rootless]);
        let absolute = self.re("/", absolute)?;
        let hierarchy = self.either(&[authority, absolute, rootless, tail]);
        let full = self.re("[A-Za-z][A-Za-z0-9+.-]*:", hierarchy)?;
        if !reference {
            return Ok(full);
        }
        // Without a scheme, no colon may stand in the first segment.
        let first = self.re(&format!("(?:[@{name}]|{ENCODED})+"), segments)?;
        Ok(self.either(&[full, authority, absolute, first, tail]))
    }

    /// RFC 6570, with the apostrophe of erratum 6937.
    pub(super) fn uri_template(&mut self, next: NodeId) -> Part {
        let literal = format!(r"[!#$&'(-;=?-\[\]_a-z~{UCS}{PRIVATE}]|{ENCODED}");
        let name = format!("(?:[A-Za-z0-9_]|{ENCODED})+");
        let variable = format!(r"{name}(?:\.{name})*(?::[1-9][0-9]{{0,3}}|\*)?");
        let expression = format!(r"\{{[+#./;?&=,!@|]?{variable}(?:,{variable})*\}}");
        self.re(&format!("(?:{literal}|{expression})*"), next)
    }
}
