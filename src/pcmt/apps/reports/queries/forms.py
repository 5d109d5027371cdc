"""Report forms: which version holds, what it says, which one a regime usually takes, who uses it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import attrs
from django.db.models import Count

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import breakdowns, shipped
from pcmt.apps.reports.models import Duty, DutyState, FormState, ReportForm, ReportFormVersion
from pcmt.core.schemas import ReportSchema, schema_from, schema_of_table
from pcmt.reference import tables


def schema_of(form_version: ReportFormVersion) -> ReportSchema:
    """What a version of a form says."""
    return schema_from(form_version.body)


def form_in_use(form: ReportForm) -> ReportFormVersion | None:
    """The version that reports opened now will have; None while none is in use."""
    return form.versions.filter(state=FormState.IN_USE).first()


def draft_of(form: ReportForm) -> ReportFormVersion | None:
    """The version that is being written."""
    return form.versions.filter(state=FormState.DRAFT).first()


def usual_form(duty: Duty) -> ReportForm | None:
    """The ready form that fits a regime by its kind and period, and the kind of its plan; None where none does.

    Of several that fit, the one that says most closely what it is for. Sending in a plan or a proof is no report.
    """
    rows = ReportForm.objects.filter(office=None, versions__state=FormState.IN_USE).order_by("pk")
    suited: dict[str, int] = {}
    for pk, suits in rows.values_list("pk", "versions__body__suits"):
        for word in suits or ():
            suited.setdefault(word, pk)
    found = next((suited[word] for word in _suitable(duty) if word in suited), None)
    return ReportForm.objects.get(pk=found) if found is not None else None


def _suitable(duty: Duty) -> list[str]:
    """What a form for a regime may call itself, the closest first."""
    kind = duty.kind or "periodic"
    if "ad_hoc" in (duty.period, duty.kind):
        return ["ad_hoc"]
    words = [f"{duty.plan.kind}/{kind}", f"{kind}/{duty.period}"]
    if kind == "results":
        words.append(f"periodic/{duty.period}")
    return [*words, kind]


@cache
def ready_forms() -> dict[str, ReportSchema]:
    """The forms that come with the program (`data/report_forms`), by code."""
    elements, parts = shipped(), breakdowns()
    found = (schema_of_table(table, elements, parts) for table in tables("report_forms").values())
    return {schema.code: schema for schema in found}


@attrs.frozen
class FormUse:
    """Who uses a form: active regimes that the reader may see, and how many reports stand in each version, by id."""

    duties: tuple[Duty, ...]
    reports: Mapping[int, int]


def use_of(form: ReportForm, actor: Actor) -> FormUse:
    """Who uses a form. Regimes are those the reader may see; reports are counted, whoever may read them."""
    duties = (
        Duty.objects.visible_to(actor).filter(form=form, state=DutyState.ACTIVE).select_related("plan", "recipient")
    )
    counted = form.versions.annotate(reports=Count("submissions")).values_list("pk", "reports")
    return FormUse(tuple(duties.order_by("plan_id", "order", "pk")), dict(counted))
