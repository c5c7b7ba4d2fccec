"""Unsafe Rust: denied everywhere but in the files named here, each with its reason."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MANIFESTS = sorted(ROOT.glob("rust_core/*/Cargo.toml"))
FOLDERS = [*(manifest.parent for manifest in MANIFESTS), ROOT / "fuzz" / "fuzz_targets"]

# Path from the root -> why this file cannot do without.
ALLOWED = {
    "rust_core/python/src/grammar_memory.rs": "what Python objects lend is written to in place",
    "rust_core/log/src/fork.rs": "only pthread_atfork tells a library that its process was forked",
}

COMMENT_OR_STRING = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | r(?P<hashes>\#*)".*?"(?P=hashes) | "(?:\\.|[^"\\])*" """,
    re.DOTALL | re.VERBOSE,
)


def has_unsafe(source: str) -> bool:
    return re.search(r"\bunsafe(?!_)\b", COMMENT_OR_STRING.sub(" ", source)) is not None


def test_unsafe_is_only_where_it_is_named() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in folder.rglob("*.rs")
        if has_unsafe(path.read_text(encoding="utf-8"))
    }
    assert found == set(ALLOWED)


def test_every_crate_takes_the_lints_of_the_workspace() -> None:
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))
    lints = workspace["workspace"]["lints"]
    assert lints["rust"]["unsafe_code"] == "deny"
    assert lints["clippy"]["undocumented_unsafe_blocks"]
    assert MANIFESTS
    for path in MANIFESTS:
        manifest = tomllib.loads(path.read_text(encoding="utf-8"))
        assert manifest["lints"] == {"workspace": True}, path


def test_comments_and_strings_are_not_code() -> None:
    assert has_unsafe("let x = unsafe { *p };")
    assert not has_unsafe('// unsafe\n/* unsafe\n */ let s = "unsafe \\" "; let r = r#"unsafe"#;')
    assert not has_unsafe("#![deny(unsafe_code)]")
