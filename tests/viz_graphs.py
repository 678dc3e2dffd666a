"""Graphs made by hand, as the engine would give them: every writer is tested on the same ones."""

import math
from dataclasses import replace

from tinygrad_cnn.viz.graph.model import CONSTANT, FOLD, INPUT, OP, PARAMETER, Graph, Group, Item, Use
from tinygrad_cnn.viz.graph.stats import Stats

Shape = tuple[int, ...]


def stats(shape: Shape, rms: float, *, nans: int = 0, zeros: int | None = None) -> Stats:
    """Numbers that could be those of an array with this root mean square."""
    size = math.prod(shape)
    zeros = size if rms == 0 else zeros or 0
    bins = tuple(max(1, size // 20) for _ in range(20)) if rms else (size, *(0,) * 19)
    if size == 1:
        return Stats(shape, "float32", 1, rms, rms, rms, 0.0, rms, zeros, nans, 0, bins)
    return Stats(shape, "float32", size, -2 * rms, 2 * rms, 0.0, rms, rms, zeros, nans, 0, bins)


class Builder:
    """Makes a graph step by step, with plausible numbers."""

    def __init__(self, title: str = "", *, backward: bool = True) -> None:
        self.graph = Graph({}, title=title)
        self.backward = backward
        self.turns = 0

    def group(self, path: str, type_: str, parent: str = "", parameters: int = 0) -> str:
        self.graph.groups[path] = Group(path, path, type_, parent, parameters)
        return path

    def leaf(self, id_: str, kind: str, shape: Shape, *, module: str = "", name: str = "", rms=1.0) -> str:
        tracked = kind == PARAMETER
        gradient = stats(shape, rms / 50) if tracked and self.backward else None
        value = stats(shape, rms)
        name = name or id_.rpartition(".")[2]
        item = Item(id_, kind, name, module, shape, "float32", (), tracked, value=value, gradient=gradient)
        self.graph.items[id_] = item
        return id_

    def op(self, id_: str, name: str, shape: Shape, *uses: Use, module: str = "", rms=0.5, **more) -> str:
        tracked = more.pop("tracked", any(use.tracked for use in uses))
        gradient = stats(shape, rms / 100) if tracked and self.backward else None
        item = Item(id_, OP, name, module, shape, "float32", uses, tracked, value=stats(shape, rms))
        item.gradient = gradient
        for key, value in more.items():
            setattr(item, key, value)
        self.graph.items[id_] = item
        return id_

    def conv(
        self, id_: str, x: str, shape: Shape, *, module: str = "", bias: bool = True, c_in: int = 4
    ) -> str:
        """A convolution with its parameters, in a module of its own."""
        c_out = shape[1]
        box = self.group(id_, "Conv2d", module, c_out * (9 * c_in + bias))
        w = self.leaf(f"{id_}.weight", PARAMETER, (c_out, c_in, 3, 3), module=box, rms=0.2)
        uses = [self.use(x, "x", "dX = conv_t(dY, W)"), Use(w, "w", True, "dW = X (*) dY")]
        if bias:
            b = self.leaf(f"{id_}.bias", PARAMETER, (c_out,), module=box, rms=0.1)
            uses.append(Use(b, "b", True, "dB = dY", "sum over N, H, W"))
        keep = {"settings": "3x3, padding 1", "saved": ("X", "W"), "source": "net.py:12"}
        return self.op(f"{id_}.conv2d", "conv2d", shape, *uses, module=box, **keep)

    def norm(self, id_: str, x: str, *, module: str = "") -> str:
        shape = self.graph.items[x].shape
        box = self.group(id_, "BatchNorm2d", module, 2 * shape[1])
        uses = [self.use(x, "x", "dX = (dY - mean dY - xhat mean(dY xhat)) * g / std")]
        for name, rule in (("weight", "dG = dY * xhat"), ("bias", "dB = dY")):
            leaf = self.leaf(f"{id_}.{name}", PARAMETER, (shape[1],), module=box)
            uses.append(Use(leaf, name[0], True, rule, "sum over N, H, W"))
        return self.op(f"{id_}.batch_norm", "batch_norm", shape, *uses, module=box, saved=("xhat", "std"))

    def relu(self, id_: str, x: str, *, module: str = "") -> str:
        shape = self.graph.items[x].shape
        use = self.use(x, "x", "dX = dY * 1[X > 0]")
        return self.op(id_, "relu", shape, use, module=module, saved=("1[X > 0]",))

    def add(self, id_: str, a: str, b: str, *, module: str = "") -> str:
        uses = (self.use(a, "a", "dA = dY"), self.use(b, "b", "dB = dY"))
        return self.op(id_, "add", self.graph.items[a].shape, *uses, module=module)

    def use(self, source: str, name: str, rule: str) -> Use:
        item = self.graph.items[source]
        share = stats(item.shape, 0.004) if item.tracked and self.backward else None
        return Use(source, name, item.tracked, rule if item.tracked else "", contribution=share)

    def loss(self, id_: str, logits: str) -> Graph:
        """End with a loss, and give the graph."""
        n, _ = self.graph.items[logits].shape
        target = self.leaf(f"{id_}.target", CONSTANT, (n,), name="target")
        uses = (self.use(logits, "x", f"dX = (softmax(X) - onehot) / {n}"), Use(target, "target", False))
        saved = ("softmax", "target")
        self.op(id_, "cross_entropy", (), *uses, rms=1.09, settings="mean", saved=saved)
        return self.end(id_)

    def end(self, root: str) -> Graph:
        graph = self.graph
        graph.root = root
        item = graph.items.get(root)
        if item and item.tracked and self.backward:
            item.gradient = stats(item.shape, 1.0)
            for turn, op in enumerate(reversed([i for i in graph.ops() if i.tracked])):
                op.turn = turn
        learnt = sum(math.prod(i.shape) for i in graph.items.values() if i.kind == PARAMETER)
        loss = f"loss {item.value.rms:.3g}" if item and item.value else "no loss"
        graph.facts = (loss, f"{learnt:,} parameters", "gradient norm 0.532")
        return graph


def linear(b: Builder, id_: str, x: str, out: int, module: str = "") -> str:
    n, size = b.graph.items[x].shape
    box = b.group(id_, "Linear", module, out * (size + 1))
    w = b.leaf(f"{id_}.weight", PARAMETER, (out, size), module=box, rms=0.05)
    bias = b.leaf(f"{id_}.bias", PARAMETER, (out,), module=box, rms=0.05)
    uses = [b.use(x, "x", "dX = dY @ W"), Use(w, "w", True, "dW = dY.T @ X")]
    uses.append(Use(bias, "b", True, "dB = dY", "sum over N"))
    return b.op(f"{id_}.linear", "linear", (n, out), *uses, module=box, saved=("X", "W"))


def small_cnn(*, backward: bool = True) -> Graph:
    """Two convolutions, a pool and a linear layer, in modules within modules."""
    b = Builder("SmallCNN, step 12", backward=backward)
    net = b.group("SmallCNN", "SmallCNN", "", 3242)
    features = b.group("features", "Sequential", net, 380)
    x = b.leaf("x", INPUT, (8, 1, 28, 28))
    y = b.conv("features.0", x, (8, 4, 28, 28), module=features, c_in=1)
    y = b.relu("features.1.relu", y, module=b.group("features.1", "ReLU", features))
    y = b.conv("features.2", y, (8, 4, 28, 28), module=features)
    y = b.relu("features.3.relu", y, module=b.group("features.3", "ReLU", features))
    pool = b.group("features.4", "MaxPool2d", features)
    use = b.use(y, "x", "dX = put(dY, argmax)")
    more = {"settings": "2x2", "saved": ("argmax",)}
    y = b.op("features.4.max_pool2d", "max_pool2d", (8, 4, 14, 14), use, module=pool, **more)
    y = b.op("flatten", "reshape", (8, 784), b.use(y, "x", "dX = reshape(dY)"), module=net)
    return b.loss("cross_entropy", linear(b, "fc", y, 10, net))


def residual(b: Builder, path: str, x: str, parent: str) -> str:
    """Add a block of 20 items: three convolutions with normalisation, and a skip around them."""
    box = b.group(path, "Bottleneck", parent, 484)
    shape, y = b.graph.items[x].shape, x
    for i in (1, 2, 3):
        y = b.conv(f"{path}.conv{i}", y, shape, module=box, bias=i == 3)
        y = b.norm(f"{path}.bn{i}", y, module=box)
        if i < 3:
            y = b.relu(f"{path}.relu{i}", y, module=box)
    y = b.add(f"{path}.add", y, x, module=box)
    return b.relu(f"{path}.relu", y, module=box)


def residual_net(blocks: int = 1, *, backward: bool = True) -> Graph:
    """A net of residual blocks: 20 items a block and 11 around them."""
    b = Builder(f"ResNet of {blocks} blocks", backward=backward)
    net = b.group("ResNet", "ResNet", "", 490 * blocks)
    x = b.leaf("x", INPUT, (8, 4, 14, 14))
    y = b.relu("stem.relu", b.conv("stem", x, (8, 4, 14, 14), module=net), module=net)
    for i in range(blocks):
        y = residual(b, f"block{i}", y, net)
    y = b.op("mean", "mean", (8, 4), b.use(y, "x", "dX = dY / 196"), settings="dims H, W", module=net)
    return b.loss("cross_entropy", linear(b, "fc", y, 10, net))


def shared_parameter() -> Graph:
    """One weight in two multiplications, so that its gradient is a sum."""
    b = Builder("a shared weight")
    x = b.leaf("x", INPUT, (4, 3))
    w = b.leaf("w", PARAMETER, (3, 3))
    y = x
    for i in (1, 2):
        uses = (b.use(y, "a", "dA = dY @ B.T"), b.use(w, "b", "dB = A.T @ dY"))
        y = b.op(f"matmul{i}", "matmul", (4, 3), *uses, saved=("A", "B"))
    return b.loss("cross_entropy", y)


def failed_forward() -> Graph:
    """A forward pass that ended with an error of shapes."""
    b = Builder("a forward pass that failed", backward=False)
    net = b.group("Net", "Net", "", 650)
    x = b.leaf("x", INPUT, (8, 1, 8, 8))
    y = b.relu("relu", b.conv("conv", x, (8, 4, 8, 8), module=net, c_in=1), module=net)
    y = b.op("flatten", "reshape", (8, 256), b.use(y, "x", ""), module=net)
    box = b.group("fc", "Linear", net, 650)
    w = b.leaf("fc.weight", PARAMETER, (10, 64), module=box)
    message = "linear: x has 256 features in its last dimension (8, 256), but w (10, 64) takes 64"
    uses = (b.use(y, "x", ""), b.use(w, "w", ""))
    more = {"failed": message, "value": None, "source": "net.py:31", "code": "return self.fc(y)"}
    return b.end(b.op("fc.linear", "linear", (), *uses, module=box, **more))


def with_nan() -> Graph:
    """A logarithm of zero or less: NaN from there to the loss, and in the gradients above it."""
    b = Builder("a NaN")
    w = b.leaf("w", PARAMETER, (4, 3))
    y = b.op("mul", "mul", (4, 3), b.use(w, "a", "dA = dY * B"), settings="by 2", rms=2.0)
    y = b.op("log", "log", (4, 3), b.use(y, "x", "dX = dY / X"), saved=("X",), source="net.py:7")
    y = b.op("exp", "exp", (4, 3), b.use(y, "x", "dX = dY * Y"), saved=("Y",))
    y = b.op("mean", "mean", (), b.use(y, "x", "dX = dY / 12"))
    for name in ("log", "exp", "mean"):
        b.graph.items[name].value = stats(b.graph.items[name].shape, 1.0, nans=1)
    graph = b.end(y)
    for name in ("w", "mul", "log"):
        graph.items[name].gradient = stats((4, 3), 1.0, nans=2)
    return graph


def untracked() -> Graph:
    """A computation without gradients, as under `no_grad`."""
    graph = small_cnn(backward=False)
    graph.title = "under no_grad"
    graph.notes = ("no gradient was asked for: the computation ran under no_grad",)
    for item in graph.items.values():
        item.tracked = False
        item.saved = ()
        item.uses = tuple(replace(use, tracked=False, rule="", broadcast="") for use in item.uses)
    return graph


def zero_gradient() -> Graph:
    """A dead ReLU: everything above it gets a gradient of exactly 0, and one parameter gets none."""
    graph = small_cnn()
    graph.title = "a dead ReLU"
    for name, item in graph.items.items():
        if name.startswith(("features.0", "features.1", "features.2")) and item.gradient:
            item.gradient = stats(item.shape, 0.0)
    graph.items["fc.bias"].gradient = None
    return graph


def inception() -> Graph:
    """Three branches side by side that are joined again."""
    b = Builder("three branches")
    x = b.relu("stem.relu", b.conv("stem", b.leaf("x", INPUT, (2, 4, 8, 8)), (2, 4, 8, 8)))
    box = b.group("mixed", "Mixed", "", 444)
    ends = [b.conv(f"mixed.b{i}", x, (2, 4, 8, 8), module=box) for i in range(3)]
    ends[2] = b.conv("mixed.b2b", ends[2], (2, 4, 8, 8), module=box)
    uses = [b.use(y, f"x{i}", f"dX{i} = part {i} of dY") for i, y in enumerate(ends)]
    y = b.op("mixed.cat", "cat", (2, 12, 8, 8), *uses, module=box, settings="dim 1")
    y = b.op("sum", "sum", (2, 12), b.use(y, "x", "dX = dY"), settings="dims H, W")
    return b.loss("cross_entropy", y)


def doubled(times: int = 20) -> Graph:
    """A tensor added to itself, again and again: 2**times paths, 2 * times edges."""
    b = Builder("x + x, again and again")
    y = b.leaf("x", PARAMETER, (3,))
    for i in range(times):
        y = b.add(f"add{i}", y, y)
    return b.end(b.op("sum", "sum", (), b.use(y, "x", "dX = dY")))


def folded() -> Graph:
    """Twelve blocks that are shown as one box."""
    b = Builder("twelve blocks as one")
    net = b.group("ResNet", "ResNet", "", 5890)
    y = b.conv("stem", b.leaf("x", INPUT, (8, 4, 14, 14)), (8, 4, 14, 14), module=net)
    use = b.use(y, "x", "")
    more = {"parameters": 5808, "hides": 120, "hidden_uses": 252, "spread": (0.002, 0.014, 0.31)}
    y = b.op("blocks", "Bottleneck x12", (8, 4, 14, 14), use, module=net, kind=FOLD, **more)
    y = b.op("mean", "mean", (8, 4), b.use(y, "x", "dX = dY / 196"), settings="dims H, W", module=net)
    b.graph.notes = ("12 blocks that are alike are shown as one box",)
    return b.loss("cross_entropy", linear(b, "fc", y, 10, net))


def empty() -> Graph:
    """Nothing was computed."""
    return Graph({}, title="nothing", notes=("nothing was computed",))


ALL = {
    "small_cnn": small_cnn,
    "before_backward": lambda: small_cnn(backward=False),
    "residual": residual_net,
    "shared": shared_parameter,
    "failed": failed_forward,
    "nan": with_nan,
    "untracked": untracked,
    "zero": zero_gradient,
    "inception": inception,
    "doubled": doubled,
    "folded": folded,
    "empty": empty,
}
