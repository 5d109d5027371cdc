"""Filters of the list, of the map and of what came and went; forms of acts on places, made from the kind's fields."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.queries import maps
from pcmt.apps.activities.queries import places as asking
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import DAY, Span
from pcmt.core.schemas import KindField, StateSort
from pcmt.web.activities.forms import FIELD, box_of, put_refusal, typed_of
from pcmt.web.fields import FilterForm, WrittenDateField

ALL = ("", gettext_lazy("Tất cả"))
SORTS: Sequence[tuple[str, Any]] = (
    (str(StateSort.STANDING), gettext_lazy("Đang có")),
    (str(StateSort.WATCHED), gettext_lazy("Đang theo dõi")),
    (str(StateSort.GONE), gettext_lazy("Đã hết")),
)
"""What sorts of states are called: in filters and in the map's legend."""
POINT = ("lat", "lon")
TICK = forms.CheckboxInput


class PlaceListFilter(FilterForm):
    """Which places to look at."""

    arranges = ("xep",)

    q = forms.CharField(label=gettext_lazy("Tên"), required=False, max_length=100)
    loai = forms.ChoiceField(label=gettext_lazy("Loại"), required=False)
    tinh_trang = forms.ChoiceField(label=gettext_lazy("Tình trạng"), required=False)
    don_vi = forms.TypedChoiceField(label=gettext_lazy("Địa bàn"), required=False, coerce=int, empty_value=None)
    con = forms.ChoiceField(
        label=gettext_lazy("Theo dõi"), required=False,
        choices=[("", gettext_lazy("Đang theo dõi")), ("closed", gettext_lazy("Thôi theo dõi")),
                 ("voided", gettext_lazy("Đã bỏ"))],
    )  # fmt: skip
    xep = forms.ChoiceField(
        label=gettext_lazy("Thứ tự"), required=False,
        choices=[("", gettext_lazy("Theo loại và tên")), ("new", gettext_lazy("Mới chuyển tình trạng trước"))],
    )  # fmt: skip

    def __init__(self, data: Any, *, actor: Actor, kinds: asking.PlaceKinds) -> None:
        super().__init__(data)
        fields: Any = self.fields
        self.kinds = {kind.code: kind.pk for kind in kinds.kinds.values()}
        fields["loai"].choices = [ALL, *((kind.code, kind.label) for kind in kinds.kinds.values())]
        states: list[tuple[str, Any]] = []
        chosen = self.kinds.get(str(data.get("loai", "")))
        if chosen is not None:
            states = [(key, state.label) for key, state in kinds.states(chosen).items()]
        fields["tinh_trang"].choices = [ALL, *states, *((f"~{key}", label) for key, label in SORTS)]
        fields["don_vi"].choices = [ALL, *asking.units_with_places(actor)]

    @property
    def wanted(self) -> asking.PlaceFilter:
        """What the list asks."""
        found = self.chosen
        state = found["tinh_trang"] or ""
        return asking.PlaceFilter(
            kind_id=self.kinds.get(found["loai"] or ""),
            state="" if state.startswith("~") else state,
            sort=StateSort(state[1:]) if state.startswith("~") else None,
            unit_id=found["don_vi"],
            words=found["q"] or "",
            standing=found["con"] or "",
            order=found["xep"] or "",
        )


class MapForm(FilterForm):
    """What the map draws. The unit looked at closely is a word of the address, not a box."""

    arranges = ("xa", "tu", "den")

    loai = forms.ChoiceField(label=gettext_lazy("Nội dung"), required=False)
    tinh_trang = forms.ChoiceField(label=gettext_lazy("Tình trạng"), required=False, choices=[ALL, *SORTS])
    tu = WrittenDateField(label=gettext_lazy("Hoạt động từ ngày"), required=False)
    den = WrittenDateField(label=gettext_lazy("Tình trạng tại ngày, hoạt động đến ngày"), required=False)
    xa = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        fields: Any = self.fields
        of_places, of_events = maps.map_kinds()
        fields["loai"].choices = [
            ("", _("Mọi địa điểm")),
            *of_places,
            ("~", _("Mọi hoạt động")),
            *of_events,
        ]
        self.of_events = {"~", *(code for code, _label in of_events)}

    @property
    def wanted(self) -> maps.MapFilter:
        """What the map asks. The year so far, where no days are given; days the wrong way round are one day."""
        found = self.chosen
        until = min(found["den"] or self.actor.on, self.actor.on)
        since = min(found["tu"] or until.replace(month=1, day=1), until)
        code = found["loai"] or ""
        kind = maps.kind_of(code) if code not in ("", "~") else None
        return maps.MapFilter(
            until=until, since=since, events=code in self.of_events, kind_id=kind.pk if kind else None,
            sort=StateSort(found["tinh_trang"]) if found["tinh_trang"] else None, area_id=found["xa"],
        )  # fmt: skip


class FlowFilter(FilterForm):
    """Over which days, of which kind, in which unit places came and went."""

    arranges = ("tu", "den")

    tu = WrittenDateField(label=gettext_lazy("Từ ngày"), required=False)
    den = WrittenDateField(label=gettext_lazy("Đến hết ngày"), required=False)
    loai = forms.ChoiceField(label=gettext_lazy("Loại"), required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        fields: Any = self.fields
        fields["loai"].choices = [ALL, *maps.map_kinds()[0]]

    @property
    def window(self) -> Span:
        """The days; the year so far, where none are given."""
        found = self.chosen
        last = min(found["den"] or self.actor.on, self.actor.on)
        first = min(found["tu"] or last.replace(month=1, day=1), last)
        return Span(first, last + DAY)

    @property
    def kind_id(self) -> int | None:
        """Of which kind; None: of all."""
        code = self.chosen["loai"]
        kind = maps.kind_of(code) if code else None
        return kind.pk if kind else None


class ActForm(forms.Form):
    """An act on a place: which version was on the screen, and the fields of the kind that it asks."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asked: Sequence[KindField] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for field in asked:
            self.fields[FIELD + field.key] = box_of(field)

    @property
    def typed(self) -> dict[str, Any]:
        """What the operation takes of the kind's fields."""
        return typed_of(self.asked, self.data)

    def blame(self, refusal: Refusal) -> None:
        """Put what was refused to its boxes, or above all of them."""
        put_refusal(self, refusal)


class DescribedForm(ActForm):
    """What a place is called and where it is."""

    name = forms.CharField(label=gettext_lazy("Tên địa điểm"), max_length=300)
    area_id = forms.TypedChoiceField(label=gettext_lazy("Địa bàn"), coerce=int)
    on = WrittenDateField(label=gettext_lazy("Có từ ngày"))
    address = forms.CharField(label=gettext_lazy("Ở đâu"), required=False, max_length=300)
    lat = forms.CharField(
        label=gettext_lazy("Vĩ độ"), required=False, max_length=20,
        help_text=gettext_lazy("Ví dụ 18,67. Không bắt buộc: không có tọa độ thì bản đồ đếm ở giữa xã."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-here": "lat"}),
    )  # fmt: skip
    lon = forms.CharField(
        label=gettext_lazy("Kinh độ"), required=False, max_length=20, help_text=gettext_lazy("Ví dụ 105,69."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-here": "lon"}),
    )  # fmt: skip
    follows_id = forms.TypedChoiceField(
        label=gettext_lazy("Làm theo mô hình"), required=False, coerce=int, empty_value=None
    )

    def __init__(
        self,
        *args: Any,
        areas: Sequence[tuple[int, str]],
        models: Sequence[tuple[int, str]],
        named: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["area_id"].choices = areas
        fields["name"].required = not named
        if models:
            fields["follows_id"].choices = [("", "—"), *models]
        else:
            del fields["follows_id"]

    def clean_lat(self) -> Decimal | None:
        """Degrees north."""
        return _degrees(self.cleaned_data["lat"])

    def clean_lon(self) -> Decimal | None:
        """Degrees east."""
        return _degrees(self.cleaned_data["lon"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "lat" not in self.errors and "lon" not in self.errors and (found["lat"] is None) != (found["lon"] is None):
            missing = "lat" if found["lat"] is None else "lon"
            self.add_error(missing, _("Ghi cả vĩ độ và kinh độ, hoặc để trống cả hai."))
        return found

    @property
    def described(self) -> dict[str, Any]:
        """What the operations take beside the kind's fields."""
        data = self.cleaned_data
        point = (data["lat"], data["lon"]) if data["lat"] is not None else None
        return {
            "name": data["name"], "area_id": data["area_id"], "on": data["on"], "address": data["address"],
            "point": point, "follows_id": data.get("follows_id"),
        }  # fmt: skip


def _degrees(text: str) -> Decimal | None:
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise forms.ValidationError(_("Ghi bằng độ, ví dụ 18,67.")) from None
    if not value.is_finite() or abs(value) > 180:
        raise forms.ValidationError(_("Ghi bằng độ, ví dụ 18,67."))
    return value


class OpenForm(DescribedForm):
    """Opening a place of a kind that was chosen."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    again = forms.BooleanField(label=gettext_lazy("Đây là nơi khác, vẫn ghi"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"key": uuid4(), **self.initial}

    def blame(self, refusal: Refusal) -> None:
        super().blame(refusal)
        if refusal.code == "same":
            self.fields["again"].widget = TICK()


class MoveForm(ActForm):
    """Moving into a state that was chosen."""

    on = WrittenDateField(label=gettext_lazy("Từ ngày"))
    event_id = forms.TypedChoiceField(
        label=gettext_lazy("Do hoạt động"), required=False, coerce=int, empty_value=None,
        help_text=gettext_lazy("Hoạt động đã ghi ở địa điểm này."),
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("Ghi chú"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, acts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if acts:
            fields["event_id"].choices = [("", "—"), *acts]
        else:
            del fields["event_id"]


class CloseForm(ActForm):
    """From when on a place is not counted any more."""

    on = WrittenDateField(label=gettext_lazy("Thôi theo dõi từ ngày"))
    words = forms.CharField(label=gettext_lazy("Ghi chú"), required=False, max_length=500)


class VoidForm(ActForm):
    """Why a place was written wrongly."""

    words = forms.CharField(label=gettext_lazy("Lý do"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
