"""The leader screen: what it counts is what the lists show, who sees which places, what it costs; briefings."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import Item, Meeting, Plan, Revision
from pcmt.apps.targets.models import Edition, Standing, Target
from pcmt.apps.units.models import Level, Unit
from pcmt.core.evaluating import Verdict
from tests.web.counting import statements
from tests.web.leading import judged
from tests.web.province import Province, build

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SCREEN = "/man-hinh-lanh-dao/"


def made(communes: int) -> Province:
    province = build(TODAY, tasks=60, communes=communes, targets=8)
    units = list(Unit.objects.filter(level=Level.COMMUNE, kind="administrative").in_official_order())
    judged(list(Target.objects.order_by("order")), units, province.seat, TODAY)
    return province


@pytest.fixture
def province() -> Province:
    return made(12)


def signed_in(province: Province, who: str) -> Client:
    client = Client()
    client.force_login(province.users[who])
    return client


def page_of(client: Client, address: str, status: int = 200) -> Any:
    answer = client.get(unescape(address))
    assert answer.status_code == status, (address, answer.status_code)
    return answer


def numbers_on(page: str) -> list[tuple[str, int]]:
    """The links of the blocks of work with their numbers."""
    block = page[page.index('aria-labelledby="b3"') :]
    found = re.findall(r'<a href="([^"]+)"[^>]*>([\d.]+)(?:<span[^>]*>[^<]*</span>)?</a>', block)
    return [(address, int(number.replace(".", ""))) for address, number in found if "nhiem-vu" in address]


def test_every_number_of_work_is_the_list_behind_it(province: Province) -> None:
    client = signed_in(province, "leader")
    found = numbers_on(page_of(client, SCREEN).content.decode())
    assert len(found) > 8
    for address, number in found[:3] + found[-6::2]:
        assert page_of(client, address).context["page"].paginator.count == number, address


def test_targets_are_counted_as_the_list_counts_them(province: Province) -> None:
    client = signed_in(province, "leader")
    screen = page_of(client, SCREEN).context["screen"]
    (line,) = screen.plans
    assert sum(count for _word, count, _url in line.verdicts) == Target.objects.active().count()
    for _word, count, url in line.verdicts:
        assert page_of(client, url).context["listing"].total == count, url
    Standing.objects.filter(whole=True, verdict=Verdict.MET).delete()
    again = page_of(client, SCREEN).context["screen"]
    assert sum(count for _word, count in again.tally) == Target.objects.active().count(), "nobody judged them: unknown"


def test_the_map_and_its_table_say_the_same(province: Province) -> None:
    client = signed_in(province, "leader")
    answer = page_of(client, SCREEN)
    places, page = answer.context["screen"].places, unescape(answer.content.decode())
    assert [tile.unit.name for tile in places.tiles] == [
        unit.name for unit in Unit.objects.filter(level=Level.COMMUNE, kind="administrative").in_official_order()
    ]
    lines = page_of(client, f"{SCREEN}cac-noi/").context["lines"]
    assert [(each.unit.pk, each.sign) for each in lines] == [(tile.unit.pk, tile.sign) for tile in places.tiles]
    for tile, line in zip(places.tiles, lines, strict=True):
        assert f"<title>{tile.unit.name} ({tile.sign.letter}): {tile.sign.words}</title>" in page
        counts = {row: count for row, count in tile.place.tally.counts.items() if count}
        rows = Standing.objects.filter(unit=tile.unit)
        assert counts == {
            Verdict(each): rows.filter(verdict=each).count() for each in set(rows.values_list("verdict", flat=True))
        }
        assert f"don_vi={line.unit.pk}" in tile.url
    assert page_of(client, places.tiles[3].url).context["ground"].area.unit == places.tiles[3].unit
    sheet = load_workbook(io.BytesIO(page_of(client, f"{SCREEN}cac-noi/cac-noi.xlsx").content)).active
    assert [row[0] for row in sheet.iter_rows(min_row=4, values_only=True)] == [each.unit.name for each in lines]
    assert Entry.objects.filter(event="targets.places.exported").exists()


def test_the_ranking_gives_reasons_and_ranks_nobody_who_told_too_little(province: Province) -> None:
    standing = page_of(signed_in(province, "leader"), SCREEN).context["screen"].standing
    assert standing.best
    assert all("đạt hoặc đúng tiến độ" in each.reason for each in standing.best)
    assert all("chậm hoặc không đạt" in each.reason and each.worst for each in standing.watch)
    silent = standing.best[0].unit
    Standing.objects.filter(unit=silent).update(verdict=Verdict.UNDETERMINED)
    again = page_of(signed_in(province, "leader"), SCREEN).context["screen"].standing
    assert silent not in [each.unit for each in (*again.best, *again.watch)]
    assert again.ranking.apart == standing.ranking.apart + 1


def test_officers_see_their_own_unit_and_no_other_side_by_side(province: Province) -> None:
    ward = signed_in(province, "ward")
    own = province.users["ward"].grants.get().unit
    other = Unit.objects.filter(level=Level.COMMUNE, kind="administrative").exclude(pk=own.pk)[0]
    answer = page_of(ward, SCREEN)
    screen, page = answer.context["screen"], unescape(answer.content.decode())
    assert answer.context["ground"].area.unit == own
    assert (screen.places, screen.standing) == (None, None)
    assert other.name not in page
    mine = Standing.objects.filter(unit=own)
    assert sum(count for _word, count in screen.tally) == mine.count()
    page_of(ward, f"{SCREEN}?don_vi={other.pk}", status=404)
    assert other.name not in unescape(page_of(ward, f"{SCREEN}thay-doi/").content.decode())
    assert page_of(ward, f"{SCREEN}cac-noi/").context["lines"] == []
    assert SCREEN not in page_of(ward, "/").content.decode(), "the navigation leads to what shows something"


def test_the_navigation_of_leaders_begins_with_it(province: Province) -> None:
    leader = page_of(signed_in(province, "leader"), "/").content.decode()
    office = page_of(signed_in(province, "office"), "/").content.decode()
    first = re.compile(r'<nav class="side".*?<a href="([^"]+)"', re.DOTALL)
    assert (first.search(leader) or [""])[1] == SCREEN
    assert (first.search(office) or [""])[1] == "/"
    assert f'href="{SCREEN}"' in office


@pytest.mark.parametrize(
    "query", ["?don_vi=x&nam=99999", "?don_vi=999999999999999999999", "?nam=2024&tu=1999-13-45", "?tinh_den=2999-01-01"]
)
def test_words_that_make_no_sense_are_left_out(province: Province, query: str) -> None:
    page_of(signed_in(province, "leader"), SCREEN + query)


def test_a_year_without_plans_says_so(province: Province) -> None:
    page = unescape(page_of(signed_in(province, "leader"), f"{SCREEN}?nam={TODAY.year - 3}").content.decode())
    assert "Chưa có kế hoạch nào của năm này" in page


COST = 33


@pytest.mark.parametrize("communes", [20, 130])
def test_it_costs_the_same_for_twenty_communes_and_a_hundred_and_thirty(communes: int) -> None:
    client = signed_in(made(communes), "leader")
    client.get(SCREEN)
    with statements() as seen:
        page = page_of(client, SCREEN)
    assert len(page.context["screen"].places.tiles) == communes
    assert len(page.content) < 150_000
    assert len(seen) == COST
    with statements() as table:
        assert len(page_of(client, f"{SCREEN}cac-noi/").content) < 300_000
    assert len(table) == 10


def test_a_briefing_is_noted_by_the_standing_office_and_looked_back_to(province: Province) -> None:
    office, leader = signed_in(province, "office"), signed_in(province, "leader")
    changes = f"{SCREEN}thay-doi/"
    day = TODAY - timedelta(days=10)
    assert "Chưa ghi lần nào" in unescape(page_of(leader, changes).content.decode())
    assert leader.post(f"{SCREEN}giao-ban/", {"on": f"{day:%d/%m/%Y}"}).status_code == 403
    wrong = office.post(f"{SCREEN}giao-ban/", {"on": "31/02/2026", "words": "họp"})
    assert wrong.status_code == 422
    assert 'value="họp"' in wrong.content.decode()
    ahead = office.post(f"{SCREEN}giao-ban/", {"on": f"{TODAY + timedelta(days=1):%d/%m/%Y}"})
    assert ahead.status_code == 422
    assert "không được sau hôm nay" in unescape(ahead.content.decode())
    for words in ("giao ban tháng", "giao ban tháng, bổ sung"):
        assert office.post(f"{SCREEN}giao-ban/", {"on": f"{day:%d/%m/%Y}", "words": words}).status_code == 302
    held = Meeting.objects.get()
    assert (held.unit, held.on, held.words) == (province.seat, day, "giao ban tháng, bổ sung")
    assert page_of(leader, SCREEN).context["screen"].news.stretch.first == day
    assert page_of(leader, changes).context["news"].meeting == held
    ward = page_of(signed_in(province, "ward"), SCREEN).context["screen"].news
    assert (ward.stretch.first, ward.meeting) == (day, held), "no secret below"
    assert leader.post(f"{SCREEN}giao-ban/{held.pk}/bo/").status_code == 403
    assert office.post(f"{SCREEN}giao-ban/{held.pk}/bo/").status_code == 302
    assert not Meeting.objects.exists()
    events = Entry.objects.filter(event__startswith="plans.meeting").order_by("pk").values_list("event", flat=True)
    assert list(events) == ["plans.meeting.held", "plans.meeting.held", "plans.meeting.taken_back"]


def test_days_of_the_changes_are_chosen(province: Province) -> None:
    client = signed_in(province, "leader")
    first, last = TODAY - timedelta(days=30), TODAY - timedelta(days=3)
    news = page_of(client, f"{SCREEN}thay-doi/?tu={first}&den={last}").context["news"]
    assert (news.stretch.first, news.stretch.last) == (first, last)
    backwards = page_of(client, f"{SCREEN}thay-doi/?tu={last}&den={first}").context["news"]
    assert backwards.stretch.first < backwards.stretch.last == first
    assert isinstance(backwards.stretch.first, date)


def test_the_cover_tab_and_its_sheet(province: Province) -> None:
    office, leader, ward = (signed_in(province, who) for who in ("office", "leader", "ward"))
    address = f"/ke-hoach/{province.plan.pk}/don-vi-cap-duoi/"
    page = page_of(office, address)
    matrix, words = page.context["matrix"], unescape(page.content.decode())
    assert f"0/{len(matrix.lines)}</strong> đơn vị đã có kế hoạch riêng" in words
    assert "quá hạn chưa ban hành" not in words, "no day was asked for: nobody is late"
    assert page_of(leader, address).context["form"] is not None
    assert leader.post(f"{address}han/", {"on": "01/02/2026"}).status_code == 403
    wrong = office.post(f"{address}han/", {"on": "hôm nay"})
    assert wrong.status_code == 422
    assert 'value="hôm nay"' in wrong.content.decode()
    assert office.post(f"{address}han/", {"on": f"{TODAY - timedelta(days=1):%d/%m/%Y}"}).status_code == 302
    assert "đơn vị quá hạn chưa ban hành kế hoạch" in unescape(page_of(office, address).content.decode())
    sheet = load_workbook(io.BytesIO(page_of(office, f"{address}bang.xlsx?thieu=on").content)).active
    assert [row[0] for row in sheet.iter_rows(min_row=4, values_only=True)][:-1] == [
        line.unit.name for line in matrix.lines
    ]
    own = province.users["ward"].grants.get().unit
    assert [line.unit for line in page_of(ward, address).context["matrix"].lines] == [own]
    above = office.post(f"/ke-hoach/{province.plan.pk}/trien-khai/", {"parent_id": "999999"})
    assert above.status_code == 422
    assert "Lỗi:" in unescape(above.content.decode())


def test_a_hundred_and_thirty_bodies_and_thirty_targets_stay_light() -> None:
    province = build(TODAY, tasks=60, communes=130, targets=30)
    plan, wards = province.plan, list(Unit.objects.filter(level=Level.COMMUNE, kind="administrative"))
    editions_of(list(Target.objects.all()))
    children = [child(plan, ward, province) for ward in wards[:100]]
    items = [
        Item(revision=child.revisions.get(), list_name="targets", key="T1", start=0, end=1, text="x")
        for child in children
    ]
    Item.objects.bulk_create(items)
    own = Target.objects.bulk_create(
        Target(
            plan=item.revision.plan, since=item.revision, revision=item.revision, item=item, shape="share",
            comparator="gte", value=99, unit_word="percent", measure=MEASURED,
            text="Ít nhất 99% thôn", start=0, end=1,
        )
        for item in items
    )  # fmt: skip
    editions_of(own)
    client = signed_in(province, "office")
    address = f"/ke-hoach/{plan.pk}/don-vi-cap-duoi/"
    page_of(client, address)
    with statements() as seen:
        page = page_of(client, address)
    matrix = page.context["matrix"]
    assert (len(matrix.lines) >= 130, len(matrix.targets) >= 25) == (True, True)
    assert len(page.content) < 300_000
    assert len(seen) == COVER_COST
    assert matrix.with_plan == 100
    few = page_of(client, f"{address}?thieu=on")
    assert {line.unit for line in few.context["part"]} >= set(wards[100:])


COVER_COST = 30
MEASURED = "thôn, tổ dân phố ký cam kết không có người nghiện mới"


def editions_of(targets: list[Target]) -> None:
    """What the targets ask for, as adoption notes it."""
    kinds = {"share": "coverage", "allocation": "count"}
    Edition.objects.bulk_create(
        Edition(
            target=each,
            revision=each.revision,
            values={
                "kind": kinds[each.shape], "comparator": each.comparator, "value": str(each.value),
                "unit": each.unit_word, "measure": each.measure,
            },
            text=each.text,
            allocated=each.shape == "allocation",
        )
        for each in targets
    )  # fmt: skip


def child(plan: Plan, ward: Unit, province: Province) -> Plan:
    """A plan of a commune that carries the province's out."""
    made = Plan.objects.create(
        title=f"Kế hoạch của {ward.name}", number="9", symbol="KH-UBND", issued_on=TODAY, issuer=ward, owner=ward,
        carries_out=plan, state="adopted", created_by=province.users["office"], created_at=plan.created_at,
    )  # fmt: skip
    Revision.objects.create(
        plan=made, number=1, state="adopted", created_by=province.users["office"], created_at=plan.created_at,
        adopted_by=province.users["office"], adopted_at=plan.created_at,
    )  # fmt: skip
    return made
