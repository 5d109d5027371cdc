"""Officers type in what reached them otherwise: a letter from the box, a call, VNeID, somebody in person."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tips.operations.receiving import receive
from pcmt.apps.tips.receipts import words_of
from pcmt.apps.tips.topics import TOPICS
from pcmt.apps.tips.values import Channel
from pcmt.apps.units.models import Level, Unit, UnitKind
from pcmt.core.diagnostics import Refusal
from pcmt.web.people.fields import UnitField
from pcmt.web.shell.access import acting
from pcmt.web.tips.acts import line, words_box
from pcmt.web.tips.lists import officer
from pcmt.web.tips.views import trail


class ManyFiles(forms.ClearableFileInput):
    """Several files in one box."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Pictures, as many as are sent."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """The bytes of each."""
        sent = [each for each in (data if isinstance(data, list | tuple) else [data]) if each]
        return [super(PicturesField, self).clean(each, initial).read() for each in sent]


class EnterForm(forms.Form):
    """What reached the team, and how. Who said it goes to a store of its own."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=gettext_lazy("Nhận bằng cách nào"),
        choices=[("", "—"), *((each.value, each.label) for each in Channel if each != Channel.WEB)],
    )
    area = UnitField(label=gettext_lazy("Xã, phường nơi xảy ra việc"))
    topic = forms.ChoiceField(label=gettext_lazy("Về việc"), choices=[("", "—"), *TOPICS.items()])
    words = words_box(gettext_lazy("Nội dung"), most=8000)
    where = line(gettext_lazy("Ở đâu"), 500, required=False)
    when = line(gettext_lazy("Khi nào"), 500, required=False)
    named = UnitField(
        label=gettext_lazy("Cơ quan, đơn vị bị nêu trong tin"), required=False,
        help_text=gettext_lazy("Đơn vị này không thấy tin; nếu là đơn vị bạn, tin lên cấp trên ngay khi lưu."),
    )  # fmt: skip
    pictures = PicturesField(label=gettext_lazy("Ảnh"), required=False)
    name = line(gettext_lazy("Họ và tên người báo tin"), 200, required=False)
    phone = line(gettext_lazy("Điện thoại người báo tin"), 40, required=False)
    address = line(gettext_lazy("Địa chỉ người báo tin"), 300, required=False)
    with_receipt = forms.BooleanField(label=gettext_lazy("Cấp mã theo dõi để đưa cho người báo tin"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4()
        place, named = self.fields["area"], self.fields["named"]
        assert isinstance(place, UnitField)
        assert isinstance(named, UnitField)
        there = Unit.objects.visible_to(actor)
        place.units = there.filter(kind=UnitKind.ADMINISTRATIVE).exclude(level=Level.HAMLET)
        named.units = there
        place.on = named.on = actor.on

    @property
    def told(self) -> list[Any]:
        """The boxes about what was told."""
        return [self[name] for name in ("channel", "area", "topic", "words", "where", "when", "named", "pictures")]

    @property
    def sender(self) -> list[Any]:
        """The boxes about who told it."""
        return [self[name] for name in ("name", "phone", "address")]


def enter(request: HttpRequest) -> HttpResponse:
    """Type a tip in. What was told about the sender is sealed apart at once: who types it does not see it again."""
    officer(request)
    actor = acting(request)
    form = EnterForm(request.POST or None, request.FILES or None, actor=actor)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            answer = receive(
                actor=actor, at=timezone.now(), key=data["key"], channel=data["channel"], area_id=data["area"].pk,
                topic=data["topic"], words=data["words"],
                details={name: data[name] for name in ("where", "when")},
                named=[data["named"].pk] if data["named"] else [],
                identity={name: data[name] for name in ("name", "phone", "address")},
                pictures=data["pictures"], with_receipt=data["with_receipt"],
            )  # fmt: skip
            if not isinstance(answer, Refusal):
                if answer.words:
                    context = {
                        "heading": _("Mã theo dõi"), "trail": trail(), "receipt": answer,
                        "words": words_of(answer.words),
                    }  # fmt: skip
                    return render(request, "tips/receipt.html", context)
                messages.success(request, _("Đã ghi tin báo %(number)s.") % {"number": answer.number})
                return redirect("tips:list")
            form.add_error(answer.field if answer.field in form.fields else None, answer.message)
    context = {"heading": _("Nhập tin nhận được"), "trail": trail(), "form": form}
    return render(request, "tips/enter.html", context, status=status)
