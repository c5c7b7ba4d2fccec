"""Tools as a type checker sees them: they are called as the functions that they were made from."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, assert_type

from pyagent.tools import Tool, ToolContext, tool
from pyagent.tools.builtin import read_file, workspace_tools


@tool
def add(a: int, b: int = 2) -> int:
    return a + b


@tool(timeout=3, permission="ask", retry_on=(OSError,), backoff=lambda attempt: attempt * 0.5)
async def fetch(url: str, *, context: ToolContext | None = None) -> bytes:
    return url.encode()


class Shop:
    @tool
    async def offer(self, count: int) -> str:
        return str(count)

    def plain(self, count: int) -> str:
        return str(count)


assert_type(add(1), int)
assert_type(add(1, b=3), int)
add("1")  # type: ignore[arg-type]
add(1, c=3)  # type: ignore[call-arg]
assert_type(add.permission, Literal["allow", "ask", "deny"])
assert_type(add.timeout, float | None)


async def use(shop: Shop) -> None:
    assert_type(await fetch("a"), bytes)
    assert_type(await shop.offer(3), str)
    await shop.offer("3")  # type: ignore[arg-type]
    assert_type(await add.call("{}"), str)
    assert_type(await shop.offer.call("{}", run=None), str)


# A bare `Tool` is any tool.
every: list[Tool] = [add, fetch, Shop().offer, Tool.of(Shop().plain), Tool.of(partial(max, 3))]
assert_type(Tool.of(add), Tool[..., Any])
assert_type(workspace_tools("root", write=False), list[Tool])
assert_type(read_file, Tool)
assert_type(add.with_options(timeout=1.0)(1), int)

tool(add, permission="maybe")  # type: ignore[call-overload]
tool(colour="red")  # type: ignore[call-overload]
add.with_options(colour="red")  # type: ignore[call-arg]
