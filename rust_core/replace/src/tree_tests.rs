use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime};

use pyagent_journal::{Journal, JournalOptions, Meta};
use tempfile::TempDir;

use crate::encoding::Encoding;
use crate::error::{Drift, ReplaceError};
use crate::{ApplyOptions, Limits, Plan, Progress, Query, Scope, plan};

fn tree(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    folder
}

fn query(from: &str, to: &str) -> Query {
    Query { pairs: vec![(from.to_owned(), to.to_owned())], ..Query::default() }
}

fn scope(root: &Path) -> Scope {
    Scope { root: root.to_owned(), ..Scope::default() }
}

fn planned(query: &Query, scope: &Scope) -> Arc<Plan> {
    Arc::new(plan(query, scope, Limits::default(), &Progress::default()).expect("a plan"))
}

fn options() -> ApplyOptions {
    ApplyOptions {
        strict: false,
        keep_times: false,
        meta: Meta::default(),
        wait: Duration::from_secs(1),
        vault_bytes: 1 << 20,
    }
}

fn undo(root: &Path, id: u64) {
    let journal = Journal::open(root, &JournalOptions::default()).expect("a journal");
    let cancel = AtomicBool::new(false);
    Arc::new(journal)
        .undo(&BTreeSet::from([id]), &mut |_, _, _, _| None, &Meta::default(), &cancel)
        .expect("undone");
}

fn names(plan: &Plan) -> Vec<String> {
    plan.files.iter().map(|file| file.path.display().to_string()).collect()
}

fn reasons(plan: &Plan) -> Vec<(String, &'static str)> {
    let skipped = plan.skipped.iter();
    skipped.map(|(path, reason)| (path.display().to_string(), reason.name())).collect()
}

#[test]
fn files_are_chosen_by_ignore_rules_globs_types_and_names() {
    let folder = tree(&[
        (".gitignore", b"ignored/\n"),
        (".hidden/a.py", b"old"),
        (".git/b.py", b"old"),
        (".pyagent/c.py", b"old"),
        ("ignored/d.py", b"old"),
        ("src/e.py", b"old"),
        ("src/f.txt", b"old"),
        ("g.py", b"old"),
    ]);
    let all = scope(folder.path());
    assert_eq!(names(&planned(&query("old", "new"), &all)), ["g.py", "src/e.py", "src/f.txt"]);
    let wide = Scope { gitignore: false, hidden: true, ..all.clone() };
    assert_eq!(
        names(&planned(&query("old", "new"), &wide)),
        [".hidden/a.py", "g.py", "ignored/d.py", "src/e.py", "src/f.txt"]
    );
    for (include, exclude, types, types_not, expected) in [
        (vec!["*.py"], vec![], vec![], vec![], vec!["g.py", "src/e.py"]),
        (vec!["src/"], vec![], vec![], vec![], vec!["src/e.py", "src/f.txt"]),
        (vec!["/*.py"], vec![], vec![], vec![], vec!["g.py"]),
        (vec![], vec!["src"], vec![], vec![], vec!["g.py"]),
        (vec!["src/"], vec!["*.txt"], vec![], vec![], vec!["src/e.py"]),
        (vec![], vec![], vec!["py"], vec![], vec!["g.py", "src/e.py"]),
        (vec![], vec![], vec![], vec!["py"], vec!["src/f.txt"]),
    ] {
        let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
        let chosen = Scope {
            include: owned(include),
            exclude: owned(exclude),
            types: owned(types),
            types_not: owned(types_not),
            ..all.clone()
        };
        assert_eq!(names(&planned(&query("old", "new"), &chosen)), expected);
    }
}

#[test]
fn paths_are_looked_at_each_once_and_only_below_the_root() {
    let folder = tree(&[("a/b.py", b"old"), ("c.py", b"old")]);
    let paths = ["a", "a/b.py"].map(Into::into).to_vec();
    let some = Scope { paths, ..scope(folder.path()) };
    assert_eq!(names(&planned(&query("old", "new"), &some)), ["a/b.py"]);
    let single = scope(&folder.path().join("c.py"));
    assert_eq!(names(&planned(&query("old", "new"), &single)), ["c.py"]);
    for path in ["..", "nowhere", "/"] {
        let outside = Scope { paths: vec![path.into()], ..scope(folder.path()) };
        let result = plan(&query("old", "new"), &outside, Limits::default(), &Progress::default());
        assert!(matches!(result, Err(ReplaceError::Place { .. })), "{path}");
    }
}

#[test]
fn what_is_left_out_has_a_reason() {
    let folder = tree(&[
        ("binary", b"old\0"),
        ("late", &[&[b' '; 9000][..], b"old\0"].concat()),
        ("large", &b"old ".repeat(300)),
        ("half.txt", b"\xff\xfeo\0l"),
        ("latin.txt", b"\xe9 old"),
        ("utf8.txt", b"old"),
    ]);
    let small = Scope { max_bytes: 1000, ..scope(folder.path()) };
    let result = planned(&query("old", "n\u{e9}w"), &Scope { max_bytes: 10_000, ..small.clone() });
    assert_eq!(names(&result), ["large", "utf8.txt"]);
    assert_eq!(
        reasons(&result),
        [
            ("binary".to_owned(), "binary"),
            ("half.txt".to_owned(), "undecodable"),
            ("late".to_owned(), "binary"),
            ("latin.txt".to_owned(), "unencodable"),
        ]
    );
    let result = planned(&query("old", "new"), &small);
    assert!(reasons(&result).contains(&("large".to_owned(), "too-large")));
    assert!(names(&result).contains(&"latin.txt".to_owned()), "ASCII fits everywhere");
    let all = Scope { binary: true, ..scope(folder.path()) };
    assert!(names(&planned(&query("old", "new"), &all)).contains(&"binary".to_owned()));
}

#[test]
fn encodings_and_marks_stay() {
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let cases: [(Encoding, Vec<u8>, Vec<u8>, &str); 5] = [
        (
            Encoding::Bytes,
            b"\xef\xbb\xbfgr\xc3\xbcn".to_vec(),
            b"\xef\xbb\xbfblau".to_vec(),
            "utf-8-sig",
        ),
        (
            Encoding::Bytes,
            [b"\xff\xfe".to_vec(), utf16("a gr\u{fc}n\r\n")].concat(),
            [b"\xff\xfe".to_vec(), utf16("a blau\r\n")].concat(),
            "utf-16-le",
        ),
        (Encoding::Latin1, b"gr\xfcn \xff".to_vec(), b"blau \xff".to_vec(), "latin-1"),
        (Encoding::Bytes, "\u{e9} gr\u{fc}n".into(), "\u{e9} blau".into(), "utf-8"),
        (
            Encoding::named("gb18030").expect("known"),
            {
                Encoding::named("gb18030")
                    .expect("known")
                    .encode("\u{4f60} gr\u{fc}n")
                    .expect("Unicode")
            },
            Encoding::named("gb18030").expect("known").encode("\u{4f60} blau").expect("Unicode"),
            "gb18030",
        ),
    ];
    for (encoding, before, after, name) in cases {
        let folder = tree(&[("a.txt", &before)]);
        let scope = Scope { encoding, ..scope(folder.path()) };
        let plan = planned(&query("gr\u{fc}n", "blau"), &scope);
        assert_eq!(plan.files[0].encoding(), name);
        assert_eq!(plan.files[0].before(), before);
        plan.apply(&options(), &Progress::default()).expect("applied");
        assert_eq!(fs::read(folder.path().join("a.txt")).expect("read"), after, "{name}");
    }
}

#[test]
fn limits_count_in_the_order_of_paths() {
    let folder = tree(&[("a", b"old old old"), ("b", b"old old"), ("c", b"old")]);
    for (per_file, total, expected, limited) in [
        (2, 99, vec![2, 2, 1], true),
        (99, 4, vec![3, 1], true),
        (1, 2, vec![1, 1], true),
        (3, 6, vec![3, 2, 1], false),
    ] {
        let limits = Limits { per_file, total };
        let plan = plan(&query("old", "new"), &scope(folder.path()), limits, &Progress::default())
            .expect("a plan");
        let counts: Vec<_> = plan.files.iter().map(crate::PlannedFile::count).collect();
        assert_eq!((counts, plan.limited), (expected, limited));
    }
}

#[test]
fn matches_have_lines_columns_and_texts() {
    let folder = tree(&[("a.txt", "\u{e9} old\n\nold old".as_bytes()), ("b", b"\xe9 old")]);
    let plan = planned(&query("old", "new"), &scope(folder.path()));
    let places: Vec<_> =
        plan.files.iter().flat_map(|file| file.matches().map(|m| (m.line, m.column))).collect();
    assert_eq!(places, [(1, 3), (3, 1), (3, 5), (1, 3)]);
    let first = plan.files[0].matches().next().expect("a match");
    assert_eq!((first.before, first.after), (&b"old"[..], &b"new"[..]));
    assert_eq!(plan.files[1].encoding(), "bytes");
}

#[test]
fn a_plan_is_shown_as_a_diff() {
    let folder = tree(&[("a b.txt", b"one\nold\n")]);
    let diff = planned(&query("old", "new"), &scope(folder.path())).diff(0);
    assert_eq!(
        String::from_utf8(diff).expect("UTF-8"),
        "--- a/a b.txt\t\n+++ b/a b.txt\t\n@@ -2 +2 @@\n-old\n+new\n"
    );
}

#[test]
fn applying_writes_everything_and_the_journal_takes_it_back() {
    let before: Vec<(String, Vec<u8>)> = (0..200)
        .map(|number| {
            (format!("d{}/f{number}", number % 7), b"x old y old\r\nold".repeat(number + 1))
        })
        .collect();
    let files: Vec<_> =
        before.iter().map(|(path, text)| (path.as_str(), text.as_slice())).collect();
    let folder = tree(&files);
    for strict in [false, true] {
        let plan = planned(&query("old", "longer"), &scope(folder.path()));
        let options = ApplyOptions { strict, vault_bytes: 64 << 20, ..options() };
        let commit = plan.apply(&options, &Progress::default()).expect("applied").expect("changed");
        for file in &plan.files {
            let now = fs::read(folder.path().join(&file.path)).expect("read");
            assert_eq!(now, file.replaced());
        }
        undo(folder.path(), commit.id);
        for (path, text) in &before {
            assert_eq!(&fs::read(folder.path().join(path)).expect("read"), text);
        }
    }
}

#[test]
fn an_empty_plan_writes_nothing() {
    let folder = tree(&[("a", b"text")]);
    let plan = planned(&query("old", "new"), &scope(folder.path()));
    assert_eq!(plan.apply(&options(), &Progress::default()).expect("nothing to do"), None);
    assert!(!folder.path().join(".pyagent").exists());
}

#[test]
fn times_are_kept_on_demand() {
    let folder = tree(&[("a", b"old"), ("b", b"old")]);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for keep_times in [true, false] {
        let path = folder.path().join(if keep_times { "a" } else { "b" });
        fs::File::options()
            .write(true)
            .open(&path)
            .expect("open")
            .set_modified(long_ago)
            .expect("set");
        let plan = planned(&query("old", "new"), &scope(&path));
        plan.apply(&ApplyOptions { keep_times, ..options() }, &Progress::default())
            .expect("applied");
        let now = fs::metadata(&path).expect("there").modified().expect("known");
        assert_eq!(now == long_ago, keep_times);
    }
}

#[test]
fn every_stale_file_is_listed_and_nothing_written() {
    let folder = tree(&[("a", b"old"), ("b", b"old"), ("c", b"old"), ("d", b"old"), ("e", b"old")]);
    let plan = planned(&query("old", "new"), &scope(folder.path()));
    fs::write(folder.path().join("a"), "other old").expect("written");
    fs::remove_file(folder.path().join("b")).expect("removed");
    fs::remove_file(folder.path().join("c")).expect("removed");
    fs::create_dir(folder.path().join("c")).expect("made");
    let mut expected = vec![("a", Drift::Changed), ("b", Drift::Vanished), ("c", Drift::Folder)];
    #[cfg(unix)]
    {
        fs::remove_file(folder.path().join("d")).expect("removed");
        std::os::unix::fs::symlink("e", folder.path().join("d")).expect("linked");
        expected.push(("d", Drift::Special));
    }
    match plan.apply(&options(), &Progress::default()) {
        Err(ReplaceError::Stale(files)) => {
            let found: Vec<_> =
                files.iter().map(|file| (file.path.to_str().expect("ASCII"), file.drift)).collect();
            assert_eq!(found, std::mem::take(&mut expected));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(folder.path().join("e")).expect("read"), b"old");
}

#[test]
fn a_cancelled_plan_changes_nothing() {
    let folder = tree(&[("a", b"old")]);
    let stopped = Progress::default();
    stopped.cancelled.store(true, std::sync::atomic::Ordering::Relaxed);
    let searched = plan(&query("old", "new"), &scope(folder.path()), Limits::default(), &stopped);
    assert!(matches!(searched, Err(ReplaceError::Cancelled)));
    let plan = planned(&query("old", "new"), &scope(folder.path()));
    let result = plan.apply(&options(), &stopped);
    assert!(matches!(result, Err(ReplaceError::Cancelled)), "{result:?}");
    assert_eq!(fs::read(folder.path().join("a")).expect("read"), b"old");
}

#[cfg(unix)]
#[test]
fn links_are_neither_followed_nor_broken() {
    use std::os::unix::fs::{MetadataExt, symlink};

    let outside = tree(&[("x", b"old")]);
    let folder = tree(&[("a", b"old"), ("d/e", b"old")]);
    symlink(outside.path().join("x"), folder.path().join("out")).expect("linked");
    symlink(outside.path(), folder.path().join("folder")).expect("linked");
    symlink("a", folder.path().join("in")).expect("linked");
    fs::hard_link(folder.path().join("a"), folder.path().join("z")).expect("linked");
    for strict in [false, true] {
        let (from, to) = if strict { ("new", "newer") } else { ("old", "new") };
        let plan = planned(&query(from, to), &scope(folder.path()));
        assert_eq!(names(&plan), ["a", "d/e"]);
        assert_eq!(reasons(&plan), [("z".to_owned(), "same-file")]);
        plan.apply(&ApplyOptions { strict, ..options() }, &Progress::default()).expect("applied");
        assert_eq!(fs::metadata(folder.path().join("a")).expect("there").nlink(), 2);
        assert_eq!(fs::read(folder.path().join("z")).expect("read"), to.as_bytes());
    }
    assert_eq!(fs::read(outside.path().join("x")).expect("read"), b"old");
    assert!(folder.path().join("in").is_symlink());
}
