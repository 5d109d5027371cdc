"""Report forms: taken in, copied, changed, put in use, ended; a version that was used never changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.operations import load_catalogue
from pcmt.apps.notices.models import Notice
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.models import Duty, FormState, ReportForm, ReportFormVersion, Submission
from pcmt.apps.reports.operations import (
    add_form,
    copy_form,
    drop_form_draft,
    end_form,
    load_forms,
    put_form_in_use,
    save_form_draft,
)
from pcmt.apps.reports.operations import forms as operations
from pcmt.apps.reports.queries import form_in_use, schema_of, usual_form
from pcmt.apps.reports.queries.forms import draft_of, ready_forms, use_of
from pcmt.core.diagnostics import Refusal
from pcmt.core.schemas import ReportSchema, Section, SectionKind, schema_data
from tests.factories.plans import adopted
from tests.factories.reports import SCHEMA, report_form
from tests.factories.world import NOW, World

LATER = NOW + timedelta(days=1)


@pytest.fixture
def kept(land: World) -> ReportForm:
    """A form of the province's office in use, with the outline of the small form."""
    load_catalogue()
    report_form()
    form = copy_form(actor=land.office, at=NOW, form_id=ReportForm.objects.get().pk, title="Mẫu tháng của tỉnh")
    assert isinstance(form, ReportForm)
    draft = draft_of(form)
    assert draft is not None
    used = put_form_in_use(actor=land.office, at=NOW, form_id=form.pk, draft_id=draft.pk, version=draft.version)
    assert isinstance(used, ReportFormVersion), used
    form.refresh_from_db()
    return form


def drafted(actor: Actor, form: ReportForm, schema: ReportSchema, **seen: Any) -> ReportFormVersion:
    """A draft, saved."""
    found = save_form_draft(actor=actor, at=LATER, form_id=form.pk, schema=schema, **seen)
    assert isinstance(found, ReportFormVersion), found
    return found


def refused(found: object) -> str:
    """The code of a refusal."""
    assert isinstance(found, Refusal), found
    return found.code


@pytest.mark.django_db
def test_ready_forms_are_taken_in_once() -> None:
    first = load_forms()
    assert len(first.created) == len(ready_forms()) >= 8
    assert ReportFormVersion.objects.filter(state=FormState.IN_USE).count() == len(first.created)
    assert not load_forms(at=NOW).is_needed
    assert ReportFormVersion.objects.count() == len(first.created)
    assert not Entry.objects.filter(event="reports.forms.loaded").exists()


@pytest.mark.django_db
def test_a_changed_file_makes_a_version_and_leaves_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    load_forms()
    form = ReportForm.objects.get(code="plan_monthly")
    old = form_in_use(form)
    assert old is not None
    before = old.body
    files = dict(ready_forms())
    schema = files["plan_monthly"]
    files["plan_monthly"] = attrs.evolve(schema, sections=schema.sections[1:])
    del files["thematic"]
    monkeypatch.setattr(operations, "ready_forms", lambda: files)
    found = load_forms(at=LATER)
    assert (found.created, found.changed, found.gone) == ((), ("plan_monthly",), ("thematic",))
    old.refresh_from_db()
    assert (old.state, old.body, old.number) == (FormState.ENDED, before, 1)
    new = form_in_use(form)
    assert new is not None
    assert (new.number, new.words, new.used_at) == (2, "Bỏ 1 mục", LATER)
    assert Entry.objects.filter(event="reports.forms.loaded").count() == 1
    thematic = ReportForm.objects.get(code="thematic")
    assert form_in_use(thematic) is not None


@pytest.mark.parametrize(
    ("plan", "kind", "period", "code"),
    [
        ("plan", "periodic", "monthly", "plan_monthly"),
        ("plan", "periodic", "quarterly", "plan_monthly"),
        ("plan", "periodic", "six_monthly", "plan_half_year"),
        ("plan", "", "six_monthly", "plan_half_year"),
        ("plan", "periodic", "annual", "plan_year"),
        ("plan", "final", "annual", "plan_year"),
        ("programme", "final", "once", "final_review"),
        ("programme", "interim", "once", "interim_review"),
        ("plan", "results", "once", "action_month"),
        ("plan", "results", "monthly", "plan_monthly"),
        ("campaign", "final", "once", "action_month"),
        ("plan", "ad_hoc", "once", "thematic"),
        ("plan", "periodic", "ad_hoc", "thematic"),
        ("plan", "submission", "once", None),
        ("plan", "periodic", "unspecified", None),
    ],
)
@pytest.mark.django_db
def test_the_form_that_fits(plan: str, kind: str, period: str, code: str | None) -> None:
    load_forms()
    form = usual_form(Duty(plan=Plan(kind=plan), kind=kind, period=period))
    assert (form.code if form else None) == code


def test_an_office_copies_a_ready_form_and_keeps_the_copy(land: World) -> None:
    load_forms()
    ready = ReportForm.objects.get(code="plan_monthly")
    copy = copy_form(actor=land.office, at=NOW, form_id=ready.pk, title="Mẫu của tỉnh")
    assert isinstance(copy, ReportForm)
    assert copy.office_id == land["police"].pk
    draft = draft_of(copy)
    assert draft is not None
    assert form_in_use(copy) is None
    schema = schema_of(draft)
    assert (schema.title, schema.code, schema.suits) == ("Mẫu của tỉnh", copy.code, ())
    assert schema.sections == ready_forms()["plan_monthly"].sections
    # nobody changes the ready one itself
    used = form_in_use(ready)
    assert used is not None
    found = save_form_draft(actor=land.office, at=NOW, form_id=ready.pk, schema=schema)
    assert refused(found) == "not_allowed"


def test_who_keeps_forms(land: World, kept: ReportForm) -> None:
    schema = attrs.evolve(SCHEMA, title="Khác")
    for actor in (
        land.actor("health"),
        land.actor("binh_giang_police", "standing_office"),
        land.actor("police", "leader"),
    ):
        assert refused(save_form_draft(actor=actor, at=NOW, form_id=kept.pk, schema=schema)) == "not_allowed"
        assert refused(end_form(actor=actor, at=NOW, form_id=kept.pk, version=kept.version)) == "not_allowed"
    assert refused(add_form(actor=land.actor("health"), at=NOW, title="Mẫu")) == "not_allowed"
    own = add_form(actor=land.actor("dong_hoa_police", "standing_office"), at=NOW, title="Mẫu của xã")
    assert isinstance(own, ReportForm)
    draft = draft_of(own)
    assert draft is not None
    # the province answers for the commune, not the other way round
    drafted(land.office, own, schema, draft_id=draft.pk, version=draft.version)
    commune = land.actor("dong_hoa_police", "standing_office")
    assert refused(save_form_draft(actor=commune, at=NOW, form_id=kept.pk, schema=schema)) == "not_allowed"


def test_a_used_version_never_changes(land: World, kept: ReportForm) -> None:
    used = form_in_use(kept)
    assert used is not None
    body = used.body
    draft = drafted(land.office, kept, attrs.evolve(schema_of(used), title="Tên mới"))
    assert draft.pk != used.pk
    assert draft.number == 2
    new = put_form_in_use(actor=land.office, at=LATER, form_id=kept.pk, draft_id=draft.pk, version=draft.version)
    assert isinstance(new, ReportFormVersion)
    used.refresh_from_db()
    kept.refresh_from_db()
    assert (used.state, used.body) == (FormState.ENDED, body)
    assert (new.state, new.used_at, kept.title) == (FormState.IN_USE, LATER, "Tên mới")
    # neither of the two is a draft any more
    again = save_form_draft(
        actor=land.office, at=LATER, form_id=kept.pk, schema=SCHEMA, draft_id=new.pk, version=new.version
    )
    assert refused(again) == "stale"
    events = list(Entry.objects.filter(object_type="reports.ReportForm").values_list("event", flat=True).order_by("pk"))
    assert events == ["reports.form.copied", "reports.form.used", "reports.form.drafted", "reports.form.used"]


def test_two_people_at_once(land: World, kept: ReportForm) -> None:
    used = form_in_use(kept)
    assert used is not None
    schema = schema_of(used)
    draft = drafted(land.office, kept, attrs.evolve(schema, title="Một"))
    seen = {"draft_id": draft.pk, "version": draft.version}
    # the second one began when there was no draft yet
    found = save_form_draft(actor=land.second, at=LATER, form_id=kept.pk, schema=attrs.evolve(schema, title="Hai"))
    assert refused(found) == "stale"
    drafted(land.second, kept, attrs.evolve(schema, title="Hai"), **seen)
    assert refused(save_form_draft(actor=land.office, at=LATER, form_id=kept.pk, schema=schema, **seen)) == "stale"
    assert refused(put_form_in_use(actor=land.office, at=LATER, form_id=kept.pk, **seen)) == "stale"
    assert refused(drop_form_draft(actor=land.office, at=LATER, form_id=kept.pk, **seen)) == "stale"
    stands = draft_of(kept)
    assert stands is not None
    assert schema_of(stands).title == "Hai"


def test_the_same_again_is_no_change(land: World, kept: ReportForm) -> None:
    used = form_in_use(kept)
    assert used is not None
    draft = drafted(land.office, kept, schema_of(used))
    seen = {"draft_id": draft.pk, "version": draft.version}
    assert drafted(land.office, kept, schema_of(used), **seen).version == draft.version
    assert refused(put_form_in_use(actor=land.office, at=LATER, form_id=kept.pk, **seen)) == "unchanged"
    assert isinstance(drop_form_draft(actor=land.office, at=LATER, form_id=kept.pk, **seen), ReportForm)
    assert draft_of(kept) is None
    assert form_in_use(kept) == used


def test_a_wrong_draft_is_kept_but_not_used(land: World, kept: ReportForm) -> None:
    bad = attrs.evolve(SCHEMA, sections=(Section(key="a", title="", kind=SectionKind.FIGURES, level=2),))
    draft = drafted(land.office, kept, bad)
    found = put_form_in_use(actor=land.office, at=LATER, form_id=kept.pk, draft_id=draft.pk, version=draft.version)
    assert isinstance(found, Refusal)
    assert {each.code for each in found.problems} == {"no_section_title", "level_jump", "no_lines", "no_this"}
    draft.refresh_from_db()
    assert draft.state == FormState.DRAFT


def test_a_form_that_never_was_goes_with_its_draft(land: World) -> None:
    form = add_form(actor=land.office, at=NOW, title="Thử")
    assert isinstance(form, ReportForm)
    draft = draft_of(form)
    assert draft is not None
    drop_form_draft(actor=land.office, at=NOW, form_id=form.pk, draft_id=draft.pk, version=draft.version)
    assert not ReportForm.objects.exists()


def test_names_are_needed_and_bounded(land: World) -> None:
    assert refused(add_form(actor=land.office, at=NOW, title="  ")) == "title"
    assert refused(add_form(actor=land.office, at=NOW, title="x" * 301)) == "title"
    assert not ReportForm.objects.exists()


@pytest.fixture
def owed(land: World, kept: ReportForm, reader: None) -> Duty:
    """The monthly regime of the sample plan, which asks for the form."""
    adopted(land.office)
    duty = Duty.objects.get(period="monthly")
    Duty.objects.filter(pk=duty.pk).update(form=kept)
    return duty


def test_open_reports_keep_their_version_and_writers_are_told(land: World, kept: ReportForm, owed: Duty) -> None:
    occurrences = list(owed.occurrences.filter(unit__isnull=False, due_item__state="open").order_by("pk"))
    writer = land.actor(next(key for key, unit in land.units.items() if unit.pk == occurrences[-1].unit_id))
    old = form_in_use(kept)
    assert old is not None
    first = occurrences[0]
    report = Submission.objects.create(
        occurrence=first, duty=owed, unit_id=first.unit_id, about_id=first.unit_id, form_version=old,
        opened_at=NOW, known_at=NOW, changed_at=NOW,
    )  # fmt: skip
    draft = drafted(land.office, kept, attrs.evolve(schema_of(old), opening="Kính gửi"))
    new = put_form_in_use(
        actor=land.office, at=LATER, form_id=kept.pk, draft_id=draft.pk, version=draft.version, words="Thêm lời mở đầu"
    )
    assert isinstance(new, ReportFormVersion)
    report.refresh_from_db()
    assert report.form_version_id == old.pk
    assert use_of(kept, land.office).reports == {old.pk: 1, new.pk: 0}
    assert owed in use_of(kept, land.office).duties
    told = Notice.objects.filter(about="reports.ReportForm")
    assert told.filter(user_id=writer.user_id, title__endswith="có bản 2. Thêm lời mở đầu").count() == 1
    assert not told.filter(user_id=land.office.user_id).exists()


def test_a_form_in_a_regime_is_not_ended(land: World, kept: ReportForm, owed: Duty) -> None:
    assert refused(end_form(actor=land.office, at=LATER, form_id=kept.pk, version=kept.version)) == "used"
    Duty.objects.filter(pk=owed.pk).update(form=None)
    assert refused(end_form(actor=land.office, at=LATER, form_id=kept.pk, version=kept.version + 1)) == "stale"
    assert isinstance(end_form(actor=land.office, at=LATER, form_id=kept.pk, version=kept.version), ReportForm)
    assert form_in_use(kept) is None
    assert refused(end_form(actor=land.office, at=LATER, form_id=kept.pk, version=kept.version + 1)) == "over"
    # what was ended can still be copied and read
    assert isinstance(copy_form(actor=land.office, at=LATER, form_id=kept.pk), ReportForm)


def test_what_is_stored_is_what_was_said(land: World, kept: ReportForm) -> None:
    used = form_in_use(kept)
    assert used is not None
    assert schema_data(schema_of(used)) == used.body
