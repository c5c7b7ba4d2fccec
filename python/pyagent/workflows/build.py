"""From what was declared to what is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.errors import WorkflowBuildError
from pyagent.workflows.body import NOTHING
from pyagent.workflows.checks import check_choices, check_reach, check_types, required
from pyagent.workflows.fitting import takes_skipped
from pyagent.workflows.graph import Graph
from pyagent.workflows.plan import Node, Plan, Wires
from pyagent.workflows.result import PENDING, SKIPPED
from pyagent.workflows.wiring import connect, dependencies, in_order, like

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyagent.workflows.declared import Declared, Input


def build(
    name: str,
    inputs: dict[str, Input],
    steps: dict[str, Declared],
    outputs: list[str] | None,
) -> Graph:
    """Check a workflow and make the graph of it.

    Args:
        name: Of the workflow.
        inputs: Its inputs by name.
        steps: Its steps by name.
        outputs: The names of the outputs; `None` for those that nobody takes.

    Raises:
        WorkflowBuildError: See `Workflow.build`.
    """
    if not steps:
        raise WorkflowBuildError(f"workflow {name!r} has no steps", "declare some")
    taken = {each: connect(step, steps, inputs) for each, step in steps.items()}
    needs = {each: dependencies(step, taken[each]) for each, step in steps.items()}
    order = in_order(needs)
    types = {each: given.annotation for each, given in inputs.items()}
    for each in order:
        types[each] = check_types(steps[each], taken[each], types, steps)
    check_choices(steps, types)
    check_reach(order, steps, taken)
    used = {source for sources in needs.values() for source in sources}
    chosen = [each for each in order if each not in used] if outputs is None else outputs
    for each in chosen:
        if each not in steps:
            raise WorkflowBuildError(
                f"{each!r} is to be an output, and is no step of workflow {name!r}",
                like(each, steps) or "name a step",
                (each,),
            )
    plan = _Planner(inputs, steps, taken, needs, order, types).plan(chosen)
    return Graph(name, plan, types)


class _Planner:
    """Gives everything its place."""

    def __init__(  # noqa: PLR0917 - what `build` has found out, in its order
        self,
        inputs: dict[str, Input],
        steps: dict[str, Declared],
        taken: dict[str, dict[str, str]],
        needs: Mapping[str, Mapping[str, None]],
        order: list[str],
        types: dict[str, Any],
    ) -> None:
        self.inputs = inputs
        self.steps = steps
        self.taken = taken
        self.needs = needs
        self.order = order
        self.types = types
        self.slots = {each: place for place, each in enumerate((*inputs, *order))}
        self.number = {each: place for place, each in enumerate(order)}
        self.constants: list[Any] = []
        self.consumers: dict[str, list[int]] = {each: [] for each in order}
        self.skippable: set[str] = set()
        for each in order:
            for source in needs[each]:
                if source in steps:
                    self.consumers[source].append(self.number[each])

    def plan(self, outputs: list[str]) -> Plan:
        nodes = tuple(map(self._node, self.order))
        template = (*(PENDING,) * len(self.slots), *self.constants)
        return Plan(
            tuple(self.inputs.values()),
            nodes,
            {each: self.slots[each] for each in outputs},
            template,
            all(map(_is_sync, nodes)),
        )

    def _node(self, name: str) -> Node:
        step = self.steps[name]
        body = step.body
        wires = self._wires(step)
        if self._may_be_skipped(step, wires):
            self.skippable.add(name)
        function = body is not None and not body.is_graph and step.kind == "call"
        options = step.options
        plain = step.body is None or (
            function
            and not (wires.keywords or wires.roles or wires.required or wires.defaults)
            and not (wires.gates or step.when or options.retries or options.timeout)
            and not options.transaction
        )
        return Node(
            name,
            step.kind,
            self.slots[name],
            body.call if body else _first,
            body is not None and body.is_async,
            body is not None and body.is_graph,
            plain,
            step.when.call if step.when else None,
            options,
            wires,
            tuple(self.number[each] for each in self.needs[name] if each in self.steps),
            tuple(self.consumers[name]),
            self.types[name],
            body.returns if body else self.types[name],
            _feed(step),
            step.limit,
            step.until,
            step.at_most,
            self._edges(step),
        )

    def _wires(self, step: Declared) -> Wires:
        taken = self.taken[step.name]
        positional: list[int] = []
        keywords: list[tuple[str, int]] = []
        roles: list[tuple[int | str, str]] = []
        defaults: list[tuple[int | str, int]] = []
        parameters = step.body.parameters if step.body else ()
        for each in parameters:
            source = taken.get(each.name)
            place: int | str = each.name if each.keyword else len(positional)
            if each.role != "value":
                roles.append((place, each.role))
            if source is not None:
                slot = self.slots[source]
                spare = each.default is not NOTHING and not takes_skipped(each.annotation)
                if source in self.skippable and spare:
                    defaults.append((place, self._constant(each.default)))
            else:
                slot = self._constant(None if each.default is NOTHING else each.default)
            if each.keyword:
                keywords.append((each.name, slot))
            else:
                positional.append(slot)
        named = {each.name for each in parameters}
        extra = [(key, self.slots[source]) for key, source in taken.items() if key not in named]
        if step.body is None:
            positional = [slot for _, slot in extra]
            if step.otherwise is not NOTHING:
                positional.append(self._constant(step.otherwise))
            extra = []
        must = dict.fromkeys(s for s in required(step, taken) if s in self.skippable)
        return Wires(
            tuple(positional),
            (*keywords, *extra),
            tuple(roles),
            tuple(self.slots[each] for each in must),
            tuple(defaults),
            tuple((self.slots[gate.router], gate.keys, gate.others) for gate in step.gates),
            tuple(self.slots[each] for each in step.when.sources) if step.when else (),
        )

    def _constant(self, value: Any) -> int:
        self.constants.append(value)
        return len(self.slots) + len(self.constants) - 1

    def _may_be_skipped(self, step: Declared, wires: Wires) -> bool:
        if step.body is None:
            sources = self.taken[step.name].values()
            return step.otherwise is NOTHING and all(s in self.skippable for s in sources)
        says_so = step.kind != "map" and takes_skipped(step.body.returns)
        return bool(wires.required or wires.gates or step.when or says_so)

    def _edges(self, step: Declared) -> tuple[tuple[str, str, bool], ...]:
        taken = set(self.taken[step.name].values())
        labels = dict.fromkeys(self.needs[step.name], "")
        labels |= dict.fromkeys(step.when.sources if step.when else (), "when")
        labels |= dict.fromkeys(taken, "")
        for gate in step.gates:
            labels[gate.router] = " or ".join(map(str, gate.keys)) or "otherwise"
        return tuple((source, label, source in taken) for source, label in labels.items())


def _first(*values: Any) -> Any:
    """The first value that was not skipped."""
    return next((value for value in values if value is not SKIPPED), SKIPPED)


def _feed(step: Declared) -> int | str:
    """Where a map or a loop puts the item or the last result."""
    if step.body is None or not step.feed:
        return 0
    position = 0
    for each in step.body.parameters:
        if each.name == step.feed:
            return each.name if each.keyword else position
        position += not each.keyword
    return step.feed


def _is_sync(node: Node) -> bool:
    return not node.is_async and node.options.timeout is None
