"""What the files beside a project's code say: dependencies, entry points, line length."""

from __future__ import annotations

import ast
import os
import re
from typing import TYPE_CHECKING, Any

from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_LINE_LENGTH = 88

# `module:attribute`, as in entry points, and the value of an `attr` setting.
_USED_PATH = re.compile(r"(?<![\w.:/])[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(?![\w:/])")
_ATTR = re.compile(r"""\battr["']?\s*[:=]\s*["']?([A-Za-z_][\w.]*)""")

# The name at the start of a requirement, by PEP 508.
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")


class Project:
    """The settings and declarations of one project.

    Attributes:
        root: The project's folder.
        pyproject: The contents of `pyproject.toml`; empty where there is none.
        texts: The other files that were found, by name.
    """

    __slots__ = ("pyproject", "root", "texts")

    def __init__(self, root: str, pyproject: dict[str, Any], texts: dict[str, str]) -> None:
        self.root = root
        self.pyproject = pyproject
        self.texts = texts

    def line_length(self) -> int:
        """The line length that the project sets for ruff, isort or black, in this order."""
        tool = _table(self.pyproject, "tool")
        places = [
            (self._ruff(), "line-length"),
            (_table(tool, "ruff"), "line-length"),
            (_table(tool, "isort"), "line_length"),
            (_table(tool, "black"), "line-length"),
        ]
        for table, key in places:
            value = table.get(key)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
        return DEFAULT_LINE_LENGTH

    def sources(self) -> list[str]:
        """The folders below the root that packages are imported from."""
        from pyagent.imports.sources import folders  # noqa: PLC0415 - only an analysis needs it

        setup = _setup_cfg(self.texts.get("setup.cfg", ""))
        return folders(self.root, _table(self.pyproject, "tool"), self._ruff(), setup)

    def _ruff(self) -> dict[str, Any]:
        """The settings of ruff in a file of their own."""
        names = (".ruff.toml", "ruff.toml")
        return next((_toml(self.texts[name], name) for name in names if name in self.texts), {})

    def used_paths(self) -> list[str]:
        """Names that entry points and build settings use, as `module:attribute`."""
        found: set[str] = set()
        for name in ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini"):
            text = self.texts.get(name, "")
            found.update(_USED_PATH.findall(text))
            found.update(_ATTR.findall(text))
        return sorted(found)

    def name(self) -> str | None:
        """The name under which the project is distributed, where it is written down."""
        tables = (_table(self.pyproject, "project"), _poetry(self.pyproject))
        for table in tables:
            if isinstance(table.get("name"), str):
                return normalize(table["name"])
        value = _setup_cfg(self.texts.get("setup.cfg", "")).get("metadata", {}).get("name")
        return normalize(value) if value else None

    def declared(self) -> set[str] | None:
        """The normalized names of all declared distributions, or `None` if no file declares any."""
        found: set[str] = set()
        files = 0
        for names in (
            self._from_pyproject(),
            self._from_setup_cfg(),
            self._from_setup_py(),
            self._from_requirements(),
        ):
            if names is not None:
                files += 1
                found.update(names)
        return found if files else None

    def _from_pyproject(self) -> set[str] | None:
        if not self.pyproject:
            return None
        project, build = _table(self.pyproject, "project"), _table(self.pyproject, "build-system")
        groups = _table(self.pyproject, "dependency-groups")
        lists = [
            project.get("dependencies"),
            build.get("requires"),
            *_table(project, "optional-dependencies").values(),
            *groups.values(),
        ]
        poetry = _poetry(self.pyproject)
        found = {name for one in lists for name in _requirements(one)}
        tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
        tables += [
            group.get("dependencies")
            for group in _table(poetry, "group").values()
            if isinstance(group, dict)
        ]
        for table in tables:
            if isinstance(table, dict):
                found.update(normalize(name) for name in table)
        return found if project or poetry or groups else None

    def _from_setup_cfg(self) -> set[str] | None:
        sections = _setup_cfg(self.texts.get("setup.cfg", ""))
        options = sections.get("options", {})
        extras = sections.get("options.extras_require", {})
        values = [options[key] for key in _SETUP_KEYS if key in options]
        values += extras.values()
        lines = [line for value in values for line in value.splitlines()]
        return set(_requirements(lines)) if "metadata" in sections or options else None

    def _from_setup_py(self) -> set[str] | None:
        if "setup.py" not in self.texts:
            return None
        try:
            tree = ast.parse(self.texts["setup.py"])
        except (SyntaxError, ValueError):
            return None
        found: set[str] = {"setuptools"}
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            for keyword in call.keywords:
                if keyword.arg in _SETUP_KEYS or keyword.arg == "extras_require":
                    found.update(_requirements(_strings(keyword.value, tree)))
        return found

    def _from_requirements(self) -> set[str] | None:
        texts = [text for name, text in self.texts.items() if _is_requirements(name)]
        if not texts:
            return None
        lines = [line for text in texts for line in text.splitlines()]
        return set(_requirements(lines))


_SETUP_KEYS = ("install_requires", "setup_requires", "tests_require")

_READ = ("pyproject.toml", "ruff.toml", ".ruff.toml", "setup.cfg", "setup.py", "tox.ini")


def read(root: str) -> Project:
    """Read the files beside the code of the project in `root`."""
    texts: dict[str, str] = {}
    for name, path in _candidates(root):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
                texts[name] = file.read()
        except OSError:
            # A file that cannot be read declares nothing.
            continue
    return Project(root, _toml(texts.get("pyproject.toml", ""), "pyproject.toml"), texts)


def _candidates(root: str) -> Iterator[tuple[str, str]]:
    for folder, prefix in ((root, ""), (os.path.join(root, "requirements"), "requirements/")):  # noqa: PTH118
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            name = prefix + entry.name
            if (name in _READ or _is_requirements(name)) and entry.is_file():
                yield name, entry.path


def _is_requirements(name: str) -> bool:
    if not name.endswith((".txt", ".in")):
        return False
    return name.startswith("requirements/") or "requirements" in name


def normalize(name: str) -> str:
    """The name of a distribution by the rules of PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements(value: object) -> Iterator[str]:
    """The normalized names in a list of requirements; options and URLs name none."""
    for line in value if isinstance(value, list | set) else ():
        if isinstance(line, str) and (match := _NAME.match(line)) and "://" not in line[:12]:
            yield normalize(match[1])


def _strings(value: ast.expr, tree: ast.Module) -> list[str]:
    """Every string in an expression, and in what the names in it are assigned at module level."""
    found: list[str] = []
    names: set[str] = set()
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        elif isinstance(node, ast.Name):
            names.add(node.id)
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in names for target in statement.targets
        ):
            found += [
                node.value
                for node in ast.walk(statement.value)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
    return found


def _toml(text: str, name: str) -> dict[str, Any]:
    if not text:
        return {}
    import tomllib  # noqa: PLC0415 - rarely needed

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not TOML: {error}") from error


def _setup_cfg(text: str) -> dict[str, dict[str, str]]:
    if not text:
        return {}
    import configparser  # noqa: PLC0415 - rarely needed

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        # setuptools would refuse the file too; it declares nothing.
        return {}
    return {name: dict(parser[name]) for name in parser.sections()}


def _table(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _poetry(pyproject: dict[str, Any]) -> dict[str, Any]:
    return _table(_table(pyproject, "tool"), "poetry")
