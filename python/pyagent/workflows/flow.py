"""Declaring a workflow: steps, where their values come from, and under which conditions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pyagent.errors import WorkflowBuildError
from pyagent.workflows.body import NOTHING, of_function
from pyagent.workflows.declared import Gate
from pyagent.workflows.registry import Registry, fed_by, name_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pyagent.workflows.graph import Graph

    Ref = str | Callable[..., Any]

_F = TypeVar("_F", bound="Callable[..., Any]")


class Workflow(Registry):
    """Steps, each of which takes what others have made.

    A parameter of a step takes the result of the step, or the input, of its name, unless `inputs`
    says another. `build` checks the whole and gives a `Graph`, which is run.

    Every method that takes a function can be used as a decorator, and gives the function back as it
    was, so that it can be called and tested by itself.

    Args:
        name: Of the workflow.
        inputs: Its inputs by name, each with its type; see `input` for those with a default.
    """

    def __init__(self, name: str, inputs: Mapping[str, Any] | None = None) -> None:
        super().__init__(name)
        for each, annotation in (inputs or {}).items():
            self.input(each, annotation)

    @overload
    def step(self, function: _F, /) -> _F: ...
    @overload
    def step(
        self,
        function: None = None,
        /,
        *,
        name: str | None = None,
        inputs: Mapping[str, Ref] | None = None,
        after: Iterable[Ref] = (),
        when: Callable[..., Any] | None = None,
        retries: int = 0,
        backoff: float | Callable[[int], float] = 0.1,
        retry_on: tuple[type[Exception], ...] = (Exception,),
        timeout: float | None = None,
        idempotent: bool = False,
        inline: bool = False,
        transaction: bool | str | os.PathLike[str] = False,
    ) -> Callable[[_F], _F]: ...
    @overload
    def step(
        self,
        function: _F,
        /,
        *,
        name: str | None = None,
        inputs: Mapping[str, Ref] | None = None,
        after: Iterable[Ref] = (),
        when: Callable[..., Any] | None = None,
        retries: int = 0,
        backoff: float | Callable[[int], float] = 0.1,
        retry_on: tuple[type[Exception], ...] = (Exception,),
        timeout: float | None = None,
        idempotent: bool = False,
        inline: bool = False,
        transaction: bool | str | os.PathLike[str] = False,
    ) -> _F: ...
    def step(  # noqa: D417 - the options stand in the overloads by their names
        self,
        function: Any = None,
        /,
        *,
        name: str | None = None,
        inputs: Mapping[str, Ref] | None = None,
        after: Iterable[Ref] = (),
        when: Callable[..., Any] | None = None,
        **options: Any,
    ) -> Any:
        """Declare a step.

        Args:
            function: What it does, plain or `async`.
            name: Of the step; that of the function by default.
            inputs: The step or input that a parameter takes, where the names differ.
            after: Steps that must have ended before, though nothing of theirs is taken.
            when: Run it only where this is true: a function whose parameters are named as steps or
                inputs. It depends on nothing else: after a crash it is asked again.
            retries: How often to try again after an exception.
            backoff: Seconds before the first retry, doubled with each up to a minute; or a function
                of the number of attempts so far.
            retry_on: The exceptions after which to try again.
            timeout: Seconds that an attempt may take. A plain function cannot be stopped: the step
                fails, is not tried again, and its thread is left to end.
            idempotent: That it may be run again where a crash left it unfinished.
            inline: Of a plain function, that it is quick: `run` calls it on the event loop, and not
                in a thread.
            transaction: Changes to files are made in a `StateTransaction` that is committed when
                the step is done, below this folder, or that of `workspace` for `True`.

        Raises:
            WorkflowBuildError: The name is taken, an option has no meaning, or the function cannot
                be a step.
        """
        names = _local_names()

        def declare(given: Any) -> Any:
            title = name_of(given) if name is None else name
            body = of_function(given, title, names)
            self._declare("call", title, body, given, inputs, after, when, options)
            return given

        return declare if function is None else declare(function)

    def map(
        self,
        function: Any = None,
        /,
        *,
        over: Ref,
        item: str | None = None,
        limit: int | None = None,
        name: str | None = None,
        inputs: Mapping[str, Ref] | None = None,
        after: Iterable[Ref] = (),
        when: Callable[..., Any] | None = None,
        **options: Any,
    ) -> Any:
        """Declare a step that is done for each item of a list; its result is a list in that order.

        Args:
            function: What is done for an item: a function, a workflow or a graph.
            over: The step or input whose items are taken.
            item: The parameter that gets the item; by default the first.
            limit: How many items are worked on at a time; all by default.
            name: As for `step`, as are the options that follow; they hold for each item.
            inputs: As for `step`.
            after: As for `step`.
            when: As for `step`.
            **options: As for `step`.

        Raises:
            WorkflowBuildError: As for `step`.
        """
        names = _local_names()

        def declare(given: Any) -> Any:
            title = name_of(given) if name is None else name
            if limit is not None and limit < 1:
                raise WorkflowBuildError(
                    f"step {title!r}: limit={limit} lets nothing be done",
                    "give 1 or more",
                    (title,),
                )
            body = self._body(given, title, names)
            step = self._declare("map", title, body, given, inputs, after, when, options)
            step.over, step.limit = self._ref(over), limit
            step.feed = fed_by(title, body, item)
            return given

        return declare if function is None else declare(function)

    def loop(
        self,
        function: Any = None,
        /,
        *,
        until: Callable[[Any], Any],
        at_most: int,
        feed: str | None = None,
        name: str | None = None,
        inputs: Mapping[str, Ref] | None = None,
        after: Iterable[Ref] = (),
        when: Callable[..., Any] | None = None,
        **options: Any,
    ) -> Any:
        """Declare a step that is repeated, each time with what it made the last time.

        The first round takes the step or input that the parameter is named after. Where `at_most`
        rounds do not bring the end, the step fails.

        Args:
            function: What a round does: a function, a workflow or a graph.
            until: Whether a result is the last. It depends on nothing else.
            at_most: The most rounds.
            feed: The parameter that gets the result of the round before; by default the first.
            name: As for `step`, as are the options that follow; they hold for each round.
            inputs: As for `step`.
            after: As for `step`.
            when: As for `step`.
            **options: As for `step`.

        Raises:
            WorkflowBuildError: As for `step`.
        """
        names = _local_names()

        def declare(given: Any) -> Any:
            title = name_of(given) if name is None else name
            if at_most < 1:
                raise WorkflowBuildError(
                    f"step {title!r}: at_most={at_most} lets nothing be done",
                    "give 1 or more",
                    (title,),
                )
            body = self._body(given, title, names)
            step = self._declare("loop", title, body, given, inputs, after, when, options)
            step.until, step.at_most = until, at_most
            step.feed = fed_by(title, body, feed)
            return given

        return declare if function is None else declare(function)

    def add(
        self,
        workflow: Workflow | Graph,
        *,
        name: str | None = None,
        inputs: Mapping[str, Ref] | None = None,
        after: Iterable[Ref] = (),
        when: Callable[..., Any] | None = None,
        **options: Any,
    ) -> str:
        """Declare a step that is a whole workflow.

        Its result is that of the sub-workflow's one output, or a dict of its outputs by name.

        Args:
            workflow: The workflow; changes to it after this are not seen.
            name: Of the step; that of the workflow by default.
            inputs: As for `step`, by the names of the sub-workflow's inputs.
            after: As for `step`.
            when: As for `step`.
            **options: As for `step`.

        Returns:
            The name of the step.

        Raises:
            WorkflowBuildError: As for `step`, or the workflow cannot be built.
        """
        title = workflow.name if name is None else name
        body = self._body(workflow, title, {})
        self._declare("call", title, body, workflow, inputs, after, when, options)
        return title

    def branch(
        self,
        router: Ref,
        to: Mapping[Any, Ref | Sequence[Ref]],
        *,
        otherwise: Ref | Sequence[Ref] = (),
    ) -> None:
        """Run steps only where another has chosen them; the others are skipped.

        Args:
            router: The step whose result is the choice.
            to: The steps that each choice leads to.
            otherwise: The steps for any other choice; without any, such a choice is an error.

        Raises:
            WorkflowBuildError: A step is not declared, or chosen twice by one router.
        """
        chooser = self._ref(router)
        keys: dict[str, list[Any]] = {}
        for key, targets in to.items():
            for target in self._refs(targets):
                keys.setdefault(target, []).append(key)
        for target in self._refs(otherwise):
            if target in keys:
                raise WorkflowBuildError(
                    f"the branch of {chooser!r} leads to {target!r} by a choice and otherwise",
                    "leave one of them out",
                    (chooser, target),
                )
            keys[target] = []
        choices = tuple(to) if not otherwise else ()
        for target, chosen in keys.items():
            if target not in self._steps:
                raise self._unknown(target, f"the branch of {chooser!r} leads to")
            self._steps[target].gates.append(
                Gate(chooser, tuple(chosen), choices if chosen else tuple(to))
            )

    def first_of(self, name: str, *sources: Ref) -> str:
        """Declare a step whose result is that of the first of its sources that was not skipped.

        Args:
            name: Of the step.
            *sources: The steps, in order. Where all are skipped, it is skipped too.

        Returns:
            The name.

        Raises:
            WorkflowBuildError: The name is taken, or there are no sources.
        """
        return self._first(name, sources, NOTHING)

    def default(self, name: str, source: Ref, value: Any) -> str:
        """Declare a step whose result is that of its source, or a value where that was skipped.

        Args:
            name: Of the step.
            source: The step that may be skipped.
            value: What to take then.

        Returns:
            The name.

        Raises:
            WorkflowBuildError: The name is taken.
        """
        return self._first(name, (source,), value)

    def build(self, outputs: Iterable[Ref] | None = None) -> Graph:
        """Check the whole, and make it ready to run.

        Args:
            outputs: The steps whose results are the outputs; by default those that no other takes.

        Raises:
            WorkflowBuildError: There is a cycle, a missing input, a type that does not fit, an
                output that is unknown or cannot be reached, or no step at all.
        """
        from pyagent.workflows.build import build  # noqa: PLC0415 - it needs this module's parts

        wanted = None if outputs is None else [self._ref(each) for each in outputs]
        return build(self.name, dict(self._inputs), dict(self._steps), wanted)

    def __repr__(self) -> str:
        return f"<Workflow {self.name}: {len(self._steps)} steps>"


def _local_names() -> Mapping[str, Any]:
    """The names of the function in which a step is declared, for its annotations."""
    frame = sys._getframe(2)
    # Those of a module are found through the function.
    return {} if frame.f_locals is frame.f_globals else frame.f_locals
