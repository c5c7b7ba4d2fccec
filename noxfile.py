"""The one door to every task: what people run here is what continuous integration runs.

    python3 dev.py tests            everything, on every Python found
    python3 dev.py pytest-3.12 -k audit
    nox -s lint stubs docs          with a nox of your own

The native module is compiled once, by the session `build`, into one abi3 wheel; every other
session installs that wheel, so what is tested is what a user gets.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2026.10.20"
nox.options.sessions = ["lint", "stubs", "tests", "docs"]
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"

ROOT = Path(__file__).resolve().parent
WHEELS = ROOT / "target" / "wheels"
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
OLDEST = (3, 11)
FAULTS = {"PYTHONPATH": str(ROOT / "tests" / "state")}

PROBE = (
    "import json, platform, sys, sysconfig;"
    "print(json.dumps([list(sys.version_info[:2]), sys.version_info.releaselevel,"
    " platform.python_implementation(), bool(sysconfig.get_config_var('Py_GIL_DISABLED'))]))"
)


def candidates() -> list[Path]:
    """Every file that may be an interpreter: on PATH, and where pyenv, uv and py.exe keep them."""
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT", home / ".pyenv"))
    folders = [Path(entry) for entry in os.get_exec_path()]
    folders += sorted(pyenv.glob("versions/*/bin"), reverse=True)
    folders += sorted((home / ".local/share/uv/python").glob("*/bin"), reverse=True)
    named = [
        path
        for folder in folders
        for path in (folder.glob("python3.*") if folder.is_dir() else ())
        if re.fullmatch(r"python3\.(1[1-9]|[2-9]\d)(\.exe)?", path.name)
    ]
    if launcher := shutil.which("py"):
        listed = subprocess.run([launcher, "-0p"], capture_output=True, text=True, check=False)
        named += [
            Path(line.split(maxsplit=1)[-1].lstrip("* ")) for line in listed.stdout.split("\n")
        ]
    return [Path(sys.executable), *named]


def probe(path: Path) -> tuple[int, int] | None:
    """The version of an interpreter that the abi3 wheel fits; `None` for any other file.

    It is run to be sure: the shims of pyenv are on PATH for versions that are not switched on.
    """
    try:
        command = [str(path), "-I", "-c", PROBE]
        result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        (major, minor), level, implementation, free_threaded = json.loads(result.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    fits = level == "final" and implementation == "CPython" and not free_threaded
    return (major, minor) if fits and (major, minor) >= OLDEST else None


def find_pythons() -> list[str]:
    """The versions found, oldest first; their folders go first on PATH, where nox looks."""
    found: dict[tuple[int, int], Path] = {}
    for path in candidates():
        if (version := probe(path)) is not None:
            found.setdefault(version, path)
    folders = [str(path.parent) for path in found.values() if path != Path(sys.executable)]
    os.environ["PATH"] = os.pathsep.join([*folders, os.environ.get("PATH", "")])
    return [f"{major}.{minor}" for major, minor in sorted(found)]


PYTHONS = find_pythons()


def group(*names: str) -> list[str]:
    """The requirements of dependency groups of pyproject.toml."""
    return list(nox.project.dependency_groups(PROJECT, *names))


def require_rust(session: nox.Session) -> None:
    """End the session with what to do where cargo is missing or too old."""
    os.environ["PATH"] += os.pathsep + str(Path.home() / ".cargo" / "bin")
    workspace = nox.project.load_toml(ROOT / "Cargo.toml")["workspace"]["package"]
    wanted = workspace["rust-version"]
    get_it = "see https://rustup.rs, or run `rustup update stable` where rustup is installed"
    if shutil.which("cargo") is None:
        session.error(f"Rust is missing: PyAgent needs cargo {wanted} or newer; {get_it}")
    answer = subprocess.run(["cargo", "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"cargo (\d+)\.(\d+)", answer.stdout)
    if match is None:
        session.error(f"cargo does not run: {answer.stderr.strip()}; {get_it}")
    if tuple(map(int, match.groups())) < tuple(map(int, wanted.split(".")[:2])):
        session.error(f"Rust is too old: {answer.stdout.strip()}, need {wanted}; {get_it}")
    if sys.platform != "win32" and not any(map(shutil.which, ("cc", "gcc", "clang"))):
        session.error("A C compiler is missing: install build-essential, or Xcode's tools on macOS")


def install_wheel(session: nox.Session, *groups: str) -> None:
    """Install the wheel that `build` left, with its dependencies and those of `groups`."""
    (wheel,) = WHEELS.glob("pyagent-*.whl")
    # Most of what the packages hold is never imported: what is gets compiled when it is.
    session.install("--no-compile", *PROJECT["project"]["dependencies"], *group(*groups))
    # The version stays the same from build to build, so pip has to be told to take the new one.
    session.install("--force-reinstall", "--no-deps", str(wheel))


def run_pytest(session: nox.Session, *arguments: str) -> None:
    """Run pytest away from the source tree's package, which has no native module of this build."""
    session.run("python", "-P", "-m", "pytest", *arguments)


@nox.session
def build(session: nox.Session) -> None:
    """Compile the release wheel, once for all Pythons."""
    require_rust(session)
    session.install(*group("build"))
    for old in WHEELS.glob("pyagent-*"):
        old.unlink()
    session.run("maturin", "build", "--release", "--locked", "--out", str(WHEELS))


@nox.session(python=False)
def rust(session: nox.Session) -> None:
    """The tests of the crates, their documentation examples among them."""
    require_rust(session)
    crates = ["--workspace", "--exclude", "pyagent-python", "--locked"]
    session.run("cargo", "test", *crates, "--features", "pyagent-grammar/lark", external=True)


@nox.session(python=PYTHONS, requires=["build"])
def pytest(session: nox.Session) -> None:
    """The Python tests on one version: `pytest-3.12`. Arguments go to pytest."""
    install_wheel(session, "test")
    # Neighbours stay together, and so do the trees and reports that they share; a worker that is
    # through takes half of what the other one has left.
    run_pytest(session, *(session.posargs or ["-n", "2", "--dist", "worksteal"]))


@nox.session(python=False, requires=["rust", *(f"pytest-{version}" for version in PYTHONS)])
def tests(session: nox.Session) -> None:
    """The Rust tests, and the Python tests on every Python found."""
    session.log(f"passed on Python {', '.join(PYTHONS)}")


@nox.session(requires=["build"])
def faults(session: nox.Session) -> None:
    """Kills, errors, full disks and power cuts at every point of every scenario; Linux only."""
    if sys.platform != "linux":
        session.skip("system calls are traced, and FUSE is used, on Linux only")
    install_wheel(session)
    session.run("python", "-P", "-m", "faults.table", *session.posargs, env=FAULTS)


@nox.session(requires=["build"])
def demo(session: nox.Session) -> None:
    """The main job on a bundled small project, or on the path given as an argument."""
    install_wheel(session)
    with session.chdir(session.invoked_from):  # A path is meant from where the command was given.
        session.run("pyagent", "demo", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Format, lints and types, in both languages."""
    require_rust(session)
    session.install(*group("lint"), *PROJECT["project"]["dependencies"])
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    tests = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").glob("*.py"))]
    benches = [f"benches/python/{name}.py" for name in ("adversarial", "harness", "revisions")]
    session.run("mypy", "noxfile.py", "dev.py", *benches, *tests)
    session.run("cargo", "fmt", "--all", "--check", external=True)
    clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]
    session.run("cargo", *clippy, external=True)


@nox.session(requires=["build"])
def stubs(session: nox.Session) -> None:
    """The stubs of the native module, and the package, against what was built."""
    install_wheel(session, "test")
    allowed = ["--allowlist", "tests/stubtest_allowlist.txt"]
    session.run("python", "-P", "-m", "mypy.stubtest", "pyagent", *allowed, *session.posargs)


@nox.session(requires=["build"])
def docs(session: nox.Session) -> None:
    """The site, with warnings as errors, and every example on it."""
    install_wheel(session, "docs")
    # The notice is about the plans for MkDocs 2, on which nothing here depends.
    quiet = {"NO_MKDOCS_2_WARNING": "1"}
    session.run("mkdocs", "build", "--strict", *session.posargs, env=quiet)
    run_pytest(session, "tests/test_examples.py")


@nox.session(requires=["build"])
def bench(session: nox.Session) -> None:
    """Benchmarks beside the peers, in Python and in Rust; names select some of them."""
    install_wheel(session, "peers")
    chosen = set(session.posargs)
    modules = {"adversarial", "grammar", "harness", "main_job", "patch_cases", "revisions"}
    found = sorted((ROOT / "benches/python").glob("*.py"))
    scripts = [path for path in found if path.stem not in modules]
    sources = [*ROOT.glob("rust_core/*/benches/*.rs"), *ROOT.glob("rust_core/*/benches/*/main.rs")]
    crates = sorted(path.parent if path.stem == "main" else path for path in sources)
    unknown = chosen - {path.stem for path in [*scripts, *crates]}
    if unknown:
        session.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    if not chosen or chosen & {"diff", "peers"}:
        session.run("python", "benches/python/revisions.py")
    for script in scripts:
        if script.stem in chosen or not chosen:
            session.run("python", str(script))
    for target in crates:
        if target.stem in chosen or not chosen:
            crate = f"pyagent-{target.parent.parent.name}"
            session.run(
                "cargo", "bench", "--locked", "-p", crate, "--bench", target.stem, external=True
            )


@nox.session(requires=["build"])
def bench_grammar(session: nox.Session) -> None:
    """Masks beside the peers of grammars, which need some 7 GB; arguments go to the script."""
    install_wheel(session, "grammar-peers")
    session.run("python", "benches/python/grammar.py", *session.posargs)


@nox.session(requires=["build"])
def proof(session: nox.Session) -> None:
    """The main job on projects from PyPI, as unpacked from their source distributions."""
    install_wheel(session)
    session.run("python", "benches/python/main_job.py", *session.posargs)


@nox.session
def sdist(session: nox.Session) -> None:
    """The source distribution, and that a wheel can be built from nothing else."""
    require_rust(session)
    session.install(*group("build"))
    target = Path(session.create_tmp())
    session.run("maturin", "sdist", "--out", str(target))
    archive = max(target.glob("pyagent-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    # Nothing built before is taken: the cache of pip has the wheel of an older archive under the
    # same name, and cargo finds the archive's files, which have one fixed date, older than its own.
    pip = ["python", "-m", "pip", "--no-cache-dir", "wheel", "--no-deps"]
    session.run(*pip, "-w", str(target), str(archive), env={"CARGO_TARGET_DIR": None})


@nox.session(python=PYTHONS, requires=["build"])
def wheel(session: nox.Session) -> None:
    """The wheel in an environment that has nothing else: the smoke tests of `wheel-3.12`."""
    install_wheel(session)
    session.run("python", "-m", "pip", "check")
    session.run("python", "tests/smoke.py")


@nox.session(python=False)
def fuzz(session: nox.Session) -> None:
    """Each fuzz target for a minute, or the seconds given; needs `cargo install cargo-fuzz`."""
    require_rust(session)
    listed = subprocess.run(
        ["cargo", "fuzz", "list"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if listed.returncode:
        session.error(f"cargo-fuzz is needed: cargo install cargo-fuzz\n{listed.stderr.strip()}")
    seconds = session.posargs[0] if session.posargs else "60"
    # Sanitizer flags are unstable options; this lets the stable compiler take them.
    environment = {"RUSTC_BOOTSTRAP": "1"}
    for target in listed.stdout.split():
        limit = f"-max_total_time={seconds}"
        session.run("cargo", "fuzz", "run", target, "--", limit, env=environment, external=True)
