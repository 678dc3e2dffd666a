"""The model that an option names: one of ours, a configuration file, or a function in the user's Python file.

The user's own code runs only if the command line itself names it. A run folder may come from anywhere, so
what its settings say is never enough to execute a file.
"""

import hashlib
import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from .. import nn
from ..errors import ArgumentError, CheckpointError, CnnError, ConfigError, MissingPathError
from ..functional.create import zeros
from ..io.seed_config import Config, build_model

Shape = tuple[int, int, int]
DEFAULT_SHAPES: dict[str, Shape] = {
    "seed": (3, 120, 120),
    "lenet5": (1, 28, 28),
    "vgg-small": (3, 32, 32),
    "resnet8": (3, 32, 32),
    "resnet20": (3, 32, 32),
    "resnet18": (3, 224, 224),
    "mobilenet-small": (3, 32, 32),
    "mobilenet-v2": (3, 224, 224),
    "unet": (3, 128, 128),
    "autoencoder": (1, 28, 28),
}
OWN_SHAPE: Shape = (3, 120, 120)
OURS = {**nn.models.MODELS, **nn.models.PICTURE_MODELS}
NAMES = f"{', '.join(nn.models.MODELS)}, or path/to/file.py:function"


def check_name(name: str, pictures: bool = False) -> None:
    """Raise if a name means no model, or, without ``pictures``, one that gives no score a class."""
    if name in nn.models.MODELS or ":" in name or (pictures and name in OURS):
        return
    if name in OURS:
        raise ArgumentError(f"{name} gives pictures, not one score a class; here only `summary` shows it")
    hint = f"; for your own code, name the function: {name}:function" if name.endswith(".py") else ""
    raise ArgumentError(f"there is no model {name!r}; expected {NAMES}{hint}")


def usual_classes(name: str) -> int:
    """Give the number of classes that a model has if nobody says one."""
    found = inspect.signature(OURS[name]).parameters.get("num_classes") if name in OURS else None
    return 10 if found is None else found.default


def build(
    name: str, num_classes: int, input_shape: Shape, config: Config | None = None, check: bool = True
) -> nn.Module:
    """Make the model, drawing its starting values from the default generator, and check what it gives.

    With ``check`` false, the user's model is not tried: what fails in it is to be shown.

    Raises:
        ArgumentError, ShapeError, ConfigError: the model does not fit the pictures or the classes.
        MissingPathError: there is no such Python file.
    """
    if config is not None:
        _check_config(config, num_classes, input_shape)
        return build_model(config)
    if name in OURS:
        channels, *size = input_shape
        known = {"num_classes": num_classes, "input_shape": input_shape}
        known |= {"in_channels": channels, "image_size": tuple(size)}
        return OURS[name](**_taken(OURS[name], known))
    check_name(name)
    model = _call(name, load_function(name), num_classes, input_shape)
    if check:
        _check_scores(name, model, num_classes, input_shape)
    return model


def _check_config(config: Config, num_classes: int, input_shape: Shape) -> None:
    if config.num_classes != num_classes:
        raise ConfigError(
            f"the configuration file says num_classes={config.num_classes}, and the pictures are of "
            f"{num_classes} classes; change one of them"
        )
    if config.input_shape != tuple(input_shape):
        c, h, w = input_shape
        raise ConfigError(
            f"the configuration file says input_shape: h={config.input_shape[1]}, w={config.input_shape[2]}, "
            f"c={config.input_shape[0]}, and the pictures are h={h}, w={w}, c={c}; change one of them"
        )


def code_file(name: str) -> Path:
    """Give the Python file of ``path/to/file.py:function``."""
    return Path(name.rpartition(":")[0])


def digest(name: str) -> str | None:
    """Give a digest of the file that a model's own code is in, or None for a model of ours."""
    if name in nn.models.MODELS:
        return None
    return hashlib.sha256(code_file(name).read_bytes()).hexdigest()


def load_function(name: str) -> Callable[..., Any]:
    """Run the user's Python file, and give the function that ``path/to/file.py:function`` names."""
    path, function = code_file(name), name.rpartition(":")[2]
    if not path.is_file():
        raise MissingPathError(f"there is no Python file {path}; expected --model path/to/file.py:function")
    found = getattr(run_file(path), function, None)
    if not callable(found):
        raise ArgumentError(f"{path} defines no function {function!r} for --model {name}")
    return found


def run_file(path: Path) -> ModuleType:
    """Run the user's Python file as a module.

    Raises:
        ArgumentError: it is no Python file, or it raises an error or ends the program.
    """
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ArgumentError(f"{path} is no Python file; its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)  # so that the file can import its neighbours
    _guarded(f"running {path}", spec.loader.exec_module, module)
    return module


def _call(name: str, function: Callable[..., Any], num_classes: int, input_shape: Shape) -> nn.Module:
    known = {"num_classes": num_classes, "input_shape": input_shape}
    model = _guarded(f"calling {name}", function, **_taken(function, known))
    if not isinstance(model, nn.Module):
        raise ArgumentError(
            f"{name} must give a Module, such as nn.Sequential(...); got {type(model).__name__}"
        )
    return model


def _taken(function: Callable[..., Any], known: dict[str, Any]) -> dict[str, Any]:
    """Give those of the known arguments that a function takes."""
    parameters = inspect.signature(function).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    return {name: value for name, value in known.items() if takes_all or name in parameters}


def _check_scores(name: str, model: nn.Module, num_classes: int, input_shape: Shape) -> None:
    from ..core import no_grad

    model.eval()
    with no_grad():
        scores = _guarded(f"trying {name} on 2 pictures {input_shape}", model, zeros(2, *input_shape))
    model.train()
    if tuple(scores.shape) != (2, num_classes):
        raise ArgumentError(
            f"{name} must give one score a class: for 2 pictures and {num_classes} classes "
            f"(2, {num_classes}); got {tuple(scores.shape)}"
        )


def _guarded(doing: str, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call the user's code; what it raises is theirs, and is reported as such."""
    try:
        return call(*args, **options)
    except CnnError:
        raise
    except SystemExit as error:  # a program's last line, which belongs under `if __name__ == "__main__":`
        raise ArgumentError(f"{doing} ended with sys.exit({error}); --debug shows where") from error
    except Exception as error:
        raise ArgumentError(f"{doing} raised {type(error).__name__}: {error}; --debug shows where") from error


def model_of_run(recorded: str, code: str | None, given: str | None) -> tuple[str, str | None]:
    """Decide which model a run's weights belong to; also give a notice if its code has changed.

    Raises:
        CheckpointError: the run was made with the user's own code, which the command line does not name.
        ArgumentError: the command line names another model than the run.
    """
    if recorded in nn.models.MODELS:
        if given not in (None, recorded):
            raise ArgumentError(f"this run's model is {recorded}, not {given}; leave --model out")
        return recorded, None
    if given is None:
        raise CheckpointError(
            f"this run's model is code of your own, which runs only if you say so: add --model {recorded}"
        )
    check_name(given)
    if code_file(given).is_file() and digest(given) != code:
        return given, f"notice: {code_file(given)} is not as it was when the run was made"
    return given, None
