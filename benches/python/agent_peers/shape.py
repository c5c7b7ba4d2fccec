"""What every framework is given: three tools, and a model that follows a script.

The model answers from the length of the conversation alone, so that runs side by side need no
state: it calls the tools in turn until `calls` have answered, and then says `done`.
"""

from __future__ import annotations

import asyncio

ARGUMENTS = '{"city": "Paris"}'
NAMES = ("weather", "population", "country")


async def weather(city: str) -> str:
    """Tell the weather in a city."""
    return "sunny"


async def population(city: str) -> str:
    """Tell how many people live in a city."""
    return "many"


async def country(city: str) -> str:
    """Tell the country of a city."""
    return "France"


FUNCTIONS = (weather, population, country)


class Script:
    """What the fake model does.

    Attributes:
        calls: How many tool calls it makes, one after the other.
        delay: Seconds that each answer takes.
    """

    calls = 0
    delay = 0.0

    @classmethod
    async def next_call(cls, answered: int) -> str | None:
        """The tool to call after so many answers of tools; `None` for the final answer."""
        if cls.delay:
            await asyncio.sleep(cls.delay)
        return NAMES[answered % len(NAMES)] if answered < cls.calls else None
