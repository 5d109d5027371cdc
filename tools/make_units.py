"""Write `data/units/` from the package vietnamadminunits: `python tools/make_units.py FOLDER`.

FOLDER is the unpacked package (the one that holds `data/dataset.db`); it is read, never imported, and PCMT does not
depend on it. Run once for a new version of the package, then read the difference before committing it.

What is added to the package's lists: the day (1 July 2025) on which the old units end and the new ones begin; which
units go on (same code, same name); that a district's duties go to its province. What is left out: parts of a divided
commune that the package confused with a namesake far away in the same new province (`NAMESAKE_KM`). The one change
before that day that plans in the field name, the end of the town of Cửa Lò, is put in by hand (`town_of_cua_lo`).
"""

from __future__ import annotations

import json
import math
import sqlite3
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pcmt.core.text import place_tones

OUT = Path(__file__).resolve().parents[1] / "data/units"
DAY = "2025-07-01"
NATION = "VN"
NAMESAKE_KM = 8.0
"""A part of a commune whose new unit lies farther away than this, and which a namesake in another district also has, is
the namesake's: the package finds the communes of a resolution by their names."""

Row = Sequence[str]


def main(package: Path) -> None:
    """Read the package, write the tables, say what was counted."""
    with sqlite3.connect(package / "data/dataset.db") as database:
        database.row_factory = sqlite3.Row
        old = database.execute("SELECT * FROM admin_units_legacy").fetchall()
        new = database.execute("SELECT * FROM admin_units").fetchall()
    converter = json.loads((package / "data/converter_2025.json").read_text(encoding="utf-8"))
    old_by_key = {f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": row for row in old}
    new_by_key = {(row["provinceKey"], row["wardKey"]): row for row in new}
    assert len(old_by_key) == len(old)
    assert len(new_by_key) == len(new)
    province_of = {
        before: after for after, befores in converter["DICT_PROVINCE"].items() for before in befores
    }  # keys, old to new

    provinces = before_and_after(
        {row["provinceCode"]: (row["province"], NATION) for row in old},
        {row["provinceCode"]: (row["province"], NATION) for row in new},
    )
    districts = [
        (*typed(row["district"]), row["districtCode"], row["provinceCode"])
        for row in {row["districtCode"]: row for row in old}.values()
    ]
    communes = before_and_after(
        {row["wardCode"]: (row["ward"], row["districtCode"]) for row in old if row["wardCode"]},
        {row["wardCode"]: (row["ward"], row["provinceCode"]) for row in new},
    )
    successions, dropped = commune_successions(converter, old_by_key, new_by_key)
    province_codes = {row["provinceKey"]: row["provinceCode"] for row in new}
    names_before = {row["provinceCode"]: row["province"] for row in old}
    names_after = {row["provinceCode"]: row["province"] for row in new}
    for key, code in {row["provinceKey"]: row["provinceCode"] for row in old}.items():
        heir = province_codes[province_of[key]]
        if heir != code or not same(names_before[code], names_after[heir]):
            successions.append((DAY, code, heir, "whole", "", "yes"))
    with_communes = {row["districtCode"] for row in old if row["wardCode"]}
    for row in {row["districtCode"]: row for row in old}.values():
        if row["districtCode"] in with_communes:
            heir = province_codes[province_of[row["provinceKey"]]]
            successions.append((DAY, row["districtCode"], heir, "duties", "", "yes"))

    district_rows: list[Row] = [(code, kind, name, parent, "", DAY) for kind, name, code, parent in districts]
    town_of_cua_lo(district_rows, communes, successions)
    unit_head = ("code", "type", "name", "parent", "from", "to")
    write("provinces", unit_head, provinces)
    write("districts", unit_head, district_rows)
    write("communes", unit_head, communes)
    write("successions", ("on", "old", "new", "part", "measure", "heir"), successions)
    write("points", ("code", "lat", "lon"), points(new))
    for line in dropped:
        sys.stdout.write(f"left out: {line}\n")
    sys.stdout.write(
        f"{len(old)} old and {len(new)} new rows of the package; {len(dropped)} parts left out; "
        f"written: {len(provinces)} + {len(districts)} + {len(communes)} rows, {len(successions)} successions\n"
    )


def points(new: Iterable[sqlite3.Row]) -> list[Row]:
    """The centres of the units of today, communes and provinces, in degrees: a dot on a map, no boundary."""
    centres = {row["provinceCode"]: (row["provinceLat"], row["provinceLon"]) for row in new}
    centres |= {row["wardCode"]: (row["wardLat"], row["wardLon"]) for row in new}
    return [(code, f"{lat:.4f}", f"{lon:.4f}") for code, (lat, lon) in sorted(centres.items())]


def before_and_after(before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]) -> list[Row]:
    """The rows of units (code: name, parent) on both sides of the day.

    Code and name the same: one unit that goes on, in one row when its parent is the same too and in two otherwise.
    """
    rows: list[Row] = []
    for code in sorted({*before, *after}):
        old, new = before.get(code), after.get(code)
        goes_on = old and new and same(old[0], new[0])
        if old and new and goes_on and old[1] == new[1]:
            rows.append((code, *typed(new[0]), new[1], "", ""))
            continue
        if old:  # one spelling for a unit that goes on: that of today
            rows.append((code, *typed(new[0] if new and goes_on else old[0]), old[1], "", DAY))
        if new:
            rows.append((code, *typed(new[0]), new[1], DAY, ""))
    return rows


def town_of_cua_lo(districts: list[Row], communes: list[Row], successions: list[Row]) -> None:
    """The town of Cửa Lò joined Vinh with its seven wards on 1/12/2024 (Resolution 1243/NQ-UBTVQH15 of 24/10/2024)."""
    ended, vinh, town = "2024-12-01", "412", "413"
    wards = ("16717", "16720", "16723", "16726", "16729", "16732", "16735")
    at = next(place for place, row in enumerate(districts) if row[0] == vinh)
    districts.insert(at + 1, (town, "Thị xã", "Cửa Lò", districts[at][3], "", ended))
    for place, row in reversed([(place, row) for place, row in enumerate(communes) if row[0] in wards]):
        if row[3] == vinh:
            code, kind, name, *_rest = row
            communes[place : place + 1] = [(code, kind, name, town, "", ended), (code, kind, name, vinh, ended, DAY)]
    successions.insert(0, (ended, town, vinh, "duties", "", "yes"))


def commune_successions(
    converter: dict[str, Any],
    old: dict[str, sqlite3.Row],
    new: dict[tuple[str, str], sqlite3.Row],
) -> tuple[list[Row], list[str]]:
    """Whole and divided communes, old code to new code, but for those that simply go on; and what was left out."""
    parts: dict[str, list[tuple[sqlite3.Row, bool]]] = {}
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, keys in wards.items():
            for key in keys:
                assert key not in parts, key
                parts[key] = [(new[province, ward], True)]
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, into in divided.items():
            assert key not in parts, key
            parts[key] = [(new[province, each["newWardKey"]], each["isDefaultNewWard"]) for each in into]
    assert set(parts) == set(old)

    namesakes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, into in parts.items():
        namesakes[into[0][0]["provinceCode"], old[key]["wardKey"]].append(key)
    rows: list[Row] = []
    dropped: list[str] = []
    for key, into in parts.items():
        row, kept = old[key], []
        for unit, heir in into:
            km = distance(row, unit)
            confused = not heir and km > NAMESAKE_KM
            if confused and any(
                old[other]["districtCode"] != row["districtCode"]
                and unit["wardCode"] in {each["wardCode"] for each, _heir in parts[other]}
                for other in namesakes[unit["provinceCode"], row["wardKey"]]
            ):
                dropped.append(f"{row['wardCode']} {row['ward']} → {unit['wardCode']} {unit['ward']}, {km:.0f} km")
            else:
                kept.append((unit, heir))
        # The islands that were districts without communes have no commune code.
        code = row["wardCode"] or row["districtCode"]
        if len(kept) == 1:
            unit = kept[0][0]
            if code != unit["wardCode"] or not same(row["ward"], unit["ward"]):
                rows.append((DAY, code, unit["wardCode"], "whole", "", "yes"))
            continue
        # The only measure that is known of the parts is the area of the units they went to (in hectares); with one of
        # them unknown they count alike.
        areas = [round((unit["wardAreaKm2"] or 0) * 100) for unit, _heir in kept]
        rows += [
            (DAY, code, unit["wardCode"], "part", str(area) if all(areas) else "1", "yes" if heir else "")
            for (unit, heir), area in zip(kept, areas, strict=True)
        ]
    return sorted(rows), sorted(dropped)


def distance(old: sqlite3.Row, new: sqlite3.Row) -> float:
    """Kilometres between the centres, on a plane: far or near is all that is asked."""
    latitude = old["wardLat"] if old["wardLat"] is not None else old["districtLat"]
    longitude = old["wardLon"] if old["wardLon"] is not None else old["districtLon"]
    east = (longitude - new["wardLon"]) * 111 * math.cos(math.radians(latitude))
    return math.hypot((latitude - new["wardLat"]) * 111, east)


TYPES = ("Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")


def typed(name: str) -> tuple[str, str]:
    """Type and proper name: "Xã Cẩm Tân" → ("Xã", "Cẩm Tân"). "Phường 4" has a number for a name."""
    name = clean(name)
    for word in TYPES:
        if name.lower().startswith(f"{word.lower()} "):  # the package has "Thành Phố Bắc Kạn"
            return word, name[len(word) + 1 :]
    raise ValueError(f"no type of unit in {name!r}")


def clean(name: str) -> str:
    """Composed letters, one blank between words, one kind of apostrophe."""
    return " ".join(unicodedata.normalize("NFC", name).replace("’", "'").split())


def same(one: str | None, other: str | None) -> bool:
    """Whether two names are one, however the tone marks are set (Hoà, Hòa)."""
    return place_tones(clean(one or "").lower()) == place_tones(clean(other or "").lower())


def write(name: str, head: Row, rows: Iterable[Row]) -> None:
    """One table: tabs between columns, a line of names first."""
    lines = ["\t".join(head), *("\t".join(row) for row in rows)]
    (OUT / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
