"""What the pages of urging show: the letters there would be, words for a chat group, the register as a sheet."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence

import attrs
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.tasks.addresses import due_address
from pcmt.apps.tasks.letters import write_register
from pcmt.apps.tasks.models import DueItem, Urging
from pcmt.apps.tasks.operations import letter_name
from pcmt.apps.tasks.policies import can_urge
from pcmt.apps.tasks.urging import Before, Letter, ToUrge, to_urge, urgeable, urged_before
from pcmt.core.periods import date_label
from pcmt.documents.output.workbook import Sheet, write_workbook
from pcmt.web.notices.chat import ChatGroup, ChatLine, chat_text
from pcmt.web.urging.forms import ChoiceForm

MOST_ROWS = 20_000


@attrs.frozen
class Choice:
    """What somebody chose to urge and what comes of it. `seen` stands for the very items on the screen."""

    form: ChoiceForm
    found: ToUrge

    @property
    def seen(self) -> str:
        ids = (str(line.due.pk) for letter in self.found.letters for line in letter.lines)
        return hashlib.sha256(" ".join(ids).encode()).hexdigest()[:16]

    @property
    def total(self) -> int:
        return sum(len(letter.lines) for letter in self.found.letters)


def choice_of(actor: Actor, form: ChoiceForm, item_ids: Sequence[int] = ()) -> Choice:
    """The letters for what the form chooses; with items, for these items whatever their bodies are."""
    chosen = form.chosen
    found = to_urge(
        actor,
        actor.on,
        plan_id=chosen["ke_hoach"].pk if chosen["ke_hoach"] else None,
        unit_ids=[unit.pk for unit in chosen["don_vi"] or ()],
        item_ids=item_ids,
        soon=bool(chosen["sap_toi"]),
        requested=bool(chosen["de_nghi"]),
    )
    return Choice(form, found)


def letter_key(letter: Letter) -> str:
    """How a letter of the preview is named in the form."""
    return f"{letter.unit.pk}{'r' if letter.requested else ''}"


def kept_items(choice: Choice, letters: Iterable[str], left: Iterable[str]) -> list[int]:
    """The items of the letters that stay ticked, without those that were taken out."""
    wanted, out = set(letters), set(left)
    return [
        line.due.pk
        for letter in choice.found.letters
        if letter_key(letter) in wanted
        for line in letter.lines
        if str(line.due.pk) not in out
    ]


def chat_of(actor: Actor, found: ToUrge) -> list[str]:
    """The same as words for a chat group; bodies that were only asked are not urged in public."""
    groups = [
        ChatGroup(
            letter.unit.name,
            [
                ChatLine(
                    title=line.due.label,
                    address=due_address(line.due),
                    due_on=line.due.due_on,
                    days_late=line.days_late,
                    clause=line.due.clause.address if line.due.clause else "",
                )
                for line in letter.lines
            ],
        )
        for letter in found.letters
        if not letter.requested
    ]
    opening = f"{actor.unit_name} đề nghị các đơn vị hoàn thành các việc sau (tính đến hết ngày {date_label(actor.on)})"
    return chat_text(groups, on=actor.on, opening=opening)


@attrs.frozen
class Urged:
    """How often a due item was urged, for its page; whether the actor may urge it now."""

    before: Before | None
    may_urge: bool


def urged_of(actor: Actor, item: DueItem | None) -> Urged | None:
    """What the page of a due item says about urging; None where there is nothing to say."""
    if item is None:
        return None
    before = urged_before([item.pk], actor).get(item.pk)
    open_to_it = can_urge(actor) and item.due_on is not None and item.unit_id is not None
    may = open_to_it and urgeable(actor, actor.on, soon=True, requested=True).filter(pk=item.pk).exists()
    return Urged(before, may) if before or may else None


def zip_of(urgings: Sequence[Urging], *, title: str) -> bytes:
    """The letters of a batch and the list that goes with them, in one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for urging in urgings:
            if urging.file is not None:
                with default_storage.open(urging.file.path) as file:
                    archive.writestr(letter_name(urging), file.read())
        archive.writestr("danh-sach.docx", write_register(urgings, title=title))
    return out.getvalue()


def register_sheet(urgings: Iterable[Urging], *, heading: str) -> bytes:
    """The register with its filter as a workbook."""
    columns = [
        (_("STT"), 6), (_("Ngày lập"), 12), (_("Nơi nhận"), 36), (_("Hình thức"), 18), (_("Tính đến hết ngày"), 12),
        (_("Số việc"), 9), (_("Quá hạn"), 9), (_("Quá nhiều nhất (ngày)"), 12), (_("Số, ký hiệu"), 18),
        (_("Ngày ký"), 12), (_("Người lập"), 24), (_("Ghi chú"), 30),
    ]  # fmt: skip
    rows = [
        (
            number, urging.made_at, urging.unit_name, _("đề nghị phối hợp") if urging.requested else _("đôn đốc"),
            urging.as_of, *(getattr(urging, name) or 0 for name in ("total", "late", "most")), urging.designation,
            urging.signed_on,
            urging.made_by_name,
            _("Đã rút: %(reason)s") % {"reason": urging.withdrawn_why} if urging.withdrawn_at else "",
        )
        for number, urging in enumerate(urgings, 1)
    ]  # fmt: skip
    return write_workbook([Sheet(_("Sổ đôn đốc"), heading, columns, rows, fixed=3)])
