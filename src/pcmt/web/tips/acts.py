"""The acts on a tip: for each the form that is filled, when it is offered, and the operation it leads to."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.activities.models import Place
from pcmt.apps.tips.operations import handling, moving
from pcmt.apps.tips.queries.teams import barred, receiving_bodies
from pcmt.apps.tips.queries.tips import TipNow, officers_for
from pcmt.apps.tips.values import Outcome, TipState
from pcmt.apps.units.models import Unit, UnitClosure, holds_on
from pcmt.web.fields import WrittenDateField
from pcmt.web.people.fields import UnitField


def words_box(label: Any, *, required: bool = True, hint: Any = "", most: int = 4000) -> forms.CharField:
    """A box for many words that no browser keeps for the next person."""
    widget = forms.Textarea(attrs={"rows": 5, "autocomplete": "off"})
    return forms.CharField(label=label, required=required, max_length=most, help_text=hint, widget=widget)


def line(label: Any, most: int = 300, *, required: bool = True, hint: Any = "") -> forms.CharField:
    """One line, kept by no browser."""
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, required=required, max_length=most, help_text=hint, widget=widget)


class NamedUser(forms.ModelChoiceField):
    """A person by the full name."""

    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class NamedPlace(forms.ModelChoiceField):
    """A place by its name."""

    def label_from_instance(self, obj: Place) -> str:
        return obj.name


class ActForm(forms.Form):
    """What all acts have: the version of the tip that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, now: TipNow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.now = actor, now
        self.fields["version"].initial = now.tip.version
        self.prepare()

    def prepare(self) -> None:
        """Offer what there is to choose."""

    @property
    def boxes(self) -> list[Any]:
        """The fields that are seen."""
        return [field for field in self if not field.is_hidden]


class BareForm(ActForm):
    """Nothing to fill in."""


class WordsForm(ActForm):
    """Words that may be left out."""

    words = words_box(_("Ghi chú"), required=False)


class NoteForm(ActForm):
    """A note."""

    words = words_box(_("Nội dung"), hint=_("Chỉ người xử lý tin này đọc được."))


class AnswerForm(ActForm):
    """A message to the sender."""

    words = words_box(
        _("Lời nhắn gửi người báo tin"),
        hint=_("Người báo tin đọc bằng mã theo dõi. Không ghi tên người khác, không hỏi danh tính nếu không cần."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.fields["key"].initial = uuid.uuid4()


class ReasonForm(ActForm):
    """A reason."""

    reason = words_box(_("Lý do"))


class ExtendForm(ActForm):
    """The one extension."""

    paper = line(_("Số, ngày văn bản gia hạn"), 100)
    until = WrittenDateField(
        label=_("Hạn mới"), required=False, help_text=_("Để trống: thời hạn dài nhất luật cho phép.")
    )
    reason = words_box(_("Lý do"))


class SettleForm(ActForm):
    """What came of it."""

    outcome = forms.ChoiceField(label=_("Kết quả"), choices=[("", "—"), *Outcome.choices])
    on = WrittenDateField(label=_("Ngày giải quyết xong"))
    words = words_box(_("Tóm tắt việc giải quyết"))

    def prepare(self) -> None:
        self.fields["on"].initial = timezone.localdate()


class PassForm(ActForm):
    """To whom it is passed on."""

    to_unit = UnitField(label=_("Đơn vị nhận tin"), required=False)
    to_name = line(_("Hoặc tên cơ quan nhận tin ngoài danh sách"), required=False)
    paper = line(_("Số, ngày văn bản chuyển tin"), 100)
    on = WrittenDateField(label=_("Ngày chuyển"))
    words = words_box(_("Ghi chú"), required=False)

    def prepare(self) -> None:
        units(self.fields["to_unit"], self.actor)
        self.fields["on"].initial = timezone.localdate()


class MoveForm(ActForm):
    """To which team it goes."""

    to_unit = forms.ModelChoiceField(label=_("Nơi tiếp nhận"), queryset=Unit.objects.none(), empty_label="—")
    reason = words_box(_("Lý do"))

    def prepare(self) -> None:
        tip, on = self.now.tip, self.actor.on
        bodies = receiving_bodies(on).exclude(pk=tip.team_id)
        shut = barred([each.unit_id for each in self.now.named], list(bodies.values_list("pk", flat=True)), on)
        choose(self.fields["to_unit"], bodies.exclude(pk__in=shut).order_by("sort_key", "pk"))


class HandForm(ActForm):
    """Which officer takes it."""

    to_user = NamedUser(label=_("Người nhận"), queryset=User.objects.none(), empty_label="—")

    def prepare(self) -> None:
        tip, named = self.now.tip, [each.unit_id for each in self.now.named]
        people = officers_for(tip.team_id, self.actor.on, named).exclude(
            pk__in=[self.actor.user_id, tip.held_by_id or 0]
        )
        choose(self.fields["to_user"], people)
        if not people.exists():
            self.fields["to_user"].help_text = _("Đơn vị chưa có cán bộ tiếp nhận nào khác nhận được tin này.")


class NameForm(ActForm):
    """Which body it names."""

    unit = UnitField(label=_("Đơn vị bị nêu trong tin"))

    def prepare(self) -> None:
        units(self.fields["unit"], self.actor)


class JoinForm(ActForm):
    """With which other tip it goes."""

    into = line(_("Số của tin đã có"), 20)


class KeepForm(ActForm):
    """Why it is kept."""

    reason = line(_("Lý do giữ lại"), hint=_("Ví dụ: đang là tài liệu của một vụ án. Không ghi nội dung tin."))


class PlaceForm(ActForm):
    """At which known place it is."""

    place = NamedPlace(
        label=_("Địa điểm"), queryset=Place.objects.none(), required=False, empty_label=_("Không gắn địa điểm nào")
    )

    def prepare(self) -> None:
        choose(self.fields["place"], places_for(self.actor, self.now))
        self.fields["place"].initial = self.now.tip.place_id


def places_for(actor: Actor, now: TipNow) -> QuerySet[Place]:
    """The places in the area of a tip that the actor sees."""
    inside = UnitClosure.objects.filter(holds_on(actor.on), ancestor=now.tip.area_id).values("descendant_id")
    return Place.objects.visible_to(actor).filter(area__in=inside, voided_at__isnull=True).order_by("name", "pk")


def choose(field: forms.Field, rows: QuerySet[Any]) -> None:
    """Offer rows in a field."""
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


def units(field: forms.Field, actor: Actor) -> None:
    """Offer all units in a field that is typed."""
    assert isinstance(field, UnitField)
    field.units, field.on = Unit.objects.visible_to(actor), actor.on


@attrs.frozen
class Act:
    """An act: its heading, the word on its button, its form, when it is offered, what it does and what is said then.

    `leaves`: afterwards the tip may be out of the actor's sight. `warns`: what to know before.
    """

    heading: str | Promise
    form: type[ActForm]
    offered: Callable[[TipNow, Actor], bool]
    do: Callable[[Mapping[str, Any], Mapping[str, Any]], Any]
    done: str | Promise
    warns: str | Promise = ""
    main: bool = False
    leaves: bool = False


def _open(now: TipNow, _actor: Actor) -> bool:
    return now.is_open and now.tip.same_as_id is None and now.tip.purged_on is None


def _kept(now: TipNow, _actor: Actor) -> bool:
    return now.tip.purged_on is None


ACTS: Mapping[str, Act] = {
    "nhan": Act(
        _("Nhận xử lý"), BareForm, lambda now, actor: _open(now, actor) and now.tip.held_by_id != actor.user_id,
        lambda base, _data: handling.take_tip(**base), _("Đã nhận xử lý."), main=True,
    ),
    "xac-minh": Act(
        _("Bắt đầu xác minh"), WordsForm,
        lambda now, actor: _open(now, actor) and now.tip.state == TipState.RECEIVED,
        lambda base, data: handling.begin_tip(**base, words=data["words"]), _("Đã bắt đầu xác minh."), main=True,
    ),
    "giai-quyet": Act(
        _("Giải quyết xong"), SettleForm, _open,
        lambda base, data: handling.settle_tip(**base, outcome=data["outcome"], on=data["on"], words=data["words"]),
        _("Đã ghi kết quả giải quyết."), main=True,
    ),
    "tra-loi": Act(
        _("Nhắn người báo tin"), AnswerForm, lambda now, actor: _kept(now, actor) and bool(now.tip.receipt),
        lambda base, data: handling.answer_sender(
            actor=base["actor"], at=base["at"], tip_id=base["tip_id"], key=data["key"], words=data["words"]
        ),
        _("Đã gửi lời nhắn."), main=True,
    ),
    "ghi-chu": Act(
        _("Ghi chú"), NoteForm, _kept, lambda base, data: handling.note_tip(**base, words=data["words"]),
        _("Đã ghi."),
    ),
    "phuc-tap": Act(
        _("Ghi là vụ việc phức tạp"), ReasonForm, lambda now, actor: _open(now, actor) and not now.tip.complex,
        lambda base, data: handling.call_complex(**base, reason=data["reason"]), _("Đã ghi, hạn đã lùi."),
        warns=_("Nhiều tình tiết phức tạp, hoặc phải xác minh ở nhiều nơi: hạn là 2 tháng kể từ ngày tiếp nhận."),
    ),
    "gia-han": Act(
        _("Gia hạn"), ExtendForm, lambda now, actor: _open(now, actor) and now.tip.complex and not now.extended,
        lambda base, data: handling.extend_tip(
            **base, until=data["until"], paper=data["paper"], reason=data["reason"]
        ),
        _("Đã gia hạn."),
        warns=_("Chỉ một lần, không quá 2 tháng, do Viện kiểm sát quyết định trước khi hết hạn."),
    ),
    "chuyen-co-quan": Act(
        _("Chuyển cơ quan có thẩm quyền"), PassForm, _open,
        lambda base, data: handling.pass_on_tip(
            **base, to_unit_id=data["to_unit"].pk if data["to_unit"] else None, to_name=data["to_name"],
            paper=data["paper"], on=data["on"], words=data["words"],
        ),
        _("Đã chuyển cơ quan khác."),
        warns=_("Tin khép lại ở đây. Nội dung gửi kèm văn bản, không gửi qua chương trình."),
    ),
    "chuyen-noi-nhan": Act(
        _("Chuyển nơi tiếp nhận khác"), MoveForm, _open,
        lambda base, data: moving.move_tip(**base, to_unit_id=data["to_unit"].pk, reason=data["reason"]),
        _("Đã chuyển nơi tiếp nhận."),
        warns=_("Nơi nhận làm tiếp, hạn giữ nguyên, mã của người báo tin vẫn dùng được."),
        leaves=True,
    ),
    "ban-giao": Act(
        _("Bàn giao cho người khác"), HandForm, _open,
        lambda base, data: moving.hand_over_tip(**base, to_user_id=data["to_user"].pk), _("Đã bàn giao."),
    ),
    "don-vi-bi-neu": Act(
        _("Ghi đơn vị bị nêu trong tin"), NameForm, _kept,
        lambda base, data: moving.name_body(**base, unit_id=data["unit"].pk), _("Đã ghi."),
        warns=_(
            "Đơn vị đó, đơn vị thuộc nó, cơ quan giúp việc cho nó và cơ quan có nó là bộ phận không còn thấy tin này"
            " nữa, kể cả bạn nếu bạn có vai trò ở đó; tin chuyển lên nơi tiếp nhận cấp trên."
        ),
        leaves=True,
    ),
    "nhap-tin": Act(
        _("Nhập với tin đã có"), JoinForm, _open,
        lambda base, data: handling.join_tips(**base, into_number=data["into"]), _("Đã nhập tin."),
        warns=_("Hai tin báo cùng một việc: từ nay xử lý ở tin kia, xong cùng lúc, vẫn đếm là hai tin."),
    ),
    "tach-tin": Act(
        _("Tách khỏi tin đã nhập"), BareForm,
        lambda now, _actor: now.tip.same_as_id is not None and now.is_open,
        lambda base, _data: handling.part_tips(**base), _("Đã tách."),
    ),
    "mo-lai": Act(
        _("Mở lại"), ReasonForm,
        lambda now, _actor: not now.is_open and now.tip.same_as_id is None and now.tip.purged_on is None,
        lambda base, data: handling.reopen_tip(**base, reason=data["reason"]), _("Đã mở lại."),
    ),
    "giu-lai": Act(
        _("Giữ lại, chưa xóa"), KeepForm, lambda now, _actor: not now.tip.hold and now.tip.purged_on is None,
        lambda base, data: handling.keep_tip(**base, reason=data["reason"]), _("Đã ghi giữ lại."),
    ),
    "thoi-giu": Act(
        _("Thôi giữ lại"), BareForm, lambda now, _actor: bool(now.tip.hold) and now.tip.purged_on is None,
        lambda base, _data: handling.keep_tip(**base, reason=""), _("Đã thôi giữ lại."),
    ),
    "dia-diem": Act(
        _("Gắn địa điểm"), PlaceForm, _kept,
        lambda base, data: handling.set_place(**base, place_id=data["place"].pk if data["place"] else None),
        _("Đã ghi địa điểm."),
    ),
}  # fmt: skip
"""By the word of the address. No act makes an entry in a register, and none leads to one (domain rule 18)."""
