use std::collections::HashSet;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::for_each;

const CHUNK: usize = 8;

#[test]
fn every_item_is_worked_on_once() {
    for count in [0, 1, CHUNK, 3 * CHUNK + 1, 1000] {
        for threads in 0..4 {
            let mut items: Vec<usize> = (0..count).collect();
            for_each(&mut items, CHUNK, threads, |item| *item += 1);
            assert_eq!(items, (1..=count).collect::<Vec<_>>());
        }
    }
}

#[test]
fn the_calling_thread_takes_part() {
    let seen = Mutex::new(HashSet::new());
    let mut items = vec![(); 20 * CHUNK];
    for_each(&mut items, CHUNK, 3, |()| {
        thread::sleep(Duration::from_millis(1));
        if let Ok(mut seen) = seen.lock() {
            seen.insert(thread::current().id());
        }
    });
    let seen = seen.into_inner().unwrap_or_default();
    assert!(seen.contains(&thread::current().id()));
    assert!(seen.len() > 1);
}

#[test]
fn a_panic_reaches_the_caller() {
    let mut items: Vec<usize> = (0..100).collect();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        for_each(&mut items, CHUNK, 2, |item| assert_ne!(*item, 77));
    }));
    assert!(caught.is_err());
    for_each(&mut items, CHUNK, 2, |item| *item = 0);
    assert!(items.iter().all(|&item| item == 0));
}
