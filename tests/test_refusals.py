"""Every public name refuses what cannot be meant, and says its name, what came and what would fit."""

import inspect
from typing import Any

import pytest
import refusals_activations
import refusals_layers
import refusals_layers_rest
import refusals_pictures
import refusals_rest
import refusals_shapes
import refusals_values
from refusals import ALIASES, ALONE, NOTHING_TO_REFUSE, Row, rows

import tinygrad_cnn.functional as F
from tinygrad_cnn import errors, nn

FUNCTIONS = rows(
    refusals_shapes.ROWS,
    refusals_values.ROWS,
    refusals_activations.ROWS,
    refusals_pictures.ROWS,
    refusals_rest.ROWS,
)
LAYERS = rows(refusals_layers.ROWS, refusals_layers_rest.ROWS)
UNNAMED = ("tensor", "Parameter", "from_numpy")  # these say what a tensor is made of
FOREIGN: list[Any] = [None, "words", b"bytes", {}, {1.0}, object(), [None], [[1, 2], [3]]]


def _check(row: Row, found_in: Any) -> None:
    with pytest.raises(errors.CnnError) as caught:
        row.run(found_in)
    message = str(caught.value)
    assert type(caught.value) is row.kind, message
    assert issubclass(row.kind, ValueError | TypeError)
    assert message.replace("\n", " ").startswith(row.message), message
    spoken = ALIASES.get(row.name, row.name)
    assert row.name in UNNAMED or message.startswith(spoken), f"{row.name} does not say its name: {message}"


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.call)
def test_a_function_says_what_came_and_what_would_fit(row: Row) -> None:
    _check(row, F)


@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.call)
def test_a_layer_says_what_came_and_what_would_fit(row: Row) -> None:
    _check(row, nn)


@pytest.mark.parametrize("name", ALONE)
@pytest.mark.parametrize("wrong", FOREIGN, ids=lambda wrong: type(wrong).__name__)
def test_what_is_no_tensor_is_refused_by_name(name: str, wrong: Any) -> None:
    with pytest.raises((errors.DtypeError, errors.ArgumentError)) as caught:
        getattr(F, name)(wrong)
    message = str(caught.value)
    assert message.startswith(ALIASES.get(name, name)), message
    came = type(wrong).__name__ if not isinstance(wrong, list) else str(wrong)
    assert came in message or (wrong is None and "None" in message)
    fits = ("expected a tensor, an array or numbers", "expects tensors, arrays or numbers", "made of numbers")
    assert any(words in message for words in fits), message


def _without_a_row(names: list[str], table: list[Row]) -> list[str]:
    known = {row.name for row in table} | set(ALONE) | set(NOTHING_TO_REFUSE) | set(ALIASES)
    return [name for name in names if name not in known]


def test_every_function_has_a_wrong_call() -> None:
    missing = _without_a_row(F.__all__, FUNCTIONS)
    assert not missing, (
        f"these functions have no row of a wrong call: {', '.join(missing)}; add one to "
        "tests/refusals_*.py, or a reason to NOTHING_TO_REFUSE"
    )


def test_every_layer_has_wrong_settings() -> None:
    layers = [name for name in nn.__all__ if inspect.isclass(getattr(nn, name))]
    missing = _without_a_row(layers, LAYERS)
    assert not missing, (
        f"these layers have no row of wrong settings: {', '.join(missing)}; add one to "
        "tests/refusals_layers.py, or a reason to NOTHING_TO_REFUSE"
    )


def test_an_alias_is_one_and_no_row_is_stale() -> None:
    assert [name for name, first in ALIASES.items() if getattr(F, name) is not getattr(F, first)] == []
    public = {*F.__all__, *nn.__all__}
    named = [row.name for row in FUNCTIONS + LAYERS] + ALONE + list(ALIASES) + list(NOTHING_TO_REFUSE)
    assert [name for name in named if name not in public] == []


def test_a_missing_name_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(F, "__all__", [*F.__all__, "brand_new"])
    with pytest.raises(AssertionError, match="no row of a wrong call: brand_new; add one to"):
        test_every_function_has_a_wrong_call()
