"""What the page of a file leads to: acts on statuses, care and papers in their own rooms, as far as the reader may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
from django.urls import reverse
from django.utils.translation import gettext as _

from pcmt.apps.registers.queries.files import EpisodeLine, File, SpellLine, StepLine, SupportLine
from pcmt.apps.registers.queries.people import PeoplePage


@attrs.frozen
class Link:
    """A way from the page. `first`: the one that most people take."""

    label: str
    url: str
    first: bool = False


class PagesOf:
    """A page of files as components/pagination.html reads pages."""

    def __init__(self, page: PeoplePage) -> None:
        self.number = page.number
        self.paginator = {"num_pages": page.pages, "count": page.total}
        self.has_previous, self.has_next = page.number > 1, page.number < page.pages
        self.previous_page_number, self.next_page_number = page.number - 1, page.number + 1


def acts_of(file: File, on: date) -> Mapping[str, Any]:
    """The ways from the page by section; sections that lead nowhere for this reader have none."""
    code, keeps = file.code, file.may_change
    over = [each for each in file.running if each.ends_on and each.ends_on <= on]
    return {
        "head": _links(
            keeps,
            (_("Sửa nhân thân"), "registers_acts:identity", code),
            (_("Bàn giao nơi khác"), "registers_acts:hand-over", code) if file.running else None,
            (_("Bảo vệ, yêu cầu, lưu giữ"), "protection:file", code),
        ),
        "start": _links(keeps, (_("Ghi diện mới"), "registers_acts:start", code)),
        "steps": [(step, step_url(file, step)) for step in file.steps],
        "spells": [(spell, _spell_links(file, spell, spell in over)) for spell in file.spells[::-1]],
        "tests": _links(file.may_treat, (_("Ghi xét nghiệm"), "care:test", code)),
        "residence": _links(keeps, (_("Ghi kiểm tra cư trú"), "care:residence", code)),
        "episodes": [(each, _episode_links(file, each)) for each in file.episodes[::-1]],
        "supports": [(each, _support_links(file, each)) for each in file.supports[::-1]],
        "care": _links(file.may_treat, (_("Ghi đợt điều trị"), "care:episode", code)),
        "support": _links(keeps, (_("Ghi hỗ trợ"), "care:support", code)),
        "team": _links(keeps, (_("Lập tổ quản lý"), "care:team", code), (_("Ghi cam kết"), "care:pledge", code)),
        "papers": _links(keeps, (_("Lập, in văn bản theo mẫu"), "papers:forms", code)),
        "foot": _links(
            keeps and not file.died_on,
            (_("Ghi người này đã chết"), "registers_acts:gone", code, "chet"),
            (_("Ghi người này mất tích"), "registers_acts:gone", code, "mat-tich"),
        ),
    }


def _links(allowed: bool, *wanted: tuple[Any, ...] | None) -> list[Link]:
    """The ways that there are, for who may take them."""
    return [Link(str(each[0]), reverse(each[1], args=each[2:])) for each in wanted if allowed and each is not None]


def _episode_links(file: File, episode: EpisodeLine) -> list[Link]:
    code, key = file.code, episode.episode_id
    return _links(
        file.may_treat and episode.ended_on is None,
        (_("Chuyển giai đoạn"), "care:stage", code, key) if episode.kind == "rehab" else None,
        (_("Kết thúc đợt"), "care:episode_end", code, key),
    )


def _support_links(file: File, support: SupportLine) -> list[Link]:
    open_still = file.may_change and support.ended_on is None
    return _links(open_still, (_("Ghi kết quả"), "care:support_end", file.code, support.support_id))


def _spell_links(file: File, spell: SpellLine, over: bool) -> list[Link]:
    """What may be done about a status now; its end stands first once its term is over."""
    if not (file.may_change and spell.running):
        return []
    paused = any(pause.to_on is None for pause in spell.pauses)
    acts = [
        ("tiep-tuc", _("Tiếp tục thực hiện")) if paused else ("tam-dinh-chi", _("Tạm đình chỉ, gián đoạn")),
        *([] if paused else [("quyet-dinh-moi", _("Ghi quyết định mới"))]),
        ("ket-thuc", _("Kết thúc, dừng")),
    ]
    ordered = acts[::-1] if over else acts
    return [
        Link(str(label), reverse("registers_acts:spell", args=[file.code, spell.spell_id, act]))
        for act, label in ordered
    ]


def step_url(file: File, step: StepLine) -> str:
    """Where a step is done; "" where the reader may not, or where it is done away from this program."""
    if not file.may_change:
        return ""
    if step.ending and step.spell_id is not None:
        return reverse("registers_acts:spell", args=[file.code, step.spell_id, "ket-thuc"])
    if step.kind == "transfer":
        return reverse("registers_acts:moves")
    if step.kind == "request":
        return reverse("protection:file", args=[file.code])
    return reverse("care:step", args=[file.code, step.clock_id]) if step.clock_id is not None else ""


def acts_of_day() -> list[Link]:
    """What a keeper's day is done with."""
    return [
        *_links(True, (_("Nhập nhanh"), "care:quick"), (_("Lập hồ sơ"), "registers_acts:open")),
    ]
