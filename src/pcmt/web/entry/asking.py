"""Which form, which period, which units: what every page of a form finds first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from attrs import frozen
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.models import Form, FormLine
from pcmt.apps.facts.policies import can_accept, units_seen_by, units_told_by
from pcmt.apps.facts.queries import calendar_of, earlier, units_asked
from pcmt.apps.units.models import Unit
from pcmt.core.periods import Kind, Span, parse_date
from pcmt.web.entry.tables import label_of
from pcmt.web.shell.access import acting


@frozen
class Asked:
    """A form and a period of it, as far as the actor sees: the units in official order, and for which it may tell."""

    actor: Actor
    form: Form
    lines: Sequence[FormLine]
    span: Span
    units: Sequence[Unit]
    told: frozenset[int]

    @property
    def label(self) -> str:
        """The name of the period."""
        return label_of(self.form, self.span)

    @property
    def day(self) -> str:
        """The period in addresses: its first day."""
        return self.span.start.isoformat()

    @property
    def acceptable(self) -> bool:
        """Whether the actor accepts what units tell here."""
        return self.form.needs_acceptance and can_accept(self.actor, self.form)

    @property
    def around(self) -> tuple[Span | None, Span | None]:
        """The period before and the one after, where the form asks for them and they have begun."""
        before = earlier(self.form, self.span, 1)[0]
        after = period_on(self.form, self.span.end)
        return (
            before if is_open(self.form, before, self.actor.on) else None,
            after if is_open(self.form, after, self.actor.on) else None,
        )

    def address(self, name: str, *parts: int, span: Span | None = None) -> str:
        """The address of a page of the form for this period, or another."""
        return reverse(f"entry:{name}", args=[self.form.pk, (span or self.span).start.isoformat(), *parts])


def form_of(actor: Actor, form_id: int) -> Form:
    """The form of an address, or 404."""
    found: Any = Form.objects.visible_to(actor).select_related("root", "group")
    return cast("Form", get_object_or_404(found, pk=form_id))


def period_on(form: Form, day: date) -> Span:
    """The period of a form that holds a day."""
    return calendar_of(form).around(Kind(form.period), day)


def is_open(form: Form, span: Span, on: date) -> bool:
    """Whether the form asks for a period, and it has begun."""
    until = form.valid_to is None or span.last < form.valid_to
    return form.valid_from <= span.last and until and span.start <= on


def asked(request: HttpRequest, form_id: int, day: str) -> Asked:
    """The form and period of an address, with the units whose numbers the actor reads; 404 where there are none."""
    actor = acting(request)
    form = form_of(actor, form_id)
    first = parse_date(day)
    if first is None:
        raise Http404
    span = period_on(form, first)
    if span.start != first or not is_open(form, span, actor.on):
        raise Http404
    units = units_asked([(form, span.last)])[form.pk, span.last]
    seen = units_seen_by(actor, [unit.pk for unit in units])
    if not seen:
        raise Http404
    told = units_told_by(actor, seen)
    lines = list(form.lines.select_related("element").order_by("order", "pk"))
    return Asked(actor, form, lines, span, [unit for unit in units if unit.pk in seen], frozenset(told))
