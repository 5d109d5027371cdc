"""Where the present request came from. Set once at the door, read when an audit entry or a log line is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import attrs


@attrs.frozen(kw_only=True)
class Origin:
    """The request's number and the client's address; both empty for jobs and the command line."""

    request_id: str = ""
    address: str = ""


_origin: ContextVar[Origin] = ContextVar("pcmt_origin", default=Origin())  # noqa: B039 - frozen


def origin() -> Origin:
    """The origin of what is being done now."""
    return _origin.get()


@contextmanager
def origin_is(value: Origin) -> Iterator[None]:
    """Everything inside the block is recorded as coming from `value`."""
    token = _origin.set(value)
    try:
        yield
    finally:
        _origin.reset(token)
