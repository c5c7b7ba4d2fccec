//! The grammars of formats, as regular expressions on whole texts, next to the standards they are from.

/// RFC 3339, `full-date`, with the days that months have.
pub(super) fn date() -> String {
    let year = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])";
    let long = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])";
    let short = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)";
    let february = "02-(?:0[1-9]|1[0-9]|2[0-8])";
    // Every fourth year, but of the centuries every fourth only.
    let leap = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";
    format!("(?:{year}-(?:{long}|{short}|{february})|{leap}-02-29)")
}

/// RFC 3339, `full-time`.
pub(super) fn time() -> String {
    let hour = "(?:[01][0-9]|2[0-3])";
    let fraction = r"(?:\.[0-9]+)?";
    let offset = format!("(?:[Zz]|[+-]{hour}:[0-5][0-9])");
    format!(
        "(?:{hour}:[0-5][0-9]:[0-5][0-9]{fraction}{offset}|23:59:60{fraction}(?:[Zz]|[+-]00:00))"
    )
}

/// RFC 3339, appendix A.
pub(super) fn duration() -> String {
    let (second, day) = ("(?:[0-9]+S)?", "(?:[0-9]+D)?");
    let time = format!("T(?:[0-9]+H(?:[0-9]+M{second})?|[0-9]+M{second}|[0-9]+S)");
    let date = format!("(?:[0-9]+Y(?:[0-9]+M{day})?|[0-9]+M{day}|[0-9]+D)");
    format!("P(?:[0-9]+W|{date}(?:{time})?|{time})")
}

/// RFC 1123 and RFC 5890: labels of at most 63 characters, none of them with hyphens in the third and fourth place.
pub(super) fn hostname() -> String {
    let (l, h) = ("[A-Za-z0-9]", "[A-Za-z0-9-]");
    let label = format!("{l}(?:{l}|{h}{l}|{h}{h}{l}|{h}(?:{l}{h}|-{l}){h}{{0,58}}{l})?");
    format!(r"{label}(?:\.{label})*")
}

/// RFC 5321, `Mailbox`, with these characters besides in the local part (RFC 6531); the local part has at
/// most 64 characters.
pub(super) fn email(besides: &str) -> Vec<String> {
    let atom = format!("[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{besides}-]+");
    let quoted = format!(r#""(?:[ !#-;=-?A-\[\]-~{besides}]|\\[!-;=-?A-~])*""#);
    let literal = format!(r"\[(?:{}|IPv6:{})\]", ipv4(), ipv6());
    let local = format!(r"(?:{atom}(?:\.{atom})*|{quoted})");
    vec![format!("{local}@(?:{}|{literal})", hostname()), "[^@]{1,64}@[^@]*".to_owned()]
}

/// RFC 2673, `dotted-quad`.
pub(super) fn ipv4() -> String {
    let byte = "(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
    format!(r"{byte}(?:\.{byte}){{3}}")
}

/// RFC 3986, `IPv6address`.
pub(super) fn ipv6() -> String {
    let group = "[0-9A-Fa-f]{1,4}";
    let last = format!("(?:{group}:{group}|{})", ipv4());
    let mut ways = vec![format!("(?:{group}:){{6}}{last}")];
    for before in 0..8_usize {
        // So many groups stand before the two colons, with colons between them.
        let start = match before {
            0 => String::new(),
            _ => format!("{group}(?::{group}){{{}}}", before - 1),
        };
        let after = 7 - before;
        let mut ends = vec![String::new()];
        if after >= 1 {
            ends.push(group.to_owned());
        }
        if after >= 2 {
            ends.push(format!("(?:{group}:){{0,{}}}{last}", after - 2));
        }
        ways.push(format!("{start}::(?:{})", ends.join("|")));
    }
    format!("(?:{})", ways.join("|"))
}

/// An address of these versions with or without a prefix length, as Python's `ipaddress` reads it.
pub(super) fn interface(versions: &[u8]) -> String {
    let each = versions.iter().map(|version| match version {
        4 => format!("{}(?:/(?:[0-9]|[12][0-9]|3[0-2]))?", ipv4()),
        _ => format!("{}(?:/(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))?", ipv6()),
    });
    format!("(?:{})", each.collect::<Vec<_>>().join("|"))
}

/// A network of these versions: nothing but zeros behind the prefix.
pub(super) fn network(versions: &[u8]) -> String {
    let each = versions.iter().map(|version| match version {
        4 => format!("{}|{}", ipv4(), ipv4_networks()),
        _ => format!("{}|{}", ipv6(), ipv6_networks()),
    });
    format!("(?:{})", each.collect::<Vec<_>>().join("|"))
}

/// Numbers, any of which may stand.
fn any_of(numbers: impl Iterator<Item = u32>) -> String {
    format!("(?:{})", numbers.map(|number| number.to_string()).collect::<Vec<_>>().join("|"))
}

/// By prefix length: whole bytes, one that is a multiple, and zeros.
fn ipv4_networks() -> String {
    let byte = any_of(0..256);
    let ways = (0..=32_u32).map(|prefix| {
        let mut bytes = vec![byte.clone(); prefix as usize / 8];
        if prefix % 8 != 0 {
            bytes.push(any_of((0..256).step_by(1 << (8 - prefix % 8))));
        }
        bytes.resize(4, "0".to_owned());
        format!("{}/{prefix}", bytes.join(r"\."))
    });
    ways.collect::<Vec<_>>().join("|")
}

/// By number of groups before the two colons: prefixes that take in all of them.
fn ipv6_networks() -> String {
    let ways = (0..8_u32).map(|groups| {
        let group = "[0-9A-Fa-f]{1,4}";
        let start = vec![group; groups as usize].join(":");
        format!("{start}::/{}", any_of(groups * 16..129))
    });
    ways.collect::<Vec<_>>().join("|")
}

/// RFC 4122.
pub(super) fn uuid() -> String {
    let hex = "[0-9A-Fa-f]";
    format!("{hex}{{8}}-{hex}{{4}}-{hex}{{4}}-{hex}{{4}}-{hex}{{12}}")
}

/// RFC 6901.
pub(super) fn json_pointer() -> String {
    "(?:/(?:[^/~]|~[01])*)*".to_owned()
}

/// The draft of relative JSON pointers.
pub(super) fn relative_json_pointer() -> String {
    format!("(?:0|[1-9][0-9]*)(?:#|{})", json_pointer())
}

/// RFC 4648, with these two digits at the end of the alphabet.
pub(super) fn base64(last: &str) -> String {
    let digit = format!("[A-Za-z0-9{last}]");
    format!("(?:{digit}{{4}})*(?:{digit}[AQgw]==|{digit}{{2}}[AEIMQUYcgkosw048]=)?")
}

/// Characters beyond ASCII in an IRI (RFC 3987, `ucschar`).
const UCS: &str = concat!(
    r"\u{A0}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFEF}\u{10000}-\u{1FFFD}\u{20000}-\u{2FFFD}",
    r"\u{30000}-\u{3FFFD}\u{40000}-\u{4FFFD}\u{50000}-\u{5FFFD}\u{60000}-\u{6FFFD}\u{70000}-\u{7FFFD}",
    r"\u{80000}-\u{8FFFD}\u{90000}-\u{9FFFD}\u{A0000}-\u{AFFFD}\u{B0000}-\u{BFFFD}\u{C0000}-\u{CFFFD}",
    r"\u{D0000}-\u{DFFFD}\u{E1000}-\u{EFFFD}",
);

/// Characters beyond those in the query of an IRI (`iprivate`).
const PRIVATE: &str = r"\u{E000}-\u{F8FF}\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}";

/// RFC 3986, `URI` or `URI-reference`; with characters beyond ASCII, RFC 3987.
pub(super) fn uri(international: bool, reference: bool) -> String {
    let (ucs, private) = if international { (UCS, PRIVATE) } else { ("", "") };
    let encoded = "%[0-9A-Fa-f]{2}";
    let name = format!("A-Za-z0-9._~!$&'()*+,;={ucs}-");
    let future = r"v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+";
    let host = format!(r"(?:\[(?:{}|{future})\]|(?:[{name}]|{encoded})*)", ipv6());
    let authority = format!("//(?:(?:[:{name}]|{encoded})*@)?{host}(?::[0-9]*)?");
    let character = format!("(?:[:@{name}]|{encoded})");
    let segments = format!("(?:/{character}*)*");
    let absolute = format!("/(?:{character}+{segments})?");
    let tail =
        format!(r"(?:\?(?:[/?:@{private}{name}]|{encoded})*)?(?:#(?:[/?:@{name}]|{encoded})*)?");
    let scheme = "[A-Za-z][A-Za-z0-9+.-]*:";
    let full =
        format!("{scheme}(?:{authority}{segments}|{absolute}|{character}+{segments}|){tail}");
    if !reference {
        return full;
    }
    let first = format!("(?:[@{name}]|{encoded})+");
    format!("(?:{full}|(?:{authority}{segments}|{absolute}|{first}{segments}|){tail})")
}

/// RFC 6570, with the apostrophe of erratum 6937.
pub(super) fn uri_template() -> String {
    let encoded = "%[0-9A-Fa-f]{2}";
    let literal = format!(r"[!#$&'(-;=?-\[\]_a-z~{UCS}{PRIVATE}]|{encoded}");
    let name = format!("(?:[A-Za-z0-9_]|{encoded})+");
    let variable = format!(r"{name}(?:\.{name})*(?::[1-9][0-9]{{0,3}}|\*)?");
    format!(r"(?:{literal}|\{{[+#./;?&=,!@|]?{variable}(?:,{variable})*\}})*")
}
