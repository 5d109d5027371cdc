"""Several clients at once: processes of their own, each with its own connection, that start together."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import attrs

Task = Callable[..., object]


@attrs.frozen
class Served:
    """What clients got done: seconds of each call, and calls a second of all of them together."""

    seconds: tuple[float, ...]
    rate: float


def together(prepare: Callable[..., Task], given: Sequence[tuple[Any, ...]], calls: int) -> Served:
    """One client for each of `given`: it makes its task with `prepare(*given)`, waits for the others, calls it.

    `prepare` must be a function of a module, and what is given must be plain values: processes are started afresh. The
    task is called with 0, 1, 2 … `calls - 1`; the first two calls warm up and do not count.
    """
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(len(given)), context.Queue()
    started = [context.Process(target=_client, args=(prepare, each, calls, barrier, results)) for each in given]
    for each in started:
        each.start()
    found = [results.get(timeout=600) for _each in started]
    for each in started:
        each.join()
    failed = [each for each in found if isinstance(each, str)]
    if failed:
        raise AssertionError(" / ".join(dict.fromkeys(failed)))
    taken = tuple(second for seconds, _first, _last in found for second in seconds)
    window = max(last for _s, _f, last in found) - min(first for _s, first, _l in found)
    return Served(taken, len(taken) / window)


def _client(prepare: Callable[..., Task], given: tuple[Any, ...], calls: int, barrier: Any, results: Any) -> None:
    try:
        if "DJANGO_SETTINGS_MODULE" in os.environ:
            import django

            django.setup()
        task = prepare(*given)
        task(0)
        task(1)
        barrier.wait(timeout=120)
        seconds, first = [], time.perf_counter()
        for at in range(2, calls):
            began = time.perf_counter()
            task(at)
            seconds.append(time.perf_counter() - began)
        results.put((seconds, first, time.perf_counter()))
    except Exception as problem:  # noqa: BLE001 - whatever it is, the one who waits has to hear of it
        results.put(f"{type(problem).__name__}: {problem}")
        barrier.abort()
