"""Following the calls of modules: which one is at work, and by which path it is called."""

from ...core import Tensor
from ...nn import Module
from .trace import Call

_LAYERS = Module.__module__.removesuffix("module")  # the package that the layers are in


class Calls:
    """The calls of modules, as a stack; all that were made stay in `made`."""

    def __init__(self) -> None:
        self.made: list[Call] = []
        self.roots: list[Module] = []
        self._open: list[tuple[int, Module]] = []
        self._names: dict[int, tuple[Module, dict[int, list[str]]]] = {}  # how a module calls those below it
        self._learnt: set[int] = set()  # parameters of the outermost modules, by identity
        self._turns: dict[tuple[int, int], int] = {}  # how often a call has called which module

    @property
    def current(self) -> int | None:
        """The number of the innermost call."""
        return self._open[-1][0] if self._open else None

    def enter(self, module: Module) -> None:
        """Note that a module begins to compute."""
        if not self._open:
            if not any(root is module for root in self.roots):
                self.roots.append(module)
                self._learnt.update(id(p) for p in module.parameters())
            root = next(i for i, r in enumerate(self.roots) if r is module)
            path, parent = "", None
        else:
            parent, caller = self._open[-1]
            path, root = self._path(parent, caller, module), self.made[parent].root
        numbers = sum(p.array.size for p in module.parameters())
        self._open.append((len(self.made), module))
        own = type(module).__module__.startswith(_LAYERS) and next(module.children(), None) is None
        self.made.append(Call(path, type(module).__name__, parent, numbers, root, own))

    def learns(self, t: Tensor) -> bool:
        """Say whether a tensor is a parameter that will be named by its path."""
        return id(t) in self._learnt

    def leave(self) -> None:
        """Note that the innermost module has computed."""
        self._open.pop()

    def _path(self, parent: int, caller: Module, module: Module) -> str:
        """Give the path by which a module is called; one that has several names is called by them in turn."""
        if id(caller) not in self._names:
            found: dict[int, list[str]] = {}
            for path, below in caller.named_modules(remove_duplicate=False):
                found.setdefault(id(below), []).append(path)
            self._names[id(caller)] = caller, found  # held, so that no address is used again
        names = self._names[id(caller)][1].get(id(module)) or [type(module).__name__]
        turn = self._turns.get((parent, id(module)), 0)
        self._turns[parent, id(module)] = turn + 1
        return ".".join(part for part in (self.made[parent].path, names[turn % len(names)]) if part)

    def parameters(self) -> dict[int, str]:
        """Give the paths of all parameters of the outermost modules, by identity."""
        many = sum(any(True for _ in root.parameters()) for root in self.roots) > 1
        found: dict[int, str] = {}
        for number, root in enumerate(self.roots):
            prefix = f"{type(root).__name__}{number + 1 if many else ''}"
            for path, p in root.named_parameters():
                found.setdefault(id(p), f"{prefix}.{path}" if many else path)
        return found

    def forget(self) -> None:
        """Let go of all modules; only the notes of their calls stay."""
        self.roots, self._names, self._learnt, self._open = [], {}, set(), []

    def count(self) -> int:
        """Count the numbers that the outermost modules learn, shared ones once."""
        return sum(t.array.size for t in {id(p): p for r in self.roots for p in r.parameters()}.values())


def tensors_in(values: object) -> list[Tensor]:
    """Find the tensors in what a module was given."""
    if isinstance(values, Tensor):
        return [values]
    if isinstance(values, dict):
        values = list(values.values())
    return [t for value in values for t in tensors_in(value)] if isinstance(values, list | tuple) else []
