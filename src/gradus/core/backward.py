"""How backward() walks.

Every node has a sequence number, larger than those of the nodes that it was made from. So taking
the node with the largest number first is a walk in reverse order of computation: when a node's turn
comes, all that can send it a gradient has run. The walk keeps its own queue instead of recursing,
so depth costs nothing; what a node saved is let go as soon as the node has run.
"""

from __future__ import annotations

from heapq import heappop, heappush
from sys import getrefcount
from typing import Any

import numpy as np

from .base import TensorBase, history, wrap
from .mode import enable_grad, no_grad, state
from .op import Op


def run(
    outputs: list[Any],
    seeds: list[Any],
    *,
    targets: list[Any] | None = None,
    retain_graph: bool = False,
    create_graph: bool = False,
) -> list[Any] | None:
    """Send `seeds` (gradients of `outputs`) back through the graph.

    Without targets, gradients are added to the `.grad` of every leaf. With targets, nothing is stored, and their
    gradients are returned in order (None where a target takes no part): arrays, or tensors under `create_graph`.
    """
    walk = _Walk(create_graph, targets)
    for out, seed in zip(outputs, seeds, strict=True):
        node = history(out)
        walk.send((out, 0) if node is None else (node, out.index), seed)
    with enable_grad() if create_graph else no_grad(), np.errstate(all="ignore"):
        while walk.queue:
            walk.step(heappop(walk.queue)[1], retain_graph)
        if targets is None:
            for leaf, g in walk.leaves.values():
                accumulate(leaf, g, walk)
            return None
        for leaf, g in walk.leaves.values():
            walk.found[leaf, 0] = apply_hooks(leaf.hooks, g, create_graph)
        return [walk.found.get(walk.key(t)) for t in targets]


class _Walk:
    """The state of one walk: which nodes wait, and the gradients that have reached them so far."""

    def __init__(self, create_graph: bool, targets: list[Any] | None) -> None:
        self.create_graph = create_graph
        self.queue: list[tuple[int, Op]] = []
        self.pending: dict[Op, list[Any]] = {}
        self.leaves: dict[int, list[Any]] = {}
        self.owned: set[int] = set()  # ids of sums that this walk made and may add to in place
        self.found: dict[tuple[Any, int], Any] = {}
        self.targets = None if targets is None else {self.key(t) for t in targets}
        self.relevant: dict[Op, bool] | None = None if targets is None else {}

    @staticmethod
    def key(t: TensorBase) -> tuple[Any, int]:
        node = history(t)
        return (t, 0) if node is None else (node, t.index)

    def send(self, edge: tuple[Any, int], g: Any) -> None:
        """Add `g` to what waits at the end of an edge."""
        place, index = edge
        if isinstance(place, TensorBase):
            slots = self.leaves.get(id(place))
            if slots is None:
                self.leaves[id(place)] = [place, g]
                return
            index = 1
        else:
            if self.relevant is not None and not self.leads_to_target(place):
                return
            slots = self.pending.get(place)
            if slots is None:
                self.pending[place] = slots = [None] * (1 if place.outputs is None else len(place.outputs))
                heappush(self.queue, (-place.sequence, place))
        before = slots[index]
        slots[index] = g if before is None else self.add(before, g)

    def add(self, a: Any, b: Any) -> Any:
        if self.create_graph or type(a) is not np.ndarray:
            return a + b
        if id(a) in self.owned:
            return np.add(a, b, out=a)
        total = a + b
        if type(total) is np.ndarray:
            self.owned.add(id(total))
        return total

    def step(self, node: Op, retain_graph: bool) -> None:
        """Run one node's backward and send its gradients on."""
        grads = self.pending.pop(node)
        self.owned.difference_update(map(id, grads))
        if node.hooks:
            grads = [apply_hooks(node.hooks.get(i), g, self.create_graph) for i, g in enumerate(grads)]
        if self.targets is not None:
            for i, g in enumerate(grads):
                if (node, i) in self.targets:
                    self.found[node, i] = g
        node.refuse_freed()
        results = derivative(node, materialised(node, grads, self.create_graph), self.create_graph)
        if node.node_hooks:
            results = run_node_hooks(node, results, grads, self.create_graph)
        if state.anomaly and state.anomaly_check_nan:
            refuse_nan(node, results)
        for i, edge in enumerate(node.edges):
            if edge is None:
                continue
            g = results[i] if i < len(results) else None
            if g is None:
                continue
            if node.shapes and g.shape != node.shapes[i]:
                g = unbroadcast(g, node.shapes[i])
            self.send(edge, g)
        if not retain_graph and not self.create_graph:
            release(node)

    def leads_to_target(self, node: Op) -> bool:
        """Whether a target lies at or behind `node`; worked out once for all nodes behind it."""
        relevant, targets = self.relevant, self.targets
        assert relevant is not None and targets is not None
        if node not in relevant:
            behind, stack = {node}, [node]
            while stack:
                for e in stack.pop().edges:
                    if e is not None and isinstance(e[0], Op) and e[0] not in relevant and e[0] not in behind:
                        behind.add(e[0])
                        stack.append(e[0])
            for n in sorted(behind, key=lambda n: n.sequence):
                outputs = 1 if n.outputs is None else len(n.outputs)
                relevant[n] = any((n, i) in targets for i in range(outputs)) or any(
                    e is not None and (e in targets or relevant.get(e[0], False)) for e in n.edges
                )
        return relevant[node]


def derivative(node: Op, grads: list[Any], create_graph: bool) -> tuple[Any, ...]:
    """The node's gradients: as arrays, or as tensors (through its composed form, if it has one) to be recorded."""
    if create_graph and node.composed is not None:
        return through_composed(node, grads)
    results = node.propagate(grads, create_graph)
    return results if type(results) is tuple else (results,)


def through_composed(node: Op, grads: list[Any]) -> tuple[Any, ...]:
    """Differentiate the op's definition in primitives, which the fused form equals."""
    composed = type(node).composed
    assert composed is not None
    outs = composed(*node.inputs, **(node.params or {}))
    outs = list(outs) if isinstance(outs, tuple) else [outs]
    pairs = [(o, g) for o, g in zip(outs, grads, strict=True) if o.requires_grad]
    wanted = [x for x, need in zip(node.inputs, node.needs, strict=True) if need]
    starts, seeds = [o for o, _ in pairs], [g for _, g in pairs]
    found = iter(run(starts, seeds, targets=wanted, retain_graph=True, create_graph=True) or ())
    return tuple([next(found) if need else None for need in node.needs])


def materialised(node: Op, grads: list[Any], create_graph: bool) -> list[Any]:
    """Zeros for the outputs that no gradient reached."""
    if node.outputs is None or not node.materializes or not any(g is None for g in grads):
        return grads
    zeros = [np.zeros(shape, dtype) if g is None else g for g, (shape, dtype) in zip(grads, node.outputs, strict=True)]
    return [wrap(g) if create_graph and not isinstance(g, TensorBase) else g for g in zeros]


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum `g` over the axes along which an input of `shape` was repeated: the derivative of broadcasting.

    >>> unbroadcast(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    >>> unbroadcast(np.ones((2, 3)), (2, 1))
    array([[3.],
           [3.]])
    """
    extra = g.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1)
    if axes:
        g = g.sum(axis=axes, keepdims=True)
    return g.reshape(shape)


def release(node: Op) -> None:
    """Let go of what the node saved."""
    if node._refs is not None:
        node._refs = node._kept = None
    node.inputs = ()


def accumulate(leaf: Any, g: Any, walk: _Walk) -> None:
    """Add `g` to `leaf.grad`, in the leaf's own type."""
    g = apply_hooks(leaf.hooks, g, walk.create_graph)
    if walk.create_graph:
        leaf.grad = g if leaf.grad is None else leaf.grad + g
    else:
        g = np.asarray(g)
        if g.dtype != leaf.array.dtype:
            g = g.astype(leaf.array.dtype)
        if leaf.grad is not None:
            existing = leaf.grad
            np.add(existing.array, g, out=existing.array)
            existing.version[0] += 1
        else:
            leaf.grad = wrap(g if _is_ours(g, walk) else g.copy())
    for hook in list((leaf.post_hooks or {}).values()):
        hook(leaf)


def _is_ours(g: np.ndarray, walk: _Walk) -> bool:
    """Whether nothing but the walk holds this array, so that a leaf may keep it without a copy."""
    return g.base is None and g.flags.writeable and (id(g) in walk.owned or getrefcount(g) <= _ALONE)


def _references_when_alone() -> int:
    """What getrefcount says, at the depth of `_is_ours`, of an array that only the walk's table of leaves holds."""
    table = {0: [None, np.empty(1)]}
    seen: list[int] = []

    def deepest(g: Any) -> None:
        seen.append(getrefcount(g))

    def middle(leaf: Any, g: Any) -> None:
        g = apply_hooks(None, g, False)
        deepest(g)

    for leaf, g in table.values():
        middle(leaf, g)
    return seen[0]


def apply_hooks(hooks: dict[int, Any] | None, g: Any, create_graph: bool) -> Any:
    """Let each tensor hook see the gradient, and replace it by what the hook returns."""
    if not hooks or g is None:
        return g
    for hook in list(hooks.values()):
        shown = g if isinstance(g, TensorBase) else wrap(g)
        returned = hook(shown)
        if returned is not None:
            if tuple(returned.array.shape) != tuple(g.shape):
                raise RuntimeError(
                    f"hook: the gradient must keep its shape {tuple(g.shape)}, got {tuple(returned.array.shape)}"
                )
            g = returned if create_graph else returned.array
    return g


def run_node_hooks(node: Op, results: tuple[Any, ...], grads: list[Any], create_graph: bool) -> tuple[Any, ...]:
    """Let each hook of a node see the gradients of its inputs and outputs; what it returns replaces the former."""

    def show(g: Any) -> Any:
        return g if g is None or isinstance(g, TensorBase) else wrap(g)

    for hook in node.node_hooks or ():
        returned = hook(tuple(map(show, results)), tuple(map(show, grads)))
        if returned is not None:
            returned = returned if isinstance(returned, tuple) else (returned,)
            results = tuple(g if g is None or create_graph else g.array for g in returned)
    return results


def refuse_nan(node: Op, results: tuple[Any, ...]) -> None:
    """Anomaly mode: stop where the first NaN arises and show the line of the forward that led to it."""
    for i, g in enumerate(results):
        array = g.array if isinstance(g, TensorBase) else g
        if array is not None and np.isnan(array).any():
            unknown = " (its forward ran outside anomaly mode, so its line is not known)"
            where = f" Forward call:\n{node.trace}" if node.trace else unknown
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {i}th output.{where}")


_ALONE = _references_when_alone()
