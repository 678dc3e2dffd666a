"""Writes tests/pytorch_names.json, the public names and signatures of an installed PyTorch.

It is run by `python docs/make_coming_from_pytorch.py --read-pytorch`, with a Python that has PyTorch. The
file holds facts only: for each name the forms in which it can be called, as they would stand after `def`.
"""

import ast
import importlib
import inspect
import json
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "tests" / "pytorch_names.json"
SPACES = (
    "torch", "torch.Tensor", "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.nn.utils",
    "torch.linalg", "torch.autograd", "torch.autograd.functional", "torch.utils.checkpoint",
    "torch.utils.data", "torch.utils.dlpack", "torch.optim", "torch.optim.lr_scheduler",
    "torch.optim.swa_utils",
)  # fmt: skip
NOT_FOR_USERS = (
    "has_torch_function", "handle_torch_function", "boolean_dispatch", "NestedIOFunction",
    "ScalingType", "SwizzleType", "factory_kwargs", "LinearCrossEntropyOptions", "init_num_threads",
)  # fmt: skip
UNDOCUMENTED = {
    "torch": ("relu", "log_softmax"),
    "torch.Tensor": ("data", "dtype", "relu", "softmax", "log_softmax"),
}
ANYTHING = ["*args, **kwargs"]
REDUCTIONS = {0: "none", 1: "mean", 2: "sum"}  # numbers behind the words, in what is built in
NO_WORD = inspect.Parameter.empty


def read() -> None:
    """Write the file of names."""
    torch = importlib.import_module("torch")
    names = {space: dict(sorted(_space(torch, space).items())) for space in SPACES}
    found = {"version": torch.__version__.split("+")[0], "names": names}
    text = json.dumps(found, indent=0, ensure_ascii=True)
    FILE.write_text(re.sub(r"\[\n(.*?)\n\]", _on_one_line, text, flags=re.DOTALL) + "\n", encoding="utf-8")
    print(f"wrote {FILE}: {sum(map(len, names.values()))} names of PyTorch {found['version']}")


def _on_one_line(found: re.Match[str]) -> str:
    return "[" + found[1].replace("\n", " ") + "]"


def _space(torch: Any, space: str) -> dict[str, list[str] | None]:
    holder = torch.Tensor if space == "torch.Tensor" else importlib.import_module(space)
    found: dict[str, list[str] | None] = {}
    for name in dir(holder):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            thing = getattr(holder, name)
        if name.startswith("_") or not _belongs(torch, space, name, thing):
            continue
        found[name] = forms(torch, space, name, thing) if callable(thing) else None
    return found


def _belongs(torch: Any, space: str, name: str, thing: Any) -> bool:
    """Whether PyTorch presents the name in this place: it is documented, and no helper that was imported."""
    if inspect.ismodule(thing) or not (callable(thing) or space == "torch.Tensor"):
        return False
    if name.startswith(NOT_FOR_USERS) or _is_outdated(thing):
        return False
    known = name in UNDOCUMENTED.get(space, ())
    if space == "torch.Tensor":
        return bool(getattr(thing, "__doc__", None)) or known
    home = getattr(thing, "__module__", None) or ""
    if not home.startswith("torch") and not inspect.isbuiltin(thing) and "torch" not in repr(type(thing)):
        return False
    if space == "torch.nn.init" and not name.endswith("_") and name != "calculate_gain":
        return False  # old names of functions that change their argument
    if inspect.isclass(thing) and space == "torch":
        return name in ("Tensor", "Generator", "no_grad", "enable_grad", "set_grad_enabled", "inference_mode")
    listed = getattr(importlib.import_module(space), "__all__", None)
    if listed and space not in ("torch", "torch.nn.functional") and name not in listed:
        return False
    return bool(thing.__doc__) or (known and not name.endswith("_"))


def _is_outdated(thing: Any) -> bool:
    """Whether a function has been replaced by another; the text of a class may say so of a setting."""
    return not inspect.isclass(thing) and "deprecated in favor" in str(getattr(thing, "__doc__", ""))


def forms(torch: Any, space: str, name: str, thing: Any) -> list[str]:
    """The signatures of one callable: Python's, else those of the operator, else those in its text."""
    method = space == "torch.Tensor"
    found = _of_python(thing, method)
    if found == ["*args"]:
        found = _of_words(thing) or found
    if found is None and inspect.isclass(thing):
        found = ANYTHING if space == "torch" else [""]
    if space == "torch" and name == "tensor":
        found = _of_words(thing)  # its operator is another function
    if found is None:
        told = _of_words(thing)
        operator = {"logsigmoid": "log_sigmoid"}.get(name, name)
        prefix = {"torch.linalg": "linalg_"}.get(space, "")
        found = _of_operator(torch, prefix + operator, method) or told or ANYTHING
    return list(dict.fromkeys(found))


def _of_python(thing: Any, method: bool) -> list[str] | None:
    dispatched = inspect.getclosurevars(thing).nonlocals if inspect.isfunction(thing) else {}
    if "if_false" in dispatched:  # one function behind two, by a flag
        plain, full = (_of_python(dispatched[k], method) or [""] for k in ("if_false", "if_true"))
        flag = f"{dispatched['arg_name']}={dispatched['default']!r}"
        return plain if dispatched["arg_name"] in plain[0] else [f"{full[0]}, {flag}"]
    try:
        signature = inspect.signature(thing)
    except (ValueError, TypeError):
        return None
    parameters = list(signature.parameters.values())
    if [p.kind.name for p in parameters if p.name not in ("self", "cls")] == [
        "VAR_POSITIONAL",
        "VAR_KEYWORD",
    ]:
        return None
    if method and parameters and parameters[0].name == "self":
        parameters = parameters[1:]
    return [_written(parameters)]


def _written(parameters: Iterable[inspect.Parameter]) -> str:
    words, starred = [], False
    for p in parameters:
        if p.name.startswith("_"):
            continue
        if p.kind is p.KEYWORD_ONLY and not starred:
            words.append("*")
            starred = True
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            words.append(("*" if p.kind is p.VAR_POSITIONAL else "**") + p.name)
            starred = True
        else:
            words.append(p.name if p.default is NO_WORD else f"{p.name}={_value(p.default)}")
    return ", ".join(words)


def _value(default: Any) -> str:
    if isinstance(default, float) and default == float("inf"):
        return "'inf'"
    if isinstance(default, list) and len(set(map(repr, default))) <= 1:
        default = default[0] if default else None  # one number for each dimension, or nothing
    text = repr(default)
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return repr(getattr(default, "__name__", "..."))
    return text


def _of_operator(torch: Any, name: str, method: bool) -> list[str]:
    try:
        schemas = torch._C._jit_get_schemas_for_operator(f"aten::{name}")
    except RuntimeError:
        return []
    found = []
    for schema in schemas:
        arguments = [a for a in schema.arguments if not a.is_out]
        types = [str(a.type) for a in arguments]
        if len(arguments) < len(schema.arguments) or [a.name for a in arguments] == ["a", "b"]:
            continue
        of_tensors = any("Tensor" in t for t in [*types, *(str(r.type) for r in schema.returns)])
        of_lists = types[:1] and types[0].startswith("List[") and arguments[0].name == "self"
        if not of_tensors or of_lists or (method and "self" not in [a.name for a in arguments]):
            continue
        if method:
            arguments = [a for a in arguments if a.name != "self"]
        found.append(", ".join(_arguments(arguments)))
    return found


def _arguments(arguments: list[Any]) -> Iterable[str]:
    starred = False
    for a in arguments:
        if a.kwarg_only and not starred:
            yield "*"
            starred = True
        name = {"self": "input", "from": "from_"}.get(a.name, a.name)
        if not a.has_default_value():
            yield name
        elif name == "correction":
            yield "correction=1"  # what None stands for
        elif name == "reduction" and a.default_value in REDUCTIONS:
            yield f"{name}={REDUCTIONS[a.default_value]!r}"
        else:
            yield f"{name}={_value(a.default_value)}"


def _of_words(thing: Any) -> list[str]:
    """What the documentation begins with, as in `gelu(input, approximate = 'none') -> Tensor`."""
    found = []
    for line in (thing.__doc__ or "").strip().splitlines():
        told = re.match(r"\s*(?:\.\. function:: )?\w+\((.*)\)\s*(?:->.*)?$", line)
        if told is None or told[1] == "int":  # a type in place of a name
            break
        try:
            ast.parse(f"def f({told[1]}): pass")
        except SyntaxError:
            break
        found.append(ast.unparse(ast.parse(f"def f({told[1]}): pass").body[0].args))  # type: ignore[attr-defined]
    return found
