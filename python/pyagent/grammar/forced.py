"""Tokens that a grammar leaves no choice about.

See `pyagent.grammar.canonical` for why the bytes that are forced are not simply cut into tokens.
"""

from __future__ import annotations

from pyagent.grammar.canonical import CutText

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from pyagent._core.grammar import Matcher


def forced_tokens(matcher: Matcher) -> list[int]:
    """The tokens that must come next, in whatever way the text goes on.

    With a tokenizer at hand (`Vocabulary.encode`) they are the tokens that it makes of the text,
    as far as these are certain; none where the tokens accepted so far are not its own. Without
    one they are those that are the only token allowed.

    Args:
        matcher: What follows the text; it is left as it is.

    Returns:
        The tokens, all of which the matcher accepts. The end token is the last of them where the
        text can only end.
    """
    if matcher.has_ended:
        return []
    encode = matcher.vocabulary.encode
    if encode is None:
        return _only_ones(matcher)
    forced = matcher.forced_bytes()
    found = CutText(matcher, encode, forced).certain() if forced else []
    if forced and not found:
        return []
    return found + _end(matcher, forced)


def _only_ones(matcher: Matcher) -> list[int]:
    """Tokens that are alone in their masks, one after the other."""
    row = memoryview(bytearray(4 * matcher.vocabulary.words)).cast("i")
    ahead = matcher.fork()
    found: list[int] = []
    while not ahead.has_ended:
        ahead.fill_mask(row)
        mask = int.from_bytes(row, "little")
        if mask.bit_count() != 1:
            break
        found.append(mask.bit_length() - 1)
        ahead.accept(found[-1])
    return found


def _end(matcher: Matcher, forced: bytes) -> list[int]:
    """The end token, where nothing else may follow and there is but one."""
    eos = matcher.vocabulary.eos
    only = len(eos) == 1 and matcher.completes(forced) and not matcher.next_bytes(forced)
    return list(eos) if only else []
