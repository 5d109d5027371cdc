"""Which calendar to make, and its name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.tasks.operations.feeding import NAME_CHARS
from pcmt.web.tasks.owed import plans_to_choose, units_to_choose

MINE = "toi"


def choices_of(actor: Actor) -> list[Any]:
    """What a calendar may hold: one's own work, one's unit, and for who looks after others their units and plans."""
    own = [(MINE, _("Việc tôi phụ trách")), (f"don-vi-{actor.unit_id}", actor.unit_name)]
    found: list[Any] = [(_("Của tôi"), own)]
    if actor.sees_below("tasks.DueItem"):
        reached = reached_units(actor, actor.sees("tasks.DueItem"))
        units = units_to_choose(actor).filter(Q(pk__in=reached)).exclude(pk=actor.unit_id)
        plans = [
            (f"ke-hoach-{plan.pk}", f"{plan.designation} {plan.title}"[:90].strip()) for plan in plans_to_choose(actor)
        ]
        found.append((_("Một kế hoạch"), plans))
        found.append((_("Đơn vị tôi theo dõi"), [(f"don-vi-{unit.pk}", unit.name) for unit in units]))
    return found


class FeedForm(forms.Form):
    """What it holds, and how it is called in the calendar program."""

    holds = forms.ChoiceField(label=gettext_lazy("Lịch gồm"))
    name = forms.CharField(
        label=gettext_lazy("Tên lịch"),
        help_text=gettext_lazy("Ứng dụng lịch hiện tên này. Để trống thì lấy theo nội dung."),
        required=False,
        max_length=NAME_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.fields["holds"].choices = choices_of(actor)  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The arguments of `make_feed`."""
        kind, _dash, number = self.cleaned_data["holds"].rpartition("-")
        labels = dict(pair for _group, pairs in self.fields["holds"].choices for pair in pairs)  # type: ignore[attr-defined]
        name = self.cleaned_data["name"].strip() or f"PCMT: {labels[self.cleaned_data['holds']]}"[:NAME_CHARS]
        ids = {"don-vi": "unit_id", "ke-hoach": "plan_id"}
        return {"name": name, **({ids[kind]: int(number)} if kind in ids else {})}


class NameForm(forms.Form):
    """Another name."""

    name = forms.CharField(
        label=gettext_lazy("Tên lịch"), max_length=NAME_CHARS, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
