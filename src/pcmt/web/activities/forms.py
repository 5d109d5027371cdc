"""Forms of entries, made from what a kind asks (`KindSchema`); filters of the list.

Whoever shows a form of a kind (a preview, a place, a phone's page) makes its boxes with `box_of` and `boxed`, takes
what was typed with `typed_of`, puts what was refused to the fields with `put_refusal`, and draws
`components/record_form.html`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Event, EventState, Kind, KindNoun, Place
from pcmt.apps.activities.operations.events import Said
from pcmt.apps.activities.policies import areas, bodies, heir_of, shown_to
from pcmt.apps.activities.queries.events import EventFilter
from pcmt.apps.plans.models import Plan, PlanState
from pcmt.apps.tasks.models import DueState, Task
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import FieldType, KindField, KindSchema, shown
from pcmt.web.fields import FilterForm, WrittenDateField

FIELD = "f_"
"""Before the keys of a kind's own fields, so that none meets a name of the form."""
MOST_OFFERED = 400
"""So many units, places and tasks are offered in a box at most: a page stays light."""


def box_of(field: KindField) -> forms.Field:
    """The box of a kind's field. What is typed is read by the kind itself, which knows how people write."""
    label = f"{field.label} ({field.unit_word})" if field.unit_word else field.label
    more: dict[str, Any] = {"label": label, "required": False, "help_text": field.help}
    match field.type:
        case FieldType.CHOICE:
            offered = [("", "—"), *((each.key, each.label) for each in field.options)]
            return forms.ChoiceField(choices=offered, **more)
        case FieldType.CHOICES:
            offered = [(each.key, each.label) for each in field.options]
            return forms.MultipleChoiceField(choices=offered, widget=forms.CheckboxSelectMultiple, **more)
        case FieldType.YES_NO:
            return forms.ChoiceField(choices=[("", "—"), ("1", _("Có")), ("0", _("Không"))], **more)
        case FieldType.LINES:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **more)
        case FieldType.WHOLE | FieldType.MONEY | FieldType.DECIMAL:
            mode = "decimal" if field.type is FieldType.DECIMAL else "numeric"
            return forms.CharField(widget=forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"}), **more)
    return forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off"}), **more)


def boxed(fields: Iterable[KindField], data: Mapping[str, Any]) -> dict[str, Any]:
    """What a kind's boxes hold at first: kept values the way people write them."""
    found: dict[str, Any] = {}
    for field in fields:
        value = data.get(field.key)
        if value is None:
            continue
        match field.type:
            case FieldType.CHOICE | FieldType.CHOICES:
                found[FIELD + field.key] = value
            case FieldType.YES_NO:
                found[FIELD + field.key] = "1" if value else "0"
            case _:
                found[FIELD + field.key] = shown(field, value)
    return found


def typed_of(fields: Iterable[KindField], data: Any) -> dict[str, Any]:
    """What was typed into a kind's boxes (a QueryDict), as `read_entry` takes it."""
    return {
        each.key: data.getlist(FIELD + each.key) if each.type is FieldType.CHOICES else data.get(FIELD + each.key, "")
        for each in fields
    }


def put_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Say at the fields, or on top where there is none, why an entry was refused."""
    problems = refusal.problems or ()
    for problem in problems:
        name = FIELD + str(problem.about)
        form.add_error(name if name in form.fields else None, problem.message)
    if not problems:
        field = "lat" if refusal.field == "point" and "lat" in form.fields else refusal.field or ""
        name = field if field in form.fields else FIELD + field
        form.add_error(name if name in form.fields else None, refusal.message)


class RecordForm(forms.Form):
    """The boxes of a kind. `quick` stand first on the phone, `rest` are folded; other forms add boxes of their own."""

    first: Sequence[str] = ()
    later: Sequence[str] = ()

    def __init__(self, *args: Any, schema: KindSchema, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schema = schema
        quick = {each.key for each in schema.quick_fields}
        self._quick = [FIELD + each.key for each in schema.fields if each.key in quick]
        self._rest = [FIELD + each.key for each in schema.fields if each.key not in quick]
        for field in schema.fields:
            self.fields[FIELD + field.key] = box_of(field)

    @property
    def quick(self) -> list[forms.BoundField]:
        """What is asked first."""
        return [self[name] for name in (*self.first, *self._quick) if name in self.fields]

    @property
    def rest(self) -> list[forms.BoundField]:
        """What is folded."""
        return [self[name] for name in (*self._rest, *self.later) if name in self.fields]

    @property
    def rest_open(self) -> bool:
        """Whether something in the folded part is wrong: then it stands open."""
        return any(field.errors for field in self.rest)

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed into the kind's boxes."""
        return typed_of(self.schema.fields, self.data)


class EventForm(RecordForm):
    """An event being written down or put right. Days are asked as days; everything else is read by the operation."""

    first = ("on", "until", "time", "title", "places")
    later = ("where", "point", "body", "area", "plan", "task")

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    on = WrittenDateField(label=gettext_lazy("Ngày"), error_messages={"required": gettext_lazy("Nhập ngày.")})
    until = WrittenDateField(label=gettext_lazy("Đến hết ngày"), required=False)
    time = forms.CharField(
        label=gettext_lazy("Giờ"), required=False, max_length=10, help_text=gettext_lazy("Ví dụ 7:30.")
    )
    title = forms.CharField(label=gettext_lazy("Tên, nội dung"), required=False, max_length=300)
    places = forms.TypedMultipleChoiceField(label=gettext_lazy("Địa điểm"), required=False, coerce=int)
    where = forms.CharField(label=gettext_lazy("Ở đâu"), required=False, max_length=300)
    point = forms.CharField(
        label=gettext_lazy("Tọa độ"), required=False, max_length=40,
        help_text=gettext_lazy("Vĩ độ và kinh độ, ví dụ 21.02851 105.80482. Để trống nếu không rõ."),
    )  # fmt: skip
    body = forms.TypedChoiceField(label=gettext_lazy("Đơn vị thực hiện"), required=False, coerce=int, empty_value=None)
    area = forms.TypedChoiceField(label=gettext_lazy("Địa bàn"), required=False, coerce=int, empty_value=None)
    plan = forms.TypedChoiceField(label=gettext_lazy("Theo kế hoạch"), required=False, coerce=int, empty_value=None)
    task = forms.TypedChoiceField(label=gettext_lazy("Theo nhiệm vụ"), required=False, coerce=int, empty_value=None)
    again = forms.BooleanField(label=gettext_lazy("Đây là lần khác, vẫn ghi"), required=False)
    words = forms.CharField(label=gettext_lazy("Lý do sửa"), required=False, max_length=500)

    def __init__(
        self, *args: Any, actor: Actor, schema: KindSchema, event: Event | None = None, likely: bool = False, **kw: Any
    ) -> None:
        super().__init__(*args, schema=schema, **kw)
        self.actor = actor
        fields: Any = self.fields
        body_id = event.body_id if event else actor.unit_id
        if not schema.spans_days:
            del fields["until"]
        if not schema.asks_time:
            del fields["time"]
        if schema.title:
            del fields["title"]
        if schema.with_places:
            fields["places"].choices = _places(actor, schema, event)
            if len(fields["places"].choices) <= 12:
                fields["places"].widget = forms.CheckboxSelectMultiple(choices=fields["places"].choices)
        else:
            del fields["places"]
        if not likely:
            del fields["again"]
        if event is None:
            del fields["words"], fields["version"]
            offered = _named(bodies(actor), actor.unit_id)
            sent = self.data.get("body", "")
            if sent.isdecimal() and len(sent) < 10 and heir_of(actor, int(sent)) is not None:
                offered.append((int(sent), ""))  # it ended while the page stood open: the operation says who took over
            fields["body"].choices = offered
            if len(offered) < 2:
                del fields["body"]
        else:
            del fields["key"], fields["body"]
            fields["words"].required = False
        there = [(pk, name) for pk, name in _named(areas(actor, body_id), None)]
        if event is not None and event.area_id not in dict(there):
            there = [(event.area_id, event.area.name), *there]
        whole = [("", _("Cả địa bàn của đơn vị thực hiện"))] if event is None else []
        fields["area"].choices = [*whole, *there]
        if len(fields["area"].choices) < 2:
            del fields["area"]
        plans = Plan.objects.visible_to(actor).filter(state=PlanState.ADOPTED).order_by("-pk")[:MOST_OFFERED]
        fields["plan"].choices = [("", "—"), *((each.pk, each.title) for each in plans)]
        tasks = Task.objects.visible_to(actor).filter(
            due_items__unit=actor.unit_id, due_items__state=DueState.OPEN
        )  # fmt: skip
        offered_tasks = [(each.pk, str(each)[:120]) for each in tasks.distinct().order_by("-pk")[:100]]
        if event is not None:
            _keep(fields["plan"], event.plan_id, event.plan)
            if event.task_id and event.task_id not in dict(offered_tasks):
                offered_tasks.append((event.task_id, str(event.task)[:120]))
        fields["task"].choices = [("", "—"), *offered_tasks]
        for name in ("plan", "task"):
            if len(fields[name].choices) < 2:
                del fields[name]

    def clean_point(self) -> tuple[Decimal, Decimal] | None:
        """Latitude and longitude in degrees, apart by a blank, a semicolon or a comma with a blank."""
        text = str(self.cleaned_data.get("point") or "").strip()
        if not text:
            return None
        parts = text.replace(";", " ").replace(", ", " ").split()
        if len(parts) == 1:
            parts = text.split(",")
        try:
            lat, lon = (Decimal(part.replace(",", ".").strip()) for part in parts)
        except (InvalidOperation, ValueError):
            raise forms.ValidationError(_("Ghi vĩ độ rồi kinh độ, ví dụ 21.02851 105.80482.")) from None
        if not (Decimal(6) <= lat <= Decimal(24) and Decimal(102) <= lon <= Decimal(118)):
            raise forms.ValidationError(_("Điểm này không nằm trong lãnh thổ. Xem lại thứ tự vĩ độ, kinh độ."))
        fifth = Decimal("0.00001")
        return lat.quantize(fifth), lon.quantize(fifth)

    def said(self, area_id: int, event: Event | None = None) -> Said:
        """What the form says beside the kind's fields. What it does not ask stays as the event has it."""
        data = self.cleaned_data
        return Said(
            area_id=data.get("area") or (event.area_id if event else area_id),
            on=data["on"],
            until=data.get("until"),
            time=data.get("time") or None,
            title=data.get("title") or "",
            where=data.get("where") or "",
            point=data.get("point"),
            place_ids=tuple(data.get("places") or ()),
            plan_id=data.get("plan"),
            task_id=data.get("task"),
        )

    @property
    def sent_key(self) -> UUID:
        """The key that the page was drawn with; a new one where it is missing."""
        key: UUID | None = self.cleaned_data.get("key")
        return key or uuid4()


def starting_with(event: Event, schema: KindSchema) -> dict[str, Any]:
    """What the boxes hold when an event is put right."""
    return {
        **boxed(schema.fields, event.data),
        "on": event.on,
        "until": event.until,
        "time": f"{event.time:%H:%M}" if event.time else "",
        "title": event.title,
        "where": event.where,
        "point": f"{event.lat} {event.lon}" if event.lat is not None else "",
        "area": event.area_id,
        "plan": event.plan_id,
        "task": event.task_id,
        "places": list(event.at_places.values_list("place_id", flat=True)),
        "version": event.version,
    }


def repeating(event: Event, schema: KindSchema) -> dict[str, Any]:
    """What the boxes hold when the last entry is repeated: everything but its days and its hour."""
    same = starting_with(event, schema)
    return {name: value for name, value in same.items() if name not in ("on", "until", "time", "version")}


def asked_for(form: EventForm, words: Mapping[str, str]) -> dict[str, Any]:
    """What an address asks to begin with (`place`, `unit`, `area`): only what the form offers."""
    found: dict[str, Any] = {}
    for name, box in (("place", "places"), ("unit", "body"), ("area", "area")):
        text = words.get(name, "")
        field: Any = form.fields.get(box)
        if field is not None and text.isdecimal() and text in {str(value) for value, _label in field.choices}:
            found[box] = [int(text)] if box == "places" else int(text)
    if "places" in found and "area" in form.fields:
        area_id = Place.objects.filter(pk=found["places"][0]).values_list("area_id", flat=True).first()
        area: Any = form.fields["area"]
        found |= {"area": area_id} if area_id in dict(area.choices) else {}
    return found


class EventListFilter(FilterForm):
    """Which events to look at."""

    q = forms.CharField(label=gettext_lazy("Tên, nơi"), required=False, max_length=100)
    loai = forms.ChoiceField(label=gettext_lazy("Loại"), required=False)
    nhom = forms.ChoiceField(label=gettext_lazy("Nhóm"), required=False)
    don_vi = forms.TypedChoiceField(label=gettext_lazy("Đơn vị"), required=False, coerce=int, empty_value=None)
    tu = WrittenDateField(label=gettext_lazy("Từ ngày"), required=False)
    den = WrittenDateField(label=gettext_lazy("Đến hết ngày"), required=False)
    tinh_trang = forms.ChoiceField(label=gettext_lazy("Tình trạng"), required=False)
    ke_hoach = forms.TypedChoiceField(label=gettext_lazy("Theo kế hoạch"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        fields: Any = self.fields
        anything = ("", pgettext_lazy("danh mục", "Tất cả"))
        kinds: Any = list(Kind.objects.visible_to(actor).filter(noun=KindNoun.EVENT))
        fields["loai"].choices = [anything, *((each.code, each.label) for each in kinds)]
        fields["nhom"].choices = [anything, *((each, each) for each in dict.fromkeys(kind.group for kind in kinds))]
        units = Unit.objects.as_of(actor.on).under(actor.unit_id, actor.on)
        fields["don_vi"].choices = [anything, *_named(units, None)]
        fields["tinh_trang"].choices = [anything, *EventState.choices]
        plans = Plan.objects.visible_to(actor).exclude(state=PlanState.DRAFT).order_by("-pk")[:MOST_OFFERED]
        fields["ke_hoach"].choices = [anything, *((each.pk, each.title) for each in plans)]

    @property
    def wanted(self) -> EventFilter:
        """What the list asks."""
        found = self.chosen
        return EventFilter(
            kind=found["loai"] or "",
            group=found["nhom"] or "",
            unit_id=found["don_vi"],
            since=found["tu"],
            upto=found["den"],
            state=found["tinh_trang"] or "",
            plan_id=found["ke_hoach"],
            words=found["q"] or "",
        )


def _named(units: Any, first: int | None) -> list[tuple[int, str]]:
    found = list(units.in_official_order().values_list("pk", "name")[:MOST_OFFERED])
    return sorted(found, key=lambda each: each[0] != first)


def _places(actor: Actor, schema: KindSchema, event: Event | None) -> list[tuple[int, str]]:
    rows = shown_to(Place.objects.filter(voided_at__isnull=True, to_on__isnull=True), actor)
    rows = rows.filter(kind__code__in=schema.with_places).select_related("kind", "area").order_by("search_key", "pk")
    found = {each.pk: f"{each.name} · {each.area.called}" for each in rows[:MOST_OFFERED]}
    if event is not None:
        for link in event.at_places.select_related("place__area"):
            found.setdefault(link.place_id, f"{link.place.name} · {link.place.area.called}")
    return list(found.items())


def _keep(field: Any, pk: int | None, row: Any) -> None:
    if pk and pk not in dict(field.choices):
        field.choices = [*field.choices, (pk, str(row))]


def day_of(text: str) -> date | None:
    """A day in ISO form out of an address; None where it makes no sense."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
