//! The syntax of patterns: what ECMA-262 says they mean, and what is refused, where and how fast.

use std::time::{Duration, Instant};

use super::*;

/// The set of a pattern of JSON Schema.
fn set(pattern: &str) -> TextSet {
    TextSet::Pattern(pattern.to_owned())
}

/// Whether a set contains a text.
fn contains(set: TextSet, text: &str) -> bool {
    let spec = TextSpec { atoms: vec![Atom { set, negated: false }], ..TextSpec::default() };
    spec.contains(text, &Limits::default()).expect("a valid pattern")
}

/// A pattern, texts it finds a match in, and texts it finds none in.
type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    // Searched for anywhere, over line ends too.
    ("a", &["a", "ba", "\na\n"], &["", "b"]),
    ("", &["", "x"], &[]),
    ("^$", &[""], &["a", "\n"]),
    ("^a$", &["a"], &["a\n", "\na", "ba"]),
    ("^a|b$", &["ax", "xb"], &["xa", "bx"]),
    // Classes are those of ASCII; white space is that of ECMA-262.
    (r"^\d$", &["7"], &["\u{0664}", "a"]),
    (r"^\D$", &["\u{0664}", "a"], &["7"]),
    (r"^\w$", &["_", "z"], &["\u{e9}", "-"]),
    (r"^\W$", &["\u{e9}", "-"], &["_"]),
    (
        r"^\s$",
        &["\u{feff}", "\u{b}", "\u{2029}", "\u{a0}", "\u{2003}"],
        &["\u{85}", "\u{200b}", "a"],
    ),
    (r"^\S$", &["\u{85}", "a"], &[" ", "\u{3000}"]),
    (r"^.$", &["a", "\u{1F600}", "\u{85}"], &["\n", "\r", "\u{2028}", "\u{2029}", "ab"]),
    ("^[^]$", &["\n", "a"], &["", "ab"]),
    ("[]", &[], &["", "a"]),
    ("^[]?a$", &["a"], &["]a"]),
    // Escapes.
    (r"^\t\n\v\f\r\0$", &["\t\n\u{b}\u{c}\r\0"], &[]),
    (r"^\cJ\cz$", &["\n\u{1a}"], &["Jz"]),
    (r"^\x41\u0042\u{43}\u{1F600}$", &["ABC\u{1F600}"], &[]),
    (r"^\ud83d\ude00$", &["\u{1F600}"], &[]),
    (r"^\ud83d$", &[], &["\u{1F600}", "d"]),
    (r"^[\ud800-\udfff]?x$", &["x"], &["\u{d7ff}x"]),
    (r"^[\ud83d\ude00-\ud83d\ude02]$", &["\u{1F601}"], &["\u{1F603}"]),
    (r"^\/\-\_\@\.\$\^\}\]$", &["/-_@.$^}]"], &[]),
    (r"^[\b]$", &["\u{8}"], &["b"]),
    (r"^[\u0000-\uffff]$", &["\u{e9}", "\u{ffff}"], &["\u{1F600}"]),
    // Properties.
    (r"^\p{Lu}\p{Script=Greek}\P{L}$", &["A\u{3b1}1"], &["a\u{3b1}1", "Aa1", "A\u{3b1}a"]),
    (r"^\p{General_Category=Decimal_Number}[\p{L}\d]$", &["\u{0664}x"], &["xx"]),
    (r"^\p{Letter}cole$", &["\u{c9}cole"], &["1cole"]),
    // Places of hyphens and brackets that browsers take.
    ("^[a-]$", &["a", "-"], &["b"]),
    ("^[-a]$", &["a", "-"], &["b"]),
    (r"^[\w-.]$", &["x", "-", "."], &["+"]),
    (r"^[+--]$", &["+", ",", "-"], &["."]),
    (r"^[a\-c]$", &["a", "-", "c"], &["b"]),
    ("^[[a]$", &["[", "a"], &["]"]),
    ("^]}{$", &["]}{"], &[]),
    ("^a{,3}$", &["a{,3}"], &["aa"]),
    ("^a{b$", &["a{b"], &[]),
    ("^{a}$", &["{a}"], &[]),
    // Repetitions.
    ("^a{2}$", &["aa"], &["a", "aaa"]),
    ("^a{2,}$", &["aa", "aaaaa"], &["a"]),
    ("^(ab){1,2}?$", &["ab", "abab"], &["", "ababab"]),
    ("^(?:a|b)*?c+?$", &["c", "abcc"], &["ab"]),
    ("^(a*)*$", &["", "aaa"], &["b"]),
    ("^x{0}y$", &["y"], &["xy"]),
    // Groups, flags.
    ("^(?<name>a)(?:b)(c)(?P<other>d)$", &["abcd"], &[]),
    ("^(?i:aB\u{e9})c$", &["Ab\u{c9}c", "aB\u{e9}c"], &["ab\u{e9}C"]),
    ("(?i)^a[b-c]$", &["AC"], &["AD"]),
    ("^(?s:.).$", &["\nx"], &["x\n"]),
    (r"^(?i:[^a])$", &["b"], &["A"]),
    // Word boundaries are those of ASCII.
    (r"\bcat\b", &["a cat.", "cat", "\u{e9}cat"], &["cats", "_cat"]),
    (r"\Bcat", &["xcat"], &["cat", " cat"]),
    (r"^\b$", &[], &["", "a"]),
    (r"^\B$", &[""], &["a"]),
    (r"(^|,)a(,|$)", &["a", "b,a", "a,b"], &["ba", "ab"]),
    (r"a^b|c$d|^e$", &["e"], &["ab", "cd"]),
    // Lookaheads at the start.
    ("^(?!a)[ab]$", &["b"], &["a"]),
    ("^(?=.*\\d)(?=.*[a-z]).{4,}$", &["abc1", "1xyz9"], &["abcd", "1234", "a1"]),
    ("(?!x)^.+$", &["y"], &["xy"]),
    ("^(?!.*--)[a-z-]+$", &["a-b"], &["a--b"]),
    ("^((?!a)b|c)d", &["bd", "cdx"], &["ad"]),
    ("^(?:(?=a)(?!ab))a.$|^z$", &["ac", "z"], &["ab", "bz"]),
    ("^(?=[^]{2}$)a*$", &["aa"], &["a", "aaa"]),
    ("^(?!(?=a)a)", &["", "b"], &["a"]),
    (r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$", &["1", "-0.5", ".5", "5."], &["", "+", "-.", "1.2.3"]),
];

#[test]
fn patterns_mean_what_ecma_262_says() {
    for (pattern, found, missed) in CASES {
        for text in *found {
            assert!(contains(set(pattern), text), "{pattern} should be found in {text:?}");
        }
        for text in *missed {
            assert!(!contains(set(pattern), text), "{pattern} should not be found in {text:?}");
        }
    }
}

#[test]
fn regular_expressions_match_as_a_whole() {
    let whole = |pattern: &str, text: &str| contains(TextSet::Regex(pattern.to_owned()), text);
    assert!(whole("a|bc", "bc") && !whole("a|bc", "bcd"));
    assert!(whole(r"\d+", "\u{0664}2") && whole("(?P<n>a){,2}", "aa"));
    assert!(whole("(?m)^a$\n^b$", "a\nb") && whole("^a$", "a"));
    assert!(whole(r"(?x) a  b # so far", "ab"));
}

/// A malformed or refused pattern, the character at which the fault stands, and a word of the advice.
const FAULTS: &[(&str, usize, &str)] = &[
    ("a(", 1, "not closed"),
    ("a)b", 1, "closes no group"),
    ("[a", 0, "not closed"),
    ("\u{e9}[z-a]", 2, "ends before"),
    ("*a", 0, "nothing"),
    ("^*", 1, "nothing"),
    ("a**", 2, "nothing"),
    ("a{2}{3}", 4, "nothing"),
    ("{2}", 0, "nothing"),
    ("a{3,2}", 1, "swapped"),
    ("a\\", 1, "backslash"),
    (r"a\Z", 1, "no escape"),
    (r"\A", 0, "no escape"),
    (r"\a", 0, "no escape"),
    (r"\xg", 0, "hexadecimal"),
    (r"\u12", 0, "hexadecimal"),
    (r"\u{110000}", 0, "hexadecimal"),
    (r"\c1", 0, "letter"),
    (r"\p{Nothing}", 0, "property"),
    (r"\pL", 0, "braces"),
    (r"[\B]", 1, "brackets"),
    (r"(a)\1", 3, "back-reference"),
    (r"(?<n>a)\k<n>", 7, "back-reference"),
    ("(?<1>a)", 0, "name"),
    ("(?<=a)b", 0, "lookbehind"),
    ("^(?<!a)b", 1, "lookbehind"),
    ("a(?=b)", 1, "lookahead"),
    ("(?=a)b", 0, "lookahead"),
    ("^a(?!b)$", 2, "lookahead"),
    ("^(?:(?!a).)*$", 1, "lookahead"),
    ("^(?=a(?!b))", 5, "lookahead"),
    ("(?#comment)a", 0, "kind of group"),
    ("(?>a)", 0, "kind of group"),
    ("a(?i)b", 1, "kind of group"),
    ("(?m:^a)", 0, "kind of group"),
];

#[test]
fn faults_are_told_with_their_place() {
    for (pattern, place, advice) in FAULTS {
        match check(&set(pattern), &Limits::default()) {
            Err(GrammarError::Pattern { pattern: given, offset, message }) => {
                assert_eq!((given.as_str(), offset), (*pattern, *place), "{message}");
                assert!(message.contains(advice), "{pattern}: {message}");
            }
            other => panic!("{pattern}: {other:?}"),
        }
    }
}

#[test]
fn faults_of_regular_expressions_are_told_with_their_place() {
    let faults =
        [("\u{e9}(?=b)", 1), (r"(a)\1", 3), ("a(", 1), ("^(?!a)b", 1), (r"\p{Nothing}", 0)];
    for (pattern, place) in faults {
        match check(&TextSet::Regex(pattern.to_owned()), &Limits::default()) {
            Err(GrammarError::Pattern { offset, .. }) => assert_eq!(offset, place, "{pattern}"),
            other => panic!("{pattern}: {other:?}"),
        }
    }
}

/// The option that an error of limits names.
fn limit<T: std::fmt::Debug>(result: Result<T, GrammarError>) -> &'static str {
    match result {
        Err(GrammarError::Limit { option, .. }) => option,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_hangs_or_overflows() {
    let limits = Limits::default();
    let begin = Instant::now();
    for pattern in
        ["((a{0,100}){0,100}){0,100}", "a{4000000000}", "(a{40000}b){9}", "(ab){99999999999}"]
    {
        assert_eq!(limit(check(&set(pattern), &limits)), "states", "{pattern}");
        assert_eq!(limit(automaton(&spec(set(pattern)), &limits).map(|_| ())), "states");
        assert!(check(&TextSet::Regex(pattern.to_owned()), &limits).is_err());
    }
    let deep = [
        "(".repeat(10_000),
        format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("^{}a", "(?!".repeat(10_000)),
        "[".repeat(10_000),
        format!("a{}", "?".repeat(10_000)),
    ];
    for pattern in deep {
        assert!(matches!(check(&set(&pattern), &limits), Err(GrammarError::Pattern { .. })));
        let regex = TextSet::Regex(pattern);
        assert!(matches!(check(&regex, &limits), Err(GrammarError::Pattern { .. })));
    }
    assert_eq!(limit(check(&set(&format!("^{}", "(?=a)".repeat(5_000))), &limits)), "alternatives");
    let ways = format!("^{}", "(?:(?=a)|(?=b))".repeat(40));
    assert_eq!(limit(check(&set(&ways), &limits)), "alternatives");
    let small = Limits { source_bytes: 10, ..limits };
    assert_eq!(limit(check(&set("aaaaaaaaaaa"), &small)), "source_bytes");
    assert_eq!(limit(check(&TextSet::Regex("aaaaaaaaaaa".to_owned()), &small)), "source_bytes");
    assert!(begin.elapsed() < Duration::from_secs(10));
}

/// One set that has to hold.
fn spec(set: TextSet) -> TextSpec {
    TextSpec { atoms: vec![Atom { set, negated: false }], ..TextSpec::default() }
}

#[test]
fn exploration_stops_at_the_limit() {
    let limits = Limits { states: 1_000, ..Limits::default() };
    // Its complement has to tell apart what the last 20 characters were.
    let mut negated = spec(set("a[ab]{20}$"));
    negated.atoms[0].negated = true;
    assert_eq!(limit(automaton(&negated, &limits).map(|_| ())), "states");
    assert_eq!(limit(is_empty(&negated, &limits)), "states");
    assert_eq!(limit(Classifier::new(&[spec(set("a[ab]{20}$"))], &limits).map(|_| ())), "states");
    let words = TextSet::Words((0..20_000).map(|word| format!("word{word}")).collect());
    assert_eq!(limit(check(&words, &limits)), "states");
    assert_eq!(
        limit(Classifier::new(&vec![spec(set("a")); MAX_SETS + 1], &limits).map(|_| ())),
        "states"
    );
    let mut large = spec(set("[ab]{20000}$"));
    large.atoms[0].negated = true;
    let begin = Instant::now();
    assert_eq!(limit(automaton(&large, &Limits::default()).map(|_| ())), "memory");
    assert!(begin.elapsed() < Duration::from_secs(10));
    let characters = (0..10_000).filter_map(|index| char::from_u32(0x4E00 + index));
    let different = spec(set(&characters.collect::<String>()));
    assert_eq!(limit(automaton(&different, &Limits::default()).map(|_| ())), "memory");
    // The pattern itself is followed as it is met.
    assert!(automaton(&spec(set("a[ab]{20}$")), &limits).is_ok());
}

#[test]
fn counted_repetitions_of_a_class_take_no_states() {
    let limits = Limits { states: 1_000, ..Limits::default() };
    for pattern in ["^[a-z]{0,100000}$", "^x[a-z]{3,100000}-y$", "^(?=.{1,100000}$)[a-z]+$"] {
        let mut automaton = automaton(&spec(set(pattern)), &limits).expect("counted");
        assert_ne!(automaton.start(), DEAD);
        assert!(automaton.memory() < 20_000, "{pattern}");
    }
    let text = |count| format!("x{}-y", "a".repeat(count));
    let counted = spec(set("^x[a-z]{3,1000}-y$"));
    for (count, wanted) in [(2, false), (3, true), (1000, true), (1001, false)] {
        let mut automaton = automaton(&counted, &limits).expect("counted");
        let start = automaton.start();
        let end = text(count).bytes().fold(start, |state, byte| {
            if state == DEAD { DEAD } else { automaton.step(state, byte) }
        });
        assert_eq!(end != DEAD && automaton.accepts(end), wanted, "{count}");
    }
}
