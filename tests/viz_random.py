"""Random graphs: modules in modules, shared tensors, leaves anywhere, wrong numbers."""

import random
from dataclasses import replace

from viz_graphs import stats

from tinygrad_cnn.viz.graph.model import CONSTANT, INPUT, OP, PARAMETER, Graph, Group, Item, Use

NAMES = ["relu", "conv2d", "add", "reshape", "my_op"]
SHAPES = [(), (3,), (2, 3), (8, 4, 14, 14), (0, 3)]
LONG = ["", "x", "a rather long name that nobody would choose", "W" * 60, "画" * 30]


def random_graph(size, seed, words=LONG):
    """A graph as the engine would give it: modules are called one in another, and nothing looks ahead."""
    draw = random.Random(seed)
    facts = tuple(draw.choice(words) for _ in range(draw.randrange(4)))
    graph = Graph({}, title=draw.choice(words), facts=facts)
    opened = [""]
    for number in range(size):
        _modules(draw, graph, opened)
        _leaves(draw, graph)
        _op(draw, graph, number, opened[-1], words)
    graph.root = next(reversed(graph.items))
    for turn, item in enumerate(reversed([i for i in graph.ops() if i.gradient])):
        item.turn = turn
    return graph


def _modules(draw, graph, opened):
    """Leave some modules, and enter others."""
    for _ in range(draw.randint(0, min(2, len(opened) - 1))):
        opened.pop()
    for _ in range(draw.choice([0, 0, 0, 1, 1, 2])):
        name = f"m{len(graph.groups)}"
        layer = draw.random() < 0.5
        graph.groups[name] = Group(name, name, draw.choice("AB"), opened[-1], 12, layer)
        opened.append(name)


def _leaves(draw, graph):
    for _ in range(draw.choice([0, 1, 1, 2]) or not graph.items):
        kind = draw.choice([INPUT, PARAMETER, PARAMETER, CONSTANT])
        shape = draw.choice(SHAPES)
        name = f"leaf{len(graph.items)}"
        tracked = kind == PARAMETER or (kind == INPUT and (draw.random() < 0.5))
        item = Item(name, kind, name, "", shape, "float32", (), tracked, value=stats(shape, 1.0))
        item.gradient = stats(shape, 0.1) if tracked and (draw.random() < 0.5) else None
        graph.items[name] = item


def _op(draw, graph, number, module, words):
    uses = []
    for position in range(draw.randint(1, 3)):
        recent = list(graph.items)[-4:]
        source = graph.items[draw.choice(recent if draw.random() < 0.5 else list(graph.items))]
        rule = "dX = dY * something" if source.tracked else ""
        share = stats(source.shape, 0.01) if source.tracked else None
        broadcast = draw.choice(["", "", "sum over N, H, W"])
        uses.append(Use(source.id, f"x{position}", source.tracked, rule, broadcast, share))
    tracked = any(use.tracked for use in uses)
    uses = tuple(uses) if tracked else tuple(replace(use, tracked=False) for use in uses)
    shape = draw.choice(SHAPES)
    nans = draw.choice([0, 0, 0, 0, 1])
    item = Item(f"op{number}", OP, draw.choice(NAMES), module, shape, "float32", uses, tracked)
    item.value, item.settings = stats(shape, 1.0, nans=nans), draw.choice(words)
    item.saved = ("X", "argmax") if tracked and (draw.random() < 0.5) else ()
    item.gradient = stats(shape, 10.0 ** draw.randint(-12, 3)) if tracked else None
    graph.items[item.id] = item
