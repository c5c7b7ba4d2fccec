use std::fs;

use super::*;
use crate::SymbolsError;

/// A tree of files and a rename on it: every file as it is after the certain group, or with all.
struct Done {
    plan: Plan,
    files: Vec<(String, String)>,
}

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    for (path, text) in files {
        let path = root.path().join(path);
        let folder = path.parent().unwrap_or(&path);
        assert!(fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).is_ok());
    }
    root
}

fn attempt(files: &[(&str, &str)], target: &str, new: &str) -> Result<Done, SymbolsError> {
    let root = tree(files);
    let options = Rename { docstrings: true, ..Rename::default() };
    let plan = rename(root.path(), target, new, &options, &AtomicBool::new(false))?;
    let files = files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned()));
    Ok(Done { files: files.collect(), plan })
}

fn done(files: &[(&str, &str)], target: &str, new: &str) -> Done {
    attempt(files, target, new).unwrap_or_else(|error| panic!("{error}"))
}

impl Done {
    /// A file with the groups of these numbers.
    fn with(&self, path: &str, groups: &[usize]) -> String {
        let Some(edit) = self.plan.edits.iter().find(|edit| edit.path == path) else {
            let known = self.files.iter().find(|(other, _)| other == path);
            return known.map(|(_, text)| text.clone()).unwrap_or_default();
        };
        let parts: Vec<usize> = groups
            .iter()
            .filter_map(|&group| self.plan.together.get(group))
            .flatten()
            .filter(|(other, _)| other == path)
            .map(|&(_, part)| part)
            .collect();
        let bytes = edit.apply(Some(&parts)).unwrap_or_else(|error| panic!("{error}"));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn certain(&self, path: &str) -> String {
        self.with(path, &[0])
    }

    fn kinds(&self) -> Vec<&'static str> {
        let kind = |parts: &Vec<(String, usize)>| {
            let (path, part) = parts.first()?;
            let edit = self.plan.edits.iter().find(|edit| edit.path == *path)?;
            Some(edit.parts[*part].kind)
        };
        self.plan.together.iter().filter_map(kind).collect()
    }
}

fn one(text: &str, target: &str, new: &str) -> String {
    done(&[("m.py", text)], target, new).certain("m.py")
}

fn refused(text: &str, target: &str, new: &str) -> String {
    match attempt(&[("m.py", text)], target, new) {
        Ok(done) => panic!("renamed:\n{}", done.certain("m.py")),
        Err(error) => error.to_string(),
    }
}

#[test]
fn scopes_are_those_of_python() {
    let text = "\
old = 1
def f(x=old):
    def g():
        global old
        old = 2
        return [old for _ in range(3)]
    old_ = old
    return g, lambda old: old
class C:
    a = old
    old = old
    b = old
    def m(self):
        return old
def h(old):
    nested = lambda: old
    def inner():
        nonlocal old
        old += 1
    return [old for old in (old,)]
print(f'{old!r:>{old}} {old=}')
";
    let expected = "\
new = 1
def f(x=new):
    def g():
        global new
        new = 2
        return [new for _ in range(3)]
    old_ = new
    return g, lambda old: old
class C:
    a = new
    old = new
    b = old
    def m(self):
        return new
def h(old):
    nested = lambda: old
    def inner():
        nonlocal old
        old += 1
    return [old for old in (old,)]
print(f'{new!r:>{new}} {new=}')
";
    assert_eq!(one(text, "m.old", "new"), expected);
    let inner = one(text, "m.py:15:old", "new");
    assert!(inner.contains("def h(new):\n    nested = lambda: new\n"));
    assert!(inner.contains("nonlocal new\n        new += 1\n    return [old for old in (new,)]"));
}

#[test]
fn every_kind_of_binding() {
    let text = "\
def f():
    with open('x') as old, open('y'): pass
    for old in []: pass
    try: pass
    except E as old: print(old)
    match 1:
        case [old, *rest]: pass
        case {'k': 1, **old}: pass
        case int() as old: pass
    if (old := 3): del old
    import a.b as old
    from a import old
    import old
    old: int = 3
    def old(): pass
    class old: pass
    [(old := i) for i in 'x']
";
    let new = one(text, "m.py:2:old", "new");
    assert!(!new.replace("import old as new", "").contains("old"), "{new}");
    assert!(new.contains("from a import old as new\n    import old as new\n"));
}

#[test]
fn types_parameters_and_strings_that_are_types() {
    let text = "\
from typing import cast, Literal
class old[T]:
    x: 'old[int] | None' = None
    def m(self, y: \"list[old]\") -> 'old': return cast('old', y)
type A = old | Literal['old']
z: '''
  old
''' = 1
";
    let new = one(text, "m.old", "new");
    assert_eq!(new.matches("new").count(), 7, "{new}");
    assert_eq!(new.matches("old").count(), 1, "{new}");
}

const PACKAGE: &[(&str, &str)] = &[
    ("pkg/__init__.py", "from .a import old as old, other\n__all__ = ['old', 'other']\n"),
    ("pkg/a.py", "def old(): pass\ndef other(): return old\n__all__ = [\"old\"]\n"),
    (
        "pkg/b.py",
        "from . import a\nfrom pkg import old\nimport pkg.a as pa\na.old(); pa.old; old()\n",
    ),
    ("pkg/c.py", "from .a import *\nold()\n"),
    (
        "pkg/d.py",
        "from pkg.a import old as o\nfrom .c import old\nimport pkg.a\npkg.a.old(o, old)\n",
    ),
    ("pkg/e.py", "try:\n    from .a import old\nexcept ImportError:\n    from x import old\nold\n"),
    ("pkg/f.py", "from x import old\nold, 'old'\nx.old\n"),
    (
        "t.py",
        "from unittest import mock\nmock.patch('pkg.a.old')\nmock.patch.object(pkg.a, 'old')\nimport pkg\nsetattr(pkg.a, 'old', 1)\n",
    ),
];

#[test]
fn imports_carry_the_name_through_the_tree() {
    for target in ["pkg.a.old", "pkg.old", "pkg/b.py:4:old", "pkg.c.old"] {
        let done = done(PACKAGE, target, "new");
        let expected = [
            ("pkg/__init__.py", "from .a import new as new, other\n__all__ = ['new', 'other']\n"),
            ("pkg/a.py", "def new(): pass\ndef other(): return new\n__all__ = [\"new\"]\n"),
            (
                "pkg/b.py",
                "from . import a\nfrom pkg import new\nimport pkg.a as pa\na.new(); pa.new; new()\n",
            ),
            ("pkg/c.py", "from .a import *\nnew()\n"),
            (
                "pkg/d.py",
                "from pkg.a import new as o\nfrom .c import new\nimport pkg.a\npkg.a.new(o, new)\n",
            ),
            (
                "pkg/e.py",
                "try:\n    from .a import new\nexcept ImportError:\n    from x import old as new\nnew\n",
            ),
            ("pkg/f.py", "from x import old\nold, 'old'\nx.old\n"),
        ];
        for (path, text) in expected {
            assert_eq!(done.certain(path), text, "{target}");
        }
        assert_eq!(done.kinds(), ["rename", "string"], "{target}");
        let tests = done.with("t.py", &[0, 1]);
        assert!(
            tests.contains("mock.patch('pkg.a.new')") && tests.contains("setattr(pkg.a, 'new', 1)")
        );
    }
}

const CLASSES: &[(&str, &str)] = &[
    ("base.py", "class Base:\n    def run(self): return self.old()\n    def old(self): return 1\n"),
    (
        "sub.py",
        "from base import Base\nclass Sub(Base):\n    def old(self): return super().old() + Base.old(self)\n\
         def use(x, y: Base, z: 'Sub | None' = None):\n    s = Sub()\n    s.old(); y.old(); z.old(); Sub().old\n\
         \x20   x.old()\n    return getattr(s, 'old'), x.old, 'a'.old, getattr(x, 'old')\n",
    ),
    ("far.py", "class Other:\n    def old(self): return self.old()\nOther().old()\n"),
    (
        "mixin.py",
        "from base import Base\nclass M:\n    def go(self): self.old()\nclass D(M, Base): pass\n",
    ),
];

#[test]
fn members_are_renamed_where_the_class_is_known() {
    for target in ["base.Base.old", "sub.Sub.old", "base.py:3:old"] {
        let done = done(CLASSES, target, "new");
        assert_eq!(
            done.certain("base.py"),
            "class Base:\n    def run(self): return self.new()\n    def new(self): return 1\n"
        );
        let sub = done.certain("sub.py");
        assert!(sub.contains("def new(self): return super().new() + Base.new(self)"), "{sub}");
        assert!(sub.contains("s.new(); y.new(); z.new(); Sub().new\n"), "{sub}");
        assert!(
            sub.contains(
                "x.old()\n    return getattr(s, 'new'), x.old, 'a'.old, getattr(x, 'old')"
            )
        );
        assert_eq!(done.certain("far.py"), CLASSES[2].1);
        assert_eq!(done.kinds(), ["rename", "possible-use", "possible-use", "possible-use"]);
        assert!(done.with("mixin.py", &[0, 1, 2, 3]).contains("self.new()"));
        let sub = done.with("sub.py", &[0, 1, 2, 3]);
        assert!(
            sub.contains(
                "x.new()\n    return getattr(s, 'new'), x.new, 'a'.old, getattr(x, 'new')"
            )
        );
    }
}

#[test]
fn instance_attributes_properties_fields_and_slots() {
    let text = "\
from dataclasses import dataclass, replace
@dataclass
class P:
    __slots__ = ('old', 'b')
    old: int
    @property
    def b(self): return self.old
    @b.setter
    def b(self, value): self.old = value
def f(p: P):
    match p:
        case P(old=1): pass
    return replace(p, old=2), P(old=3), dict(old=1)
";
    let new = one(text, "m.P.old", "new");
    assert_eq!(new.replace("dict(old=1)", "").matches("old").count(), 0, "{new}");
    let new = one(text, "m.P.b", "c");
    assert!(new.contains("def c(self): return self.old\n    @c.setter\n    def c("), "{new}");
    let text = "class A:\n    def __init__(self): self.old = 1\n    def m(self): return self.old\n";
    assert!(!one(text, "m.A.old", "new").contains("old"));
}

#[test]
fn what_methods_assign_and_return_is_followed() {
    let text = "\
class A:
    def old(self): return self
    def other(self): return self.old().old()
class B:
    c: A
    def __init__(self, a: 'A | None' = None):
        self.a = a
        self.b = None
        self.b = A()
    def m(self): return self.a.old(), self.b.old(), self.c.old(), make().old()
    @property
    def p(self) -> A: return self.a
    def q(self): return self.p.old(), self.gone.old()
def make(): return A()
";
    let new = one(text, "m.A.old", "new");
    assert_eq!(new.matches("old").collect::<Vec<_>>().len(), 1, "{new}");
    assert!(new.contains("self.gone.old()"));
}

#[test]
fn many_ways_between_functions_are_walked_once() {
    use std::fmt::Write;
    let mut text = "class A:\n    def old(self): pass\n".to_owned();
    for at in 0..60 {
        let (one, two) = (at + 1, (at * 7 + 3) % 60);
        let added = writeln!(
            text,
            "def f{at}(x):\n    if x: return f{one}(x)\n    if not x: return f{two}(x)\n    \
             v{at} = f{one}(x) if x else f{two}(x)\n    return v{at}"
        );
        assert!(added.is_ok());
    }
    text.push_str("def f60(x): return A()\nf0(1).old()\n");
    assert!(one(&text, "m.A.old", "new").contains("def new(self)"));
}

#[test]
fn private_members_belong_to_one_class() {
    let text = "\
class A:
    def __old(self): return self.__old, other.__old
class B(A):
    def __old(self): return self.__old
A()._A__old
";
    let new = one(text, "m.A.__old", "__new");
    assert_eq!(new, text.replacen("__old", "__new", 3).replace("_A__old", "_A__new"));
    assert!(one(text, "m.A.__old", "new").ends_with("A().new\n"));
    assert!(refused("class A:\n    def old(self): pass\n", "m.A.old", "__new").contains("private"));
}

#[test]
fn parameters_and_their_keywords() {
    let text = "\
from functools import partial
def f(old, b=1, **kw): return old
def g(*, old): return f(old=old, b=2)
class A:
    def m(self, old): return self.m(old=1)
    def __init__(self, old=None): pass
class B(A):
    def m(self, old): return super().m(old=old)
f(1, old=3); partial(f, old=2); A(old=1); B(2).m(old=3)
def test(x): x.m(old=1), x.k(old=1)
";
    let new = one(text, "m.f.old", "new");
    assert!(
        new.contains("def f(new, b=1, **kw): return new\ndef g(*, old): return f(new=old, b=2)")
    );
    assert!(new.contains("f(1, new=3); partial(f, new=2); A(old=1)"), "{new}");
    let done = done(&[("m.py", text)], "m.A.m.old", "new");
    let new = done.certain("m.py");
    assert!(new.contains("def m(self, new): return self.m(new=1)"));
    assert!(new.contains("def m(self, new): return super().m(new=new)"));
    assert!(new.contains("B(2).m(new=3)") && new.contains("x.m(old=1), x.k(old=1)"), "{new}");
    assert!(done.with("m.py", &[0, 1]).contains("x.m(new=1), x.k(old=1)"));
    assert!(one(text, "m.A.__init__.old", "new").contains("A(new=1)"));
    let clash = "def f(old, **kw): pass\nf(1, new=2)\n";
    assert!(refused(clash, "m.f.old", "new").contains("m.py:2: `new` is passed"));
}

#[test]
fn names_in_use_are_refused_with_the_place() {
    for (text, what) in [
        ("old = 1\nnew = 2\n", "m.py:2: `new` is bound here already"),
        ("old = 1\ndef f(new): return old\n", "m.py:2: `new` would mean something else here"),
        ("def old(): pass\nnew()\n", "m.py:2: `new` is used here for something else"),
        (
            "old = 1\ndef f():\n    global new\n    new = old\n",
            "m.py:4: `new` is bound here already",
        ),
        ("class C:\n    new = 1\n    x = [old for _ in new]\nold = 1\n", ""),
    ] {
        if what.is_empty() {
            assert!(one(text, "m.old", "new").contains("[new for _ in new]\nnew = 1"));
        } else {
            assert_eq!(refused(text, "m.old", "new").lines().next(), Some(what));
        }
    }
    assert!(refused("old = 1\nlist()\n", "m.old", "list").contains("m.py:2"));
    for bad in ["class", "1a", "a b", "", "a.b", "None", "__debug__", "ﬁ", "a\n", "x # y"] {
        let refusal = attempt(&[("m.py", "old = 1\n")], "m.old", bad);
        assert!(matches!(refusal, Err(SymbolsError::Name { .. })), "{bad:?}");
    }
    let text = "class A:\n    def old(self): pass\nclass B(A):\n    new = 1\n";
    assert!(refused(text, "m.A.old", "new").starts_with("m.py:4: `new` is a member"));
    let text = "class A:\n    def old(self): self.new\n";
    assert!(refused(text, "m.A.old", "new").starts_with("m.py:2: `new` is used here"));
    assert!(
        refused("class A:\n    def __len__(self): pass\n", "m.A.__len__", "x").contains("Python's")
    );
}

#[test]
fn collisions_in_other_files() {
    let star = [("a.py", "old = 1\n"), ("b.py", "from a import *\nprint(old, sum([]))\n")];
    let refusal = |new: &str| match attempt(&star, "a.old", new) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    assert!(refusal("sum").starts_with("b.py:2"));
    assert!(refusal("_new").starts_with("b.py:1"));
    assert_eq!(refusal("new"), "");
    let package = [("p/__init__.py", "old = 1\n"), ("p/new.py", "")];
    assert!(matches!(attempt(&package, "p.old", "new"), Err(SymbolsError::Collision { .. })));
    let far = [("a.py", "old = 1\n"), ("b.py", "from a import old\nnew = 2\n")];
    assert!(matches!(attempt(&far, "a.old", "new"), Err(SymbolsError::Collision { .. })));
}

#[test]
fn unknown_targets_are_named() {
    for (target, what) in [
        ("nowhere.x", "no module of the tree is named so"),
        ("p.q", "is a module"),
        ("m.gone", "`m` has no `gone`"),
        ("m.C.gone", "`m` has no `C.gone`"),
        ("m", "is neither"),
        ("m.py:x:old", "is not of the form"),
        ("m.py:2:old", "no symbol of the tree has this name on this line"),
        ("n.py:1:old", "no file of the tree has this path"),
    ] {
        let files = [("m.py", "old = 1\nclass C: pass\n"), ("p/__init__.py", ""), ("p/q.py", "")];
        let refusal = attempt(&files, target, "new").err();
        let refusal = refusal.map(|error| error.to_string()).unwrap_or_default();
        assert!(refusal.contains(what), "{target}: {refusal}");
    }
}

#[test]
fn docstrings_are_groups_of_their_own() {
    let text =
        "def old():\n    \"\"\"Do `old`, old times: m.old, old(1).\n\n    >>> old\n    \"\"\"\n";
    let done = done(&[("m.py", text)], "m.old", "new");
    assert_eq!(done.kinds(), ["rename", "docstring"]);
    let all = done.with("m.py", &[0, 1]);
    assert_eq!(
        all,
        "def new():\n    \"\"\"Do `new`, old times: m.new, new(1).\n\n    >>> new\n    \"\"\"\n"
    );
}

#[test]
fn bytes_that_are_not_the_name_stay() {
    let text = "\u{feff}old = 1\r\nprint( old )  # old\r\n";
    assert_eq!(one(text, "m.old", "newer"), "\u{feff}newer = 1\r\nprint( newer )  # old\r\n");
}
