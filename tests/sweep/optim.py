"""Random trajectories: 200 steps of an optimiser under a schedule.

On given gradients, or on a quadratic with noise. Without noise, gradients come to nearly 0, and adaptive
methods divide by what rounding leaves of them: PyTorch then drifts from itself after a change in the last
digit.
"""

from importlib import import_module
from typing import Any

import numpy as np

from .case import Case, Draw

STEPS = 200
Schedule = tuple[str, dict[str, Any]]


def _small(r: Draw, low: float, high: float) -> float:
    return float(10 ** r.source.uniform(low, high))


def _options(r: Draw) -> tuple[str, dict[str, Any]]:
    kind = r.choice(["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
    settings: dict[str, Any] = {"lr": _small(r, -3, -1.3), "maximize": r.chance(0.15)}
    if r.chance(0.5):
        settings["weight_decay"] = r.uniform(0, 0.1)
    if kind == "SGD" and r.chance(0.7):
        settings |= {"momentum": r.uniform(0.1, 0.95), "nesterov": r.chance(0.5)}
        if not settings["nesterov"] and r.chance(0.5):
            settings["dampening"] = r.uniform(-0.5, 0.9)
    if kind in ("Adam", "AdamW"):
        settings |= {"betas": (r.uniform(0, 0.99), r.uniform(0.5, 0.999)), "eps": _small(r, -9, -3)}
        settings["amsgrad"] = r.chance(0.5)
    if kind == "RMSprop":
        settings |= {"alpha": r.uniform(0.5, 0.999), "eps": _small(r, -8, -3), "centered": r.chance(0.4)}
        settings["momentum"] = r.choice([0.0, 0.5, 0.9])
    if kind == "Adagrad":
        settings |= {"lr_decay": r.uniform(0, 0.1), "initial_accumulator_value": r.uniform(0, 1)}
    return kind, settings


def _schedule(r: Draw, nested: bool = False) -> Schedule:
    plain: dict[str, Any] = {
        "StepLR": {"step_size": r.randint(1, 60), "gamma": r.uniform(0.1, 1.1)},
        "MultiStepLR": {
            "milestones": sorted(r.randint(1, 199) for _ in range(3)),
            "gamma": r.uniform(0.1, 1),
        },
        "ExponentialLR": {"gamma": r.uniform(0.95, 1)},
        "CosineAnnealingLR": {"T_max": r.randint(1, 150), "eta_min": r.choice([0.0, 1e-4])},
        "LinearLR": {"start_factor": r.uniform(0.01, 1), "end_factor": r.uniform(0, 1), "total_iters": 77},
        "ConstantLR": {"factor": r.uniform(0.01, 1), "total_iters": r.randint(1, 150)},
        "LambdaLR": {"lr_lambda": lambda epoch: 1 / (1 + 0.05 * epoch)},
        "CosineAnnealingWarmRestarts": {"T_0": r.randint(1, 60), "T_mult": r.randint(1, 3)},
    }
    if not nested:
        once = {
            "max_lr": _small(r, -3, -1),
            "total_steps": r.randint(STEPS, 260),
            "pct_start": r.uniform(0.1, 0.9),
        }
        plain["OneCycleLR"] = once | {"cycle_momentum": False, "anneal_strategy": r.choice(["cos", "linear"])}
        plain["ReduceLROnPlateau"] = {"patience": r.randint(0, 12), "factor": r.uniform(0.1, 0.9)}
        parts = [_schedule(r, True) for _ in range(3)]
        plain["SequentialLR"] = {"schedulers": parts, "milestones": [r.randint(1, 90), r.randint(100, 199)]}
        plain["None"] = {}
    name = r.choice(list(plain))
    return name, plain[name]


def _made(schedulers: Any, optimizer: Any, schedule: Schedule) -> Any:
    name, settings = schedule
    if name == "SequentialLR":
        parts = [_made(schedulers, optimizer, part) for part in settings["schedulers"]]
        return schedulers.SequentialLR(optimizer, parts, settings["milestones"])
    return None if name == "None" else getattr(schedulers, name)(optimizer, **settings)


def _walk(
    package: str, options: tuple[str, dict[str, Any]], schedule: Schedule, given: list[Any], pull: list[float]
) -> Any:
    """Make the function that trains: it gives the rates of all steps and where the parameters end."""

    def walk(*start: Any) -> Any:
        library = import_module(package)
        kind, settings = options
        parameters = [library.tensor(np.array(t.detach().numpy()), requires_grad=True) for t in start]
        optimizer = getattr(library.optim, kind)(parameters, **settings)
        scheduler = _made(library.optim.lr_scheduler, optimizer, schedule)
        rates = []
        for step in range(STEPS):
            for i, p in enumerate(parameters):
                place = p.detach().numpy()
                p.grad = library.tensor(
                    np.asarray(given[i][step] if given[i] is not None else (i + 1) * place)
                )
            optimizer.step()
            rates.append(float(optimizer.param_groups[0]["lr"]))
            if scheduler is not None:
                plateau = schedule[0] == "ReduceLROnPlateau"
                scheduler.step(*([abs(np.cos(step / 9)) + 1 / (1 + step)] if plateau else []))
        return [*parameters, library.tensor(np.array(rates))]

    return walk


def trajectory(r: Draw) -> Case:
    options, schedule = _options(r), _schedule(r)
    start = [r.array(shape) for shape in r.sample([(3, 2), (2,), (), (4,)], 2)]
    given = [r.array((STEPS, *a.shape)) for a in start]
    pull = [0.0 if r.chance(0.5) else 1.0 + i for i in range(len(start))]  # towards 0, by where it is
    ours, theirs = (_walk(package, options, schedule, given, pull) for package in ("tinygrad_cnn", "torch"))
    name = f"{options[0]} under {schedule[0]}"
    return Case(name, start, ours=ours, theirs=theirs, second=False, single=False, absolute=1e-9)


CASES = [trajectory]
