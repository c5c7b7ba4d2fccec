//! The grammars of formats, next to the standards they are from. Each is put in front of what follows it, so
//! that parts that several ways lead to, such as the groups of an IPv6 address, are there once.

use regex_syntax::hir::Hir;

use crate::{GrammarError, Limits};

use super::alphabet::CharSet;
use super::nfa::{Builder, MATCH, Nfa, Node, NodeId};
use super::regex;

/// An automaton in the making.
#[derive(Debug)]
pub(super) struct Grammar(Builder);

/// A part of an automaton: where it begins, or why it could not be made.
pub(super) type Part = Result<NodeId, GrammarError>;

impl Grammar {
    /// The automaton of what `make` puts in front of the end.
    pub(super) fn build(make: fn(&mut Grammar, NodeId) -> Part) -> Result<Nfa, GrammarError> {
        let mut grammar = Self(Builder::new());
        let start = make(&mut grammar, MATCH)?;
        Ok(grammar.0.finish(start))
    }

    /// A regular expression.
    pub(super) fn re(&mut self, expression: &str, next: NodeId) -> Part {
        Ok(self.0.add(&hir(expression)?, next))
    }

    /// A character.
    fn character(&mut self, character: char, next: NodeId) -> NodeId {
        let set = self.0.set(CharSet::single(character));
        self.0.push(Node::Set(set, next))
    }

    /// Any of these.
    pub(super) fn either(&mut self, ways: &[NodeId]) -> NodeId {
        self.0.push(Node::Split(ways.to_vec()))
    }

    /// RFC 3339, `full-date`, with the days that months have.
    pub(super) fn date(&mut self, next: NodeId) -> Part {
        let year = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])";
        let long = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])";
        let short = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)";
        let february = "02-(?:0[1-9]|1[0-9]|2[0-8])";
        // Every fourth year, but of the centuries every fourth only.
        let leap =
            "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";
        self.re(&format!("{year}-(?:{long}|{short}|{february})|{leap}-02-29"), next)
    }

    /// RFC 3339, `full-time`.
    pub(super) fn time(&mut self, next: NodeId) -> Part {
        let hour = "(?:[01][0-9]|2[0-3])";
        let fraction = r"(?:\.[0-9]+)?";
        let usual = format!("{hour}:[0-5][0-9]:[0-5][0-9]{fraction}(?:[Zz]|[+-]{hour}:[0-5][0-9])");
        self.re(&format!("{usual}|23:59:60{fraction}(?:[Zz]|[+-]00:00)"), next)
    }

    /// RFC 3339, `date-time`.
    pub(super) fn date_time(&mut self, next: NodeId) -> Part {
        let time = self.time(next)?;
        let time = self.re("[Tt]", time)?;
        self.date(time)
    }

    /// RFC 3339, appendix A.
    pub(super) fn duration(&mut self, next: NodeId) -> Part {
        let (second, day) = ("(?:[0-9]+S)?", "(?:[0-9]+D)?");
        let time = format!("T(?:[0-9]+H(?:[0-9]+M{second})?|[0-9]+M{second}|[0-9]+S)");
        let date = format!("(?:[0-9]+Y(?:[0-9]+M{day})?|[0-9]+M{day}|[0-9]+D)");
        self.re(&format!("P(?:[0-9]+W|{date}(?:{time})?|{time})"), next)
    }

    /// RFC 1123 and RFC 5890: labels of at most 63 characters, none with hyphens in the third and fourth place.
    pub(super) fn hostname(&mut self, next: NodeId) -> Part {
        let (l, h) = ("[A-Za-z0-9]", "[A-Za-z0-9-]");
        let label = format!("{l}(?:{l}|{h}{l}|{h}{h}{l}|{h}(?:{l}{h}|-{l}){h}{{0,58}}{l})?");
        // The labels share one copy: behind a dot it begins again.
        let again = self.either(&[]);
        let end = self.either(&[next, again]);
        let start = self.re(&label, end)?;
        let dot = self.character('.', start);
        self.0.branch(again, dot);
        Ok(start)
    }

    /// RFC 5321, `Mailbox`.
    pub(super) fn email(&mut self, next: NodeId) -> Part {
        self.mailbox("", next)
    }

    /// RFC 6531, with a domain in ASCII.
    pub(super) fn international_email(&mut self, next: NodeId) -> Part {
        self.mailbox(r"\u{A0}-\u{10FFFF}", next)
    }

    /// A local part of at most 64 characters, these besides those of ASCII among them, and a domain.
    fn mailbox(&mut self, besides: &str, next: NodeId) -> Part {
        let host = self.hostname(next)?;
        let close = self.character(']', next);
        let v6 = self.ipv6(close)?;
        let v6 = self.re("IPv6:", v6)?;
        let v4 = self.ipv4(close)?;
        let address = self.either(&[v4, v6]);
        let literal = self.character('[', address);
        let domain = self.either(&[host, literal]);
        let at = self.character('@', domain);
        let atom = hir(&format!("[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{besides}-]"))?;
        let plain = hir(&format!(r"[ !#-;=-?A-\[\]-~{besides}]"))?;
        let escaped = hir(r"\\[!-;=-?A-~]")?;
        // Where so many characters, one more at each turn, may still come before the @: behind a character of an
        // atom, and inside quotes, whose end is one of them.
        let (mut atoms, mut quoted) = (vec![at], vec![self.either(&[])]);
        let end = self.character('"', at);
        for left in 1..=64 {
            let mut ways = vec![at, self.0.add(&atom, atoms[left - 1])];
            let mut inside = vec![end, self.0.add(&plain, quoted[left - 1])];
            if left >= 2 {
                let more = self.0.add(&atom, atoms[left - 2]);
                ways.push(self.character('.', more));
                inside.push(self.0.add(&escaped, quoted[left - 2]));
            }
            atoms.push(self.either(&ways));
            quoted.push(self.either(&inside));
        }
        let start = self.0.add(&atom, atoms[63]);
        let open = self.character('"', quoted[63]);
        Ok(self.either(&[start, open]))
    }

    /// RFC 2673, `dotted-quad`.
    pub(super) fn ipv4(&mut self, next: NodeId) -> Part {
        self.re(&format!(r"{BYTE}(?:\.{BYTE}){{3}}"), next)
    }

    /// RFC 3986, `IPv6address`.
    pub(super) fn ipv6(&mut self, next: NodeId) -> Part {
        let group = "[0-9A-Fa-f]{1,4}";
        let v4 = self.ipv4(next)?;
        // Behind two colons, by how many groups there may still be: nothing, or one that has to come.
        let (mut behind, mut ends) = (vec![next], vec![next]);
        for left in 1..8 {
            let mut wanted = vec![self.re(group, ends[left - 1])?];
            wanted.extend((left >= 2).then_some(v4));
            let wanted = self.either(&wanted);
            let colon = self.character(':', wanted);
            behind.push(self.either(&[next, wanted]));
            ends.push(self.either(&[next, colon]));
        }
        // Before them, by how many groups there were.
        let mut at = next;
        for before in (1..8).rev() {
            let mut wanted = vec![self.re(group, at)?, self.character(':', behind[7 - before])];
            wanted.extend((before == 6).then_some(v4));
            let wanted = self.either(&wanted);
            at = self.character(':', wanted);
        }
        let first = self.re(group, at)?;
        let colons = self.re("::", behind[7])?;
        Ok(self.either(&[first, colons]))
    }

    /// RFC 4122.
    pub(super) fn uuid(&mut self, next: NodeId) -> Part {
        let hex = "[0-9A-Fa-f]";
        self.re(&format!("{hex}{{8}}-{hex}{{4}}-{hex}{{4}}-{hex}{{4}}-{hex}{{12}}"), next)
    }

    /// RFC 6901.
    pub(super) fn json_pointer(&mut self, next: NodeId) -> Part {
        self.re("(?:/(?:[^/~]|~[01])*)*", next)
    }

    /// The draft of relative JSON pointers.
    pub(super) fn relative_json_pointer(&mut self, next: NodeId) -> Part {
        let pointer = self.json_pointer(next)?;
        let name = self.character('#', next);
        let end = self.either(&[name, pointer]);
        self.re("0|[1-9][0-9]*", end)
    }

    /// RFC 4648, section 4.
    pub(super) fn base64(&mut self, next: NodeId) -> Part {
        self.base64_digits("[A-Za-z0-9+/]", next)
    }

    /// RFC 4648, section 5.
    pub(super) fn base64url(&mut self, next: NodeId) -> Part {
        self.base64_digits("[A-Za-z0-9_-]", next)
    }

    fn base64_digits(&mut self, digit: &str, next: NodeId) -> Part {
        let rest = format!("(?:{digit}[AQgw]==|{digit}{{2}}[AEIMQUYcgkosw048]=)?");
        self.re(&format!("(?:{digit}{{4}})*{rest}"), next)
    }
}

/// A regular expression, parsed.
fn hir(expression: &str) -> Result<Hir, GrammarError> {
    regex::hir(expression, &Limits::default())
}

/// A number of 8 bits.
pub(super) const BYTE: &str = "(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
