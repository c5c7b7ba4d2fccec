use super::{Blob, file_diff};
use crate::Options;
use crate::unified::Unified;

fn blob<'a>(path: &'a str, content: &'a [u8], mode: u32) -> Blob<'a> {
    Blob { path: path.as_bytes(), content, mode }
}

fn diff(before: Option<Blob<'_>>, after: Option<Blob<'_>>) -> String {
    let bytes = file_diff(before, after, &Unified::default(), &Options::default());
    String::from_utf8(bytes).expect("the contents are UTF-8")
}

#[test]
fn new_and_deleted_files() {
    let file = Some(blob("x y", b"1\n", 0o100_755));
    assert_eq!(
        diff(None, file),
        "diff --git a/x y b/x y\nnew file mode 100755\n\
         --- /dev/null\n+++ b/x y\t\n@@ -0,0 +1 @@\n+1\n"
    );
    assert_eq!(
        diff(file, None),
        "diff --git a/x y b/x y\ndeleted file mode 100755\n\
         --- a/x y\t\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n"
    );
    let empty = Some(blob("e", b"", 0o100_644));
    assert_eq!(diff(None, empty), "diff --git a/e b/e\nnew file mode 100644\n");
}

#[test]
fn modes_and_renames() {
    let (old, new) = (blob("a", b"1\n", 0o100_644), blob("b\"", b"1\n", 0o100_755));
    assert_eq!(
        diff(Some(old), Some(new)),
        "diff --git a/a \"b/b\\\"\"\nold mode 100644\nnew mode 100755\n\
         rename from a\nrename to \"b\\\"\"\n"
    );
}

#[test]
fn binary_contents_differ() {
    let (old, new) = (blob("a", b"\0", 0o100_644), blob("a", b"1\n", 0o100_644));
    assert_eq!(diff(Some(old), Some(new)), "diff --git a/a b/a\nBinary files a/a and b/a differ\n");
}

#[test]
fn nothing_changed() {
    let file = Some(blob("a", b"1\n", 0o100_644));
    assert_eq!(diff(file, file), "");
    assert_eq!(diff(None, None), "");
}
