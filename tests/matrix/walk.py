"""Walking: every page as everybody, for the things of every relation; what was answered, and what must never be.

Each request runs in a savepoint that is rolled back; statements that write are seen as they go by, so that a change
without a row more or less is seen as well.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import attrs
from django.conf import settings
from django.core.signals import request_finished
from django.db import close_old_connections, connection, transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client

from pcmt.apps.accounts.queries import grants_of
from pcmt.apps.accounts.rights import RIGHTS, Role
from pcmt.apps.audit.models import Entry
from pcmt.web.account.middleware import BEGAN, SEEN
from pcmt.web.audit.words import FIELDS, OBJECTS, UNTOLD, WORDS
from tests.matrix.addresses import Page
from tests.matrix.world import RELATIONS, SAMPLE, Standing, World, build

GET, POST, BOTH = "GET", "POST", "both"

SHOWN, LOGGED, CHANGED, LED, SIGN_IN = "o", "r", "W", ">", "i"
DENIED, ABSENT, METHOD, WRONG, BROKEN = "x", ".", "!", "?", "E"
REFUSALS = frozenset({DENIED, ABSENT, METHOD, SIGN_IN})

LOG = frozenset({"audit_entry", "registers_reading", "registers_visit"})
"""What is written because somebody looked: the log, and who read which file in which visit."""
BOOKKEEPING = frozenset({"django_session", "pcmt_cache", "audit_day", "accounts_sessionmark"})
"""Tables that are written without anything of anybody's being changed."""

WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?) +\"?(\w+)", re.IGNORECASE)
PUBLIC = frozenset({"unit_id", "alias_id", "reorganisation_id", "element", "indicator"})
"""Parts of addresses that name things which everybody may see: units, what befalls them, the catalogue of figures."""
PUBLIC_ROWS = frozenset(
    {
        *("history:thing[unit]", "audit:thing[unit]", "history:thing[reorganisation]"),
        *("units:reorganisation", "units:cancel", "catalogue:form", "history:thing[form]"),
        *("report_forms:form", "report_forms:preview", "report_forms:differences", "report_forms:copy"),
        *("kinds:kind", "kinds:copy"),
    }
)

MISSING = 987_654_321
"""An id that nothing has."""


@attrs.frozen
class Answer:
    """What came back: its letter, and what was written on the way."""

    letter: str
    tables: frozenset[str] = frozenset()
    trouble: str = ""


@attrs.frozen(kw_only=True)
class Seen:
    """One page as it was seen. `cells`: by method and column, a letter for each relation, or one where all are alike.

    `faults`: what no table may allow.
    """

    page: Page
    cells: dict[str, dict[str, str]]
    faults: Sequence[str]

    @property
    def rows(self) -> dict[str, dict[str, str]]:
        """The rows of the table: both methods in one where they are answered alike."""
        if self.cells[GET] == self.cells[POST]:
            return {BOTH: self.cells[GET]}
        return self.cells


def _twins(standings: Sequence[Standing]) -> dict[str, str]:
    """Roles to which the table of rights gives exactly what it gives to one before: by their names.

    They ask for every page as all others do, but of the things of other units only for the foreign one: what their
    twin is answered for the rest is theirs. As soon as the table tells them apart, they ask for everything again.
    """
    found: dict[str, str] = {}
    firsts: dict[tuple[Any, ...], str] = {}
    for standing in standings:
        # An auditor reads the log besides, which the table does not say.
        if standing.role and standing.name == standing.role != Role.AUDITOR:
            column = tuple(row[standing.role] for row in RIGHTS.values())
            first = firsts.setdefault(column, standing.name)
            if first != standing.name:
                found[standing.name] = first
    return found


@contextmanager
def walker() -> Iterator[Walker]:
    """A walker through a world of its own, which is gone afterwards. The log of the program is quiet meanwhile."""
    sample = Path(settings.PCMT_DATA) / "demo" / SAMPLE
    sample.parent.mkdir(exist_ok=True)
    sample.write_text("KẾ HOẠCH", encoding="utf-8")
    logging.disable(logging.CRITICAL)
    try:
        # LibreOffice takes seconds for what is typeset in a tenth of one. The pages that say no are the same for all
        # and have tests of their own: they are not laid out some ten thousand times. What roles somebody holds is asked
        # once: what a request changes in them is taken back after it.
        with (
            _taken_back(),
            patch("pcmt.documents.intake.programs.find_office", return_value=None),
            patch("pcmt.web.shell.middleware.grants_of", cache(grants_of)),
            patch("django.conf.urls.handler404", lambda *_asked, **_more: HttpResponse(status=404)),
            patch("django.conf.urls.handler403", lambda *_asked, **_more: HttpResponse(status=403)),
        ):
            yield Walker(build())
    finally:
        logging.disable(logging.NOTSET)
        sample.unlink()


class Walker:
    """Goes to pages as the people of a world. Sessions are made once; no request leaves anything behind."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.last = Entry.objects.order_by("-pk").values_list("pk", flat=True)[0]
        self.client = Client(raise_request_exception=False)
        self.by_name = {standing.name: standing for standing in world.standings}
        self.twins = _twins(world.standings)
        self.keys = {standing.name: self._session(standing) for standing in world.standings}

    def _session(self, standing: Standing) -> str:
        """Signs the person in; this is the one place that knows how. The session's key, or nothing for a visitor."""
        if standing.user is None:
            return ""
        client = Client()
        client.force_login(standing.user)
        session = client.session
        # As if the password had just been given, however long the walk takes: else many pages only ask for it again.
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() + 86_400}]
        session["account_authentication_methods_user"] = str(standing.user.pk)
        # Nor is it noted again at each request, after the first minute, that the session is in use.
        session[BEGAN] = session[SEEN] = time.time() + 86_400
        session.save()
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def see(self, page: Page) -> Seen:
        """The page as everybody, for the things of every relation, by GET and by POST; nothing is left behind."""
        faults: list[str] = []
        cells: dict[str, dict[str, str]] = {GET: {}, POST: {}}
        about = {relation: page.values(self.world.things[relation]) for relation in RELATIONS}
        objects = [part for part in page.parts if len({str(values[part]) for values in about.values()}) > 1]
        relations = RELATIONS if objects else RELATIONS[:1]
        # Who is answered alike by both methods was not asked by which: POST is asked for the own thing only. What is
        # refused by its method is refused before a thing is looked for: it is asked for the own thing only, too.
        alike = True
        kept: dict[tuple[str, str], dict[str, Answer]] = {}
        for standing in self.world.standings:
            for method in (GET, POST):
                first = self._told(page, method, standing, "own", about["own"], faults)
                kept[method, standing.name] = {"own": first}
            get, post = (kept[method, standing.name]["own"] for method in (GET, POST))
            alike = alike and (get.letter, get.tables) == (post.letter, post.tables)
        for (method, name), answers in kept.items():
            standing = self.by_name[name]
            refused = answers["own"].letter == METHOD
            for relation in relations[1:]:
                if refused:
                    answers[relation] = answers["own"]
                elif method == POST and alike:
                    answers[relation] = kept[GET, name][relation]
                elif name in self.twins and relation != "foreign":
                    answers[relation] = kept[method, self.twins[name]][relation]
                else:
                    answers[relation] = self._told(page, method, standing, relation, about[relation], faults)
            letters = "".join(answers[relation].letter for relation in relations)
            cells[method][name] = letters[0] if len(set(letters)) == 1 else letters
            if objects and name not in self.twins and not refused and not (method == POST and alike):
                faults += self._guessed(page, method, standing, answers, objects, about)
        return Seen(page=page, cells=cells, faults=faults)

    def other_methods(self, page: Page) -> list[str]:
        """What PUT, PATCH and DELETE are answered, of their own, to those who may do most: that there is none."""
        values = page.values(self.world.things["own"])
        asked = [(method, each) for method in ("PUT", "PATCH", "DELETE") for each in self.world.standings]
        answers = [
            (f"{method} as {each.name}", self._ask(page, method, each, "own", values, lambda _answer: None))
            for method, each in asked
            if each.role in {"standing_office", "administrator"}
        ]
        return [
            f"{where}: {answer.letter} {answer.trouble} {sorted(answer.tables)}"
            for where, answer in answers
            if answer.letter != METHOD or answer.tables
        ]

    def _guessed(
        self,
        page: Page,
        method: str,
        standing: Standing,
        answers: dict[str, Answer],
        objects: Sequence[str],
        about: dict[str, dict[str, Any]],
    ) -> Iterator[str]:
        """Ids of another unit answer like ids that nothing has; nothing says that there is something."""
        if not (PUBLIC.intersection(objects) or page.row in PUBLIC_ROWS):
            missing = {part: _nothing_like(value) for part, value in about["own"].items() if part in objects}
            nothing = self._ask(page, method, standing, "own", {**about["own"], **missing}, lambda _answer: None)
            for relation in ("sibling", "foreign"):
                letter = answers[relation].letter
                if letter != nothing.letter and (letter in REFUSALS or relation == "foreign"):
                    yield (
                        f"{method} as {standing.name}: an id of a {relation} unit is answered “{letter}”, "
                        f"one that nothing has “{nothing.letter}”: guessing tells what there is"
                    )
        if len(objects) > 1:
            crossed = {**about["own"], objects[-1]: about["foreign"][objects[-1]]}
            answer = self._ask(page, method, standing, "own", crossed, lambda _answer: None)
            if answer.letter not in REFUSALS:
                yield (
                    f"{method} as {standing.name}: <{objects[-1]}> of a foreign unit under one's own "
                    f"<{objects[0]}> is answered “{answer.letter}”"
                )

    def _told(
        self, page: Page, method: str, standing: Standing, relation: str, values: dict[str, Any], faults: list[str]
    ) -> Answer:
        """The answer, and what is wrong with it in itself."""
        where = f"{method} as {standing.name}, {relation}"

        def look(answer: Answer) -> None:
            if not answer.tables & LOG:
                return
            for entry in Entry.objects.filter(pk__gt=self.last):
                faults.extend(f"{where}: {fault}" for fault in unspoken(entry))

        answer = self._ask(page, method, standing, relation, values, look)
        changed = answer.tables - LOG
        if answer.letter == BROKEN:
            faults.append(f"{where}: {answer.trouble}")
        elif method == GET and changed:
            faults.append(f"{where}: only looking changed {sorted(changed)}")
        elif answer.letter in REFUSALS and changed:
            faults.append(f"{where}: refused, and yet changed {sorted(changed)}")
        elif answer.letter == CHANGED and not answer.tables & LOG:
            faults.append(f"{where}: changed {sorted(changed)} without a word in the log")
        return answer

    def _ask(
        self,
        page: Page,
        method: str,
        standing: Standing,
        relation: str,
        values: dict[str, Any],
        look: Callable[[Answer], None],
    ) -> Answer:
        """One request, taken back at once; `look` is called before that."""
        path = page.address(values) + page.query(self.world.things[relation])
        data = page.form(self.world.things[relation], standing) if method == POST else None
        key = self.keys[standing.name]
        self.client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: key} if key else {})
        tables: set[str] = set()
        with _taken_back(), _watched(tables):
            try:
                response: Any = self.client.generic(method, path) if method not in (GET, POST) else (
                    self.client.get(path) if method == GET else self.client.post(path, data)
                )  # fmt: skip
                answer = _answer(response, frozenset(tables - BOOKKEEPING))
                _closed(response)
            except Exception as error:  # noqa: BLE001 - whatever breaks is what the walk is to find
                answer = Answer(BROKEN, trouble=f"{type(error).__name__}: {error}")
            look(answer)
        return answer


def unspoken(entry: Entry) -> Iterator[str]:
    """What an entry says and no person can read."""
    if entry.event not in WORDS:
        yield f"the log has no words for the event {entry.event} (EVENTS in web/audit/words.py)"
    if entry.object_type not in OBJECTS:
        yield f"the log has no word for a {entry.object_type} (OBJECTS in web/audit/words.py)"
    for name in {**(entry.before or {}), **(entry.after or {})}:
        if name not in FIELDS and name not in UNTOLD:
            yield f"the log has no word for “{name}” of {entry.event} (FIELDS or UNTOLD in web/audit/words.py)"


def _closed(response: Any) -> None:
    """Closes files that were sent, and not the connection, as Django does at the end of a request."""
    request_finished.disconnect(close_old_connections)
    try:
        response.close()
    finally:
        request_finished.connect(close_old_connections)


def _nothing_like(value: Any) -> Any:
    """An id of the same sort that nothing has; labels of models stay."""
    if isinstance(value, int):
        return MISSING
    if isinstance(value, UUID):
        return UUID(int=MISSING)
    if str(value).startswith("HS-"):  # the code of a person's file
        return "HS-9999-9999"
    return str(MISSING) if str(value).isdecimal() else value


def _answer(response: Any, tables: frozenset[str]) -> Answer:
    status = response.status_code
    if status >= 500:
        kind, error, _where = getattr(response, "exc_info", None) or (None, None, None)
        return Answer(BROKEN, tables, f"{status} {kind.__name__ if kind else ''} {error or ''}".strip())
    if status in (301, 302, 303, 307, 308) and not tables and response["Location"].startswith(_sign_in()):
        return Answer(SIGN_IN, tables)
    if status == 401 and not tables:  # what programs are told
        return Answer(SIGN_IN, tables)
    if status < 400:
        led = LED if status >= 300 else SHOWN
        return Answer(CHANGED if tables - LOG else LOGGED if tables else led, tables)
    letter = {403: DENIED, 404: ABSENT, 405: METHOD, 400: WRONG, 409: WRONG, 410: ABSENT, 422: WRONG}.get(status)
    return Answer(letter, tables) if letter else Answer(BROKEN, tables, f"status {status}")


def _sign_in() -> str:
    return resolve_url(settings.LOGIN_URL)


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _watched(tables: set[str]) -> Iterator[None]:
    """Collects the tables that are written to."""

    def see(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITES.match(sql):
            tables.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(see):
        yield
