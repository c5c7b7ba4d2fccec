//! Which imports are superfluous, case by case, each on a small project.

use std::fs;
use std::sync::atomic::AtomicBool;

use pyagent_imports::{Finding, Kind, Options, Report, analyze};

fn report(files: &[(&str, &str)]) -> Report {
    let root = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    for (path, text) in files {
        let path = root.path().join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{error}"));
        }
        fs::write(path, text).unwrap_or_else(|error| panic!("{error}"));
    }
    let stdlib = ["os", "sys", "re", "json", "xml", "readline", "typing"];
    let options = Options {
        line_length: 88,
        stdlib: stdlib.into_iter().map(str::to_owned).collect(),
        ..Options::default()
    };
    analyze(root.path(), &options, &AtomicBool::new(false))
        .unwrap_or_else(|error| panic!("{error}"))
}

fn unused(report: &Report, path: &str) -> Vec<Finding> {
    let of_path = |found: &&Finding| found.kind == Kind::Unused && found.path == path;
    report.findings.iter().filter(of_path).cloned().collect()
}

/// The names of unused imports in a file by itself: those that may go, and those that stay.
fn alone(path: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let found = unused(&report(&[(path, text)]), path);
    let (go, stay): (Vec<Finding>, Vec<Finding>) =
        found.into_iter().partition(|found| found.reason.is_empty());
    let names = |found: Vec<Finding>| found.into_iter().flat_map(|found| found.names).collect();
    (names(go), names(stay))
}

#[test]
fn a_name_that_is_read_is_used() {
    for text in [
        "import os\nos.getcwd()\n",
        "import os\ndef f():\n    return os\n",
        "import os\nx = [os for _ in ()]\n",
        "import os\nx = lambda: os\n",
        "import os\nclass A:\n    def f(self): os.x\n",
        "import os\nclass A:\n    os = os\n",
        "import os\nos += 1\n",
        "import os\ndel os\n",
        "import os\nprint(f'{os.sep!r:>{os.x}}')\n",
        "import os\n@os.deco\ndef f(): ...\n",
        "import os\ndef f(x=os): ...\n",
        "import os\nmatch x:\n    case os.A: ...\n",
        "def f():\n    global os\n    import os\ndef g():\n    os.x\n",
        "def f():\n    import os\n    def g():\n        nonlocal os\n        os = 1\n",
        "def f():\n    import os\n    def g():\n        return os\n",
        "class A:\n    import os\n",
    ] {
        assert_eq!(alone("a.py", text), (vec![], vec![]), "{text}");
    }
}

#[test]
fn a_name_in_types_doctests_and_exports_is_used() {
    for text in [
        "import os\nx: 'os.PathLike' = 1\n",
        "import os\ndef f(x: 'list[\"os.PathLike\"]') -> None: ...\n",
        "import os\nfrom typing import cast\ncast('os.PathLike', 1)\n",
        "import os\nfrom typing import TypeVar\nT = TypeVar('T', bound='os.PathLike')\nprint(T)\n",
        "import os\nfrom typing import List\nx = List['os.PathLike']\n",
        "import os\nx = []  # type: list[os.PathLike]\n",
        "import os\ndef f():\n    '''\n    >>> os.getcwd()\n    '''\n",
        "import os\n__all__ = ['os']\n",
        "import os\n__all__ = []\n__all__ += ['os']\n",
        "import os\n__all__ = []\n__all__.extend(['os'])\n",
        "import os\n__all__ = ['x'] + ['os']\n",
        "import os as os\n",
        "from a import b as b\n",
        "from __future__ import annotations\n",
        "import os  # noqa\n",
        "import os  # noqa: F401\n",
        "import os  # pylint: disable=unused-import\n",
        "from os import (  # noqa: F401\n    path,\n)\n",
        "# ruff: noqa\nimport os\n",
        "import _\nfrom x import y as _\n",
    ] {
        assert_eq!(alone("a.py", text), (vec![], vec![]), "{text}");
    }
}

#[test]
fn what_nothing_reads_goes() {
    for (text, names) in [
        ("import os\n", vec!["os"]),
        ("import os as o, sys\nsys.x\n", vec!["o"]),
        ("def f(os):\n    return os\nimport os\n", vec!["os"]),
        ("import os\nx = lambda os: os\n", vec!["os"]),
        ("import os\nx = [os for os in ()]\n", vec!["os"]),
        ("import os\ndef f():\n    os = 1\n    return os\n", vec!["os"]),
        ("import os\nclass A:\n    os = 1\n    def f(self): ...\n", vec!["os"]),
        ("import os  # noqa: E501\n", vec!["os"]),
        ("def f():\n    import os\n", vec!["os"]),
        ("import os\nx = 'os'\n", vec!["os"]),
        ("if TYPE_CHECKING:\n    import os\n", vec!["os"]),
    ] {
        assert_eq!(alone("a.py", text).0, names, "{text}");
    }
}

#[test]
fn what_may_matter_stays_with_a_reason() {
    for (path, text) in [
        ("a.py", "try:\n    import os\nexcept ImportError:\n    pass\n"),
        ("a.py", "try:\n    import os\nexcept Exception:\n    pass\n"),
        ("a.py", "from contextlib import suppress\nwith suppress(ImportError):\n    import os\n"),
        ("a.py", "import os\nexec('os.x')\n"),
        ("a.py", "import os\nglobals()['os']\n"),
        ("a.py", "import os\nfrom sys import *\n"),
        ("a.py", "import os\n__all__ = [n for n in dir()]\n"),
        ("a.py", "import os\nimport sys\nsys.modules[__name__].x\n"),
        ("a.py", "import os\nos = None\n"),
        ("a.py", "import readline\n"),
        ("a.py", "import xml.dom\nx.dom\n"),
        ("a.py", "import sys; import os\nsys.x\n"),
        ("a.py", "import \\\n    os\n"),
        ("a.py", "import os\ngetattr(a, 'os')\n"),
        ("p/__init__.py", "import os\n"),
        ("p/compat.py", "import os\n"),
        ("conftest.py", "from helpers import fix\n"),
        ("test_a.py", "from helpers import fix\ndef test(fix): ...\n"),
        ("test_a.py", "from helpers import TestBase\n"),
        ("test_a.py", "def test_import():\n    import os\n"),
        ("test_a.py", "from helpers import load_tests\n"),
    ] {
        let (go, stay) = alone(path, text);
        assert!(go.is_empty() && stay.len() == 1, "{text}: {go:?} {stay:?}");
    }
}

#[test]
fn what_another_file_reads_is_used() {
    for other in [
        "from p.a import os\nprint(os)\n",
        "from .a import os\nprint(os)\n",
        "import p.a\np.a.os.x\n",
        "import p.a as m\nm.os\n",
        "from p import a\na.os\n",
        "from . import a as m\nm.os\n",
        "def f():\n    import p.a\n    p.a.os\n",
        "patch('p.a.os')\n",
        "entry('p.a:os')\n",
    ] {
        let found = report(&[("p/__init__.py", ""), ("p/a.py", "import os\n"), ("p/b.py", other)]);
        assert_eq!(unused(&found, "p/a.py"), [], "{other}");
    }
}

#[test]
fn a_module_that_is_handed_around_keeps_its_names() {
    for other in [
        "import p.a\ndebug(p.a)\n",
        "from p import a\nx = a\n",
        "from p import a\na.__dict__\n",
        "import_module('p.a')\n",
        "from p.a import *\n",
    ] {
        let found = report(&[("p/__init__.py", ""), ("p/a.py", "import os\n"), ("p/b.py", other)]);
        let found = unused(&found, "p/a.py");
        assert!(found.len() == 1 && !found[0].reason.is_empty(), "{other}: {found:?}");
    }
}

#[test]
fn a_star_takes_what_a_literal_list_of_exports_names() {
    for (module, names) in [
        ("import os, sys\n__all__ = ['sys']\n", vec!["os"]),
        ("import os\n__all__: list[str] = []\n__all__ += ['f']\n", vec!["os"]),
        ("import os\n__all__ = ('f',)\n__all__.extend(['g'])\n", vec!["os"]),
        ("import os\n", vec![]),
        ("import os\nif x:\n    __all__ = ['f']\n", vec![]),
        ("import os\n__all__ += ['f']\n", vec![]),
        ("import os\nfrom . import b\n__all__ = [] + b.__all__\n", vec![]),
        ("import os\nfrom . import b\n__all__ = ['f']\n__all__.extend(b.__all__)\n", vec![]),
        ("import os\n__all__ = names(['f'])\n", vec![]),
    ] {
        let found = report(&[("p/__init__.py", "from .a import *\n"), ("p/a.py", module)]);
        let found = unused(&found, "p/a.py").into_iter().filter(|found| found.reason.is_empty());
        let found: Vec<String> = found.flat_map(|found| found.names.clone()).collect();
        assert_eq!(found, names, "{module}");
    }
}

#[test]
fn a_test_keeps_what_it_may_be_about() {
    for (text, goes) in [
        ("import pytest\n", true),
        ("import itest\ndef test(itest): ...\n", true),
        ("import matplotlib.axes\nf().axes\n", true),
        ("def test():\n    import os\n    assert f()\n", true),
        ("def test():\n    import m.axes\n    assert f().axes\n", true),
        ("def test():\n    '''That it is there.'''\n    import os\n", false),
        ("def test():\n    f()\n    if x:\n        import os\n", false),
        ("def test():\n    import p.a\n    assert f()\n", false),
        ("def test():\n    from p.a import f\n    assert g()\n", false),
        ("def test():\n    with raises(ImportError):\n        from p import x\n    f()\n", false),
        ("def test():\n    with deprecated_call():\n        import old\n        f()\n", false),
        ("import p.a\n", false),
        ("from p import a\n", false),
        ("from itest import TestBase\n", false),
    ] {
        let found = report(&[("p/__init__.py", ""), ("p/a.py", ""), ("tests/test_a.py", text)]);
        let found = unused(&found, "tests/test_a.py");
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].reason.is_empty(), goes, "{text}: {found:?}");
    }
}

#[test]
fn a_submodule_that_is_read_goes_only_from_files_that_are_run_as_tests() {
    let text = "import m.axes\nf().axes\n";
    for (path, goes) in [
        ("test_a.py", true),
        ("a_test.py", true),
        ("tests.py", true),
        ("testing.py", false),
        ("tests/helpers.py", false),
        ("a.py", false),
    ] {
        assert_eq!(alone(path, text).0.is_empty(), !goes, "{path}");
    }
}

#[test]
fn a_module_that_other_tests_use_need_not_be_imported_by_all_of_them() {
    let superfluous = ("tests/test_a.py", "from p import a\n");
    for (path, text, goes) in [
        ("tests/test_b.py", "from p import a\na.f()\n", true),
        ("tests/test_b.py", "import p.a\np.a.f()\n", true),
        ("tests/test_b.py", "from p.a import f\nf()\n", true),
        // Superfluous itself, not executed when the file is imported, or no test.
        ("tests/test_b.py", "from p import a\n", false),
        ("tests/test_b.py", "def test():\n    from p import a\n    a.f()\n", false),
        ("main.py", "from p import a\na.f()\n", false),
    ] {
        let files = [("p/__init__.py", ""), ("p/a.py", "register()\n"), superfluous, (path, text)];
        let found = report(&files);
        let found = unused(&found, "tests/test_a.py");
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].reason.is_empty(), goes, "{text}: {found:?}");
    }
}

#[test]
fn a_superfluous_import_is_no_reason_to_take_another_away() {
    let files = [("a.py", "from b import f\n"), ("b.py", "register()\n")];
    for (other, goes) in [("from b import g\n", false), ("from b import g  # noqa\n", true)] {
        let found = report(&[files[0], files[1], ("c.py", other)]);
        assert_eq!(unused(&found, "a.py")[0].reason.is_empty(), goes, "{other}");
    }
}

#[test]
fn a_docstring_reads_what_it_does_not_import() {
    for (text, names) in [
        (
            "from m import f\ndef g():\n    '''\n    >>> from p import f\n    >>> f()\n    '''\n",
            vec!["f"],
        ),
        ("from m import f\ndef g():\n    '''\n    >>> f()\n    '''\n", vec![]),
        ("import os\ndef g():\n    '''\n    >>> x.os(os=1)\n    '''\n", vec!["os"]),
    ] {
        assert_eq!(alone("a.py", text).0, names, "{text}");
    }
}

#[test]
fn a_module_with_effects_stays_imported() {
    let user = "import plugin\nimport plain\n";
    for (plugin, line) in [
        ("register(1)\n", 1),
        ("x = 1\nTABLE['a'] = x\n", 2),
        ("@app.route('/')\ndef f(): ...\n", 1),
        ("class A(Model): ...\n", 1),
        ("if x:\n    setup()\n", 2),
    ] {
        let found = report(&[
            ("user.py", user),
            ("plugin.py", plugin),
            ("plain.py", "'''Doc.'''\nX = f()\nclass A: ...\nclass E(Exception): ...\n"),
        ]);
        let found = unused(&found, "user.py");
        let reason = format!(
            "possible side effect of the import: plugin.py:{line} does more than define names"
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].reason, reason);
        assert_eq!(found[1].reason, "");
    }
}

#[test]
fn the_only_import_of_a_module_with_effects_stays() {
    let files = [("a.py", "from b import f\n"), ("b.py", "register()\n"), ("c.py", "x = 1\n")];
    assert!(!unused(&report(&files), "a.py")[0].reason.is_empty());
    let files = [files[0], files[1], ("c.py", "from b import g\ng()\n")];
    assert_eq!(unused(&report(&files), "a.py")[0].reason, "");
}

#[test]
fn duplicates_are_found_where_the_first_is_always_executed() {
    for (text, lines) in [
        ("import os\nimport os\nos.x\n", vec![2]),
        ("import os\nif x:\n    import os\nos.x\n", vec![3]),
        ("if x:\n    import os\nimport os\nos.x\n", vec![]),
        ("if x:\n    import os\nelse:\n    import os\nos.x\n", vec![]),
        ("import os\nos = 1\nimport os\nos.x\n", vec![]),
        ("import os\ndel os\nimport os\nos.x\n", vec![]),
        ("import os\nimport sys as os\nimport os\nos.x\n", vec![]),
        ("import os\nimport os.path\nimport os.path\nos.x\n", vec![3]),
        ("from a import b, b\nb\n", vec![1]),
        ("import os\nimport os  # noqa\nos.x\n", vec![]),
        ("import os\ndef f():\n    import os\n    os.x\nos.x\n", vec![]),
    ] {
        let report = report(&[("a.py", text)]);
        let found = report.findings.iter().filter(|found| found.kind == Kind::Duplicate);
        let found: Vec<u32> = found.map(|found| found.line).collect();
        assert_eq!(found, lines, "{text}");
    }
}

#[test]
fn every_subset_of_the_groups_applies() {
    let text = "\u{feff}import sys, re\r\nimport os\r\nfrom a import (\r\n    b,  # of b\r\n    c,\r\n)\r\nimport os\r\n\
                \r\n\r\ndef f():\r\n    import json\r\n\r\n\r\nprint(os, c)\r\n";
    let report = report(&[("a.py", text)]);
    let edit = &report.edits[0];
    let kinds: Vec<&str> = edit.groups.iter().map(|group| group.kind.name()).collect();
    assert_eq!(kinds, ["unused", "unsorted", "unused", "duplicate", "unused"]);
    for mask in 0..1_u32 << edit.groups.len() {
        let chosen: Vec<usize> =
            (0..edit.groups.len()).filter(|index| mask & (1 << index) != 0).collect();
        let bytes = edit.apply(Some(&chosen)).unwrap_or_else(|error| panic!("{error}"));
        let result = String::from_utf8(bytes).unwrap_or_default();
        assert!(result.starts_with('\u{feff}'));
        assert_eq!(result.matches('\n').count(), result.matches("\r\n").count());
    }
    assert_eq!(edit.apply(Some(&[])).ok().as_deref(), Some(text.as_bytes()));
    let all = edit.apply(None).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let expected = "\u{feff}import os\r\n\r\nfrom a import (\r\n    c,\r\n)\r\n\r\n\r\n\
                    def f():\r\n    pass\r\n\r\n\r\nprint(os, c)\r\n";
    assert_eq!(all.as_deref(), Some(expected));
    assert!(edit.apply(Some(&[9])).is_err());
}

#[test]
fn other_encodings_are_reported_and_left() {
    let root = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let bytes = b"# coding: latin-1\nimport os\nx = '\xe9'\n";
    fs::write(root.path().join("a.py"), bytes).unwrap_or_else(|error| panic!("{error}"));
    let report = analyze(root.path(), &Options::default(), &AtomicBool::new(false))
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.findings[0].reason, "the file is not UTF-8");
    assert!(report.edits.is_empty());
}

#[test]
fn cycles_have_a_shortest_witness() {
    let report = report(&[
        ("p/__init__.py", "from p import a\n"),
        ("p/a.py", "import os\nfrom . import b\n"),
        ("p/b.py", "from .c import x\n"),
        ("p/c.py", "import p.a\nfrom .d import y\n"),
        ("p/d.py", "def f():\n    from . import e\n"),
        ("p/e.py", "from .d import f\n"),
        ("q.py", "if TYPE_CHECKING:\n    import r\n"),
        ("r.py", "import q\n"),
        ("main.py", "import p.a\n"),
    ]);
    let found: Vec<(Vec<String>, bool)> =
        report.cycles.iter().map(|cycle| (cycle.modules.clone(), cycle.hard)).collect();
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            (names(&["p.a", "p.b", "p.c"]), true),
            (names(&["p.d", "p.e"]), false),
            (names(&["q", "r"]), false),
        ]
    );
    let step = |path: &str, line, to: &str| (path.to_owned(), line, to.to_owned());
    let steps = [step("p/a.py", 2, "p.b"), step("p/b.py", 1, "p.c"), step("p/c.py", 1, "p.a")];
    assert_eq!(report.cycles[0].steps, steps);
    let main: Vec<&str> = report
        .graph
        .edges
        .iter()
        .filter(|edge| edge.from == "main")
        .map(|edge| &*edge.to)
        .collect();
    assert_eq!(main, ["p", "p.a"]);
}
