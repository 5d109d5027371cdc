"""A tip never puts a person into a register (domain rule 18): no import, no column, no address leads from one to the
other, and nothing that is done with tips writes a row about a person.
"""

from __future__ import annotations

import ast
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from pcmt.apps.accounts.models import Grant, User
from pcmt.apps.tips.models import Tip
from pcmt.web.tips.acts import ACTS
from tests.factories.tip_rows import officer, teams, tip
from tests.factories.world import world

ROOMS = ("src/pcmt/apps/tips", "src/pcmt/web/tips", "src/pcmt/web/tipline")


def imported(path: Path) -> set[str]:
    """Modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def test_no_room_of_tips_knows_the_registers_and_none_of_these_knows_tips(root: Path) -> None:
    tips = chain.from_iterable((root / room).rglob("*.py") for room in ROOMS)
    registers = chain(
        (root / "src/pcmt/apps/registers").rglob("*.py"), (root / "src/pcmt/web").glob("registers*/**/*.py")
    )
    strange = [
        f"{path.relative_to(root)}: {name}"
        for files, barred in ((tips, "registers"), (registers, "tips"))
        for path in files
        for name in sorted(imported(path))
        if barred in name.split(".")
    ]
    assert strange == []


def test_no_column_leads_from_a_tip_to_a_person_or_back() -> None:
    rooms = {"tips": "registers", "registers": "tips"}
    across = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in rooms
        for field in model._meta.get_fields()
        if (isinstance(field, models.ForeignKey | models.ManyToManyField))
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label == rooms[model._meta.app_label]
    ]
    assert across == []
    loose = [field.name for field in Tip._meta.get_fields() if field.name.startswith(("subject", "person", "case"))]
    assert loose == []


def people() -> dict[str, int]:
    """How many rows each table of the registers has."""
    models_ = apps.get_app_config("registers").get_models(include_auto_created=True)
    return {model._meta.label: model._default_manager.count() for model in models_}


@pytest.mark.django_db
def test_all_that_is_done_with_a_tip_writes_no_row_about_a_person() -> None:
    """Every page of an act is sent, as far as it lets itself be sent; then the registers are as empty as before."""
    land = teams(world())
    today = timezone.localdate()
    made = tip(land["dong_hoa"], land["dong_hoa_police"], on=today, identity=True, message=True, picture=True)
    before = people()
    client = Client()
    client.force_login(User.objects.get(pk=officer(land, "dong_hoa_police").user_id))
    Grant.objects.update(valid_from=None)
    done = []
    for word in ("ghi-chu", "xac-minh", "phuc-tap", "giu-lai", "tra-loi", "thoi-giu", "giai-quyet", "mo-lai", *ACTS):
        made.refresh_from_db()
        page = f"/tin-bao/{made.pk}/{word}/"
        key = "1f9a3f8e-52b0-4f2f-9d8a-6f7f2a7b6a12"
        sent = {
            "version": made.version, "words": "đã xem", "reason": "cần", "key": key, "outcome": "confirmed",
            "on": f"{made.received_on:%d/%m/%Y}", "paper": "5/CV", "to_name": "Hải quan", "into": "TB26-XXXXXX",
        }  # fmt: skip
        answer = client.post(page, sent)
        assert answer.status_code in {302, 422}, word
        done += [word] if answer.status_code == 302 else []
        assert "/ho-so/" not in client.get(f"/tin-bao/{made.pk}/").content.decode().split("<main", 1)[1]
    assert {"ghi-chu", "xac-minh", "phuc-tap", "tra-loi", "giai-quyet", "mo-lai"} <= set(done)
    assert people() == before
