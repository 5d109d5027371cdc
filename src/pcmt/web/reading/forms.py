"""Forms of the review, one a list of the reading contract: from an item's values to fields and back to edits.

`edits()` gives only what differs from what the item holds, by the contract's field names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pcmt.apps.plans.contract import names_of
from pcmt.apps.plans.models import Item, PlanKind
from pcmt.apps.units.models import Level, Unit, UnitKind
from pcmt.core.periods import limit_from, month_end
from pcmt.web.fields import NamesField, WrittenDateField, WrittenNumberField
from pcmt.web.reading import words
from pcmt.web.reading.cards import clip
from pcmt.web.reading.words import Words

RULES: Words = {
    "WEEKLY": _("hằng tuần"),
    "MONTHLY": _("hằng tháng"),
    "QUARTERLY": _("tháng cuối quý"),
    "HALF_YEARLY": _("tháng 6 và tháng 12"),
    "YEARLY": _("hằng năm"),
}
WEEKDAYS: Words = {
    "MO": _("thứ Hai"),
    "TU": _("thứ Ba"),
    "WE": _("thứ Tư"),
    "TH": _("thứ Năm"),
    "FR": _("thứ Sáu"),
    "SA": _("thứ Bảy"),
    "SU": _("Chủ nhật"),
}
WHENS: Words = {
    "": _("không ghi"),
    "date": _("một ngày"),
    "span": _("một khoảng"),
    "rule": _("lặp lại"),
    "event": _("theo một sự việc"),
}
WIDE = {
    "measure",
    "scope",
    "partners",
    "reporter",
    "recipient",
    "title",
    "agencies",
    "what",
    "event",
    "name",
    "due_text",
}


def choices(found: Words, empty: Any = None) -> list[tuple[str, Any]]:
    """Choices of a select; with `empty` a first line that means nothing was said."""
    return ([("", empty)] if empty is not None else []) + list(found.items())


class ItemForm(forms.Form):
    """Common manners. Subclasses list fields named as in the contract and translate the odd ones."""

    def __init__(self, values: Mapping[str, Any], data: Any = None) -> None:
        self.values = dict(values)
        super().__init__(data, initial=self.initial_of(values), label_suffix="")
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("class", "")
            field.wide = name in WIDE  # type: ignore[attr-defined]

    def initial_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The contract's values as initial values of the fields."""
        return dict(values)

    def offer(self, items: Sequence[Item]) -> None:
        """Fills the selects that name other items of the revision."""

    def changed(self) -> dict[str, Any]:
        """What the fields say, by the contract's names."""
        return {name: (value if value != "" else None) for name, value in self.cleaned_data.items()}

    def edits(self) -> dict[str, Any]:
        """The part of `changed` that differs from what the item holds."""
        return {name: value for name, value in self.changed().items() if not same(value, self.values.get(name))}

    def agencies(self, name: str) -> list[dict[str, Any]]:
        """The names in a field as agencies of the contract; those that were there keep their place in the text."""
        held = self.values.get(name) or []
        known = {one["name"]: one for one in (held if isinstance(held, list) else [held]) if isinstance(one, dict)}
        return [known.get(each, new_agency(each)) for each in self.cleaned_data.get(name) or []]

    def agency(self, name: str) -> dict[str, Any] | None:
        """The one name in a text field as an agency, None when it is empty."""
        written = " ".join((self.cleaned_data.get(name) or "").split())
        held = self.values.get(name)
        if not written:
            return None
        return held if isinstance(held, dict) and held.get("name") == written else new_agency(written)


def offer(form: forms.Form, name: str, found: Sequence[Any]) -> None:
    """Sets the choices of a select."""
    form.fields[name].choices = found  # type: ignore[attr-defined]


def lines_for(items: Sequence[Item], list_name: str) -> list[tuple[str, str]]:
    """The items of a list as choices by key."""
    return [
        (item.key, clip(item.text, 70)) for item in items if item.list_name == list_name and item.state != "rejected"
    ]


def new_agency(name: str) -> dict[str, Any]:
    """A body that a person named; it has no place in the text."""
    return {"name": name, "span": None, "line": None, "text": None, "inferred": False}


def name_of(agency: Any) -> str:
    """The first name in a contract value of bodies; empty when there is none."""
    return next(iter(names_of(agency)), "")


def same(one: Any, other: Any) -> bool:
    """Equal, where nothing, an empty text, an empty list and "no" say the same; zero is a number."""
    return one == other or (is_nothing(one) and is_nothing(other))


def is_nothing(value: Any) -> bool:
    """Whether a contract value says nothing."""
    return value is False or (not value and not isinstance(value, int | float))


class TargetForm(ItemForm):
    """A target: what is measured, how it is compared, with what."""

    kind = forms.ChoiceField(label=_("Loại"), choices=choices(words.TARGET_KINDS))
    measure = forms.CharField(
        label=_("Đo cái gì"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2})
    )
    comparator = forms.ChoiceField(label=_("So sánh"), choices=choices(words.COMPARATORS))
    value = WrittenNumberField(label=_("Mức"), required=False)
    value_max = WrittenNumberField(label=_("Mức trên (nếu là khoảng)"), required=False)
    unit = forms.CharField(label=_("Đơn vị tính"), required=False, max_length=60, help_text=_("% hoặc: vụ, buổi, xã…"))
    direction = forms.ChoiceField(label=_("Chiều"), required=False, choices=choices(words.DIRECTIONS, _("không ghi")))
    baseline_kind = forms.ChoiceField(
        label=_("So với"), required=False, choices=choices(words.BASELINES, _("không ghi"))
    )
    baseline_year = forms.IntegerField(
        label=_("Năm gốc"), required=False, min_value=1990, max_value=2100,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Ghi năm bằng bốn chữ số, từ 1990.")),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
    )  # fmt: skip
    scope = forms.CharField(label=_("Phạm vi"), required=False, max_length=400)
    frequency_n = forms.IntegerField(
        label=_("Số lần"), required=False, min_value=0, error_messages={"invalid": _("Ghi số lần bằng số nguyên.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
    )  # fmt: skip
    frequency_per = forms.ChoiceField(label=_("Trong mỗi"), required=False, choices=choices(words.PER, _("không ghi")))
    deadline_ref = forms.ChoiceField(label=pgettext_lazy("một mục", "Thời hạn"), required=False)
    period_from = WrittenDateField(label=_("Tính từ ngày"), required=False)
    period_to = WrittenDateField(label=_("Đến ngày"), required=False)

    def initial_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        baseline, frequency, period = (values.get(name) or {} for name in ("baseline", "frequency", "period"))
        return dict(values) | {
            "unit": "%" if values.get("unit") == "percent" else values.get("unit"),
            "comparator": values.get("comparator") or "none",
            "kind": values.get("kind") or "count",
            "baseline_kind": baseline.get("kind"),
            "baseline_year": baseline.get("year"),
            "frequency_n": frequency.get("n"),
            "frequency_per": frequency.get("per"),
            "period_from": period.get("from"),
            "period_to": period.get("to"),
        }

    def offer(self, items: Sequence[Item]) -> None:
        offer(self, "deadline_ref", [("", _("không ghi")), *lines_for(items, "deadlines")])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        value, value_max, comparator = data.get("value"), data.get("value_max"), data.get("comparator")
        if comparator == "range" and "value_max" not in self.errors and "value" not in self.errors:
            if value is None or value_max is None:
                self.add_error("value_max", _("Khoảng cần cả mức dưới và mức trên."))
            elif value_max <= value:
                self.add_error("value_max", _("Mức trên phải lớn hơn mức dưới."))
        elif comparator not in {None, "none"} and value is None and "value" not in self.errors:
            self.add_error("value", _("Ghi mức, hoặc chọn “không so với số”."))
        elif comparator == "none" and value is not None:
            self.add_error("comparator", _("Đã ghi mức thì chọn cách so sánh."))
        if data.get("baseline_kind") == "year" and not data.get("baseline_year") and "baseline_year" not in self.errors:
            self.add_error("baseline_year", _("Ghi năm gốc."))
        if data.get("frequency_n") is not None and not data.get("frequency_per"):
            self.add_error("frequency_per", _("Chọn trong mỗi ngày, tuần, tháng…"))
        check_window(self, "period_from", "period_to")
        return data

    def changed(self) -> dict[str, Any]:
        data = self.cleaned_data
        held = {name: self.values.get(name) or {} for name in ("baseline", "frequency", "period")}
        unit = (data["unit"] or "").strip()
        baseline = None
        if data["baseline_kind"]:
            baseline = (
                {"text": None} | held["baseline"] | {"kind": data["baseline_kind"], "year": data["baseline_year"]}
            )
        frequency = None
        if data["frequency_per"]:
            frequency = {"every": 1, "implied": False} | held["frequency"]
            frequency |= {"n": data["frequency_n"], "per": data["frequency_per"]}
        period = None
        if data["period_from"]:
            period = {"from": iso(data["period_from"]), "to": iso(data["period_to"])}
        return {
            "kind": data["kind"],
            "measure": data["measure"] or None,
            "comparator": data["comparator"],
            "value": data["value"],
            "value_max": data["value_max"] if data["comparator"] == "range" else None,
            "unit": "percent" if unit in {"%", "phần trăm", "percent"} else unit or None,
            "direction": data["direction"] or None,
            "baseline": baseline,
            "scope": data["scope"] or None,
            "frequency": frequency,
            "deadline_ref": data["deadline_ref"] or None,
            "period": period,
        }


class AllocationForm(ItemForm):
    """One body's part of a target."""

    agencies_ = NamesField(label=_("Giao cho"), error_messages={"required": _("Ghi tên cơ quan được giao.")})
    value = WrittenNumberField(label=_("Mức giao"), error_messages={"required": _("Ghi mức giao.")})
    unit = forms.CharField(label=_("Đơn vị tính"), required=False, max_length=60)
    target_ref = forms.ChoiceField(label=_("Thuộc chỉ tiêu"), required=False)

    def initial_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        unit = values.get("unit")
        return dict(values) | {"agencies_": values.get("agencies"), "unit": "%" if unit == "percent" else unit}

    def offer(self, items: Sequence[Item]) -> None:
        offer(self, "target_ref", [("", _("chưa gắn")), *lines_for(items, "targets")])

    def changed(self) -> dict[str, Any]:
        data = self.cleaned_data
        known = {one["name"]: one for one in self.values.get("agencies") or []}
        return {
            "agencies": [known.get(each, new_agency(each)) for each in data["agencies_"]],
            "value": data["value"],
            "unit": "percent" if data["unit"] == "%" else data["unit"] or None,
            "target_ref": data["target_ref"] or None,
        }


class TaskForm(ItemForm):
    """A task: who has to do it, in which role, with whom, bound to which deadlines."""

    assignment_ref = forms.ChoiceField(label=_("Thuộc phần giao cho"), required=False)
    agencies_ = NamesField(
        label=_("Cơ quan làm"),
        required=False,
        help_text=_("Để trống thì lấy cơ quan của phần trên. Mỗi dòng một cơ quan."),
    )
    role = forms.ChoiceField(label=_("Vai trò"), choices=choices(words.ROLES))
    mode = forms.ChoiceField(label=_("Cách giao"), required=False, choices=choices(words.MODES, _("như phần trên")))
    partners = NamesField(label=_("Cùng thực hiện"), required=False, help_text=_("Mỗi dòng một cơ quan."))
    advises = forms.CharField(label=_("Tham mưu cho"), required=False, max_length=300)
    condition = forms.CharField(label=_("Chỉ làm khi"), required=False, max_length=300)
    deadline_refs = forms.MultipleChoiceField(
        label=_("Thời hạn"), required=False, widget=forms.SelectMultiple(attrs={"size": "3"})
    )

    def initial_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return dict(values) | {
            "role": values.get("role") or "own",
            "agencies_": self.doers(values),
            "advises": name_of(values.get("advises")),
        }

    @staticmethod
    def doers(values: Mapping[str, Any]) -> list[str]:
        """The bodies the item itself names as those who do it."""
        return names_of(values.get("agencies")) or names_of(values.get("actor"))

    def offer(self, items: Sequence[Item]) -> None:
        offer(self, "assignment_ref", [("", _("không thuộc phần nào")), *lines_for(items, "assignments")])
        deadlines = lines_for(items, "deadlines")
        if deadlines:
            offer(self, "deadline_refs", deadlines)
        else:
            del self.fields["deadline_refs"]

    def changed(self) -> dict[str, Any]:
        data = self.cleaned_data
        found = {
            "assignment_ref": data["assignment_ref"] or None,
            "role": data["role"],
            "mode": data["mode"] or None,
            "partners": self.agencies("partners"),
            "advises": as_held(self.values.get("advises"), data["advises"]),
            "condition": data["condition"] or None,
        }
        if data["agencies_"] != self.doers(self.values):
            found["agencies"] = [new_agency(name) for name in data["agencies_"]]
        if "deadline_refs" in data:
            found["deadline_refs"] = data["deadline_refs"]
        return found


class AssignmentForm(ItemForm):
    """A heading that gives a body its part."""

    agencies_ = NamesField(
        label=_("Cơ quan"), help_text=_("Mỗi dòng một cơ quan."), error_messages={"required": _("Ghi tên cơ quan.")}
    )
    mode = forms.ChoiceField(
        label=_("Cách giao"), choices=choices(words.MODES),
        help_text=_("“Được đề nghị” dành cho cơ quan ngoài quyền chỉ đạo: không bao giờ tính là chậm."),
    )  # fmt: skip

    def initial_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return dict(values) | {"agencies_": values.get("agencies"), "mode": values.get("mode") or "assigned"}

    def changed(self) -> dict[str, Any]:
        known = {one["name"]: one for one in self.values.get("agencies") or []}
        listed = [known.get(each, new_agency(each)) for each in self.cleaned_data["agencies_"]]
        return {"agencies": listed, "mode": self.cleaned_data["mode"]}


class LimitFields(forms.Form):
    """The fields of a time limit. `when` tells which of the others count; script hides those that do not."""

    when = forms.ChoiceField(label=_("Hạn là"), choices=choices(WHENS), required=False)
    relation = forms.ChoiceField(label=_("Tính"), choices=choices(words.RELATIONS), required=False)
    date = WrittenDateField(label=_("Ngày"), required=False)
    date_to = WrittenDateField(label=_("Đến hết ngày"), required=False)
    every = forms.ChoiceField(label=_("Lặp"), choices=choices(RULES), required=False)
    weekday = forms.ChoiceField(label=_("Thứ"), choices=choices(WEEKDAYS, _("chọn thứ")), required=False)
    day = forms.IntegerField(
        label=_("Ngày trong tháng"), required=False, min_value=1, max_value=31,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Ghi ngày từ 1 đến 31.")),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "2"}),
    )  # fmt: skip
    month = forms.IntegerField(
        label=_("Tháng"), required=False, min_value=1, max_value=12,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Ghi tháng từ 1 đến 12.")),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "2"}),
    )  # fmt: skip
    event = forms.CharField(label=_("Sự việc"), required=False, max_length=300)


LIMIT_PARTS = {
    "relation": "date span rule event",
    "date": "date span",
    "date_to": "span",
    "every": "rule",
    "weekday": "rule",
    "day": "rule",
    "month": "rule",
    "event": "event",
}
"""Which kinds of limit (`when`) each field belongs to."""


def limit_initial(limit: Mapping[str, Any] | None) -> dict[str, Any]:
    """A limit of the contract as initial values of LimitFields."""
    limit = limit or {}
    found: dict[str, Any] = {"relation": limit.get("relation") or "before", "when": ""}
    if limit.get("date"):
        found |= {"when": "date", "date": limit["date"]}
    elif limit.get("from"):
        found |= {
            "when": "span",
            "date": limit["from"],
            "date_to": limit["to"],
            "relation": limit.get("relation") or "within",
        }
    elif limit.get("rule"):
        found |= {"when": "rule", **rule_parts(str(limit["rule"]))}
    elif limit.get("event"):
        found |= {"when": "event", "event": limit["event"]}
    return found


def rule_parts(rule: str) -> dict[str, Any]:
    """A recurrence as fields; empty for one that has no such form."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    day, months = parts.get("BYMONTHDAY", ""), parts.get("BYMONTH", "")
    if parts.get("FREQ") == "WEEKLY" and re.fullmatch(r"[A-Z]{2}", parts.get("BYDAY", "")):
        return {"every": "WEEKLY", "weekday": parts["BYDAY"]}
    if not day.isdigit():
        return {}
    if parts.get("FREQ") == "MONTHLY":
        return {"every": "MONTHLY", "day": int(day)}
    fixed = {"3,6,9,12": "QUARTERLY", "6,12": "HALF_YEARLY"}.get(months)
    if fixed:
        return {"every": fixed, "day": int(day)}
    return {"every": "YEARLY", "day": int(day), "month": int(months)} if months.isdigit() else {}


def rule_of(data: Mapping[str, Any]) -> str:
    """Fields as a recurrence; the checks of `check_limit` have passed."""
    match data["every"]:
        case "WEEKLY":
            return f"FREQ=WEEKLY;BYDAY={data['weekday']}"
        case "MONTHLY":
            return f"FREQ=MONTHLY;BYMONTHDAY={data['day']}"
        case "QUARTERLY":
            return f"FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY={data['day']}"
        case "HALF_YEARLY":
            return f"FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY={data['day']}"
        case _:
            return f"FREQ=YEARLY;BYMONTH={data['month']};BYMONTHDAY={data['day']}"


def check_limit(form: forms.Form, *, required: bool) -> None:
    """Adds errors for what the chosen kind of limit still needs."""
    data = form.cleaned_data
    needs: dict[str, Any] = {}
    match data.get("when"):
        case "date":
            needs = {"date": _("Ghi ngày.")}
        case "span":
            needs = {"date": _("Ghi ngày đầu."), "date_to": _("Ghi ngày cuối.")}
            check_window(form, "date", "date_to")
        case "rule" if data.get("every") == "WEEKLY":
            needs = {"weekday": _("Chọn thứ.")}
        case "rule":
            needs = {"day": _("Ghi ngày trong tháng.")}
            if data.get("every") == "YEARLY":
                needs["month"] = _("Ghi tháng.")
        case "event":
            needs = {"event": _("Ghi sự việc, ví dụ: trước khi nghiệm thu.")}
        case _ if required:
            needs = {"when": _("Chọn hạn là một ngày, một khoảng, lặp lại hay theo sự việc.")}
    for name, message in needs.items():
        if data.get(name) in (None, "") and name not in form.errors:
            form.add_error(name, message)


def limit_of(data: Mapping[str, Any], held: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Fields as a limit of the contract. A precision the document gave ("đến năm 2027") stays while the days stay."""
    held = held or {}
    relation = data.get("relation") or "by"
    match data.get("when"):
        case "date":
            day = iso(data["date"])
            precision = held.get("precision") if held.get("date") == day else None
            return {"relation": relation, "precision": precision or "day", "date": day}
        case "span":
            ends = {"from": iso(data["date"]), "to": iso(data["date_to"])}
            kept = held.get("precision") if {name: held.get(name) for name in ends} == ends else None
            return {"relation": relation, "precision": kept or precision_of(data["date"], data["date_to"]), **ends}
        case "rule":
            return {"relation": relation, "precision": "recurring", "rule": rule_of(data)}
        case "event":
            return {"relation": relation, "precision": "event", "event": data["event"]}
        case _:
            return None


def precision_of(start: date, end: date) -> str:
    """The calendar period two days are the ends of."""
    if start.day == 1 and end == month_end(end.year, end.month):
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        if (months, start.month % 12) == (12, 1):
            return "year"
        if months == 6 and start.month in {1, 7}:
            return "half_year"
        if months == 3 and start.month % 3 == 1:
            return "quarter"
        if months == 1:
            return "month"
    return "range"


class DeadlineForm(LimitFields, ItemForm):
    """A time limit and whether it is tentative."""

    binds_ = forms.ChoiceField(label=_("Hạn của việc"), required=False)
    tentative = forms.BooleanField(label=_("Hạn dự kiến"), required=False)

    def initial_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        binds = values.get("binds") or {}
        bound = f"{binds.get('type')}:{binds.get('ref')}" if binds.get("ref") else ""
        return limit_initial(values) | {"tentative": values.get("tentative"), "binds_": bound}

    def offer(self, items: Sequence[Item]) -> None:
        named = (("task", "tasks"), ("target", "targets"), ("report", "reporting_duties"), ("project", "projects"))
        groups = [
            (words.SINGULAR[name], [(f"{kind}:{key}", text) for key, text in lines_for(items, name)])
            for kind, name in named
        ]
        offer(self, "binds_", [("", _("chưa gắn với việc nào")), *groups])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_limit(self, required=True)
        return data

    def changed(self) -> dict[str, Any]:
        empty = dict.fromkeys(("date", "from", "to", "rule", "event"))
        kind, _colon, ref = self.cleaned_data["binds_"].partition(":")
        binds = {"type": kind, "ref": ref} if ref else None
        limit = limit_of(self.cleaned_data, self.values) or {}
        return empty | limit | {"tentative": self.cleaned_data["tentative"], "binds": binds}


class DutyForm(LimitFields, ItemForm):
    """A report that somebody owes: who to whom, how often, until when."""

    kind = forms.ChoiceField(label=_("Loại báo cáo"), required=False, choices=choices(words.DUTY_KINDS, _("không ghi")))
    period = forms.ChoiceField(label=_("Kỳ"), required=False, choices=choices(words.PERIODS, _("không ghi")))
    reporter = NamesField(label=_("Ai gửi"), required=False, help_text=_("Mỗi dòng một cơ quan."))
    recipient = NamesField(label=_("Gửi đến"), required=False)
    via = forms.CharField(label=_("Gửi qua"), required=False, max_length=300)
    what = forms.CharField(label=_("Nội dung"), required=False, max_length=400)
    due_text = forms.CharField(label=_("Hạn ghi bằng lời"), required=False, max_length=200)

    field_order = ["kind", "period", "reporter", "recipient", "via", "what", *LimitFields.base_fields, "due_text"]

    def initial_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return dict(values) | limit_initial(values.get("due")) | {"via": name_of(values.get("via"))}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_limit(self, required=False)
        return data

    def changed(self) -> dict[str, Any]:
        data = self.cleaned_data
        held = self.values.get("due")
        due = limit_of(data, held)
        return {
            "kind": data["kind"] or None,
            "period": data["period"] or None,
            "reporter": self.agencies("reporter"),
            "recipient": self.agencies("recipient"),
            "via": as_held(self.values.get("via"), data["via"]),
            "what": data["what"] or None,
            "due": held if limit_from(held) == limit_from(due) and held else due,
            "due_text": data["due_text"] or None,
        }


class ProjectForm(ItemForm):
    """A project or sub-project of a programme."""

    number = forms.IntegerField(
        label=_("Số"), required=False, min_value=0, error_messages={"invalid": _("Ghi số thứ tự bằng số nguyên.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
    )  # fmt: skip
    title = forms.CharField(
        label=_("Tên dự án"), max_length=600, error_messages={"required": _("Ghi tên dự án.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    owner = forms.CharField(label=_("Chủ dự án"), required=False, max_length=300)
    guided_by = forms.CharField(label=_("Hướng dẫn"), required=False, max_length=300)

    def initial_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return dict(values) | {"owner": name_of(values.get("owner")), "guided_by": name_of(values.get("guided_by"))}

    def changed(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "number": data["number"],
            "title": data["title"],
            "owner": as_held(self.values.get("owner"), data["owner"]),
            "guided_by": as_held(self.values.get("guided_by"), data["guided_by"]),
        }


class WindowForm(ItemForm):
    """A campaign or stage with two ends."""

    name = forms.CharField(label=_("Tên đợt"), max_length=300, error_messages={"required": _("Ghi tên đợt.")})
    from_ = WrittenDateField(label=_("Từ ngày"), error_messages={"required": _("Ghi ngày đầu.")})
    to = WrittenDateField(label=_("Đến hết ngày"), error_messages={"required": _("Ghi ngày cuối.")})

    def initial_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return dict(values) | {"from_": values.get("from")}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_window(self, "from_", "to")
        return data

    def changed(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"name": data["name"], "from": iso(data["from_"]), "to": iso(data["to"])}


class HeaderForm(forms.Form):
    """The head of the document: name, number, window of the plan. Fields as in `plans.contract.Header`."""

    kind = forms.ChoiceField(label=_("Loại"), choices=PlanKind.choices)
    title = forms.CharField(
        label=_("Tên kế hoạch"), max_length=1000, error_messages={"required": _("Ghi tên kế hoạch.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    number = forms.CharField(label=_("Số"), required=False, max_length=40, help_text=_("Để trống khi chưa ban hành."))
    symbol = forms.CharField(label=_("Ký hiệu"), required=False, max_length=60, help_text=_("Ví dụ: KH-UBND"))
    issued_on = WrittenDateField(label=_("Ngày ban hành"), required=False)
    issuer_name = forms.CharField(label=_("Cơ quan ban hành"), required=False, max_length=300)
    window_from = WrittenDateField(label=_("Thực hiện từ ngày"), required=False)
    window_to = WrittenDateField(label=_("Đến hết ngày"), required=False)

    def __init__(self, header: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data, initial=dict(header), label_suffix="")
        for name, field in self.fields.items():
            field.wide = name in {"title", "issuer_name"}  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_window(self, "window_from", "window_to")
        return data


class NewUnitForm(forms.Form):
    """A unit made in place for a name of the document."""

    name = forms.CharField(label=_("Tên đơn vị"), max_length=300, error_messages={"required": _("Ghi tên đơn vị.")})
    kind = forms.ChoiceField(label=_("Loại"), choices=UnitKind.choices, initial=UnitKind.AGENCY)
    level = forms.ChoiceField(label=_("Cấp"), choices=Level.choices)
    parent = forms.TypedChoiceField(label=_("Trực thuộc"), required=False, coerce=int, empty_value=None)

    @classmethod
    def blank(cls, name: str, parents: Sequence[Unit], data: Any = None) -> NewUnitForm:
        """The form with the name as the document has it; the first of `parents` is the likely one."""
        first = parents[0] if parents else None
        initial = {
            "name": name[:1].upper() + name[1:],
            "level": first.level if first else "",
            "parent": first and first.pk,
        }
        form = cls(data, initial=initial, label_suffix="")
        offer(form, "parent", [("", _("không trực thuộc đơn vị nào ở đây")), *((one.pk, one.name) for one in parents)])
        return form


def as_held(held: Any, written: str) -> Any:
    """A single body as the reading holds it: untouched while the name is the same, else an agency (or None)."""
    written = " ".join((written or "").split())
    if written == name_of(held):
        return held
    if not written:
        return None
    return new_agency(written)


def check_window(form: forms.Form, first: str, last: str) -> None:
    """Both ends or neither, in order."""
    start, end = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if first in form.errors or last in form.errors:
        return
    if start and end and end < start:
        form.add_error(last, gettext("Ngày cuối phải từ ngày đầu trở đi."))
    elif bool(start) != bool(end):
        form.add_error(last if start else first, gettext("Ghi cả ngày đầu và ngày cuối."))


def iso(day: date | None) -> str | None:
    """A date for JSON."""
    return day.isoformat() if day else None


FORMS: dict[str, type[ItemForm]] = {
    "targets": TargetForm,
    "allocations": AllocationForm,
    "tasks": TaskForm,
    "assignments": AssignmentForm,
    "deadlines": DeadlineForm,
    "reporting_duties": DutyForm,
    "projects": ProjectForm,
    "campaign_windows": WindowForm,
}
