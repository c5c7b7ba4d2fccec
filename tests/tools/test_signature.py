"""What can be a tool, and what is said about what cannot."""

from __future__ import annotations

import asyncio
import functools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from pyagent.errors import ConfigError, ToolArgumentsError, ToolError
from pyagent.tools import Tool, ToolContext, tool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from decimal import Decimal


def called(tool: Tool, arguments: str = "{}") -> str:
    return asyncio.run(tool.call(arguments))


def properties(tool: Tool) -> dict[str, Any]:
    found: dict[str, Any] = tool.spec.parameters["properties"]
    return found


def add(a: int, b: int = 2) -> int:
    """Add.

    Args:
        a: One.
        b: Another.
    """
    return a + b


class Shop:
    """A shop."""

    def __init__(self, name: str) -> None:
        self.name = name

    def plain(self, count: int) -> str:
        return f"{self.name} {count}"

    @tool
    async def offer(self, count: int) -> str:
        """Offer things."""
        return f"{self.name} offers {count}"

    @tool(name="sell_it", permission="ask")
    def sell(self, count: int) -> str:
        return f"{self.name} sells {count}"

    @tool
    @classmethod
    def kinds(cls, of: str) -> str:
        return f"{cls.__name__} of {of}"

    @classmethod
    @tool
    def other_kinds(cls, of: str) -> str:
        return f"{cls.__name__} of {of}"

    @tool
    @staticmethod
    def tax(price: int) -> int:
        return price // 5

    @staticmethod
    @tool
    def other_tax(price: int) -> int:
        return price // 5

    def __call__(self, wish: str) -> str:
        """Serve a customer."""
        return f"{wish} from {self.name}"


def test_a_function() -> None:
    made = Tool.of(add)
    assert (made.name, made.description, made.is_async) == ("add", "Add.", False)
    assert made.spec.parameters == {
        "type": "object",
        "properties": {
            "a": {"type": "integer", "description": "One."},
            "b": {"type": "integer", "description": "Another.", "default": 2},
        },
        "required": ["a"],
        "additionalProperties": False,
    }
    assert called(made, '{"a": 1}') == "3"


def test_a_decorated_function_stays_callable() -> None:
    made = tool(add)
    assert made(1, b=5) == 6
    assert made.__wrapped__ is add
    assert repr(made) == "<Tool add>"


def test_the_tool_of_a_function_is_made_once() -> None:
    assert Tool.of(add) is Tool.of(add)
    made = tool(add)
    assert Tool.of(made) is made


def test_a_wrapper_does_not_take_the_tool_of_what_it_wraps() -> None:
    Tool.of(add)

    @functools.wraps(add)
    def doubled(a: int, b: int = 2) -> int:
        return 2 * add(a, b)

    assert called(Tool.of(doubled), '{"a": 1}') == "6"
    assert called(Tool.of(add), '{"a": 1}') == "3"


def test_a_coroutine_function_and_one_behind_a_plain_wrapper() -> None:
    async def wait(x: int) -> int:
        await asyncio.sleep(0)
        return x

    def plain(x: int) -> Any:
        return wait(x)

    assert Tool.of(wait).is_async
    assert called(Tool.of(wait), '{"x": 1}') == "1"
    assert called(Tool.of(plain), '{"x": 1}') == "1"


def test_bound_methods() -> None:
    first, second = Shop("A"), Shop("B")
    assert called(Tool.of(first.plain), '{"count": 1}') == "A 1"
    assert called(Tool.of(second.plain), '{"count": 2}') == "B 2"
    assert list(properties(Tool.of(first.plain))) == ["count"]


def test_tools_that_are_methods() -> None:
    first, second = Shop("A"), Shop("B")
    assert called(first.offer, '{"count": 1}') == "A offers 1"
    assert called(Tool.of(second.offer), '{"count": 1}') == "B offers 1"
    assert (first.sell.name, first.sell.permission) == ("sell_it", "ask")
    assert first.sell(3) == "A sells 3"
    assert first.offer.description == "Offer things."
    assert list(properties(first.offer)) == ["count"]


@pytest.mark.parametrize("name", ["kinds", "other_kinds"])
def test_tools_that_are_class_methods(name: str) -> None:
    class Bakery(Shop):
        pass

    for of in (Shop, Shop("A"), Bakery, Bakery("B")):
        home = of if isinstance(of, type) else type(of)
        made = Tool.of(getattr(of, name))
        assert called(made, '{"of": "bread"}') == f"{home.__name__} of bread"
        assert list(properties(made)) == ["of"]


@pytest.mark.parametrize("name", ["tax", "other_tax"])
def test_tools_that_are_static_methods(name: str) -> None:
    assert called(Tool.of(getattr(Shop, name)), '{"price": 10}') == "2"
    assert called(Tool.of(getattr(Shop("A"), name)), '{"price": 10}') == "2"


def test_a_method_that_has_no_object_yet() -> None:
    with pytest.raises(ToolError, match="offer is a method that has no object yet"):
        _ = Shop.offer.spec
    with pytest.raises(ToolError, match="take it from the object"):
        called(Shop.offer, '{"count": 1}')


def test_objects_that_can_be_called() -> None:
    made = Tool.of(Shop("A"))
    assert (made.name, made.description) == ("Shop", "Serve a customer.")
    assert called(made, '{"wish": "bread"}') == "bread from A"


def test_what_a_partial_fills_in_is_not_for_the_model() -> None:
    def send(key: str, text: str, times: int = 1) -> str:
        """Send a text."""
        return f"{key} {text * times}"

    made = Tool.of(functools.partial(send, key="secret"))
    assert (made.name, made.description) == ("send", "Send a text.")
    assert "secret" not in str(made.spec)
    assert list(properties(made)) == ["text", "times"]
    assert called(made, '{"text": "a", "times": 2}') == "secret aa"
    assert called(Tool.of(functools.partial(send, "k")), '{"text": "a"}') == "k a"
    deep = functools.partial(functools.partial(send, key="k"), times=3)
    assert called(Tool.of(deep), '{"text": "a"}') == "k aaa"


def test_a_class() -> None:
    made = Tool.of(Point)
    assert called(made, '{"x": 1}') == '{"x":1,"y":0}'


@dataclass
class Point:
    """A point."""

    x: int
    y: int = 0


def test_types_that_are_defined_beside_the_function() -> None:
    @dataclass
    class Local:
        x: int

    @tool
    def read(point: Local, *, weight: Annotated[float, "how heavy"] = 1.0) -> float:
        return point.x * weight

    assert called(read, '{"point": {"x": 2}, "weight": 1.5}') == "3.0"
    assert properties(read)["weight"]["description"] == "how heavy"


def test_types_that_are_defined_later() -> None:
    @tool
    def late(value: Later) -> int:
        return value.x

    assert called(late, '{"value": {"x": 4}}') == "4"


@dataclass
class Later:
    x: int


def test_a_context_that_is_imported_for_type_checkers_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(globals(), "ToolContext")

    async def who(context: ToolContext, other: int = 1) -> str:
        return str(context.run)

    assert called(Tool.of(who)) == "None"
    assert list(properties(Tool.of(who))) == ["other"]


def stars(*values: int) -> None: ...


def double_stars(**values: int) -> None: ...


def positional(a: int, /) -> None: ...


def bare(a: int, b) -> None: ...  # type: ignore[no-untyped-def]


def generator(a: int) -> Iterator[int]:
    yield a


async def async_generator(a: int) -> AsyncIterator[int]:
    yield a


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (stars, r"stars: \*values takes any arguments"),
        (double_stars, r"double_stars: \*\*values takes any arguments"),
        (positional, "positional: 'a' is positional only"),
        (bare, "bare: 'b' has no annotation"),
        (lambda x: x, "lambda: 'x' has no annotation"),
        (generator, "generator: it yields"),
        (async_generator, "async_generator: it yields"),
        (3, "3 cannot be called"),
    ],
)
def test_refused_when_it_is_made(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(ToolError, match=message):
        tool(function)
    with pytest.raises(ToolError, match=message):
        Tool.of(function)


class Opaque:
    pass


def opaque(a: int, b: Opaque) -> None: ...


def opaque_inside(a: list[Opaque]) -> None: ...


def ambiguous(a: list[int] | set[str]) -> None: ...


def callback(a: Callable[[int], str]) -> None: ...


def unknown(a: Decimal) -> None: ...


def no_type(a: 1 + "") -> None: ...  # type: ignore[valid-type] # noqa: F722


def two_contexts(a: ToolContext, b: ToolContext) -> None: ...


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (opaque, "opaque: 'b' has a type that JSON cannot say"),
        (opaque_inside, "opaque_inside: 'a' has a type that JSON cannot say"),
        (ambiguous, "ambiguous: 'a' has a type that JSON cannot say"),
        (callback, "callback: the annotation .* of 'a' names 'Callable', which is not known"),
        (unknown, "unknown: the annotation 'Decimal' of 'a' names 'Decimal', which is not known"),
        (no_type, "no_type: the annotation of 'a' is no type"),
        (two_contexts, "two_contexts: two parameters for the context"),
    ],
)
def test_refused_when_it_is_used(function: Callable[..., Any], message: str) -> None:
    made = tool(function)
    with pytest.raises(ToolError, match=message):
        _ = made.spec
    with pytest.raises(ToolError, match=message):
        called(made)


@pytest.mark.parametrize(
    "options",
    [
        {"name": "two words"},
        {"name": ""},
        {"name": "x" * 65},
        {"permission": "maybe"},
        {"retries": -1},
        {"max_bytes": 0},
        {"timeout": 0.0},
        {"timeout": float("nan")},
    ],
)
def test_options_without_a_meaning(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        tool(**options)(add)
    with pytest.raises(ConfigError):
        tool(add).with_options(**options)


def test_unknown_options() -> None:
    with pytest.raises(TypeError):
        tool(colour="red")(add)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="colour"):
        tool(add).with_options(colour="red")  # type: ignore[call-arg]


def test_other_options_for_the_same_function() -> None:
    first = tool(add)
    second = first.with_options(name="sum", description="Sums.", permission="deny", retries=2)
    third = tool(second, timeout=1.0)
    assert (first.name, first.permission, first.timeout) == ("add", "allow", None)
    assert (second.spec.name, second.spec.description) == ("sum", "Sums.")
    assert (third.name, third.permission, third.retries, third.timeout) == ("sum", "deny", 2, 1.0)
    assert third.with_options(name=None, description=None).spec == first.spec
    assert called(third, '{"a": 1}') == "3"
    with pytest.raises(ToolArgumentsError, match=r"^sum: Expected") as caught:
        called(third, '{"a": "x"}')
    assert caught.value.tool == "sum"


class Numbered(Tool):
    __slots__ = ("number",)
    number: int


class Noted(Tool):
    note = ""


def test_subclasses_keep_what_is_theirs() -> None:
    numbered = Numbered(add)
    numbered.number = 7
    other = numbered.with_options(name="sum")
    assert (type(other), other.number, other.name) == (Numbered, 7, "sum")
    noted = Noted(add)
    noted.note = "mine"
    assert noted.with_options(name="sum").note == "mine"
    assert noted.name == "add"


def test_annotations_that_are_types_already(tmp_path_factory: pytest.TempPathFactory) -> None:
    source = (
        "from typing import Literal, Optional\n"
        "def pick(kind: Literal['a', 'b'], n: Optional[int] = None, l: list[str] = []):\n"
        "    return kind, n, l\n"
    )
    names: dict[str, Any] = {"__name__": "written"}
    exec(compile(source, "written.py", "exec", dont_inherit=True), names)
    made = Tool.of(names["pick"])
    assert called(made, '{"kind": "a", "l": ["x"]}') == '["a",null,["x"]]'
    assert properties(made)["kind"] == {"enum": ["a", "b"]}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="needs Python 3.12")
def test_type_parameters_do_not_get_in_the_way() -> None:
    names: dict[str, Any] = {"__name__": "written"}
    source = "type Name = str\ndef greet(name: Name) -> str:\n    return 'hi ' + name\n"
    exec(compile(source, "written.py", "exec", dont_inherit=True), names)
    assert called(Tool.of(names["greet"]), '{"name": "x"}') == "hi x"
