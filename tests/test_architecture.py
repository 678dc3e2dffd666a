"""The rules that can be read from the source: ranks, sizes, what is never called, what is slow to import."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import tinygrad_cnn

PACKAGE = Path(tinygrad_cnn.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
NAME = "tinygrad_cnn"

# Imports point strictly down: from a larger number to a smaller one, or to the same part.
RANKS = {
    "errors": 0,
    "kernels": 0,
    "base": 1,
    "core": 2,
    "ops": 3,
    "functional": 4,
    "nn": 5,
    "optim": 5,
    "data": 6,
    "train": 6,
    "viz": 6,
    "io": 6,
    "testing": 6,
    "cli": 7,
    "__main__": 8,
    "__init__": 9,
}
# Siblings that import each other, and why: part -> the parts of its own rank that it may use.
SIBLINGS = {
    "data": {"io"},  # atomic writing
    "train": {"data", "io", "viz"},  # training reads batches, writes checkpoints, and records steps
    "testing": {"io", "viz"},  # atomic writing of pictures, and how wide words are in them
    "viz": {"io"},  # the same
    "optim": {"nn"},  # the average of a module is a module
}
HEAVY = {"PIL", "tqdm", "safetensors", "graphviz", "matplotlib"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "shelve", "marshal", "joblib"}
LONGEST_FILE, LONGEST_FUNCTION = 300, 30
MOST_OF_THE_ENGINE = 600  # lines of core/, with documentation
file_of = pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def part(path: Path) -> str:
    """The part of the package that a file belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, full name) of everything that a file imports, inside of functions as well."""
    package = [NAME, *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *(node.module.split(".") if node.module else [])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def at_module_level(module: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements that run on import, also inside of if and try, but not inside of functions."""
    todo: list[ast.stmt] = list(module.body)
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        todo += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


@file_of
def test_imports_point_strictly_down(path):
    here = part(path)
    assert here in RANKS, f"give {here} a rank in {__file__}"
    for line, name in imported(path):
        parts = name.split(".")
        if parts[0] != NAME or here == "__init__":
            continue
        there = parts[1] if len(parts) > 1 and parts[1] in RANKS else "__init__"
        if there in ("__init__", "__version__") and parts[1:] == ["__version__"]:
            continue
        allowed = there == here or RANKS[there] < RANKS[here] or there in SIBLINGS.get(here, set())
        assert allowed, f"{path}:{line}: {here} must not import {there} ({name})"


@file_of
def test_files_are_short_enough_to_be_read(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{path} has {lines} lines; split it"


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines that a function runs: without signature (in long ones, a table of arguments),
    docstring and the functions defined in it."""
    described = ast.get_docstring(function, clean=False) is not None and len(function.body) > 1
    first = function.body[1 if described else 0]
    assert function.end_lineno
    count = function.end_lineno - first.lineno + 1
    inner = [
        n
        for n in ast.walk(function)
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n is not function
    ]
    outermost = [n for n in inner if not any(m is not n and n in ast.walk(m) for m in inner)]
    return count - sum((n.end_lineno or 0) - n.lineno + 1 for n in outermost)


@file_of
def test_functions_are_short_enough_to_be_read(path):
    long = [
        f"{path}:{node.lineno}: {node.name} has {own_lines(node)} lines"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and own_lines(node) > LONGEST_FUNCTION
    ]
    assert not long, "; ".join(long)


def is_dangerous(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    shell = any(
        k.arg == "shell" and not (isinstance(k.value, ast.Constant) and not k.value.value)
        for k in call.keywords
    )
    pickled = any(k.arg == "allow_pickle" and ast.unparse(k.value) != "False" for k in call.keywords)
    return name in FORBIDDEN_CALLS or name in ("os.system", "os.popen") or shell or pickled


@file_of
def test_nothing_that_is_read_can_run(path):
    for line, name in imported(path):
        assert name.split(".")[0] not in FORBIDDEN_MODULES, f"{path}:{line} imports {name}"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            assert not is_dangerous(node), f"{path}:{node.lineno}: {ast.unparse(node)[:60]}"
            unguarded = ast.unparse(node.func) in ("np.load", "numpy.load")
            assert not unguarded or any(k.arg == "allow_pickle" for k in node.keywords), (
                f"{path}:{node.lineno}"
            )


@file_of
def test_heavy_modules_are_imported_where_they_are_used(path):
    for node in at_module_level(tree(path)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            assert name.split(".")[0] not in HEAVY, f"{path}:{node.lineno} imports {name} at module level"


def test_importing_the_package_loads_nothing_heavy():
    code = f"import sys, {NAME}; print(sorted(set(sys.modules) & {HEAVY!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stdout.strip() == "[]"


@file_of
def test_every_file_states_its_idea(path):
    assert ast.get_docstring(tree(path)), f"{path} has no docstring"


def test_stride_tricks_are_in_one_file():
    users = [p for p in FILES for _, name in imported(p) if "stride_tricks" in name]
    assert len(set(users)) <= 1, users


@file_of
def test_library_code_reads_array_and_not_data(path):
    """`.data` marks a tensor as handed out, and costs a copy."""
    if part(path) not in ("kernels", "core", "ops", "functional", "nn", "optim"):
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr == "data" and path.name != "tensor.py":
            assert "np.ascontiguousarray" in ast.unparse(node.value), (
                f"{path}:{node.lineno}: {ast.unparse(node)}"
            )


def test_there_is_no_file_for_odds_and_ends():
    assert not [p for p in FILES if p.stem in ("utils", "helpers", "misc", "common")]


def test_the_engine_is_read_in_one_sitting():
    lines = {p.name: len(p.read_text(encoding="utf-8").splitlines()) for p in (PACKAGE / "core").glob("*.py")}
    assert sum(lines.values()) <= MOST_OF_THE_ENGINE, lines
