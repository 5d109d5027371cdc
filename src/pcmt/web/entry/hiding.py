"""Tables of numbers as who only looks at them is told them: small numbers of people at other places are not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.catalogue import protected_codes
from pcmt.apps.facts.queries import exact_units
from pcmt.web.entry.tables import Table


def keep_back(table: Table, actor: Actor) -> Table:
    """The table with the numbers left out that the actor neither tells nor is told; their sums too."""
    codes = protected_codes()
    closed = [box for box in table.boxes if not box.editable and box.line.element.code in codes]
    if not closed:
        return table
    exact = exact_units(actor, {box.unit_id for box in closed})
    word, hidden = _("ẩn"), False
    for row in table.rows:
        box = row.boxes[0]
        if box.editable or box.line.element.code not in codes or box.unit_id in exact:
            continue
        hidden = True
        for each in row.boxes:
            each.number, each.text, each.note = None, word if each.text else "", ""
        row.before, row.year_ago = word, word
        row.so_far = None if row.so_far is None else word
        row.remarks, row.counted = [], ""
    if hidden:
        table.totals = [(day, label, word) for day, label, _sum in table.totals]
    return table
