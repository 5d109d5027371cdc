"""Files that may be one person's: found by the exact number anywhere, by names only where the asker sees names.

Names are compared inside the program and shown nowhere here: what comes out are codes of files and codes of what they
agree in. A file beyond the asker's reach is never named: only that there is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import attrs
from django.db.models import Count, Q

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.matching import ALIKE, id_form, likeness, name_indexes, names_of, phone_form
from pcmt.apps.registers.models import Identity, MergeCase, MergeState, NameKey, Subject
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.places import identity_place
from pcmt.apps.registers.vault import Unsealable, index_of, unseal

MOST = 40
"""So many files are compared by name; those that share most syllables come first."""
YEARS = 1
"""Years of birth may differ by so much: years of papers and of memory do."""
SHOWN = 50
ID, PHONE, NAME_DATE, NAME_YEAR = "id", "phone", "name_date", "name_year"


@attrs.frozen
class Candidate:
    """A file in the asker's reach that may be the same person's: what they agree in, and how alike the names are."""

    code: str
    unit_name: str
    sex: str
    birth_year: int
    grounds: tuple[str, ...]
    score: int


@attrs.frozen
class Candidates:
    """What was found; `elsewhere`: a commune beyond the asker's reach has a file with this very number."""

    rows: tuple[Candidate, ...] = ()
    elsewhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.rows) or self.elsewhere


@attrs.frozen
class Suspect:
    """Two files of which somebody should look whether they are one person's."""

    one: Candidate
    other: Candidate
    grounds: tuple[str, ...]
    score: int


def candidates(actor: Actor, block: PersonBlock, *, sex: str, birth_year: int, besides: str = "") -> Candidates:
    """Files that may be this person's, the likeliest first; `besides` is the code of the file asked about."""
    seen = Subject.objects.visible_to(actor).standing().exclude(code=besides)
    number = index_of("id", id_form(block.id_number))
    phone = index_of("phone", phone_form(block.phone))
    found: dict[int, set[str]] = defaultdict(set)
    elsewhere = False
    if number:
        holders = set(
            Identity.objects.filter(id_index=number, subject__merged_into__isnull=True)
            .exclude(subject__code=besides)
            .values_list("subject_id", flat=True)
        )
        mine = set(seen.filter(pk__in=holders).values_list("pk", flat=True))
        for each in mine:
            found[each].add(ID)
        elsewhere = bool(holders - mine)
    if phone:
        for each in seen.filter(identity__phone_index=phone).values_list("pk", flat=True)[:SHOWN]:
            found[each].add(PHONE)
    near = _sharing_names(seen, block, birth_year)
    rows = {row.pk: row for row in seen.filter(pk__in={*found, *near}).select_related("unit", "identity")}
    out: list[Candidate] = []
    for row in rows.values():
        grounds = set(found[row.pk])
        score, agree = compared(block, birth_year, row)
        if row.sex == sex or ID in grounds:
            grounds |= agree
        if grounds:
            out.append(_candidate(row, grounds, score))
    out.sort(key=lambda each: (ID not in each.grounds, -each.score, each.code))
    return Candidates(tuple(out[:SHOWN]), elsewhere)


def _sharing_names(seen: object, block: PersonBlock, birth_year: int) -> set[int]:
    keys = name_indexes(names_of(block))
    years = range(birth_year - YEARS, birth_year + YEARS + 1)
    rows = (
        NameKey.objects.filter(index__in=keys, subject__in=seen, subject__birth_year__in=years)  # type: ignore[misc]
        .values("subject_id")
        .annotate(shared=Count("pk"))
        .filter(shared__gte=min(2, len(keys)))
        .order_by("-shared", "subject_id")
    )
    return {row["subject_id"] for row in rows[:MOST]}


def block_of(subject: Subject) -> PersonBlock | None:
    """The identity for comparing inside the program; None if there is none or it does not open."""
    kept = getattr(subject, "identity", None)
    if kept is None:
        return None
    try:
        return PersonBlock.of(unseal(kept.sealed, kept.key_id, identity_place(subject.code)))
    except Unsealable:
        return None


def compared(block: PersonBlock, birth_year: int, other: Subject) -> tuple[int, set[str]]:
    """How alike the names are, and what of name and birth agrees; a year alone agrees with a day of that year."""
    theirs = block_of(other)
    if theirs is None:
        return 0, set()
    score = round(likeness(block, theirs))
    if score < ALIKE or abs(birth_year - other.birth_year) > YEARS:
        return score, set()
    if block.born_on and theirs.born_on:
        same = block.born_on == theirs.born_on
        return score, {NAME_DATE} if same else ({NAME_YEAR} if birth_year == other.birth_year else set())
    return score, {NAME_YEAR}


def _candidate(row: Subject, grounds: Iterable[str], score: int) -> Candidate:
    order = (ID, NAME_DATE, NAME_YEAR, PHONE)
    told = tuple(each for each in order if each in set(grounds))
    return Candidate(row.code, row.unit.name, row.sex, row.birth_year, told, score)


def suspects(actor: Actor, unit_id: int | None = None) -> list[Suspect]:
    """Pairs of files that may be one person's and that nobody has looked at: the queue.

    The same number counts in the whole reach of the asker; names are compared within one commune (`unit_id`).
    """
    seen = Subject.objects.visible_to(actor).standing()
    pairs: dict[tuple[int, int], set[str]] = defaultdict(set)
    twice = (
        Identity.objects.filter(subject__in=seen)
        .exclude(id_index="")
        .values("id_index")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .values("id_index")[:SHOWN]
    )
    same: dict[str, list[int]] = defaultdict(list)
    holders = Identity.objects.filter(subject__in=seen, id_index__in=[row["id_index"] for row in twice])
    for pk, number in holders.order_by("subject_id").values_list("subject_id", "id_index"):
        same[number].append(pk)
    for group in same.values():
        for other in group[1:]:
            pairs[group[0], other].add(ID)
    if unit_id is not None:
        for pair in _sharing_in(seen.filter(unit_id=unit_id)):
            pairs[pair] |= set()
    looked_at = MergeCase.objects.filter(
        Q(keep__in={pk for pair in pairs for pk in pair}) | Q(drop__in={pk for pair in pairs for pk in pair}),
        state__in=(MergeState.REFUSED, MergeState.PROPOSED),
    ).values_list("keep_id", "drop_id")
    done = {tuple(sorted(pair)) for pair in looked_at}
    rows = Subject.objects.in_bulk({pk for pair in pairs for pk in pair})
    full = {row.pk: row for row in Subject.objects.filter(pk__in=rows).select_related("unit", "identity")}
    out: list[Suspect] = []
    for (one_id, other_id), grounds in pairs.items():
        if tuple(sorted((one_id, other_id))) in done:
            continue
        one, other = full[one_id], full[other_id]
        block = block_of(one)
        score, agree = compared(block, one.birth_year, other) if block else (0, set())
        if one.sex == other.sex or ID in grounds:
            grounds = grounds | agree
        if grounds:
            left, right = _candidate(one, grounds, score), _candidate(other, grounds, score)
            out.append(Suspect(left, right, left.grounds, score))
    out.sort(key=lambda each: (ID not in each.grounds, -each.score, each.one.code, each.other.code))
    return out[:SHOWN]


def _sharing_in(files: object) -> set[tuple[int, int]]:
    """Pairs of one commune's files that share two syllables and nearly the year of birth."""
    keys: dict[int, set[str]] = defaultdict(set)
    years: dict[int, int] = {}
    rows = NameKey.objects.filter(subject__in=files).values_list("subject_id", "index", "subject__birth_year")  # type: ignore[misc]
    by_index: dict[str, list[int]] = defaultdict(list)
    for pk, index, year in rows.order_by("subject_id"):
        keys[pk].add(index)
        years[pk] = year
        by_index[index].append(pk)
    by_year: dict[int, list[int]] = defaultdict(list)
    for pk in sorted(keys):
        by_year[years[pk]].append(pk)
    found: set[tuple[int, int]] = set()
    for pk in sorted(keys):
        for year in range(years[pk] - YEARS, years[pk] + YEARS + 1):
            for other in by_year.get(year, ()):
                if pk < other and len(keys[pk] & keys[other]) >= min(2, len(keys[pk]), len(keys[other])):
                    found.add((pk, other))
    return found
