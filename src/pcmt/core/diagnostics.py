"""A problem as a value.

Readers and checkers never raise for what a person wrote; they collect diagnostics, each with the place it is about,
and let the screen say it in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs
from attrs import field, frozen

Severity = Literal["info", "warning", "error"]


@frozen(kw_only=True)
class Diagnostic:
    """One remark about a text or a set of figures.

    `code` names the kind of remark (stable, English, snake case); `span` is the half-open range of code points it is
    about, or None for the whole document; `args` holds what the words on screen need.
    """

    code: str
    severity: Severity = "warning"
    span: tuple[int, int] | None = None
    args: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Problem:
    """One thing that stands against what a person asked for, in Vietnamese words.

    A blocking problem has to be put right; another only has to be confirmed by its `code`. `refs` are the ids of the
    rows it is about, all of the kind `about` names.
    """

    code: str
    message: str
    blocking: bool = True
    count: int = 1
    about: str = ""
    refs: tuple[int, ...] = ()


@frozen(kw_only=True)
class Refusal:
    """What a person asked for was not done, and why: a user's mistake as a value, never an exception.

    `code` is stable; `message` says in Vietnamese what is wrong and what to do; `field` names the input it is about,
    `ref` the row that stands in the way. `problems` lists the reasons when there are several. Where the core itself
    found the words, `template` and `args` are what they were made of, so that the screen can say them in its language.
    """

    code: str
    message: str
    field: str = ""
    ref: int | None = None
    problems: tuple[Problem, ...] = ()
    template: str = ""
    args: Mapping[str, str] = attrs.field(factory=dict, hash=False)

    def __str__(self) -> str:
        return self.message
