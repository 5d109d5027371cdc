"""What a new revision changes, clause by clause; and which items of it continue those of the old one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from attrs import frozen
from rapidfuzz import fuzz

from pcmt.apps.plans.models import Clause, Item, Revision
from pcmt.core.text import canonical

SAME_ADDRESS = 50.0
ANY_ADDRESS = 75.0
"""How alike (percent) two clauses have to be to count as one that was changed: with and without the same address."""
ITEM_SAME_PLACE = 70.0
ITEM_ANY_PLACE = 85.0
"""The same for items, which are followed up by name and number: their progress must not go to something else."""
AROUND = 600
"""How many code points of an item's clause are compared."""


@frozen
class Piece:
    """A run of words of a changed clause: kept, old (taken out) or new (put in)."""

    kind: str
    text: str


@frozen
class ClauseChange:
    """One clause in both revisions: same, moved (same words, other address), changed, added or removed."""

    kind: str
    old: Clause | None
    new: Clause | None
    old_text: str = ""
    new_text: str = ""
    pieces: tuple[Piece, ...] = ()


@frozen
class _Passage:
    """A clause with its own words, without those of the clauses below it."""

    clause: Clause
    text: str
    key: str


def diff_revisions(old: Revision, new: Revision) -> list[ClauseChange]:
    """Every clause of both revisions in reading order of the new one, removed ones where they stood.

    Clauses of the same words are one; the others are paired by address and likeness of their words.
    """
    before, after = _passages(old), _passages(new)
    pairs = _paired(before, after)
    found: list[ClauseChange] = []
    placed = {old_index: new_index for new_index, old_index in pairs.items()}
    removed: dict[int, list[int]] = {}
    anchor = -1
    for index in range(len(before)):
        if index in placed:
            anchor = placed[index]
        else:
            removed.setdefault(anchor, []).append(index)
    found += [ClauseChange("removed", before[index].clause, None, before[index].text) for index in removed.get(-1, ())]
    for index, passage in enumerate(after):
        found.append(_compared(before[pairs[index]] if index in pairs else None, passage))
        found += [
            ClauseChange("removed", before[gone].clause, None, before[gone].text) for gone in removed.get(index, ())
        ]
    return found


def _compared(old: _Passage | None, new: _Passage) -> ClauseChange:
    if old is None:
        return ClauseChange("added", None, new.clause, "", new.text)
    if old.key == new.key:
        kind = "same" if old.clause.address == new.clause.address else "moved"
        return ClauseChange(kind, old.clause, new.clause, old.text, new.text)
    return ClauseChange("changed", old.clause, new.clause, old.text, new.text, tuple(pieces(old.text, new.text)))


def pieces(old: str, new: str) -> Iterable[Piece]:
    """The words of both texts, runs marked kept, old or new."""
    was, now = old.split(), new.split()
    for tag, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("kept", " ".join(now[k:m]))
            continue
        if i < j:
            yield Piece("old", " ".join(was[i:j]))
        if k < m:
            yield Piece("new", " ".join(now[k:m]))


def _passages(revision: Revision) -> list[_Passage]:
    clauses = list(Clause.objects.filter(revision=revision).order_by("order"))
    first_child: dict[int, int] = {}
    for clause in clauses:
        if clause.parent_id is not None:
            first_child.setdefault(clause.parent_id, clause.start)
    found = []
    for clause in clauses:
        end = min(clause.end, first_child.get(clause.pk, clause.end))
        text = " ".join(revision.text[clause.start : end].split())
        if text:
            found.append(_Passage(clause, text, canonical(text)))
    return found


def _paired(before: Sequence[_Passage], after: Sequence[_Passage]) -> dict[int, int]:
    """Index in `after` → index in `before`."""
    pairs: dict[int, int] = {}
    blocks = SequenceMatcher(None, [p.key for p in before], [p.key for p in after], autojunk=False)
    for block in blocks.get_matching_blocks():
        for step in range(block.size):
            pairs[block.b + step] = block.a + step
    used = set(pairs.values())
    left_old = [index for index in range(len(before)) if index not in used]
    left_new = [index for index in range(len(after)) if index not in pairs]
    ranked = []
    for old_index in left_old:
        was = before[old_index]
        for new_index in left_new:
            now = after[new_index]
            here = was.clause.address == now.clause.address != ""
            score = fuzz.ratio(was.key, now.key, score_cutoff=SAME_ADDRESS if here else ANY_ADDRESS)
            if score:
                ranked.append((-score, not here, old_index, new_index))
    taken: set[int] = set()
    for _score, _elsewhere, old_index, new_index in sorted(ranked):
        if old_index not in taken and new_index not in pairs:
            taken.add(old_index)
            pairs[new_index] = old_index
    return pairs


def carried_items(old: Iterable[Item], old_text: str, new: Iterable[Item], new_text: str) -> dict[int, int]:
    """Which item of the new revision continues which of the old one: id of the new → id of the old, one to one.

    Only items of one list can continue each other. Their own words and those of their clauses are compared, because
    many items are a few words that others have too. Same words at the same address come first.
    """
    pairs: dict[int, int] = {}
    by_list: dict[str, tuple[list[_Wording], list[_Wording]]] = {}
    for item in old:
        by_list.setdefault(item.list_name, ([], []))[0].append(_Wording.of(item, old_text))
    for item in new:
        by_list.setdefault(item.list_name, ([], []))[1].append(_Wording.of(item, new_text))
    for olds, news in by_list.values():
        taken: set[int] = set()
        for _score, _elsewhere, _distance, was_id, now_id in sorted(_alike(olds, news)):
            if was_id not in taken and now_id not in pairs:
                taken.add(was_id)
                pairs[now_id] = was_id
    return pairs


@frozen
class _Wording:
    """An item's own words, its clause's words and its address, for comparing."""

    item_id: int
    order: int
    address: str
    words: str
    around: str

    @classmethod
    def of(cls, item: Item, text: str) -> _Wording:
        clause = item.clause
        around = " ".join(text[clause.start : clause.end][:AROUND].split()) if clause else ""
        address = clause.address if clause else ""
        return cls(item.pk, item.start, address, canonical(" ".join(item.text.split())), canonical(around))


def _alike(olds: Sequence[_Wording], news: Sequence[_Wording]) -> Iterable[tuple[float, bool, int, int, int]]:
    for was in olds:
        for now in news:
            here = was.address == now.address
            least = ITEM_SAME_PLACE if here else ITEM_ANY_PLACE
            own = 100.0 if was.words == now.words else fuzz.ratio(was.words, now.words, score_cutoff=least)
            if not own:
                continue
            around = 100.0 if was.around == now.around else fuzz.ratio(was.around, now.around)
            score = (own + around) / 2
            if score >= least:
                yield -score, not here, abs(was.order - now.order), was.item_id, now.item_id
