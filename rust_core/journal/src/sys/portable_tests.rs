use super::*;

#[test]
fn files_are_made_renamed_and_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = Dir::open(folder.path()).expect("opened");
    let file = dir.create("a".as_ref(), 0o644).expect("made");
    place_at(&file, b"content", 0).expect("written");
    drop(file);
    dir.mkdir("d".as_ref(), 0o755).expect("made");
    let inner = dir.descend(Path::new("d")).expect("opened");
    dir.rename("a".as_ref(), &inner, "b".as_ref()).expect("renamed");
    let mut bytes = [0; 16];
    let read = fetch_at(&inner.read(Path::new("b")).expect("opened"), &mut bytes, 3);
    assert_eq!(&bytes[..read.expect("read")], b"tent");
    assert_eq!(dir.list().expect("listed"), [("d".into(), FileKind::Directory)]);
    inner.create("c".as_ref(), 0o644).expect("made");
    let taken = inner.rename("b".as_ref(), &inner, "c".as_ref());
    assert_eq!(taken.expect_err("taken").kind(), io::ErrorKind::AlreadyExists);
    inner.unlink("b".as_ref()).expect("removed");
    inner.unlink("c".as_ref()).expect("removed");
    dir.rmdir("d".as_ref()).expect("removed");
}

#[test]
fn no_link_is_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("real")).expect("made");
    fs::write(folder.path().join("real/f"), "x").expect("written");
    std::os::unix::fs::symlink("real", folder.path().join("link")).expect("linked");
    let dir = Dir::open(folder.path()).expect("opened");
    assert!(dir.read(Path::new("real/f")).is_ok());
    assert!(dir.read(Path::new("link/f")).is_err());
    assert!(dir.descend(Path::new("link")).is_err());
    assert!(dir.read(Path::new("../etc/passwd")).is_err());
}
