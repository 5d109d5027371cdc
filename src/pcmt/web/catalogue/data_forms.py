"""Data forms: the list, one form as the officer sees it, making, taking over, changing, ending."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor, reached_units
from pcmt.apps.facts.catalogue import breakdowns, catalogue, rows_of
from pcmt.apps.facts.models import CALENDAR_WORDS, PERIODS, Form
from pcmt.apps.facts.operations import (
    FormText,
    Line,
    adopt_form,
    change_form,
    define_form,
    end_form,
    text_of,
)
from pcmt.apps.facts.policies import can_keep_form_at, can_keep_forms, units_keeping_forms
from pcmt.apps.facts.queries import units_asked
from pcmt.apps.units.models import Level, Unit, UnitKind
from pcmt.core.measures import part_label
from pcmt.core.periods import ADMINISTRATIVE
from pcmt.core.text import fold
from pcmt.web.catalogue.acting import acted, forming, trail_to
from pcmt.web.catalogue.elements import tabs
from pcmt.web.catalogue.forms import EndForm
from pcmt.web.catalogue.words import asked_words, period_words, window_words
from pcmt.web.fields import WrittenDateField
from pcmt.web.people.fields import UnitField
from pcmt.web.shell.access import acting

REPORTERS_SHOWN = 40
ITSELF = "chinh-don-vi"
GROUP = "nhom-"


class _Rooted(forms.Form):
    root = UnitField(label=gettext_lazy("Biểu của"), error_messages={"required": gettext_lazy("Chọn đơn vị.")})

    def __init__(self, data: Any = None, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        reached = Unit.objects.as_of(actor.on).filter(pk__in=reached_units(actor, actor.changes("facts.Form")))
        if "root" in self.fields:
            root: Any = self.fields["root"]
            root.units, root.on = reached, actor.on
        self.groups = reached.filter(kind=UnitKind.GROUP).order_by("sort_key")


class DataForm(_Rooted):
    """A data form: whom it asks, how often, for what. The lines are boxes, each with its place in the form."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=gettext_lazy("Tên biểu"), max_length=300, error_messages={"required": gettext_lazy("Nhập tên biểu.")}
    )
    code = forms.CharField(label=gettext_lazy("Ký hiệu biểu"), max_length=40, required=False)
    asked = forms.ChoiceField(label=gettext_lazy("Ai nhập"))
    period = forms.ChoiceField(
        label=gettext_lazy("Kỳ"), choices=[(str(kind), word) for kind, word in PERIODS.items()], initial="month"
    )
    calendar = forms.ChoiceField(
        label=gettext_lazy("Lịch"), choices=list(CALENDAR_WORDS.items()), initial=ADMINISTRATIVE.code
    )
    valid_from = WrittenDateField(
        label=gettext_lazy("Dùng từ ngày"),
        help_text=gettext_lazy("Kỳ nào kết thúc từ ngày này trở đi thì nhập theo biểu này."),
        error_messages={"required": gettext_lazy("Ghi ngày bắt đầu dùng.")},
    )
    needs_acceptance = forms.BooleanField(label=gettext_lazy("Số liệu phải được tiếp nhận mới tính"), required=False)
    lines = forms.MultipleChoiceField(
        label=gettext_lazy("Chỉ tiêu thống kê"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Chọn ít nhất một chỉ tiêu thống kê."),
            "invalid_choice": gettext_lazy("Có chỉ tiêu không còn trong danh mục."),
        },
    )
    field_order = ("title", "code", "root", "asked", "period", "calendar", "valid_from", "needs_acceptance")

    def __init__(self, data: Any = None, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, actor=actor, **kwargs)
        levels = [(level.value, level.label) for level in Level if level != Level.CENTRAL]
        groups = [(f"{GROUP}{group.pk}", group.name) for group in self.groups]
        asked: Any = self.fields["asked"]
        itself = (ITSELF, _("Chính đơn vị của biểu"))
        asked.choices = [itself, (_("Mọi đơn vị của một cấp"), levels), (_("Các thành viên của một nhóm"), groups)]
        self.catalogue, self.parts = catalogue(actor.on), breakdowns(actor.on)
        lines: Any = self.fields["lines"]
        lines.choices = [(value, value) for value in self._values()]

    def _values(self) -> Iterable[str]:
        for element in self.catalogue.elements.values():
            yield element.code
            for key in element.breakdowns:
                yield from (f"{element.code}|{key}={option}" for option in self.parts[key].options)
        yield from self.initial.get("lines", ())

    @property
    def text(self) -> FormText:
        """What was typed."""
        data = self.cleaned_data
        asked = data["asked"]
        return FormText(
            title=" ".join(data["title"].split()),
            code=data["code"],
            lines=tuple(line_of(value) for value in sorted(data["lines"], key=self._place)),
            period=data["period"],
            calendar=data["calendar"],
            level="" if asked == ITSELF or asked.startswith(GROUP) else asked,
            group_id=int(asked.removeprefix(GROUP)) if asked.startswith(GROUP) else None,
            needs_acceptance=data["needs_acceptance"],
            valid_from=data["valid_from"],
        )

    def _place(self, value: str) -> tuple[int, int]:
        """Where a line stands: by the place that was typed for its element, else after all those, as in the list."""
        order = list(dict.fromkeys(self._values()))
        typed = str(self.data.get(f"stt-{value.partition('|')[0]}", "")).strip()
        return (int(typed) if typed.isdecimal() and len(typed) < 5 else 9999, order.index(value))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The elements to choose from, each with the parts that may be asked for, as they are chosen."""
        chosen = list(self["lines"].value() or ())
        places = {code: at for at, code in enumerate(dict.fromkeys(v.partition("|")[0] for v in chosen), start=1)}
        return [
            {
                "code": element.code,
                "name": element.name,
                "unit_word": element.unit_word,
                "key": fold(element.name),
                "checked": element.code in chosen,
                "place": self.data.get(f"stt-{element.code}", "") if self.is_bound else places.get(element.code, ""),
                "open": any(value.startswith(f"{element.code}|") for value in chosen),
                "parts": [
                    {
                        "name": self.parts[key].name,
                        "options": [
                            {
                                "value": (value := f"{element.code}|{key}={option.code}"),
                                "name": option.name,
                                "checked": value in chosen,
                            }
                            for option in self.parts[key].options.values()
                        ],
                    }
                    for key in element.breakdowns
                ],
            }
            for element in self.catalogue.elements.values()
        ]


class AdoptForm(_Rooted):
    """Which of the program's own forms to take over, for whom, from when."""

    code = forms.ChoiceField(
        label=gettext_lazy("Biểu có sẵn"),
        choices=lambda: [(row["code"], f"{row['code']}: {row['title']}") for row in rows_of("forms")["form"]],
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Nhóm đơn vị nhập"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=gettext_lazy("Như trong biểu"),
    )
    valid_from = WrittenDateField(
        label=gettext_lazy("Dùng từ ngày"), error_messages={"required": gettext_lazy("Ghi ngày bắt đầu dùng.")}
    )
    field_order = ("code", "root", "group", "valid_from")

    def __init__(self, data: Any = None, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, actor=actor, **kwargs)
        group: Any = self.fields["group"]
        group.queryset = self.groups


def line_of(value: str) -> Line:
    """A line from the value of its box: "addicts|sex=female"."""
    code, _sign, part = value.partition("|")
    return Line(code, part)


def listed(request: HttpRequest) -> HttpResponse:
    """The forms in use and to come, and on demand those that have ended; one's own area first."""
    actor = acting(request)
    found: Any = Form.objects.visible_to(actor).select_related("root", "group")
    ended = request.GET.get("ngung") == "1"
    if not ended:
        found = found.exclude(valid_to__lte=actor.on)
    kept = units_keeping_forms(actor)
    rows = [
        {
            "form": form, "asked": asked_words(form), "period": period_words(form),
            "window": window_words(form.valid_from, form.valid_to), "kept": form.root_id in kept,
        }
        for form in found.order_by("root__sort_key", "code", "title", "-valid_from", "pk")
    ]  # fmt: skip
    rows.sort(key=lambda row: not row["kept"])
    context = {"rows": rows, "tabs": tabs("forms"), "keeps": can_keep_forms(actor), "ended": ended}
    return render(request, "catalogue/forms.html", context)


def form(request: HttpRequest, form_id: int) -> HttpResponse:
    """One form: whom it asks, what it looks like, what it replaced."""
    actor = acting(request)
    found = seen(actor, form_id)
    day = max(actor.on, found.valid_from)
    asked = units_asked([(found, day)])[found.pk, day]
    text = text_of(found)
    context = {
        "form": found,
        "trail": _trail(),
        "asked": asked_words(found),
        "period": period_words(found),
        "window": window_words(found.valid_from, found.valid_to),
        "lines": preview(text, found.valid_from),
        "reporters": asked[:REPORTERS_SHOWN],
        "more": len(asked) > REPORTERS_SHOWN,
        "keeps": can_keep_form_at(actor, found.root_id) and found.valid_to is None,
        "next": Form.objects.visible_to(actor).filter(replaces=found).first(),
    }
    return render(request, "catalogue/form.html", context)


def preview(text: FormText, on: date) -> list[dict[str, Any]]:
    """The lines of a form as the officer sees them: numbered, parts under their element."""
    found, parts = catalogue(on), breakdowns(on)
    rows: list[dict[str, Any]] = []
    number = 0
    for line in text.lines:
        element = found.elements.get(line.element)
        name = element.name if element else line.element
        if not line.breakdown:
            number += 1
        rows.append(
            {
                "number": "" if line.breakdown else number,
                "name": part_label(line.breakdown, parts) if line.breakdown else name,
                "of": name if line.breakdown else "",
                "unit_word": element.unit_word if element else "",
            }
        )
    return rows


def add(request: HttpRequest) -> HttpResponse:
    """A new form, for a unit of one's own area."""
    actor = forming(request)
    unit = Unit.objects.filter(pk=actor.unit_id).first()
    data = DataForm(request.POST or None, actor=actor, initial={"valid_from": actor.on, "root": unit})
    return _edited(
        request, data,
        lambda cleaned: define_form(actor=actor, at=timezone.now(), root_id=cleaned["root"].pk, form=data.text),
        heading=_("Lập biểu số liệu"), cancel=reverse("catalogue:forms"), done=_("Đã lập biểu."), trail=_trail(),
    )  # fmt: skip


def change(request: HttpRequest, form_id: int) -> HttpResponse:
    """Other words or lines for a form; one that was used ends and another begins."""
    actor = forming(request)
    found = kept(actor, form_id)
    text = text_of(found)
    used = found.recordings.exists()
    initial = {
        "version": found.version, "title": text.title, "code": text.code, "period": text.period,
        "asked": f"{GROUP}{text.group_id}" if text.group_id else text.level or ITSELF, "calendar": text.calendar,
        "needs_acceptance": text.needs_acceptance, "valid_from": actor.on if used else text.valid_from,
        "lines": [f"{line.element}|{line.breakdown}".rstrip("|") for line in text.lines],
    }  # fmt: skip
    data = DataForm(request.POST or None, actor=actor, initial=initial)
    data.fields.pop("root")
    here = reverse("catalogue:form", args=[form_id])
    return _edited(
        request, data,
        lambda cleaned: change_form(
            actor=actor, at=timezone.now(), form_id=form_id, version=cleaned["version"] or 0, form=data.text
        ),
        heading=_("Sửa biểu số liệu"), cancel=here, done=_("Đã lưu biểu."), trail=_trail((found.title, here)),
        used=used, current=lambda: kept(actor, form_id).version,
    )  # fmt: skip


def end(request: HttpRequest, form_id: int) -> HttpResponse:
    """The day from which a form asks no more."""
    actor = forming(request)
    found = kept(actor, form_id)
    data = EndForm(request.POST or None, initial={"version": found.version, "valid_to": actor.on})
    here = reverse("catalogue:form", args=[form_id])
    return acted(
        request, data,
        lambda cleaned: end_form(
            actor=actor, at=timezone.now(), form_id=form_id, version=cleaned["version"] or 0, on=cleaned["valid_to"]
        ),
        template="catalogue/end.html",
        page={
            "heading": _("Ngừng dùng biểu"), "under": found.title, "cancel": here,
            "trail": _trail((found.title, here)),
            "words": _("Kỳ nào kết thúc từ ngày này trở đi thì không phải nhập nữa. Số đã nhập vẫn giữ nguyên."),
        },
        back=lambda _made: here,
        done=_("Đã ngừng dùng biểu."),
        current=lambda: kept(actor, form_id).version,
    )  # fmt: skip


def adopt(request: HttpRequest) -> HttpResponse:
    """Take over one of the program's own forms."""
    actor = forming(request)
    unit = Unit.objects.filter(pk=actor.unit_id).first()
    data = AdoptForm(request.POST or None, actor=actor, initial={"valid_from": actor.on, "root": unit})

    def take(cleaned: Any) -> Any:
        group = cleaned["group"]
        return adopt_form(
            actor=actor, at=timezone.now(), code=cleaned["code"], root_id=cleaned["root"].pk,
            group_id=group.pk if group else None, valid_from=cleaned["valid_from"],
        )  # fmt: skip

    return acted(
        request, data, take, template="catalogue/plain_form.html",
        page={
            "heading": _("Dùng biểu có sẵn"), "submit": _("Dùng biểu này"), "cancel": reverse("catalogue:forms"),
            "trail": _trail(),
        },
        back=lambda made: reverse("catalogue:form", args=[made.pk]),
        done=_("Đã dùng biểu. Từ nay biểu là của đơn vị, sửa được."),
    )  # fmt: skip


def seen(actor: Actor, form_id: int) -> Any:
    """A form; 404 for what is not there."""
    found: Any = Form.objects.visible_to(actor).select_related("root", "group", "replaces")
    return get_object_or_404(found, pk=form_id)


def kept(actor: Actor, form_id: int) -> Any:
    """A form of the actor's own area; 404 for all others."""
    row = seen(actor, form_id)
    if not can_keep_form_at(actor, row.root_id):
        raise Http404
    return row


def _edited(
    request: HttpRequest,
    data: DataForm,
    act: Any,
    *,
    heading: str,
    cancel: str,
    done: str,
    current: Any = None,
    **page: Any,
) -> HttpResponse:
    """The page of a form being made; the button "look" shows it as the officer would see it, and stores nothing."""
    page |= {"heading": heading, "cancel": cancel}
    if request.method == "POST" and "xem" in request.POST:
        status = 422
        if data.is_valid():
            page["lines"] = preview(data.text, data.cleaned_data["valid_from"])
            status = 200
        context = {"form": data, "optional_word": _("không bắt buộc"), **page}
        return render(request, "catalogue/data_form.html", context, status=status)
    return acted(
        request, data, act, template="catalogue/data_form.html", page=page, done=done, current=current,
        back=lambda made: reverse("catalogue:form", args=[made.pk]),
    )  # fmt: skip


def _trail(*way: tuple[str, str]) -> list[tuple[str, str]]:
    return trail_to((_("Biểu số liệu"), reverse("catalogue:forms")), *way)
