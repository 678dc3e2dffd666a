"""One step of a model as a picture, for `graph` and `train`."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..core import Tensor
from ..nn import Module
from ..viz import Graph, Picture, draw
from ..viz.recording.names import user_frames
from .jobs import Job

ENDINGS = (".svg", ".png", ".html", ".dot", ".gv", ".pdf", ".json", ".txt")
GRAPHS = ("graph.svg", "graph.html")  # what `train` leaves in a run
_MOST = 8  # pictures in a batch that is drawn


def draw_step(
    model: Module,
    x: np.ndarray,
    labels: np.ndarray,
    *,
    title: str,
    notes: Sequence[str],
    thumbnails: bool = True,
    **options: Any,
) -> Picture:
    """Draw forward pass, cross entropy and backward pass of a batch; ``options`` are those of `draw`."""
    pictures = Tensor(x)
    names = {"picture" if len(x) == 1 else "pictures": pictures}
    graph = draw(model, pictures, labels, names=names, thumbnails=thumbnails).graph
    graph = replace(_without_launchers(graph), title=title, notes=(*notes, *graph.notes))
    return draw(graph, **options)


def _without_launchers(graph: Graph) -> Graph:
    """Leave out the lines that only started this program, which another way of starting it does not have."""
    launchers = {Path(frame.f_code.co_filename).name for frame in user_frames()}
    items = {
        key: replace(item, source="", code="") if item.source.rpartition(":")[0] in launchers else item
        for key, item in graph.items.items()
    }
    return replace(graph, items=items)


def draw_job(job: Job, epoch: str) -> Picture:
    """Draw a training step of a run's best weights, on the first picture of each of some classes."""
    settings = job.settings
    _, first = np.unique(np.asarray(job.train.targets), return_index=True)
    chosen = sorted(first.tolist())[: min(_MOST, settings.batch_size)]
    samples = [job.train[i] for i in chosen]
    x = np.stack([np.asarray(picture, np.float32) for picture, _ in samples])
    labels = np.array([int(label) for _, label in samples])
    kind = Path(settings.model).name if settings.config is None else "configuration file"
    notes = [
        f"a training step with the weights of epoch {epoch}",
        f"on {', '.join(_named(job, i) for i in chosen)}",
    ]
    return draw_step(job.model, x, labels, title=kind, notes=notes)


def _named(job: Job, index: int) -> str:
    """Name a picture from the data's folder on: where that lies is not for others to see."""
    name = job.train.describe(index)
    data = Path(job.settings.data)
    path = Path(name)
    if not path.exists():  # "sample 3"
        return name
    return Path(os.path.relpath(path.resolve(), data)).as_posix()


def save_graphs(job: Job, epoch: str) -> Iterator[tuple[str, Exception | None]]:
    """Write the pictures of a run, one after the other; an error stops none but its own."""
    assert job.out is not None
    try:
        picture = draw_job(job, epoch)
    except Exception as error:  # the run is complete without its pictures
        yield " and ".join(GRAPHS), error
        return
    for name in GRAPHS:
        try:
            picture.save(job.out / name)
        except Exception as error:
            yield name, error
        else:
            yield name, None
