"""Work done ahead of time by threads and handed over in order, with only so much of it under way at once."""

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_THREAD_NAME = "data-loader"


def prefetch(
    work: Callable[[Item], Result], items: Iterable[Item], num_threads: int, ahead: int
) -> Iterator[Result]:
    """Yields work(item) for each item in order, up to `ahead` of them under way in `num_threads` threads.

    An exception is raised where its result would have come. When the iterator is dropped or closed early,
    what has not begun is cancelled, what has begun is waited for, and the threads end.
    """
    from concurrent.futures import Future, ThreadPoolExecutor

    waiting = iter(items)
    pool = ThreadPoolExecutor(num_threads, thread_name_prefix=_THREAD_NAME)
    running: deque[Future[Result]] = deque()
    try:
        running.extend(pool.submit(work, item) for item in itertools.islice(waiting, ahead))
        while running:
            result = running.popleft().result()
            running.extend(pool.submit(work, item) for item in itertools.islice(waiting, 1))
            yield result
    finally:
        # The garbage collector may close this iterator in one of its own threads, which cannot await itself.
        own_thread = threading.current_thread().name.startswith(_THREAD_NAME)
        pool.shutdown(wait=not own_thread, cancel_futures=True)
