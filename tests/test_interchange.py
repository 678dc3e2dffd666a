"""Arrays of other libraries in memory: nobody's numbers change by what another one does with its own."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError
from tinygrad_cnn.functional.interchange import ExportError

KINDS = [np.float32, np.float64, np.int64, np.int32, np.uint8, np.bool_]
LAYOUTS = [lambda a: a, lambda a: a.T, lambda a: a[::2, ::-1], lambda a: a[:, :0], lambda a: a[1, 2]]


class Interface:
    """What another library's array looks like: no array of numpy, but it tells where its numbers are."""

    def __init__(self, array):
        self.held = array
        self.__array_interface__ = array.__array_interface__


class Converts:
    def __init__(self, array):
        self.held = array

    def __array__(self, dtype=None, copy=None):
        return self.held if dtype is None else self.held.astype(dtype)


class Old:
    """A library of before DLPack 1.0: it passes no version."""

    def __init__(self, tensor):
        self.tensor = tensor

    def __dlpack__(self, **_):
        return self.tensor.__dlpack__()

    def __dlpack_device__(self):
        return self.tensor.__dlpack_device__()


class Elsewhere:
    def __dlpack__(self, **_):
        raise BufferError("the numbers are on another device")

    def __dlpack_device__(self):
        return (2, 0)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("take", [tg.from_numpy, tg.from_dlpack, tg.tensor])
def test_arrays_come_in_with_shape_dtype_and_values_as_a_copy(take, kind, layout):
    array = layout(np.arange(12).reshape(3, 4).astype(kind))
    array = np.asarray(array)
    before = array.copy()
    t = take(array)
    assert t.dtype == kind and t.shape == array.shape and t.is_leaf and not t.requires_grad
    if array.flags.writeable:
        array[...] = 1
    np.testing.assert_array_equal(t, before)


@pytest.mark.parametrize("wrapped", [Interface, Converts])
def test_what_another_library_tells_of_its_numbers_is_kept(wrapped):
    source = np.array([[1.5, 2.5]])
    t = tg.tensor(wrapped(source))
    source[...] = 0
    assert t.dtype == np.float64 and t.tolist() == [[1.5, 2.5]]
    assert tg.tensor(wrapped(np.array([1, 2], np.int32))).dtype == np.int32
    assert tg.tensor(wrapped(source), dtype=np.float32).dtype == np.float32
    with pytest.raises(DtypeError, match="got float16; convert with"):
        tg.tensor(wrapped(np.zeros(2, np.float16)))


def test_a_foreign_array_that_refuses_is_an_error_with_its_reason():
    class Refuses:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("it has a graph")

    with pytest.raises(
        ArgumentError, match=r"^this Refuses cannot be read as an array of numpy: it has a graph$"
    ):
        tg.tensor(Refuses())


@pytest.mark.parametrize("kind", KINDS)
def test_numpy_takes_a_copy_over_dlpack_and_may_write_into_it(kind):
    t = tg.tensor(np.arange(6).reshape(2, 3).T.astype(kind))
    a = np.from_dlpack(t)
    assert a.dtype == kind and a.shape == (3, 2) and a.flags.writeable
    np.testing.assert_array_equal(a, t)
    a[...] = 0
    assert t.tolist() == np.arange(6).reshape(2, 3).T.astype(kind).tolist()


def test_without_a_copy_the_memory_is_shared_and_read_only():
    t = tg.tensor([1.0, 2.0])
    a = np.from_dlpack(t, copy=False)
    assert np.shares_memory(a, t.numpy()) and not a.flags.writeable
    del t
    assert a.tolist() == [1.0, 2.0]


def test_tensors_of_this_package_go_through_and_scalars_and_empties_too():
    for t in (tg.tensor(2.5), tg.zeros(0, 3), tg.ones(2, 3).T):
        again = tg.from_dlpack(t)
        assert again.shape == t.shape and not np.shares_memory(again.numpy(), t.numpy())
        np.testing.assert_array_equal(again, t)
    assert tg.ones(1).__dlpack_device__() == (1, 0)
    assert tg.from_dlpack(Old(tg.ones(2))).tolist() == [1.0, 1.0]


def test_what_cannot_be_handed_out_is_refused_as_a_buffer_error():
    t = tg.ones(2, requires_grad=True)
    with pytest.raises(BufferError, match=r"a tensor that requires grad is not handed out; use x.detach\(\)"):
        np.from_dlpack(t)
    for settings, message in [
        ({"dl_device": (2, 0)}, r"device \(1, 0\), not on device \(2, 0\)"),
        ({"stream": 1}, "the CPU has no streams, got stream=1; leave it out"),
        ({"copy": False}, "DLPack before 1.0 cannot say so; leave out copy=False"),
        ({"copy": False, "max_version": (0, 8)}, "cannot say so"),
    ]:
        with pytest.raises(ExportError, match=message) as caught:
            t.detach().__dlpack__(**settings)
        assert isinstance(caught.value, CnnError)
    assert np.from_dlpack(t.detach() * 1.0).tolist() == [1.0, 1.0]


def test_what_cannot_be_taken_in_is_named():
    with pytest.raises(
        ArgumentError, match=r"^from_dlpack expects an array that speaks DLPack .*, got list; use"
    ):
        tg.from_dlpack([1.0])
    with pytest.raises(ArgumentError, match=r"this Elsewhere cannot be read: .*; bring it to the CPU"):
        tg.from_dlpack(Elsewhere())
    with pytest.raises(DtypeError, match="got float16"):
        tg.from_dlpack(np.zeros(2, np.float16))
    with pytest.raises(DtypeError, match="got complex128"):
        tg.from_numpy(np.zeros(2, complex))
    with pytest.raises(ArgumentError, match=r"^from_numpy expects a numpy array, got list; use"):
        tg.from_numpy([1.0])
    with pytest.raises(BufferError, match="requires grad"):
        tg.from_dlpack(tg.ones(1, requires_grad=True))


def test_foreign_byte_orders_and_read_only_arrays_come_in():
    assert tg.from_numpy(np.array([1.0, 2.0], ">f8")).dtype == np.float64
    fixed = np.arange(3.0)
    fixed.flags.writeable = False
    assert tg.from_numpy(fixed).tolist() == tg.from_dlpack(fixed).tolist() == [0.0, 1.0, 2.0]
