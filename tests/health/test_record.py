"""Records: values with named fields."""

from __future__ import annotations

import pytest

from pyagent.health import AuditConfig, Override


def test_they_are_compared_and_shown_by_their_fields() -> None:
    one, same = Override(("a",), {"nesting": 1.0}), Override(("a",), {"nesting": 1.0})
    assert one == same
    assert one != Override(("b",), {"nesting": 1.0})
    assert one != (("a",), {"nesting": 1.0})
    assert repr(one) == "Override(limits={'nesting': 1.0}, paths=('a',))"
    with pytest.raises(TypeError):
        hash(one)


def test_a_copy_differs_in_the_fields_named() -> None:
    config = AuditConfig("/x", exclude=("a",), project=True)
    assert config.replace(root="/y") == AuditConfig("/y", exclude=("a",), project=True)
    assert config.root == "/x"
    with pytest.raises(TypeError):
        config.replace(rot="/y")
