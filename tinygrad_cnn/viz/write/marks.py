"""What the writers in words say of the graph as a whole: where gradients add, which parameters got none, and
what things are called inside of their module.
"""

from ..graph.model import PARAMETER, Graph, Item, Use


def sums(graph: Graph) -> dict[str, list[tuple[Item, Use]]]:
    """List the items whose gradient is a sum, with the two or more uses that it is a sum over."""
    found = {}
    for name, users in graph.users().items():
        tracked = [(item, use) for item, use in users if use.tracked]
        if len(tracked) > 1:
            found[name] = tracked
    return found


def without_gradient(graph: Graph) -> list[Item]:
    """List the parameters that got no gradient although the backward pass ran."""
    if graph.root not in graph.items or graph.items[graph.root].gradient is None:
        return []
    return [item for item in graph.items.values() if item.kind == PARAMETER and item.gradient is None]


def local_name(graph: Graph, item: Item, module: str) -> str:
    """Name an item without the path of the module in whose box it stands: "weight" for "conv1.weight".

    >>> from tinygrad_cnn.viz.graph.model import Group
    >>> graph = Graph({}, {"conv1": Group("conv1", "conv1", "Conv2d", "", 30)})
    >>> local_name(graph, Item("w", PARAMETER, "conv1.weight", "", (3, 10), "float32"), "conv1")
    'weight'
    """
    around = graph.groups[module].path + "." if module else ""
    return item.name.removeprefix(around) or item.name
