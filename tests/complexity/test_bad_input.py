"""Input that is no Python, or hardly: each is reported with its place and reason, none is fatal."""

from __future__ import annotations

import codecs
import encodings.aliases
import os
import random
import re
import socket
import stat
import subprocess
import sys
import sysconfig
import warnings
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pyagent.complexity import FileMetrics, measure, measure_file, measure_tree
from pyagent.errors import (
    SourceDecodeError,
    SourceError,
    SourceNestingError,
    SourceReadError,
    SourceSyntaxError,
)

from .programs import Generator

needs_posix = pytest.mark.skipif(os.name == "nt", reason="not on Windows: POSIX files")


def accepted(source: str | bytes) -> bool:
    """Whether we measure it; anything but a `SourceError` goes through."""
    try:
        measure(source)
    except SourceError:
        return False
    return True


def accepted_by_python(source: str | bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "<string>", "exec", flags=0x400, dont_inherit=True)  # To a tree only.
        except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
            return False
    return True


@pytest.mark.parametrize(
    ("source", "line", "column", "reason"),
    [
        ("def f(:\n  pass\n", 1, 7, "Expected a parameter or the end of the parameter list"),
        ("x = 1\nx = = 1\n", 2, 5, "Expected an expression"),
        ("if x:\n  a\n b\n", 3, 1, ".*indent.*"),
        ("print 'two'\n", 1, 7, "Simple statements must be separated.*"),
        ("x = 'open\n", 1, 5, ".*string.*"),
        ("\r\n\r\nx = (1,\r\n", 4, 1, ".*"),
        ("a\rb\rc d\r", 3, 3, ".*"),
    ],
)
def test_syntax_errors_are_placed(source: str, line: int, column: int, reason: str) -> None:
    with pytest.raises(SourceSyntaxError) as caught:
        measure(source)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert re.fullmatch(reason, caught.value.reason)


@pytest.mark.parametrize("source", ["a\nb = '\0'\n", b"a\nb = '\0'\n", b"a\n#\0"])
def test_a_null_byte_is_an_error_on_its_line(source: str | bytes) -> None:
    with pytest.raises(SourceError, match=":2:") as caught:
        measure(source)
    assert caught.value.line == 2
    assert not accepted_by_python(source)


COOKIES = sorted(
    {*encodings.aliases.aliases, *encodings.aliases.aliases.values()}
    | {alias.replace("_", "-") for alias in encodings.aliases.aliases}
    | {"idna", "punycode", "raw-unicode-escape", "unicode_escape", "undefined", "utf-8-sig"}
    | {"iso-latin-1", "iso-latin-1-unix", "latin-1-dos", "UTF-8-unix", "Latin-1", "klingon"}
    | {"mbcs", "oem", "x" * 1000}
)
BODIES = (
    *("x = 1\n", "s = 'é'\n", "s = 'Ж'\n", "s = '語'\n", "x = 1\r\ny = 2\rz = 3"),
    *(b"s = '\x80\xff'\n", b"s = '\\x41\\N{DIGIT ONE}'\n", b"s = '\x1b$B'\n", b"s = '+AGE-'\n"),
)


def in_encoding(cookie: str, body: str | bytes) -> bytes | None:
    """A file that declares `cookie`; `None` where the text cannot be said in it."""
    head = f"# coding: {cookie}\n".encode()
    if isinstance(body, bytes):
        return head + body
    try:
        return head + body.encode(cookie)
    except (LookupError, ValueError):  # UnicodeError is one.
        return None


@pytest.mark.parametrize("cookie", COOKIES, ids=lambda cookie: cookie[:30])
def test_encoding_cookies_mean_what_they_mean_to_python(cookie: str) -> None:
    for body in BODIES:
        for mark in (b"", codecs.BOM_UTF8):
            source = in_encoding(cookie, body)
            if source is None:
                continue
            source = mark + source
            if cookie == "punycode" and not mark:
                # Python decodes line by line, and a line end is no Punycode; nobody uses it.
                assert not accepted_by_python(source)
                continue
            if isinstance(body, str) and source.count(b"\n") < 1 + body.count("\n"):
                continue  # Line ends written as escapes are none for Python.
            assert accepted(source) is accepted_by_python(source), source


@pytest.mark.parametrize("cookie", ["koi8-r", "cp1252", "shift_jis", "gb18030", "iso2022_jp", "hz"])
def test_text_is_decoded_as_python_does_it(cookie: str) -> None:
    text = {"koi8-r": "имя", "cp1252": "naïve"}.get(cookie, "名前")
    source = f"# -*- coding: {cookie} -*-\ndef {text}(): pass\n".encode(cookie)
    assert [one.name for one in measure(source).functions] == [text]


@pytest.mark.parametrize(
    "head",
    [
        *(
            "#coding=latin-1",
            "# vim: set fileencoding=latin-1 :",
            "\n#coding:latin-1",
            "#\n#coding:",
        ),
        *(
            "\x0c#coding: latin-1",
            "#coding:\t latin-1",
            "# coding : latin-1",
            "x\n#coding: latin-1",
        ),
        *("'''\n# coding: latin-1\n'''", "\\\n# coding: latin-1", "# encoding=latin-1"),
        *(
            "\n\n# coding: latin-1",
            "# coding: latin-1, utf-8",
            "#coding: latin-1\r#",
            "#!\r#coding: l1",
        ),
        *("#coding:cp1252 coding:latin-1", "#xcoding: l1", "# coding coding: l1", ";#coding: l1"),
    ],
)
def test_cookies_are_found_where_python_finds_them(head: str) -> None:
    source = head.encode() + b"\ns = '\xe9'\n"
    assert accepted(source) is accepted_by_python(source)


def test_byte_order_marks() -> None:
    assert accepted(codecs.BOM_UTF8 + b"x = 1\n")
    assert measure("\ufeffdef f(): pass\n").functions[0].column == 0
    assert accepted(codecs.BOM_UTF8 * 2 + b"x = 1\n")  # Which Python does not.
    for encoding in ("utf-16", "utf-32"):
        source = "x = 1\n".encode(encoding)
        assert not accepted(source)
        assert not accepted_by_python(source)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_count_alike(end: str) -> None:
    lines = ["def f():", "    '''a", "", "    b'''", "    return 1", "", "def g(): pass", ""]
    module = measure(end.join(lines))
    assert [(one.line, one.end_line) for one in module.functions] == [(1, 5), (7, 7)]
    assert module.raw.loc == 7


def test_a_form_feed_is_white_space() -> None:
    module = measure("\x0cdef f():\n\x0c    pass\n\x0c\ndef g(): pass\n")
    assert [one.line for one in module.functions] == [1, 4]


def nested(opening: str, depth: int, closing: str = "") -> str:
    return f"x = 1\ny = {opening * depth}1{closing * depth}\n"


@pytest.mark.parametrize("bracket", ["()", "[]", "{}", "f()"])
def test_a_thousand_nested_brackets_are_refused_with_their_line(bracket: str) -> None:
    source = nested(bracket[:-1], 1_000, bracket[-1])
    with pytest.raises(SourceNestingError, match="too many nested brackets") as caught:
        measure(source)
    assert caught.value.line == 2
    assert accepted(nested("(", 190, ")"))
    assert not accepted_by_python(source)


@pytest.mark.parametrize(
    "source",
    [
        *(nested(f"{operator} ", 5_000) for operator in ("-", "not", "~", "lambda:")),
        *(f"x = a{link * 20_000}\n" for link in (".a", "()", "[0]", " + a", " ** a", " and a")),
        *(f"x = a{link * 20_000}\n" for link in (" if a else a", " < a", " 'a'"[:0] + " or a")),
        "".join(f"{' ' * depth}if x:\n" for depth in range(99)) + " " * 99 + "pass\n",
        "if a: b\n" + "elif a: b\n" * 20_000,
        "x = 'a'" + " 'a'" * 20_000 + "\n",
        "\n".join(f"{'  ' * depth}def f():" for depth in range(90)) + " pass\n",
        "@a\n" * 20_000 + "def f(): pass\n",
        f"x = {'a,' * 500_000}\n",
        f"x = '{'a' * 1_000_000}'\n",
        f"# {'a' * 1_000_000}\n",
        "\n" * 1_000_000,
        ";".join(["x = 1"] * 100_000),
        f"x = f'{{1{' + 1' * 100_000}}}'\n",
        f"x = f'{{a:{{-{'--' * 100_000}1}}}}'\n",
    ],
    ids=lambda source: source[:24],
)
def test_deep_and_long_code_is_measured(source: str) -> None:
    assert measure(source).radon_cc >= 1


def test_absurd_depth_is_refused() -> None:
    with pytest.raises(SourceNestingError, match="levels deep"):
        measure("-" * 1_000_000 + "1")


@pytest.mark.parametrize(
    "make",
    [
        lambda: "DATA = [\n" + "    (1, 'text', 0x10, None),\n" * 400_000 + "]\n",
        lambda: "text = '''" + "text (text [text {text\n" * 500_000 + "'''\n",
        lambda: "".join(f"def f{n}(a):\n    return a if a else {n} + a\n" for n in range(260_000)),
    ],
    ids=["literal", "text", "functions"],
)
def test_ten_megabytes_of_generated_code(make: object) -> None:
    assert callable(make)
    source = make()
    assert len(source) > 10_000_000
    assert measure(source).error is None


def test_a_chain_of_ten_megabytes_ends_in_an_answer() -> None:
    """Deeper than any interpreter goes: it is refused, at once and in words."""
    with pytest.raises(SourceNestingError):
        measure(f"x = 1{' + 1' * 2_600_000}\n")


def test_lone_surrogates_are_no_source() -> None:
    with pytest.raises(SourceDecodeError, match="surrogate"):
        measure("x = '\ud800'\n")
    assert accepted(r"x = '\ud800'")


def test_a_path_that_cannot_be() -> None:
    for path in ("x" * 10_000, "a/" * 5_000, "nul\0byte", "missing.py", ""):
        with pytest.raises((SourceReadError, ValueError)):
            measure_file(path)
        if "\0" not in path:
            (file,) = measure_tree(path).files
            assert file.error


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "folder.py"
    folder.mkdir()
    (folder / "inner.py").write_text("x = 1\n")
    with pytest.raises(SourceReadError, match="is a directory"):
        measure_file(folder)
    assert [Path(file.path).name for file in measure_tree(tmp_path).files] == ["inner.py"]


@needs_posix
@pytest.mark.timeout(30)
@pytest.mark.parametrize("kind", ["fifo", "socket", "device", "link to a fifo"])
def test_what_is_no_regular_file_is_never_waited_for(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as server:
                os.chdir(tmp_path)  # The name of a socket is short.
                server.bind("x.py")
        case "device":
            path = Path(os.devnull)
        case _:
            os.mkfifo(tmp_path / "fifo")
            path.symlink_to("fifo")
    assert not stat.S_ISREG(path.stat().st_mode)
    with pytest.raises(SourceReadError):
        measure_file(path)
    (file,) = measure_tree(path, cache=tmp_path / "cache").files
    assert file.error
    assert measure_tree(tmp_path, exclude=["cache"]).files == []


@needs_posix
def test_links_are_not_followed_below_a_root(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.py").symlink_to("self.py")
    (tmp_path / "gone.py").symlink_to("nowhere")
    assert [Path(file.path).name for file in measure_tree(tmp_path).files] == ["a.py"]
    for name in ("self.py", "gone.py"):
        with pytest.raises(SourceReadError):
            measure_file(tmp_path / name)
    # A root that is a link is what the caller asked for.
    assert len(measure_tree(tmp_path / "loop")) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.py"
    Path(os.fsdecode(name)).write_text("def f(): pass\n")
    (file,) = measure_tree(tmp_path).files
    assert file.path.endswith("\ufffd.py")
    assert [one.name for one in file.functions] == ["f"]
    assert b"\\ufffd" in file.to_json() or "\ufffd".encode() in file.to_json()


UNREADABLE = """
import os, sys
from pyagent.complexity import measure_file, measure_tree
from pyagent.errors import SourceReadError
if os.getuid() == 0:  # Root reads everything.
    os.setgid(65534)
    os.setuid(65534)
for file in measure_tree(sys.argv[1]).files:
    print(file.path.rpartition("/")[2], file.error)
try:
    measure_file(sys.argv[1] + "/secret.py")
except SourceReadError as error:
    print(error.reason)
"""


@needs_posix
def test_unreadable_files_and_folders(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "closed").mkdir(parents=True)
    for path in ("open.py", "secret.py", "closed/inner.py"):
        (folder / path).write_text("x = 1\n")
    # Others have to be able to get here, to the interpreter, and to the package.
    for parent in (tmp_path, *tmp_path.parents):
        if parent.owner() != "root" or os.getuid() == 0:
            if parent == Path("/") or parent == Path("/tmp"):
                break
            parent.chmod(0o755)
    (folder / "secret.py").chmod(0)
    (folder / "closed").chmod(0)
    try:
        result = subprocess.run(
            [sys.executable, "-c", UNREADABLE, str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        (folder / "closed").chmod(0o755)
    assert result.stderr == ""
    assert sorted(result.stdout.splitlines()) == [
        "closed permission denied",
        "open.py None",
        "permission denied",
        "secret.py permission denied",
    ]


LIBRARY = Path(sysconfig.get_path("stdlib"))
SAMPLES = ("ast.py", "decimal.py", "typing.py", "inspect.py", "cgitb.py", "enum.py", "string.py")
TEXTS = [
    path.read_text("utf-8")[:6_000] for path in map(LIBRARY.joinpath, SAMPLES) if path.exists()
]
TEXTS += [Generator(seed).program() for seed in range(20)]
SNIPPETS = (
    *(
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ";",
        ",",
        "\n",
        "\t",
        "\\\n",
        "'",
        '"',
        '"""',
        "#",
        "=",
        ":=",
    ),
    *(
        "if",
        "else",
        "for",
        "in",
        "def f():",
        "class",
        "lambda",
        "match x:\n",
        "case",
        "*",
        "**",
        "@",
    ),
    *("f'{", "}'", "rb'", "0x", "1_", "1e", "é", "\x0c", "\0", "\r", "except*", "await", "async"),
)


def mutated(text: str, seed: int) -> str:
    """`text` with a few places cut out, doubled, or broken."""
    dice = random.Random(seed)
    for _ in range(dice.randint(1, 4)):
        at, length = dice.randrange(len(text) + 1), dice.choice((0, 1, 1, 2, 8, 200))
        new = dice.choice(("", text[at : at + length] * 2, dice.choice(SNIPPETS)))
        text = text[:at] + new + text[at + length :]
    return text


@settings(max_examples=400, derandomize=True, deadline=None)
@given(st.integers(0, len(TEXTS) - 1), st.integers(0, 10_000))
@example(0, 0)
def test_mutated_code_is_accepted_where_python_accepts_it(which: int, seed: int) -> None:
    text = mutated(TEXTS[which], seed)
    ours, python = accepted(text), accepted_by_python(text)
    assert ours is python, (text, ours)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(alphabet=st.sampled_from("()[]{}:;,.'\"#\\=+-*/@ \n\t\r\x0cabfrt01é")))
def test_any_text_is_measured_or_refused(text: str) -> None:
    accepted(text)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_measured_or_refused(source: bytes) -> None:
    accepted(source)
    accepted(b"#coding:" + source)


def test_broken_files_of_a_tree_are_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    contents = {
        "a.py": b"def f(): pass\n",
        "b.py": b"x = (\n",
        "c.py": b"\xff",
        "d.py": b"x = 1\ny = '\0'",
        "e.py": b"# coding: klingon\n",
        "f.py": nested("(", 1_000, ")").encode(),
        "g.py": b"",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    tree = measure_tree(tmp_path)
    assert [Path(file.path).name for file in tree.files] == list(contents)
    found: dict[str, FileMetrics] = {Path(file.path).name: file for file in tree.errors}
    assert {name: file.error_line for name, file in found.items()} == {
        "b.py": 2,
        "c.py": 1,
        "d.py": 2,
        "e.py": 1,
        "f.py": 2,
    }
    for file in found.values():
        assert file.functions == file.classes == file.imports == []
        assert file.cyclomatic == file.cognitive == file.raw.loc == file.halstead.length == 0
        assert file.maintainability_index is file.maintainability_index_vs is None
        assert repr(file).startswith(f"FileMetrics('{file.path}', error=")
