"""Administrators add elements and indicators, give them new versions from a day on, and end them.

How an element adds up is told once and never changes: every sum that was ever made rests on it. What it is called, what
its numbers count, by what they are split may change from a day on. Versions follow one another without a gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import attrs
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import Thing, hold, record
from pcmt.apps.facts.catalogue import breakdowns, catalogue
from pcmt.apps.facts.models import Element, ElementVersion, Form, Indicator, IndicatorVersion
from pcmt.apps.facts.policies import can_keep_catalogue
from pcmt.core import measures as core
from pcmt.core.diagnostics import Diagnostic, Problem, Refusal
from pcmt.core.measures import Catalogue, Nature, OverTime, OverUnits, check_catalogue
from pcmt.core.text import fold

OWN = "local_"
"""What the codes that administrators make begin with: none of the program's own tables does."""
TIMES = {
    Nature.FLOW: (OverTime.SUM, OverTime.MAX, OverTime.NONE),
    Nature.STOCK: (OverTime.LAST, OverTime.MAX, OverTime.MEAN, OverTime.NONE),
}
"""How the numbers of several periods can make the number of a longer one."""
MOST_PLACES = 4
EARLIEST = date(1945, 9, 2)
IN_ORDER = (F("valid_from").asc(nulls_first=True), "pk")

R = TypeVar("R", Element, Indicator)

VERSIONED: Mapping[type[Element | Indicator], str] = {
    Element: "facts.element.versioned",
    Indicator: "facts.indicator.versioned",
}
ENDED: Mapping[type[Element | Indicator], str] = {
    Element: "facts.element.ended",
    Indicator: "facts.indicator.ended",
}
"""What the log is told."""


@attrs.frozen(kw_only=True)
class ElementText:
    """What a version of an element says: see `ElementVersion`."""

    name: str
    unit_word: str
    breakdowns: tuple[str, ...] = ()
    official: str = ""
    source: str = ""


@attrs.frozen(kw_only=True)
class IndicatorText:
    """What a version of an indicator says: see `IndicatorVersion`. With a `whole` it is a share."""

    name: str
    counted: tuple[str, ...]
    whole: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    official: str = ""
    source: str = ""


@attrs.frozen(kw_only=True)
class Adding:
    """How the numbers of an element add up, for good."""

    nature: str
    over_time: str
    over_units: str
    places: int = 0


def add_element(
    *, actor: Actor, at: datetime, text: ElementText, adding: Adding, valid_from: date | None = None
) -> Element | Refusal:
    """Add an element, used from a day on; without one it was always there. Its code is made from its name."""
    if refusal := _not_allowed(actor) or _wrong_adding(adding) or _wrong_element(text, valid_from):
        return refusal
    with transaction.atomic():
        hold(at)  # two who add the same wait for each other
        if refusal := _name_taken(Element, text.name):
            return refusal
        row = Element.objects.create(code=_new_code(Element, text.name), order=_last(Element), **attrs.asdict(adding))
        _write(row, valid_from, None, _columns(text), actor, at)
        after = {**attrs.asdict(adding), **_columns(text), "valid_from": valid_from}
        record(at=at, actor=actor, event="facts.element.added", obj=_thing(row, text.name), after=after)
    return row


def add_indicator(
    *, actor: Actor, at: datetime, text: IndicatorText, valid_from: date | None = None
) -> Indicator | Refusal:
    """Add an indicator, used from a day on; without one it was always there. Its code is made from its name."""
    if refusal := _not_allowed(actor) or _wrong_indicator(text):
        return refusal
    with transaction.atomic():
        hold(at)  # two who add the same wait for each other
        if refusal := _name_taken(Indicator, text.name) or _breaks("", text, valid_from, None):
            return refusal
        row = Indicator.objects.create(code=_new_code(Indicator, text.name), order=_last(Indicator))
        _write(row, valid_from, None, _columns(text), actor, at)
        after = _said_of({**_columns(text), "valid_from": valid_from})
        record(at=at, actor=actor, event="facts.indicator.added", obj=_thing(row, text.name), after=after)
    return row


def version_element(
    *, actor: Actor, at: datetime, code: str, version: int, text: ElementText, valid_from: date | None
) -> Element | Refusal:
    """Say what an element is called and counts from a day on, up to its next version.

    The day on which a version begins puts that version right. Refused where indicators would add up unlike numbers.
    """
    return _version(Element, actor, at, code, version, text, valid_from, _wrong_element(text, valid_from))


def version_indicator(
    *, actor: Actor, at: datetime, code: str, version: int, text: IndicatorText, valid_from: date | None
) -> Indicator | Refusal:
    """Say what an indicator counts from a day on, up to its next version, as `version_element` does."""
    return _version(Indicator, actor, at, code, version, text, valid_from, _wrong_indicator(text))


def end_element(*, actor: Actor, at: datetime, code: str, version: int, on: date) -> Element | Refusal:
    """Use an element no more from a day on. Refused while indicators or forms use it on that day or later."""
    return _end(Element, actor, at, code, version, on, _users_of_element)


def end_indicator(*, actor: Actor, at: datetime, code: str, version: int, on: date) -> Indicator | Refusal:
    """Propose an indicator no more from a day on. Targets that are measured by it go on being measured."""
    return _end(Indicator, actor, at, code, version, on, lambda _row, _on: ())


def _version(
    model: type[R],
    actor: Actor,
    at: datetime,
    code: str,
    version: int,
    text: ElementText | IndicatorText,
    valid_from: date | None,
    wrong: Refusal | None,
) -> R | Refusal:
    if refusal := _not_allowed(actor) or wrong:
        return refusal
    with transaction.atomic():
        row = _locked(model, code, version)
        if isinstance(row, Refusal):
            return row
        hold(at)  # what another changes meanwhile is seen: an element that ends, a name
        if refusal := _name_taken(model, text.name, row.pk):
            return refusal
        place = _place(list(_versions(row)), valid_from)
        if isinstance(place, Refusal):
            return place
        held, until = place
        columns = _columns(text)
        before = {name: getattr(held, name) for name in columns} if held else {}
        if held and held.valid_from == valid_from and before == columns:
            return Refusal(code="unchanged", message=_("Không có gì thay đổi."))
        if refusal := _breaks(code, text, valid_from, until):
            return refusal
        _write(row, valid_from, until, columns, actor, at, held)
        model.objects.filter(pk=row.pk).update(version=row.version + 1)
        row.refresh_from_db()
        changed = {name: value for name, value in columns.items() if before.get(name) != value}
        record(
            at=at, actor=actor, event=VERSIONED[model], obj=_thing(row, text.name),
            before=_said_of({name: before[name] for name in changed if name in before}),
            after=_said_of({**changed, "valid_from": valid_from}),
        )  # fmt: skip
    return row


def _end(
    model: type[R],
    actor: Actor,
    at: datetime,
    code: str,
    version: int,
    on: date,
    users: Callable[[Any, date], Sequence[Problem]],
) -> R | Refusal:
    if refusal := _not_allowed(actor):
        return refusal
    with transaction.atomic():
        row = _locked(model, code, version)
        if isinstance(row, Refusal):
            return row
        hold(at)
        last = list(_versions(row))[-1]
        if last.valid_to is not None and last.valid_to <= on:
            return Refusal(code="over", message=_("Đã ngừng dùng trước ngày này."), field="valid_to")
        if last.valid_from is not None and last.valid_from >= on:
            message = _("Phiên bản cuối dùng từ ngày %(day)s: chọn một ngày sau đó.")
            return Refusal(code="too_early", message=message % {"day": f"{last.valid_from:%d/%m/%Y}"}, field="valid_to")
        if problems := tuple(users(row, on)):
            message = _("Chưa ngừng dùng được: còn biểu hoặc chỉ số dùng chỉ tiêu thống kê này.")
            return Refusal(code="in_use", message=message, field="valid_to", problems=problems)
        before = {"valid_to": last.valid_to}
        row.versions.filter(pk=last.pk).update(valid_to=on, made_by=actor.user_id, made_at=at)
        model.objects.filter(pk=row.pk).update(version=row.version + 1)
        row.refresh_from_db()
        record(
            at=at,
            actor=actor,
            event=ENDED[model],
            obj=_thing(row, last.name),
            before=before,
            after={"valid_to": on},
        )
    return row


def _versions(row: Any) -> Any:
    return row.versions.order_by(*IN_ORDER)


def _place(versions: Sequence[Any], day: date | None) -> tuple[Any, date | None] | Refusal:
    """Where a version that begins on a day goes: the one that now holds that day, and the day on which the next begins.

    Nothing holds the day where an element is taken up again on the day it ended, or is used earlier than it was.
    """
    for each in versions:
        if (each.valid_from or date.min) <= (day or date.min) < (each.valid_to or date.max):
            return each, each.valid_to
    if (day or date.min) < (versions[0].valid_from or date.min):
        return None, versions[0].valid_from
    if day == versions[-1].valid_to:
        return None, None
    message = _("Ngừng dùng từ ngày %(day)s: muốn dùng lại, chọn đúng ngày đó để không có khoảng trống.")
    return Refusal(code="gap", message=message % {"day": f"{versions[-1].valid_to:%d/%m/%Y}"}, field="valid_from")


def _write(
    row: Any,
    first: date | None,
    until: date | None,
    columns: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    held: Any = None,
) -> None:
    made = {**columns, "search_key": fold(columns["name"])[:300], "made_by_id": actor.user_id, "made_at": at}
    if held and held.valid_from == first:
        row.versions.filter(pk=held.pk).update(**made)
        return
    if held:
        row.versions.filter(pk=held.pk).update(valid_to=first)
    row.versions.create(valid_from=first, valid_to=until, **made)


def _breaks(code: str, text: ElementText | IndicatorText, first: date | None, until: date | None) -> Refusal | None:
    """Whether, on any day of a new version, something would be added up that does not add up."""
    starts = {first or date.min}
    for model in (ElementVersion, IndicatorVersion):
        later = model.objects.filter(valid_from__gt=first or date.min, valid_from__lt=until or date.max)
        starts |= set(later.values_list("valid_from", flat=True))
    for day in sorted(starts):
        now = catalogue(day)
        known = set(map(_key, check_catalogue(now)))
        for wrong in check_catalogue(_with(now, code, text)):
            if _key(wrong) not in known:
                return _said(wrong, now, text, day)
    return None


def _with(now: Catalogue, code: str, text: ElementText | IndicatorText) -> Catalogue:
    if isinstance(text, ElementText):
        row = Element.objects.get(code=code)
        element = core.Element(
            code, text.name, text.unit_word, Nature(row.nature), OverTime(row.over_time), OverUnits(row.over_units),
            text.breakdowns, row.places,
        )  # fmt: skip
        return Catalogue({**now.elements, code: element}, now.indicators)
    ways = tuple(tuple(map(fold, way)) for way in text.words)
    indicator = core.Indicator(code, text.name, text.counted, text.whole, ways)
    return Catalogue(now.elements, {**now.indicators, code: indicator})


def _key(wrong: Diagnostic) -> tuple[str, ...]:
    return (wrong.code, *map(str, wrong.args.values()))


def _said(wrong: Diagnostic, now: Catalogue, text: ElementText | IndicatorText, day: date) -> Refusal:
    """What is wrong with the catalogue, in words."""
    known = now.indicators.get(wrong.args["indicator"])
    indicator = known.name if known else text.name
    on = f"{max(day, EARLIEST):%d/%m/%Y}"
    if wrong.code == "unlike_elements" and isinstance(text, ElementText):
        message = _(
            "Chỉ số “%(indicator)s” cộng chỉ tiêu này với chỉ tiêu có đơn vị tính khác: giữ đơn vị tính như cũ."
        )
        return Refusal(code=wrong.code, message=message % {"indicator": indicator}, field="unit_word")
    if wrong.code == "unlike_elements":
        message = _("Chỉ cộng được những chỉ tiêu thống kê cùng đơn vị tính, cùng tính chất và cùng cách gộp các kỳ.")
        return Refusal(code=wrong.code, message=message, field="counted")
    if wrong.code == "unknown_element":
        args = {"code": wrong.args["element"], "day": on}
        message = _("Chỉ tiêu thống kê “%(code)s” không dùng vào ngày %(day)s.") % args
        return Refusal(code=wrong.code, message=message, field="counted")
    if wrong.code == "same_words":
        other = now.indicators.get(wrong.args["other"])
        if other is None or other.name == text.name:
            other = known
        message = _("Đã có chỉ số được gọi như vậy: “%(indicator)s”.")
        return Refusal(code=wrong.code, message=message % {"indicator": other.name if other else ""}, field="words")
    return Refusal(code=wrong.code, message=_("Chọn ít nhất một chỉ tiêu thống kê."), field="counted")


def _users_of_element(row: Element, on: date) -> list[Problem]:
    """What uses an element on a day or later."""
    later = Q(valid_to=None) | Q(valid_to__gt=on)
    indicators: Any = IndicatorVersion.objects.filter(later)
    found = [
        Problem(code="indicator", message=_("Chỉ số: %(name)s") % {"name": each.name})
        for each in indicators
        if row.code in (*each.counted, *each.whole)
    ]
    forms: Any = Form.objects.filter(later, lines__element=row).distinct()
    return found + [Problem(code="form", message=_("Biểu: %(name)s") % {"name": form.title}) for form in forms]


def _locked(model: type[R], code: str, version: int) -> R | Refusal:
    row = model.objects.select_for_update().filter(code=code).first()
    if row is None:
        return Refusal(code="gone", message=_("Không có trong danh mục."))
    if row.version != version:
        return Refusal(code="stale", message=_("Người khác vừa sửa mục này. Xem bản mới rồi sửa lại nếu cần."))
    return row


def _not_allowed(actor: Actor) -> Refusal | None:
    if can_keep_catalogue(actor):
        return None
    return Refusal(code="not_allowed", message=_("Chỉ quản trị sửa được danh mục số liệu."))


def _wrong_adding(adding: Adding) -> Refusal | None:
    if adding.nature not in map(str, TIMES):
        return Refusal(code="nature", message=_("Chọn tính chất của số liệu."), field="nature")
    if adding.over_time not in map(str, TIMES[Nature(adding.nature)]):
        message = _("Số liệu có tính chất này không gộp các kỳ theo cách đã chọn.")
        return Refusal(code="over_time", message=message, field="over_time")
    if adding.over_units not in map(str, OverUnits):
        return Refusal(code="over_units", message=_("Chọn cách gộp theo đơn vị."), field="over_units")
    if not 0 <= adding.places <= MOST_PLACES:
        message = _("Số chữ số thập phân từ 0 đến %(most)d.") % {"most": MOST_PLACES}
        return Refusal(code="places", message=message, field="places")
    return None


def _wrong_element(text: ElementText, on: date | None) -> Refusal | None:
    if not text.unit_word.strip():
        return Refusal(code="unit_word", message=_("Nhập đơn vị tính."), field="unit_word")
    unknown = [key for key in text.breakdowns if key not in breakdowns(on)]
    if unknown:
        message = _("Không có phân tổ “%(key)s”.") % {"key": unknown[0]}
        return Refusal(code="breakdowns", message=message, field="breakdowns")
    return _wrong_text(text)


def _wrong_indicator(text: IndicatorText) -> Refusal | None:
    if not text.counted:
        return Refusal(code="counted", message=_("Chọn ít nhất một chỉ tiêu thống kê."), field="counted")
    if any(not way or not all(fold(phrase) for phrase in way) for way in text.words):
        return Refusal(code="words", message=_("Mỗi cách gọi cần ít nhất một cụm từ."), field="words")
    return _wrong_text(text)


def _wrong_text(text: ElementText | IndicatorText) -> Refusal | None:
    if not text.name.strip():
        return Refusal(code="name", message=_("Nhập tên."), field="name")
    if not text.source.strip():
        return Refusal(code="source", message=_("Ghi căn cứ: văn bản nào đặt ra số liệu này."), field="source")
    return None


def _name_taken(model: type[Element | Indicator], name: str, but: int | None = None) -> Refusal | None:
    """Two of the same name that are in use at the same time cannot be told apart."""
    found = (
        model.objects.filter(versions__search_key=fold(name)[:300], versions__valid_to=None)
        .exclude(pk=but or 0)
        .first()
    )
    if found is None:
        return None
    message = _("Tên này đã có trong danh mục (mã %(code)s).") % {"code": found.code}
    return Refusal(code="name_taken", message=message, field="name", ref=found.pk)


def _new_code(model: type[Element | Indicator], name: str) -> str:
    code = (OWN + re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_"))[:50].rstrip("_")
    taken = set(model.objects.filter(code__startswith=code).values_list("code", flat=True))
    return next(each for each in (code, *(f"{code}_{n}" for n in range(2, len(taken) + 3))) if each not in taken)


def _last(model: type[Element | Indicator]) -> int:
    return (model.objects.aggregate(last=Max("order"))["last"] or 0) + 1


def _columns(text: ElementText | IndicatorText) -> dict[str, Any]:
    """The columns of a version, as the database gives them back."""
    return {name: _stored(value) for name, value in attrs.asdict(text, recurse=False).items()}


def _stored(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    return [_stored(each) for each in value]


def _thing(row: Any, name: str) -> Thing:
    """What the log calls an element or indicator: its code says nothing to people."""
    return Thing(row._meta.label, str(row.pk), name)


def _said_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the log keeps them: elements by their names, ways of naming as they are typed."""
    names = {code: element.name for code, element in catalogue().elements.items()} if "counted" in columns else {}
    said = dict(columns)
    for name in {"counted", "whole"} & said.keys():
        said[name] = [names.get(code, code) for code in said[name]]
    if "words" in said:
        said["words"] = [" + ".join(way) for way in said["words"]]
    return said
