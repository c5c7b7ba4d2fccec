use super::{Amount, Stat, table};
use crate::Options;

fn amount(insertions: u64, deletions: u64) -> Amount {
    Amount::Lines { insertions, deletions }
}

#[test]
fn lines_are_counted() {
    let stat = Stat::of(b"a\nb\nc\n", b"a\nx\ny\nc\n", &Options::default());
    assert_eq!((stat.insertions, stat.deletions, stat.lines), (2, 1, (3, 4)));
    assert!((stat.ratio() - 4.0 / 7.0).abs() < 1e-12);
    assert!((Stat::default().ratio() - 1.0).abs() < 1e-12);
}

#[test]
fn small_changes_have_a_sign_for_each_line() {
    assert_eq!(
        table(&[("a.py", amount(2, 1)), ("folder/b.py", amount(0, 12))], 80),
        " a.py        |  3 ++-\n folder/b.py | 12 ------------\n \
         2 files changed, 2 insertions(+), 13 deletions(-)\n"
    );
}

#[test]
fn large_changes_are_scaled_and_names_cut() {
    let name = "a/very/long/path/".repeat(8) + "file.py";
    let text = table(&[(&name, amount(1000, 500)), ("b", amount(1, 1))], 80);
    let rows: Vec<&str> = text.lines().collect();
    assert!(rows[0].starts_with(" .../"));
    assert!(rows.iter().all(|row| row.chars().count() <= 80), "{text}");
    assert!(rows[1].ends_with("2 +-"));
}

#[test]
fn binary_files_show_their_sizes() {
    assert_eq!(
        table(&[("x", Amount::Binary { before: 0, after: 20 })], 80),
        " x | Bin 0 -> 20 bytes\n 1 file changed, 0 insertions(+), 0 deletions(-)\n"
    );
}

#[test]
fn nothing_changed() {
    assert_eq!(table(&[], 80), " 0 files changed, 0 insertions(+), 0 deletions(-)\n");
}
