//! Formats against the cases that tell implementations apart, against the standard library, and against calendars.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::tester::Tester;
use super::*;

/// Tells of texts whether they are of a format.
fn tester(name: &str) -> Tester {
    let set = TextSet::Format(name.to_owned());
    let spec = TextSpec { atoms: vec![Atom { set, negated: false }], ..TextSpec::default() };
    Tester::new(&spec, &Limits::default()).expect("a format")
}

/// A format, texts that are of it, and texts that are not.
type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "date-time",
        &["1963-06-19T08:30:06.283185Z", "1990-12-31T15:59:50.123-08:00", "2000-02-29t00:00:00z"],
        &["1990-02-31T15:59:59.123-08:00", "1990-12-31T15:59:59-24:00", "1963-06-19T08:30:06Z\n"],
    ),
    ("date-time", &["1998-12-31T23:59:60Z"], &["1998-12-31T22:59:60Z", "1998-12-31T23:58:60Z"]),
    ("date-time", &[], &["06/19/1963 08:30:06 PST", "2013-350T01:01:01", "1963-06-19T08:30:06"]),
    (
        "date",
        &["1963-06-19", "2020-02-29"],
        &["2021-02-29", "1963-6-1", "0000-01-01", "\u{664}963-06-19"],
    ),
    (
        "time",
        &["08:30:06Z", "23:59:60.5Z", "08:30:06+00:20"],
        &["24:00:00Z", "08:30:06", "8:30:06Z"],
    ),
    (
        "time",
        &["08:30:06.5-23:59"],
        &["08:30:06-24:00", "08:30:06-00:60", "08:30:60Z", "01:02:03+00:300"],
    ),
    (
        "duration",
        &["P4DT12H30M5S", "P4Y", "PT0S", "P0D", "P1M", "PT1M", "P2W"],
        &["PT1D", "4DT12H", "P"],
    ),
    (
        "duration",
        &["P1Y2M3DT4H5M6S"],
        &["P4YT", "PT", "P2D1Y", "P1D2H", "P2S", "P1Y2W", "P1Y2D", "PT1H2S"],
    ),
    (
        "email",
        &["joe.bloggs@example.com", "te~st@example.com", "~t@x", "te.s.t@x.y"],
        &["2962", ".t@x.y"],
    ),
    (
        "email",
        &["\"joe bloggs\"@example.com", "\"a\\\"b\"@x"],
        &["te..st@x.y", "t.@x.y", "a@b..c", "a b@x"],
    ),
    (
        "email",
        &["j@[127.0.0.1]", "j@[IPv6:::1]"],
        &["j@[127.0.0.300]", "j@[::1]", "j@-a", "a@b@c", "a@"],
    ),
    ("idn-email", &["\u{c2e4}\u{b840}@example.com"], &["2962", "\u{80}@x"]),
    (
        "hostname",
        &["www.example.com", "host-name", "h0stn4me", "1host", "a-b.c-d"],
        &["-a", "a-", "a_b"],
    ),
    (
        "hostname",
        &["hello-world", "a--b"],
        &["", ".", "a.", ".a", "a..b", "xn--X", "ab--c", "\u{e9}.fr"],
    ),
    (
        "ipv4",
        &["192.168.0.1", "0.0.0.0"],
        &["127.0.0", "256.0.0.1", "087.10.0.1", "1.2.3.4.5", "0x7f.0.0.1"],
    ),
    (
        "ipv6",
        &["::", "::1", "::ffff:192.168.0.1", "1:2::192.168.0.1"],
        &["12345::", "1::2::3", ":1", "1:"],
    ),
    (
        "ipv6",
        &["d6::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8"],
        &["::1/64", "::1%eth0", "1:2:3:4:5:6:7:8::"],
    ),
    (
        "uuid",
        &["2EB8AA08-aa98-11ea-b4aa-73b441d16380"],
        &["2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08aa98"],
    ),
    (
        "uri",
        &["http://foo.bar/?baz=qux#quux", "urn:oid:1.2", "tel:+1-816", "ldap://[2001:db8::7]/c=GB"],
        &["/abc"],
    ),
    (
        "uri",
        &["http://u:p%40@h:80/a;b?c", "a:", "http://"],
        &["http://a b", "\\\\W", "bar,a", "http://[1::2::3]/"],
    ),
    (
        "uri",
        &["file:///etc/passwd"],
        &["http://%2", "http://a/%zz", "http://ex\u{e9}.com", ":// should", "1a:b"],
    ),
    (
        "uri-reference",
        &["/abc", "", "a/b:c", "#f", "?q", "//h/p", "http://x"],
        &["a b", "1:a", "#a#b", "\\"],
    ),
    (
        "iri",
        &["http://\u{192}\u{f8}\u{f8}.\u{df}/?q=\u{e000}"],
        &["http://\u{e000}/", "/\u{e9}", "http://a b"],
    ),
    ("iri-reference", &["/\u{e2}", "\u{3b1}"], &["\u{fdd0}", "a\u{200e}\u{0}"]),
    (
        "uri-template",
        &["http://x/{term:1}/{term}", "{+a,b*}", "", "{?x.y}"],
        &["{", "}", "{}", "{a:0}", "{^a}", "<"],
    ),
    ("json-pointer", &["", "/", "/foo/0", "/~0~1", "/\u{e9} \n"], &["a", "/~", "/~2", "#/a"]),
    ("relative-json-pointer", &["1", "0#", "10/a", "2/~1"], &["/a", "01", "-1", "", "0##", "1#/a"]),
    ("base64", &["", "Zg==", "Zm8=", "Zm9v"], &["Zg=", "Zh==", "Zm9v=", "Z", "Zm9_"]),
    ("base64url", &["Zm9_", "-_-_"], &["Zm9/", "Zm9"]),
    ("ipvanyaddress", &["1.2.3.4", "::1"], &["1.2.3", "::/8", ""]),
    (
        "ipvanyinterface",
        &["1.2.3.4", "1.2.3.4/32", "::1/128", "::1"],
        &["1.2.3.4/33", "::1/129", "1.2.3.4/"],
    ),
    (
        "ipvanynetwork",
        &["10.0.0.0/8", "fe80::/10", "1.2.3.4"],
        &["10.0.0.1/8", "fe80::1/64", "10.0.0.0/33"],
    ),
    (
        "ipv4network",
        &["10.128.0.0/9", "1.2.3.254/31", "0.0.0.0/0"],
        &["10.64.0.0/9", "1.2.3.255/31", "::/0"],
    ),
    ("ipv6network", &["1:2:3:4::/64", "::/0", "::1"], &["1:2:3:4::/48", "::1/127"]),
    ("ipv4interface", &["1.2.3.4/0"], &["1.2.3.4/255.0.0.0", "::1"]),
    ("ipv6interface", &["1::2/64"], &["1.2.3.4", "::1/200"]),
];

#[test]
fn formats_accept_what_their_standards_do() {
    for (name, of, not_of) in CASES {
        let mut tester = tester(name);
        for text in *of {
            assert!(tester.contains(text), "{text:?} is of the format {name}");
        }
        for text in *not_of {
            assert!(!tester.contains(text), "{text:?} is not of the format {name}");
        }
    }
}

#[test]
fn lengths_of_mail_addresses_and_hosts_are_bounded() {
    let (mut email, mut host) = (tester("email"), tester("hostname"));
    let (a, b) = ("a".repeat(64), "b".repeat(63));
    assert!(email.contains(&format!("{a}@x")) && !email.contains(&format!("{a}a@x")));
    assert!(email.contains(&format!("{}@x", "a.".repeat(31) + "aa")));
    assert!(!email.contains(&format!("{}@x", "a.".repeat(32) + "a")));
    let inside = "c".repeat(62);
    assert!(
        email.contains(&format!("\"{inside}\"@x")) && !email.contains(&format!("\"c{inside}\"@x"))
    );
    assert!(host.contains(&b) && !host.contains(&format!("{b}b")));
    let long = format!("{b}.{b}.{b}.{}", "b".repeat(61));
    assert!(host.contains(&long) && !host.contains(&format!("{long}b")));
}

#[test]
fn days_are_those_of_the_calendar() {
    let mut date = tester("date");
    for year in
        [1, 4, 96, 100, 400, 1000, 1600, 1700, 1900, 1904, 1996, 1999, 2000, 2024, 2100, 9999]
    {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for month in 0..=13 {
            let days = match month {
                2 => 28 + u32::from(leap),
                4 | 6 | 9 | 11 => 30,
                1..=12 => 31,
                _ => 0,
            };
            for day in 0..=32 {
                let text = format!("{year:04}-{month:02}-{day:02}");
                assert_eq!(date.contains(&text), (1..=days).contains(&day), "{text}");
            }
        }
    }
}

#[test]
fn names_of_formats_are_those_that_can_be_made() {
    assert!(format_names().is_sorted() && format_names().contains(&"uuid"));
    for name in format_names() {
        let set = TextSet::Format((*name).to_owned());
        assert_eq!(check(&set, &Limits::default()), Ok(()));
        for negated in [false, true] {
            let spec =
                TextSpec { atoms: vec![Atom { set: set.clone(), negated }], ..TextSpec::default() };
            assert_eq!(is_empty(&spec, &Limits::default()), Ok(false), "{name}");
        }
    }
    for unknown in ["", "regex", "idn-hostname", "Date"] {
        let set = TextSet::Format(unknown.to_owned());
        assert!(matches!(check(&set, &Limits::default()), Err(GrammarError::Pattern { .. })));
    }
}

/// Texts that are nearly addresses.
fn addresses() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => "[0-9a-fA-F]{1,4}",
        6 => Just(":".to_owned()),
        2 => Just("::".to_owned()),
        1 => (0_u32..300, 0_u32..300, 0_u32..300, 0_u32..300)
            .prop_map(|(a, b, c, d)| format!("{a}.{b}.{c}.{d}")),
    ];
    let whole = (any::<u128>(), any::<u128>(), 0_u32..128)
        .prop_map(|(bits, mask, shift)| Ipv6Addr::from(bits & (mask >> shift)).to_string());
    prop_oneof![prop::collection::vec(part, 0..16).prop_map(|parts| parts.concat()), whole]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn addresses_are_those_of_the_standard_library(texts in prop::collection::vec(addresses(), 8)) {
        let mut v4 = tester("ipv4");
        let mut v6 = tester("ipv6");
        for text in texts {
            prop_assert_eq!(v4.contains(&text), text.parse::<Ipv4Addr>().is_ok(), "{}", text);
            prop_assert_eq!(v6.contains(&text), text.parse::<Ipv6Addr>().is_ok(), "{}", text);
        }
    }
}
