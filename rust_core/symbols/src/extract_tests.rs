use std::fs;

use super::*;

fn planned(
    files: &[(&str, &str)],
    target: Option<&str>,
    keep_alias: Option<bool>,
) -> Result<Plan, SymbolsError> {
    let root = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    for (path, text) in files {
        let path = root.path().join(path);
        let folder = path.parent().unwrap_or(&path);
        assert!(fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).is_ok());
    }
    let options = Extract { keep_alias, ..Extract::default() };
    extract(root.path(), target, &options, &AtomicBool::new(false))
}

fn plan_of(files: &[(&str, &str)]) -> Plan {
    planned(files, None, None).unwrap_or_else(|error| panic!("{error}"))
}

fn edited(plan: &Plan, path: &str) -> String {
    let edit = plan.edits.iter().find(|edit| edit.path == path);
    let edit = edit.unwrap_or_else(|| panic!("{path} is not edited: {plan:?}"));
    let bytes = edit.apply(None).unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn one(text: &str) -> String {
    edited(&plan_of(&[("m.py", text)]), "m.py")
}

fn notes(text: &str) -> Vec<(String, String)> {
    let plan = plan_of(&[("m.py", text)]);
    assert!(plan.edits.is_empty(), "{}", edited(&plan, "m.py"));
    plan.notes.into_iter().map(|note| (note.name, note.message)).collect()
}

#[test]
fn a_method_goes_before_its_class_with_all_that_is_its_own() {
    let text = "\
import os

# About A.
@decorated
class A:
    \"\"\"Doc.\"\"\"

    x = 1

    # Adds.
    # Twice.
    def add(self, a, b=os.sep):  # note
        \"\"\"Add.

        More.
        \"\"\"
        text = f'''
        {a}
    '''
        return (a +
          b)
        # the end

    def use(self):
        return self.add(1, 2) + A.add(self, 3) + type(self).add(self)
";
    let expected = "\
import os

# Adds.
# Twice.
def add(a, b=os.sep):  # note
    \"\"\"Add.

        More.
        \"\"\"
    text = f'''
        {a}
    '''
    return (a +
      b)
    # the end


# About A.
@decorated
class A:
    \"\"\"Doc.\"\"\"

    x = 1

    add = staticmethod(add)

    def use(self):
        return add(1, 2) + add(3) + add()
";
    assert_eq!(one(text), expected);
}

#[test]
fn private_methods_leave_no_trace() {
    let text = "\
class A:
    def _a(self, /, x): return x
    @staticmethod
    def __b(x):
        return x

    def c(self): return self._a(1) + self.__b(2)

    @staticmethod
    def _d(): return 4
";
    let expected = "\
def _a(x): return x


def _b(x):
    return x


def _d(): return 4


class A:
    def c(self): return _a(1) + _b(2)
";
    assert_eq!(one(text), expected);
    assert_eq!(
        one("class A:\n    def _a(self): return 1"),
        "def _a(): return 1\n\n\nclass A:\n    pass\n"
    );
    let two = "class A:\r\n\tdef _a(self): return 1\r\n\tdef _b(self): return 2\r\n";
    assert_eq!(
        one(two),
        "def _a(): return 1\r\n\r\n\r\ndef _b(): return 2\r\n\r\n\r\nclass A:\r\n\tpass\r\n"
    );
}

#[test]
fn the_instance_goes_from_every_form_of_signature() {
    for (before, after) in [
        ("self", ""),
        ("self, x", "x"),
        ("self,x", "x"),
        ("self, /", ""),
        ("self, /, x", "x"),
        ("self, x, /, y", "x, /, y"),
        ("self, *args, **kw", "*args, **kw"),
        ("self, *, k=1", "*, k=1"),
        ("self: 'A', x", "x"),
        ("self,", ""),
        ("\n        self,\n        x,\n    ", "\n    x,\n"),
        ("self,  # who\n           x", "  # who\n       x"),
    ] {
        let text = format!("class A:\n    def _m({before}): return 1\n    y = 2\n");
        assert_eq!(one(&text), format!("def _m({after}): return 1\n\n\nclass A:\n    y = 2\n"));
    }
}

#[test]
fn uses_in_other_files_get_an_import() {
    let files = [
        ("p/__init__.py", "from .m import A\n"),
        ("p/m.py", "class A:\n    def f(self, x): return x\n"),
        ("a.py", "from p.m import (\n    A,  # it\n)\nA().f(1)\na = A()\na.f(2)\n"),
        (
            "b.py",
            "from p import A\nimport os\nclass B(A):\n    def g(self): return self.f(1) + super().f(2)\n",
        ),
        ("c.py", "import p.m\np.m.A.f(os, 3)\ndef h(x): x.f()\n"),
        ("d.py", "from p.m import A\nf = 1\na = A()\na.f(f)\n"),
    ];
    let plan = plan_of(&files);
    assert_eq!(plan.together.len(), 1);
    assert!(edited(&plan, "p/m.py").ends_with("class A:\n    f = staticmethod(f)\n"));
    assert_eq!(
        edited(&plan, "a.py"),
        "from p.m import (\n    A, f,  # it\n)\nA().f(1)\na = A()\nf(2)\n"
    );
    assert_eq!(
        edited(&plan, "b.py"),
        "from p import A\nfrom p.m import f\nimport os\nclass B(A):\n    def g(self): return f(1) + f(2)\n"
    );
    assert_eq!(edited(&plan, "c.py"), "import p.m\np.m.f(3)\ndef h(x): x.f()\n");
    assert!(plan.edits.iter().all(|edit| edit.path != "d.py"));
}

#[test]
fn methods_that_must_stay_say_why() {
    for (text, why) in [
        (
            "class A:\n    def m(self): return 1\nclass B(A):\n    def m(self): return 2\n",
            "overrides",
        ),
        ("class A:\n    def m(self): raise NotImplementedError\n", "a placeholder"),
        (
            "from typing import Protocol\nclass A(Protocol):\n    def m(self): return 1\n",
            "a protocol",
        ),
        ("class A:\n    def m(self): return 1\nm = 2\n", "is taken in the module"),
        ("class A:\n    def sum(self): return 1\nsum([])\n", "means something else"),
        ("class A:\n    X = 1\n    def m(self, x=X): return 1\n", "its signature uses `X`"),
        ("class A:\n    def m(self): return 1\n    p = property(m)\n", "the class body uses it"),
        ("class A:\n    def m(self): return 1\ngetattr(A(), 'm')\n", "by its name"),
        ("class A:\n    def m(self): return 1\ndef f(a): a.m = 2\n", "assigned"),
        ("class A:\n    def m(self): return 1\nx = A.m\n", "as a function of the class"),
        ("class A:\n    if x:\n        def m(self): return 1\n", "not a statement of the class"),
        ("class A:\n    def m(*args): return 1\n", "no parameter of its own"),
        (
            "class A:\n    def m(self): return 1\nclass B:\n    def m(self): return 2\n",
            "several classes",
        ),
    ] {
        let found = notes(text);
        assert!(!found.is_empty(), "{text}");
        assert!(found.iter().any(|(_, message)| message.contains(why)), "{found:?} in {text}");
    }
}

#[test]
fn methods_that_use_their_class_are_left_without_a_word() {
    for body in ["self", "super().m()", "__class__", "x.__y", "locals()", "lambda: self.x"] {
        let text = format!("class A:\n    def m(self):\n        return {body}\n");
        assert!(notes(&text).is_empty(), "{body}");
    }
    for head in
        ["@property\n    def m", "def __m__", "def test_m", "def setUp", "@classmethod\n    def m"]
    {
        let text = format!("class A:\n    {head}(self): return 1\n");
        assert!(notes(&text).is_empty(), "{head}");
    }
    assert!(notes("def f():\n    class A:\n        def m(self): return 1\n").is_empty());
}

#[test]
fn one_method_by_name() {
    let text =
        "class A:\n    def f(self): return 1\n    def g(self): return 2\n    def h(self): self\n";
    for target in ["A.g", "m.A.g", "m.py:3:g"] {
        let plan = planned(&[("m.py", text)], Some(target), Some(false));
        let plan = plan.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            edited(&plan, "m.py"),
            "def g(): return 2\n\n\nclass A:\n    def f(self): return 1\n    def h(self): self\n"
        );
    }
    for (target, why) in [("A.h", "uses its instance"), ("A.x", "no method"), ("B.g", "no method")]
    {
        let refusal = planned(&[("m.py", text)], Some(target), None);
        assert!(refusal.is_err_and(|error| error.to_string().contains(why)), "{target}");
    }
}

#[test]
fn nested_classes_and_calls_within_moved_methods() {
    let text = "\
class A:
    class B:
        @staticmethod
        def _f(x):
            return A._g(x)

    @staticmethod
    def _g(x):
        if x: return A.B._f(x)
        return A._g(0)
";
    let expected = "\
def _f(x):
    return _g(x)


def _g(x):
    if x: return _f(x)
    return _g(0)


class A:
    class B:
        pass
";
    assert_eq!(one(text), expected);
}
