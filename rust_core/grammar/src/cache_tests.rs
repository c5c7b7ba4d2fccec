use std::fs;
use std::sync::{Arc, Barrier};
use std::thread;

use super::{Cache, Statistics};
use crate::error::GrammarError;
use crate::grammar::{Grammar, Options, Order};
use crate::limits::Limits;
use crate::request::Request;
use crate::vocab::Vocabulary;

fn vocabulary(last: &str) -> Arc<Vocabulary> {
    let tokens = ["a", "b", "0", "\"", last].map(|token| token.as_bytes().to_vec());
    Arc::new(Vocabulary::new(tokens.to_vec(), &[4], &[]).expect("a vocabulary"))
}

fn memory(capacity: usize) -> Cache {
    Cache::new(None, capacity).expect("a cache without a folder")
}

fn get(cache: &Cache, pattern: &str) -> Result<Grammar, GrammarError> {
    cache.get(&Request::Regex(pattern), &vocabulary("</s>"), &Limits::default())
}

fn counts(cache: &Cache) -> (u64, u64, u64, usize) {
    let Statistics { hits, loads, compiles, size, .. } = cache.statistics();
    (hits, loads, compiles, size)
}

#[test]
fn a_grammar_is_compiled_once() {
    let cache = memory(8);
    let first = get(&cache, "a|b").expect("a grammar");
    let second = get(&cache, "a|b").expect("a grammar");
    assert!(std::ptr::eq(first.program(), second.program()));
    assert_eq!(counts(&cache), (1, 0, 1, 1));
}

#[test]
fn everything_that_a_grammar_depends_on_is_in_the_key() {
    let vocabularies = [vocabulary("</s>"), vocabulary("<end>")];
    let usual = Limits::default();
    let limits = [usual, Limits { depth: 7, ..usual }];
    let options = [Options::default(), Options { order: Order::Any, ..Options::default() }];
    let refused = [("#".to_owned(), "validator".to_owned(), "it is code".to_owned())];
    let texts = ["a,b".to_owned(), "c".to_owned()];
    let others = ["a".to_owned(), "b,c".to_owned()];
    let schema = |text, at: usize| Request::Schema { text, options: &options[at], refused: &[] };
    let tags = |triggers, at_least_one| Request::Tags {
        tags: &[],
        triggers,
        at_least_one,
        stop_after_first: false,
        options: &options[0],
        refused: &[],
    };
    let requests = [
        Request::Regex("a"),
        Request::Regex("true"),
        schema("true", 0),
        schema("{}", 0),
        schema("true", 1),
        Request::Schema { text: "true", options: &options[0], refused: &refused },
        tags(&texts, false),
        tags(&texts, true),
        tags(&others, false),
        Request::Choice(&texts),
        Request::Choice(&others),
    ];
    let mut keys = Vec::new();
    for request in requests {
        for vocabulary in &vocabularies {
            keys.extend(limits.map(|limits| request.key(vocabulary, &limits)));
        }
    }
    let count = keys.len();
    assert_eq!(keys[0], Request::Regex("a").key(&vocabulary("</s>"), &usual));
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count);
}

#[test]
fn the_least_recently_used_is_given_up() {
    let cache = memory(2);
    for pattern in ["a", "b", "a", "0", "a", "b"] {
        get(&cache, pattern).expect("a grammar");
    }
    // The second and third "a" are hits; "b" had to make room for "0".
    assert_eq!(counts(&cache), (2, 0, 4, 2));
    cache.clear().expect("nothing to remove");
    assert_eq!(cache.statistics().size, 0);
}

#[test]
fn what_cannot_be_compiled_fails_every_time() {
    let cache = memory(2);
    for _ in 0..2 {
        assert!(matches!(get(&cache, "(a"), Err(GrammarError::Pattern { .. })));
    }
    assert_eq!(cache.statistics().compiles, 2);
}

#[test]
fn threads_that_want_the_same_compile_it_once() {
    let cache = memory(4);
    let together = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                together.wait();
                get(&cache, "[ab]{1,9}").expect("a grammar");
            });
        }
    });
    assert_eq!(counts(&cache), (3, 0, 1, 1));
}

#[test]
fn a_folder_serves_the_next_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || Cache::new(Some(folder.path().join("a/b")), 4).expect("a cache");
    get(&open(), "a+").expect("a grammar");
    let cache = open();
    get(&cache, "a+").expect("a grammar");
    assert_eq!(counts(&cache), (0, 1, 0, 1));
    cache.clear().expect("removed");
    assert_eq!(fs::read_dir(folder.path().join("a/b")).expect("the folder").count(), 0);
}

#[test]
fn a_damaged_file_is_written_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || Cache::new(Some(folder.path().into()), 4).expect("a cache");
    get(&open(), "a+").expect("a grammar");
    let file = fs::read_dir(folder.path()).expect("a folder").next().expect("a file");
    let file = file.expect("a file").path();
    let whole = fs::read(&file).expect("its bytes");
    fs::write(&file, &whole[..whole.len() - 1]).expect("cut off");
    let cache = open();
    get(&cache, "a+").expect("a grammar");
    assert_eq!(counts(&cache), (0, 0, 1, 1));
    assert_eq!(fs::read(&file).expect("its bytes"), whole);
}

#[test]
fn a_folder_that_is_gone_is_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = Cache::new(Some(folder.path().join("c")), 4).expect("a cache");
    fs::remove_dir(folder.path().join("c")).expect("removed");
    get(&cache, "a").expect("a grammar all the same");
    assert_eq!(cache.statistics().unwritten, 1);
}

#[test]
fn a_file_is_no_folder() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    assert!(Cache::new(Some(file.path().into()), 4).is_err());
}
