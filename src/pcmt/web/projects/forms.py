"""Forms of projects and money: they check what was typed; what may be done the operations know."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan, PlanKind
from pcmt.apps.projects.models import MoneyAct, MoneyKind, MoneyLine, ReviewKind, ReviewOutcome
from pcmt.apps.projects.operations.keeping import StageText
from pcmt.apps.projects.queries.money import sources_for
from pcmt.apps.projects.tree import ancestry
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import Task
from pcmt.apps.units.models import Unit
from pcmt.apps.units.queries import children, committee
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import parse_date
from pcmt.web.fields import WorkbookField, WrittenDateField, WrittenNumberField
from pcmt.web.people.fields import UnitField
from pcmt.web.templatetags.pcmt import vdate

NONE = [("", "—")]


class DongField(WrittenNumberField):
    """An amount in whole đồng, written with points between thousands."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": "20"})
        super().__init__(widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Read as it is typed: `4.800.000.000`."""
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        found: Any = super().to_python(value)
        if found is not None and not isinstance(found, int):
            raise forms.ValidationError(_("Ghi số đồng nguyên."), code="whole")
        return found


class YearField(forms.IntegerField):
    """A budget year."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=2000,
            max_value=2100,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
            **kwargs,
        )


def text(label: Any, most: int = 300, **more: Any) -> forms.CharField:
    """A line of text."""
    return forms.CharField(label=label, max_length=most, **more)


def blame(form: forms.Form, refusal: Refusal) -> None:
    """Put what was refused to its field, or above all of them."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)


def _units(form: forms.Form, name: str, actor: Actor) -> None:
    field: Any = form.fields[name]
    field.units, field.on = Unit.objects.all(), actor.on


class OpenForm(forms.Form):
    """A campaign, programme or project opened by hand."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Loại"),
        choices=[(kind.value, kind.label) for kind in (PlanKind.CAMPAIGN, PlanKind.PROGRAMME, PlanKind.PROJECT)],
    )
    title = text(gettext_lazy("Tên"))
    first = WrittenDateField(label=gettext_lazy("Từ ngày"))
    last = WrittenDateField(label=gettext_lazy("Đến hết ngày"))
    lead = UnitField(label=gettext_lazy("Đơn vị chủ trì"), required=False)
    bodies = forms.MultipleChoiceField(
        label=gettext_lazy("Đơn vị tham gia"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _units(self, "lead", actor)
        seat = committee(actor.unit_id, actor.on)
        below = children(seat.pk, actor.on) if seat else []
        self.fields["bodies"].choices = [(str(unit.pk), unit.name) for unit in below]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """What the operation takes."""
        data = self.cleaned_data
        return {
            "kind": data["kind"], "title": data["title"], "first": data["first"], "last": data["last"],
            "lead_id": data["lead"].pk if data["lead"] else None, "body_ids": [int(pk) for pk in data["bodies"]],
        }  # fmt: skip


class SheetForm(forms.Form):
    """Who answers for a project, who guides it, its stages."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    owner = UnitField(
        label=gettext_lazy("Cơ quan chủ quản"),
        required=False,
        help_text=gettext_lazy("Để trống: đơn vị chủ trì ghi trong văn bản."),
    )
    ministry = text(gettext_lazy("Bộ, ngành hướng dẫn"), 200, required=False)
    paper = text(gettext_lazy("Văn bản phê duyệt"), required=False)
    stages = forms.CharField(
        label=gettext_lazy("Các giai đoạn"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Mỗi dòng một giai đoạn: tên; từ ngày; đến ngày. Ví dụ: Ra quân; 1/6/2026; 7/6/2026"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _units(self, "owner", actor)

    def clean_stages(self) -> list[StageText]:
        """The stages, one a line."""
        found = []
        for number, row in enumerate(filter(None, map(str.strip, self.cleaned_data["stages"].splitlines())), 1):
            parts = [part.strip() for part in row.split(";")]
            days = [_day(part) for part in parts[1:]]
            if len(parts) != 3 or None in days:
                message = _("Dòng %(number)d: ghi tên; từ ngày; đến ngày.") % {"number": number}
                raise forms.ValidationError(message)
            found.append(StageText(parts[0], *days))  # type: ignore[arg-type]
        return found


def _day(words: str) -> Any:
    try:
        return WrittenDateField(required=False).to_python(words)
    except forms.ValidationError:
        return parse_date(words)


class MilestoneForm(forms.Form):
    """A milestone, and that it was reached."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = text(gettext_lazy("Mốc"))
    due_on = WrittenDateField(label=gettext_lazy("Hạn"))
    owed_by = UnitField(label=gettext_lazy("Đơn vị phải đạt"), required=False)
    task = forms.ChoiceField(label=gettext_lazy("Theo nhiệm vụ của kế hoạch"), required=False)
    done_on = WrittenDateField(label=gettext_lazy("Đạt ngày"), required=False)
    words = text(gettext_lazy("Căn cứ cho thấy đã đạt"), 500, required=False)

    def __init__(self, *args: Any, actor: Actor, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _units(self, "owed_by", actor)
        self.fields["task"].choices = [*NONE, *tasks_of(actor, plan)]  # type: ignore[attr-defined]


class ReviewForm(forms.Form):
    """A review: due, held, what it came to."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("Loại"), choices=ReviewKind.choices)
    due_on = WrittenDateField(label=gettext_lazy("Hạn"))
    held_on = WrittenDateField(label=gettext_lazy("Tổ chức ngày"), required=False)
    conclusions = forms.CharField(
        label=gettext_lazy("Kết luận"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Quyết định"), required=False, choices=[*NONE, *ReviewOutcome.choices]
    )


class SourceForm(forms.Form):
    """A source of money."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = text(gettext_lazy("Tên nguồn"), 200)
    kind = forms.ChoiceField(label=gettext_lazy("Loại nguồn"), choices=[*NONE, *MoneyKind.choices])
    of = forms.ChoiceField(
        label=gettext_lazy("Là một phần của nguồn"), required=False, help_text=gettext_lazy("Nguồn của cấp trên giao.")
    )
    year_from = YearField(label=gettext_lazy("Từ năm"))
    year_to = YearField(label=gettext_lazy("Đến năm"))
    amount = DongField(label=gettext_lazy("Số tiền (đồng)"))
    paper = text(gettext_lazy("Văn bản giao"), required=False)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = [row for row in sources_for(plan.pk) if row.plan_id != plan.pk]
        self.fields["of"].choices = [*NONE, *((str(row.pk), row.name) for row in above)]  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """A line of the estimate."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    year = YearField(label=gettext_lazy("Năm ngân sách"))
    words = text(gettext_lazy("Nội dung chi"))
    estimate = DongField(label=gettext_lazy("Dự toán (đồng)"))
    source = forms.ChoiceField(
        label=gettext_lazy("Nguồn"), required=False, help_text=gettext_lazy("Để trống: chưa có nguồn.")
    )
    task = forms.ChoiceField(label=gettext_lazy("Cho nhiệm vụ"), required=False)
    target = forms.ChoiceField(label=gettext_lazy("Cho chỉ tiêu"), required=False)

    def __init__(self, *args: Any, actor: Actor, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"key": uuid4(), "year": actor.on.year, "version": 0, **self.initial}
        offered = [(str(row.pk), f"{row.name} ({row.get_kind_display()})") for row in sources_for(plan.pk)]
        fields: Any = self.fields
        fields["source"].choices = [*NONE, *offered]
        fields["task"].choices = [*NONE, *tasks_of(actor, plan)]
        targets = Target.objects.visible_to(actor).active().filter(plan__in=ancestry(plan.pk))[:500]
        fields["target"].choices = [*NONE, *((str(row.pk), str(row)[:90]) for row in targets)]

    def said(self) -> dict[str, Any]:
        """What the operation takes."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("key", "year", "words", "estimate", "version")},
            **{f"{name}_id": chosen(data[name]) for name in ("source", "task", "target")},
        }


class EntryForm(forms.Form):
    """An act on a line."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(label=gettext_lazy("Việc"), choices=MoneyAct.choices)
    on = WrittenDateField(label=gettext_lazy("Ngày"))
    amount = DongField(label=gettext_lazy("Số tiền (đồng)"))
    paper = text(gettext_lazy("Chứng từ"), 200, required=False)

    def __init__(self, *args: Any, actor: Actor, line: MoneyLine, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_entry_%s")
        super().__init__(*args, **kwargs)
        self.initial = {"key": uuid4(), "on": vdate(actor.on), **self.initial}


class UploadForm(forms.Form):
    """A workbook of money."""

    file = WorkbookField(label=gettext_lazy("Bảng kinh phí đã điền"))


def chosen(value: str) -> int | None:
    """The id that was chosen."""
    return int(value) if value else None


def tasks_of(actor: Actor, plan: Plan) -> list[tuple[str, str]]:
    """Tasks of the plan and of the plans around it, to choose from."""
    found = Task.objects.visible_to(actor).standing().filter(plan__in=ancestry(plan.pk))[:500]
    return [(str(row.pk), row.text[:90]) for row in found]
