"""Pages of those who handle tips: opening is a click that is logged, forms keep what was typed, others stay out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pcmt.apps.accounts.models import Actor, Grant, User
from pcmt.apps.audit.models import Entry
from pcmt.apps.tips.addresses import CUSTODY_PAGE, LIST_PAGE, TEAMS_PAGE, tip_address
from pcmt.apps.tips.models import Tip
from pcmt.web.tips.acts import ACTS
from tests.factories.tip_rows import SENDER, WORDS, officer, teams, tip
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> World:
    return teams(world())


def signed_in(actor: Actor) -> Client:
    Grant.objects.update(valid_from=None)
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_the_content_is_opened_by_a_click_that_is_logged(land: World) -> None:
    made = tip(land["dong_hoa"], land["dong_hoa_police"], identity=True, message=True, on=timezone.localdate())
    client = signed_in(officer(land, "dong_hoa_police"))
    page = reverse("tips:tip", args=[made.pk])
    assert page == tip_address(made.pk)
    shut = client.get(page).content.decode()
    assert WORDS not in shut
    assert not Entry.objects.filter(event="tips.tip.read").exists()
    opened = client.post(page)
    assert WORDS in opened.content.decode()
    assert SENDER not in opened.content.decode()
    assert opened["Cache-Control"].startswith("max-age=0")
    assert Entry.objects.filter(event="tips.tip.read").count() == 1
    assert "/ho-so/" not in opened.content.decode().split("<main", 1)[1]  # no way into a register (rule 18)
    assert signed_in(officer(land, "tay_hoa_police")).get(page).status_code == 404


def test_a_form_keeps_what_was_typed_and_what_others_did(land: World) -> None:
    made = tip(land["dong_hoa"], land["dong_hoa_police"], on=timezone.localdate() - timedelta(days=3))
    client = signed_in(officer(land, "dong_hoa_police"))
    address = reverse("tips:act", args=[made.pk, "giai-quyet"])
    sent = {"version": 1, "outcome": "", "on": "31/2/2026", "words": "Đã kiểm tra nhà trọ"}
    wrong = client.post(address, sent)
    assert wrong.status_code == 422
    assert "Đã kiểm tra nhà trọ" in wrong.content.decode()
    Tip.objects.update(version=2)
    sent |= {"outcome": "confirmed", "on": f"{timezone.localdate():%d/%m/%Y}"}
    stale = client.post(address, sent)
    assert stale.status_code == 409
    assert 'name="version" value="2"' in stale.content.decode()
    assert client.post(address, sent | {"version": 2}).status_code == 302
    made.refresh_from_db()
    assert made.outcome == "confirmed"
    for word in ACTS:
        assert client.get(reverse("tips:act", args=[made.pk, word])).status_code == 200, word
    assert client.get(reverse("tips:act", args=[made.pk, "khong-co"])).status_code == 404


def test_a_letter_from_the_box_is_typed_in(land: World) -> None:
    client = signed_in(officer(land, "dong_hoa_police"))
    client.get(reverse("tips:enter"))
    sent = {
        "key": "1f9a3f8e-52b0-4f2f-9d8a-6f7f2a7b6a11", "channel": "box", "area": "Xã Đông Hòa", "topic": "selling",
        "words": WORDS, "name": SENDER, "with_receipt": "on", "named": "Công an xã Đông Hòa",
    }  # fmt: skip
    answer = client.post(reverse("tips:enter"), sent)
    assert answer.status_code == 200
    assert 'class="tip-receipt"' in answer.content.decode()
    made = Tip.objects.get()
    assert (made.channel, made.team) == ("box", land["police"])  # it names who typed it in
    assert client.get(reverse("tips:tip", args=[made.pk])).status_code == 404
    assert client.post(reverse("tips:enter"), sent | {"words": ""}).status_code == 422


def test_lists_and_addresses(land: World) -> None:
    assert (reverse("tips:list"), reverse("tips:teams"), reverse("tips:custody")) == (
        LIST_PAGE, TEAMS_PAGE, CUSTODY_PAGE,
    )  # fmt: skip
    today = timezone.localdate()
    late = tip(land["dong_hoa"], land["dong_hoa_police"], on=today - timedelta(days=40))
    client = signed_in(officer(land, "dong_hoa_police"))
    page = client.get(LIST_PAGE).content.decode()
    assert late.number in page
    assert 'class="state state-late"' in page
    assert late.number not in client.get(f"{LIST_PAGE}?trang_thai=settled").content.decode()
    assert client.get(reverse("tips:hand_over")).status_code == 200
    assert signed_in(land.actor("an_binh", "leader")).get(LIST_PAGE).status_code == 403
    numbers = signed_in(land.actor("an_binh", "leader")).get(reverse("tips:statistics"))
    assert "0 trên 1 tin" in numbers.content.decode()
    office = signed_in(land.office)
    assert "Công an xã Đông Hòa" in office.get(TEAMS_PAGE).content.decode()
    address = reverse("tips:team", args=[land["tay_hoa"].pk])
    sent = {"version": 1, "body": "Công an tỉnh An Bình", "start": f"{today:%d/%m/%Y}"}
    assert office.post(address, sent).status_code == 302
    assert office.post(address, sent).status_code == 409
