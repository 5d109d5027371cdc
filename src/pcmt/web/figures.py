"""The switch of pages with figures: as of which day, on whose boundaries, as known when. Kept in the address.

A page asks `switch_of(request)`, gives it to its template as `switch`, includes `components/figure_switch.html` in its
head, and hands `switch.on`, `switch.boundary` and `switch.known` to the questions of `facts` and `targets`.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import attrs
from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.web.shell.access import acting
from pcmt.web.templatetags.pcmt import vdate

AS_OF, BOUNDARY, KNOWN = "tinh_den", "dia_gioi", "biet_den"
NAMES = (AS_OF, BOUNDARY, KNOWN)
NOW, THEN = "hien-nay", "thoi-diem"
BOUNDARIES = {NOW: gettext_lazy("địa giới hiện nay"), THEN: gettext_lazy("địa giới tại thời điểm báo cáo")}


class SwitchForm(forms.Form):
    """The three boxes. Days to come and words that make no sense are left out, so that an old address still opens."""

    tinh_den = forms.DateField(
        label=gettext_lazy("Tính đến hết ngày"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    dia_gioi = forms.ChoiceField(label=gettext_lazy("Cộng theo"), required=False, choices=list(BOUNDARIES.items()))
    biet_den = forms.DateField(
        label=gettext_lazy("Số liệu biết đến hết ngày"),
        required=False,
        help_text=gettext_lazy("Để trống: số liệu mới nhất."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@attrs.frozen
class Switch:
    """What was chosen. `carried` are the other words of the address, which go along when it is changed."""

    form: SwitchForm
    today: date
    on: date
    known_on: date | None
    boundaries: str
    usual_boundaries: str
    carried: tuple[tuple[str, str], ...]

    @property
    def boundary(self) -> date | None:
        """The day whose boundaries are asked for; None for those of the time that the figures speak of."""
        return self.today if self.boundaries == NOW else None

    @property
    def known(self) -> datetime | None:
        """The moment as of which figures are asked; None for now."""
        if self.known_on is None:
            return None
        return timezone.make_aware(datetime.combine(self.known_on, time.max))

    @property
    def is_usual(self) -> bool:
        """Whether nothing was chosen: kept verdicts answer."""
        return self.on == self.today and self.known_on is None and self.boundaries == self.usual_boundaries

    @property
    def chosen(self) -> dict[str, str]:
        """The words of the address that say what was chosen; empty where that is the usual."""
        found = {}
        if self.on != self.today:
            found[AS_OF] = self.on.isoformat()
        if self.boundaries != self.usual_boundaries:
            found[BOUNDARY] = self.boundaries
        if self.known_on is not None:
            found[KNOWN] = self.known_on.isoformat()
        return found

    @property
    def query(self) -> str:
        """What a link to another page of figures carries on: empty, or beginning with a question mark."""
        return f"?{urlencode(self.chosen)}" if self.chosen else ""

    @property
    def and_query(self) -> str:
        """The same after other words: empty, or beginning with an ampersand."""
        return f"&{urlencode(self.chosen)}" if self.chosen else ""

    @property
    def usual_query(self) -> str:
        """The address of the page without what was chosen here."""
        return f"?{urlencode(self.carried)}"

    @property
    def words(self) -> str:
        """What was chosen, in words for the head of the page and for paper."""
        said = [
            _("Tính đến hết ngày %(day)s") % {"day": vdate(self.on)},
            _("theo %(boundaries)s") % {"boundaries": BOUNDARIES[self.boundaries]},
        ]
        if self.known_on is not None:
            said.append(_("số liệu biết đến hết ngày %(day)s") % {"day": vdate(self.known_on)})
        return ", ".join(said)


def switch_of(request: HttpRequest, *, usual: str = THEN) -> Switch:
    """What the address asks for. `usual` are the boundaries on which the page stands unless told else."""
    actor = acting(request)
    form = SwitchForm(request.GET)
    form.is_valid()
    asked: dict[str, Any] = form.cleaned_data
    on, known = asked.get(AS_OF), asked.get(KNOWN)
    on = on if on and on <= actor.on else actor.on
    known = known if known and known < actor.on else None
    boundaries = asked.get(BOUNDARY) or usual
    shown = SwitchForm(initial={AS_OF: on, BOUNDARY: boundaries, KNOWN: known})
    carried = tuple(
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if name not in (*NAMES, "trang") and value
    )
    return Switch(shown, actor.on, on, known, boundaries, usual, carried)
