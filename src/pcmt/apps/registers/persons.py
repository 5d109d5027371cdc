"""The legal person block: what the forms of Decree 163/2026/NĐ-CP (annex III) ask of who somebody is."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs


@attrs.frozen(kw_only=True, repr=False)
class PersonBlock:
    """Who a subject is. Nothing of it is printed by `repr`, so that no log ever holds it.

    `born_on` is unknown where only the year is. `id_kind` is a code: cccd, cc, cmnd, passport; `id_number` as on the
    paper. Minors have a guardian.
    """

    name: str
    other_names: str = ""
    born_on: date | None = None
    birthplace: str = ""
    home_place: str = ""
    permanent_address: str = ""
    temporary_address: str = ""
    present_address: str = ""
    id_kind: str = ""
    id_number: str = ""
    id_issued_on: date | None = None
    id_issuer: str = ""
    ethnicity: str = ""
    religion: str = ""
    schooling: str = ""
    occupation: str = ""
    workplace: str = ""
    phone: str = ""
    guardian_name: str = ""
    guardian_relation: str = ""
    guardian_phone: str = ""

    def data(self) -> dict[str, Any]:
        """As JSON, without what is empty."""
        found = attrs.asdict(self)
        return {key: each.isoformat() if isinstance(each, date) else each for key, each in found.items() if each}

    @classmethod
    def of(cls, data: dict[str, Any]) -> PersonBlock:
        """The block of `data`; fields that this version does not know are left out."""
        known = {each.name for each in attrs.fields(cls)}
        values = {key: each for key, each in data.items() if key in known}
        for key in ("born_on", "id_issued_on"):
            if values.get(key):
                values[key] = date.fromisoformat(values[key])
        return cls(**values)
