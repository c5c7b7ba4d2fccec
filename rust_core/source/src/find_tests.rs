use std::fs;

use super::*;

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder.path()))
            .unwrap_or_else(|e| panic!("{e}"));
        fs::write(path, text).unwrap_or_else(|error| panic!("{error}"));
    }
    folder
}

fn names(folder: &Path, options: &FindOptions) -> Vec<String> {
    let (found, unreadable) =
        find(&[folder.to_path_buf()], options).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(unreadable, []);
    let below = |file: &Found| file.path.strip_prefix(folder).map(|p| p.display().to_string());
    found.iter().map(|file| below(file).unwrap_or_default()).collect()
}

#[test]
fn gitignore_hidden_and_exclude() {
    let folder = tree(&[
        (".gitignore", "built/\n"),
        ("a.py", ""),
        ("b.pyi", ""),
        ("c.txt", ""),
        ("built/d.py", ""),
        (".hidden/e.py", ""),
        ("sub/f.py", ""),
    ]);
    let default = FindOptions::default();
    assert_eq!(names(folder.path(), &default), ["a.py", "b.pyi", "sub/f.py"]);
    let all = FindOptions { gitignore: false, hidden: true, ..default.clone() };
    assert_eq!(names(folder.path(), &all).len(), 5);
    for pattern in ["sub", "sub/", "**/f.py", "f.py"] {
        let some = FindOptions { exclude: vec![pattern.to_owned()], ..default.clone() };
        assert_eq!(names(folder.path(), &some), ["a.py", "b.pyi"], "{pattern}");
    }
}

#[test]
fn a_root_is_taken_once_and_whatever_its_name() {
    let folder = tree(&[("script", "")]);
    let root = folder.path().join("script");
    let (found, _) = find(&[root.clone(), root.clone()], &FindOptions::default())
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found, [Found { path: root }]);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let folder = tree(&[("a/x.py", "")]);
    let link = |from: &str, to: &str| {
        std::os::unix::fs::symlink(folder.path().join(from), folder.path().join(to))
            .unwrap_or_else(|error| panic!("{error}"));
    };
    link("a", "a/loop");
    link("a/x.py", "a/y.py");
    assert_eq!(names(folder.path(), &FindOptions::default()), ["a/x.py"]);
}
