"""The text of a plan as read-only page: lines with the marks of the items in force, and its table of contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.plans.models import Clause, Item, ItemState, Revision
from pcmt.web.reading.source import Line, Mark, lines_of

LEGEND: Mapping[str, str | Promise] = {
    "targets": _("chỉ tiêu"),
    "tasks": _("việc"),
    "assignments": _("đơn vị"),
    "deadlines": _("hạn"),
    "reporting_duties": _("báo cáo"),
    "projects": _("dự án"),
    "campaign_windows": pgettext_lazy("danh mục", "đợt"),
}
"""Words beside the kinds of marks."""


@attrs.frozen
class Document:
    """Lines with marks, headings for the contents, and the kinds of marks that occur with their words."""

    lines: Sequence[Line]
    contents: Sequence[Clause]
    legend: Sequence[tuple[str, str | Promise]]


def document_of(revision: Revision) -> Document:
    """The whole text of a revision. Marks are the accepted items; each is reached by the anchor `s` + its id."""
    items = (
        Item.objects.filter(revision=revision, state=ItemState.ACCEPTED)
        .only("pk", "list_name", "start", "end", "revision_id")
        .order_by("start", "pk")
    )
    marks = [Mark(str(item.pk), item.list_name, item.start, item.end) for item in items]
    kinds = {mark.kind for mark in marks}
    contents = list(
        Clause.objects.filter(revision=revision, kind__in=("section", "item")).exclude(heading="").order_by("order")
    )
    headings = {clause.line: (clause.address, clause.level) for clause in contents if clause.kind == "section"}
    layer = revision.source.layer if revision.source else {}
    return Document(
        lines=list(lines_of(revision.text, marks, layer=layer, headings=headings)),
        contents=[clause for clause in contents if clause.level <= 2],
        legend=[(kind, word) for kind, word in LEGEND.items() if kind in kinds],
    )
