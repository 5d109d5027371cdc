"""The forms of regimes: what to list, a regime of several levels, what is said anew, a request, an incident."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.models import Duty, Method, Origin
from pcmt.apps.reports.operations.regimes import ChangeText, RequestText
from pcmt.apps.reports.queries.forms import usual_form
from pcmt.apps.reports.queries.regimes import bodies_of, bodies_to_ask, duties_to_feed, forms_in_use
from pcmt.apps.reports.regimes import ONCE, LevelText, RegimeText, rung_of
from pcmt.apps.units.models import Unit, UnitKind
from pcmt.core.periods import closing_on
from pcmt.core.text import fold
from pcmt.web.fields import FilterForm, WrittenDateField
from pcmt.web.people.fields import UnitField
from pcmt.web.regimes.words import CALENDARS, LEVELS, PERIODS
from pcmt.web.tasks.forms import PlanField
from pcmt.web.tasks.forms import UnitField as UnitChoice

LEVELS_ASKED = 3
USUAL = "thuong-dung"
ALL = ("", gettext_lazy("Tất cả"))
DAY_WAYS = (
    ("before", gettext_lazy("trước ngày")),
    ("by", gettext_lazy("chậm nhất ngày")),
    ("after", gettext_lazy("số ngày làm việc sau ngày chốt")),
)
MONTHS_AFTER = (
    ("0", gettext_lazy("của tháng kết thúc kỳ")),
    ("1", gettext_lazy("của tháng sau đó")),
    ("2", gettext_lazy("của tháng thứ hai sau đó")),
)


class RegimeFilter(FilterForm):
    """Which regimes to list."""

    q = forms.CharField(label=gettext_lazy("Tìm tên, nội dung"), required=False, max_length=120)
    ke_hoach = PlanField(
        label=gettext_lazy("Kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=ALL[1]
    )
    ky = forms.ChoiceField(
        label=gettext_lazy("Kỳ báo cáo"),
        required=False,
        choices=[ALL, *PERIODS, (ONCE, gettext_lazy("Một lần")), ("ad_hoc", gettext_lazy("Khi có việc xảy ra"))],
    )
    noi_nhan = UnitChoice(
        label=gettext_lazy("Nơi nhận"), queryset=Unit.objects.none(), required=False, empty_label=ALL[1]
    )
    cap = forms.ChoiceField(label=gettext_lazy("Cấp báo cáo"), required=False, choices=[ALL, *LEVELS])
    nguon = forms.ChoiceField(label=gettext_lazy("Ai yêu cầu"), required=False, choices=[ALL, *Origin.choices])
    thoi = forms.BooleanField(label=gettext_lazy("Cả chế độ đã thôi áp dụng"), required=False)

    def __init__(self, data: Any, *, plans: QuerySet[Plan], recipients: QuerySet[Unit]) -> None:
        super().__init__(data)
        self.fields["ke_hoach"].queryset = plans  # type: ignore[attr-defined]
        self.fields["noi_nhan"].queryset = recipients  # type: ignore[attr-defined]


class PickField(forms.TypedMultipleChoiceField):
    """Bodies to tick, shown by `pick_lines`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, **kwargs)


def pick_lines(form: forms.Form, name: str, units: Sequence[Unit]) -> Iterator[dict[str, Any]]:
    """The boxes of a field of bodies: groups first, with the word that finds each."""
    ticked = {str(each) for each in form[name].value() or ()}
    for unit in sorted(units, key=lambda each: each.kind != UnitKind.GROUP):
        yield {
            "value": unit.pk,
            "label": unit.name,
            "key": fold(unit.name),
            "group": unit.kind == UnitKind.GROUP,
            "checked": str(unit.pk) in ticked,
        }


def _choices(units: Sequence[Unit]) -> list[tuple[int, str]]:
    return [(unit.pk, unit.name) for unit in units]


def _form_choices(none: str) -> list[tuple[str, str]]:
    return [("", none), *((str(form.pk), form.title) for form in forms_in_use())]


class _Limited(forms.Form):
    """The limit of one level: a day in or after the last month of the period, or working days after the cut-off."""

    def add_limit(self, suffix: str, *, on: date, required: bool, initial: LevelText | None = None) -> None:
        """Fields of one level; `suffix` tells levels apart."""
        told = initial or LevelText()
        words = gettext_lazy("Nơi nhận")
        recipient = UnitField(label=words, required=required, error_messages={"required": _("Chọn nơi nhận báo cáo.")})
        recipient.units, recipient.on = Unit.objects.all(), on
        self.fields[f"recipient{suffix}"] = recipient
        self.fields[f"way{suffix}"] = forms.ChoiceField(
            label=_("Hạn gửi tính theo"), choices=DAY_WAYS, initial="after" if told.after else told.relation
        )
        self.fields[f"limit{suffix}"] = forms.IntegerField(
            label=_("Ngày, hoặc số ngày làm việc"),
            required=required,
            min_value=1,
            max_value=60,
            initial=told.after or told.day,
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "size": "4", "maxlength": "2", "autocomplete": "off"}
            ),
            error_messages={"required": _("Nhập hạn gửi."), "invalid": _("Nhập một số, ví dụ 18.")},
        )
        self.fields[f"months{suffix}"] = forms.ChoiceField(
            label=_("Tháng"), choices=MONTHS_AFTER, required=False, initial=str(told.months_after)
        )

    def level(self, suffix: str, **more: Any) -> LevelText | None:
        """What was typed for one level; None when nothing was."""
        data = self.cleaned_data
        recipient, number = data.get(f"recipient{suffix}"), data.get(f"limit{suffix}")
        if recipient is None and number is None:
            return None
        after = data[f"way{suffix}"] == "after"
        return LevelText(
            recipient_id=recipient.pk if recipient else None,
            day=None if after else number,
            after=number if after else None,
            relation="before" if after else data[f"way{suffix}"],
            months_after=int(data.get(f"months{suffix}") or 0),
            **more,
        )


class DefineForm(_Limited):
    """A regime with up to three levels: who writes below, and for each level who receives it, until when."""

    title = forms.CharField(
        label=gettext_lazy("Tên báo cáo"),
        max_length=300,
        error_messages={"required": gettext_lazy("Nhập tên báo cáo.")},
    )
    what = forms.CharField(
        label=gettext_lazy("Nội dung báo cáo"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    period = forms.ChoiceField(label=gettext_lazy("Kỳ báo cáo"), choices=PERIODS, initial="monthly")
    calendar = forms.ChoiceField(label=gettext_lazy("Chốt số liệu"), choices=CALENDARS, initial="administrative")
    closing = forms.IntegerField(
        label=gettext_lazy("Ngày chốt, khi chọn kỳ riêng"),
        required=False,
        min_value=1,
        max_value=31,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4", "maxlength": "2", "autocomplete": "off"}),
        help_text=gettext_lazy("Tháng thiếu ngày này thì chốt vào ngày cuối tháng."),
    )
    since = WrittenDateField(
        label=gettext_lazy("Áp dụng từ ngày"),
        help_text=gettext_lazy("Kỳ nào chốt số liệu từ ngày này trở đi thì phải báo cáo."),
        error_messages={"required": gettext_lazy("Nhập ngày bắt đầu áp dụng.")},
    )
    form = forms.ChoiceField(label=gettext_lazy("Mẫu đề cương, biểu số liệu"), required=False)
    reporters = PickField(
        label=gettext_lazy("Đơn vị báo cáo ở cấp thấp nhất"),
        error_messages={"required": gettext_lazy("Chọn ít nhất một đơn vị phải báo cáo.")},
    )

    def __init__(self, data: Any = None, *, actor: Actor, plan: Plan, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.units = bodies_to_ask(actor, plan)
        self.fields["reporters"].choices = _choices(self.units)  # type: ignore[attr-defined]
        self.plan = plan
        usual = (USUAL, _("Mẫu thường dùng cho kỳ này"))
        self.fields["form"].choices = [usual, *_form_choices(_("Chọn sau"))]  # type: ignore[attr-defined]
        for number in range(1, LEVELS_ASKED + 1):
            self.add_limit(f"_{number}", on=actor.on, required=number == 1)
            self.fields[f"via_{number}"] = forms.CharField(label=_("Gửi qua"), required=False, max_length=300)
            self.fields[f"method_{number}"] = forms.ChoiceField(label=_("Cách gửi"), choices=Method.choices)
            self.fields[f"guidance_{number}"] = forms.CharField(
                label=_("Hướng dẫn cho nơi báo cáo"),
                required=False,
                max_length=5000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("calendar") == "closing" and not data.get("closing"):
            self.add_error("closing", _("Nhập ngày chốt số liệu trong tháng."))
        return data

    @property
    def level_fields(self) -> list[dict[str, Any]]:
        """The fields level by level."""
        return [
            {
                "number": number,
                "fields": [
                    self[f"{name}_{number}"]
                    for name in ("recipient", "way", "limit", "months", "via", "method", "guidance")
                ],
                "open": number == 1
                or bool(self[f"recipient_{number}"].value() or self[f"limit_{number}"].value())
                or bool(self[f"recipient_{number}"].errors),
            }
            for number in range(1, LEVELS_ASKED + 1)
        ]

    def _form_id(self) -> int | None:
        chosen = self.cleaned_data["form"]
        if chosen == USUAL:
            found = usual_form(Duty(plan=self.plan, kind="periodic", period=self.cleaned_data["period"]))
            return found.pk if found else None
        return int(chosen) if chosen else None

    @property
    def text(self) -> RegimeText:
        """What was typed."""
        data = self.cleaned_data
        levels = [
            self.level(
                f"_{number}",
                via=data[f"via_{number}"],
                method=data[f"method_{number}"],
                guidance=data[f"guidance_{number}"],
            )
            for number in range(1, LEVELS_ASKED + 1)
        ]
        calendar = closing_on(data["closing"]).code if data["calendar"] == "closing" else data["calendar"]
        # A level left out between two is a slip: the operation says so at its field.
        last = max((number for number, level in enumerate(levels) if level), default=0)
        return RegimeText(
            title=data["title"],
            what=data["what"],
            period=data["period"],
            calendar=calendar,
            since=data["since"],
            reporter_ids=tuple(data["reporters"]),
            levels=tuple(level or LevelText() for level in levels[: last + 1]),
            form_id=self._form_id(),
        )


class ChangeForm(_Limited):
    """What may be said anew: of a regime of the plan only what its sentence leaves open."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=gettext_lazy("Tên báo cáo"),
        max_length=300,
        error_messages={"required": gettext_lazy("Nhập tên báo cáo.")},
    )
    form = forms.ChoiceField(label=gettext_lazy("Mẫu đề cương, biểu số liệu"), required=False)
    feeds = forms.ChoiceField(
        label=gettext_lazy("Tổng hợp vào báo cáo"),
        required=False,
        help_text=gettext_lazy("Báo cáo mà nơi nhận lập tiếp cho cấp trên."),
    )
    method = forms.ChoiceField(label=gettext_lazy("Cách gửi"), choices=Method.choices)
    via = forms.CharField(label=gettext_lazy("Gửi qua"), required=False, max_length=300)

    def __init__(self, data: Any = None, *, actor: Actor, duty: Duty, **kwargs: Any) -> None:
        guidance = duty.guidance or {}
        initial = {
            "version": duty.version,
            "title": duty.title,
            "form": duty.form_id or "",
            "feeds": duty.feeds_id or "",
            "method": duty.method,
            "via": duty.via,
            "what": duty.what,
            "recipient": duty.recipient,
        }
        super().__init__(data, initial=initial, **kwargs)
        self.duty = duty
        self.own = duty.origin == Origin.OFFICE
        rung = rung_of(duty)
        choices: Any = self.fields["form"]
        choices.choices = _form_choices(_("Chưa chọn"))
        if duty.form and str(duty.form_id) not in dict(choices.choices):
            choices.choices = [*choices.choices, (str(duty.form_id), duty.form.title)]
        feeds: Any = self.fields["feeds"]
        feeds.choices = [("", _("Không tổng hợp tiếp"))] + [
            (str(each.pk), each.title or each.text[:120]) for each in duties_to_feed(duty, actor.on)
        ]
        self.units: list[Unit] = []
        if self.own:
            self.fields["what"] = forms.CharField(
                label=_("Nội dung báo cáo"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
            )
        if rung is not None:
            told = LevelText(
                day=None if rung.after else rung.day,
                after=rung.after,
                relation=rung.relation.value,
                months_after=rung.months_after,
            )
            self.add_limit("", on=actor.on, required=True, initial=told)
            self.units = bodies_to_ask(actor, duty.plan)
            known = {unit.pk for unit in self.units}
            chosen = [row.unit_id for row in duty.reporters.all() if row.unit_id]
            # Who reports already may go on, wherever it is by now.
            self.units += list(Unit.objects.filter(pk__in=[each for each in chosen if each not in known]))
            self.fields["reporters"] = PickField(
                label=_("Đơn vị báo cáo"),
                choices=_choices(self.units),
                initial=chosen,
                error_messages={"required": _("Chọn ít nhất một đơn vị phải báo cáo.")},
            )
        there = {unit.level for unit in bodies_of(duty, actor.on).values()} | set(guidance)
        self.levels = [(level, word) for level, word in LEVELS if level in there]
        for level, word in self.levels:
            self.fields[f"guidance_{level}"] = forms.CharField(
                label=_("Hướng dẫn: %(level)s") % {"level": word},
                required=False,
                max_length=5000,
                initial=guidance.get(level, ""),
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def plain(self) -> list[Any]:
        """The fields without the boxes of bodies."""
        return [field for field in self.visible_fields() if field.name != "reporters"]

    @property
    def text(self) -> ChangeText:
        """What was typed."""
        data = self.cleaned_data
        laddered = "limit" in self.fields
        before = {row.unit_id for row in self.duty.reporters.all() if row.unit_id}
        chosen = tuple(data["reporters"]) if laddered else None
        return ChangeText(
            title=data["title"],
            form_id=int(data["form"]) if data["form"] else None,
            feeds_id=int(data["feeds"]) if data["feeds"] else None,
            method=data["method"],
            via=data["via"],
            guidance={level: data[f"guidance_{level}"] for level, _word in self.levels},
            what=data.get("what"),
            level=self.level("") if laddered else None,
            reporter_ids=chosen if chosen is not None and set(chosen) != before else None,
        )


class AskPlanForm(forms.Form):
    """For which plan to ask; shown where the actor keeps several."""

    ke_hoach = PlanField(label=gettext_lazy("Kế hoạch"), queryset=Plan.objects.none(), empty_label=None)

    def __init__(self, *, plans: QuerySet[Plan], plan: Plan) -> None:
        super().__init__(initial={"ke_hoach": plan.pk})
        self.fields["ke_hoach"].queryset = plans  # type: ignore[attr-defined]


class RequestForm(forms.Form):
    """A report asked for once, on one short page."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Loại báo cáo"),
        widget=forms.RadioSelect,
        initial="ad_hoc",
        choices=[
            ("ad_hoc", pgettext_lazy("yêu cầu báo cáo", "Đột xuất: có việc bất thường")),
            ("thematic", pgettext_lazy("yêu cầu báo cáo", "Chuyên đề: về một nội dung")),
        ],
    )
    title = forms.CharField(
        label=gettext_lazy("Tên báo cáo"),
        max_length=300,
        help_text=gettext_lazy("Ví dụ: Báo cáo tình hình ma túy tại các cơ sở lưu trú."),
        error_messages={"required": gettext_lazy("Nhập tên báo cáo.")},
    )
    what = forms.CharField(
        label=gettext_lazy("Nội dung cần báo cáo"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Nhập nội dung cần báo cáo.")},
    )
    units = PickField(
        label=gettext_lazy("Đơn vị phải báo cáo"),
        error_messages={"required": gettext_lazy("Chọn ít nhất một đơn vị phải báo cáo.")},
    )
    due_on = WrittenDateField(
        label=gettext_lazy("Hạn gửi"), error_messages={"required": gettext_lazy("Nhập hạn gửi, ví dụ 20/6/2026.")}
    )
    hour = forms.CharField(
        label=gettext_lazy("Giờ"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Ví dụ: 16 giờ. Sớm hay muộn vẫn tính theo ngày."),
    )
    first = WrittenDateField(label=gettext_lazy("Số liệu từ ngày"), required=False)
    cutoff = WrittenDateField(
        label=gettext_lazy("Số liệu đến hết ngày"),
        required=False,
        help_text=gettext_lazy("Để trống: chốt hôm nay."),
    )
    form = forms.ChoiceField(label=gettext_lazy("Mẫu báo cáo"), required=False)
    recipient = UnitField(
        label=gettext_lazy("Nơi nhận"),
        required=False,
        help_text=gettext_lazy("Để trống: cơ quan thường trực giữ kế hoạch."),
    )

    def __init__(self, data: Any = None, *, actor: Actor, plan: Plan, usual: int | None, **kwargs: Any) -> None:
        initial = {"first": plan.window_from, "cutoff": actor.on, "form": usual or "", **kwargs.pop("initial", {})}
        super().__init__(data, initial=initial, **kwargs)
        self.units_to_ask = bodies_to_ask(actor, plan)
        self.fields["units"].choices = _choices(self.units_to_ask)  # type: ignore[attr-defined]
        self.fields["form"].choices = _form_choices(_("Không dùng mẫu: chỉ báo đã gửi"))  # type: ignore[attr-defined]
        recipient: Any = self.fields["recipient"]
        recipient.units, recipient.on = Unit.objects.all(), actor.on

    @property
    def text(self) -> RequestText:
        """What was typed."""
        data = self.cleaned_data
        return RequestText(
            title=data["title"],
            kind=data["kind"],
            what=data["what"],
            unit_ids=tuple(data["units"]),
            due_on=data["due_on"],
            hour=data["hour"],
            first=data["first"],
            cutoff=data["cutoff"],
            form_id=int(data["form"]) if data["form"] else None,
            recipient_id=data["recipient"].pk if data["recipient"] else None,
        )


class EndForm(forms.Form):
    """Why a regime is asked for no more."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Lý do thôi áp dụng"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Nhập lý do thôi áp dụng.")},
    )
    whole = forms.BooleanField(label=gettext_lazy("Thôi áp dụng ở mọi cấp của chế độ này"), required=False)


class IncidentForm(forms.Form):
    """When something happened that has to be reported."""

    happened = WrittenDateField(
        label=gettext_lazy("Ngày xảy ra"),
        error_messages={"required": gettext_lazy("Nhập ngày xảy ra, ví dụ 05/6/2026.")},
    )
