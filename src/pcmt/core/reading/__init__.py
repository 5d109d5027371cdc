"""Reading a plan: from any text to its header, outline, targets, tasks, dates and duties, each with its place."""

from pcmt.core.reading.plan import read
from pcmt.core.reading.result import READER_VERSION, SCHEMA

__all__ = ["READER_VERSION", "SCHEMA", "read"]
