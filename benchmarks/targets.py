"""Every target of the country judged: by the program at once, and by one query for each target.

Each unit has a plan with thirty targets of twenty kinds. The program judges all of them through
`targets.queries.judge`, which also writes the sentence of each verdict; of the peers only their queries are timed, not
the judging of what they answer. They take a sample of each level and kind, extrapolated. What is judged one by one,
from figures gone through fact by fact, must be the same verdict with the same sentence, or the run stops. Then a
commune reports: the targets above it are judged again in the same transaction.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from unittest import mock

import attrs

from benchmarks import clients, peers, plans, server, store
from benchmarks.harness import Goal, Report, arguments, middle, ms, ratio, say
from benchmarks.rollup import ahead, facts_only, facts_only_tables, reporter
from benchmarks.workloads import SEED, Workload, public
from pcmt.core.periods import Span

PEERS = ("dhis2-sql", "plain-sql")
SAMPLE = {"nation": 30, "province": 60, "commune": 90}
BATCH = 3_000
REPORTS = 60


def main() -> int:
    """Run it all."""
    chosen = arguments(__doc__.splitlines()[0], peers=PEERS)
    report = Report("targets", chosen.size)
    run(public(chosen.size), report, chosen.peers)
    return report.finish(chosen.out)


def run(workload: Workload, report: Report, chosen: Sequence[str] = PEERS) -> None:
    """Measure a workload; `report` is filled. Raises AssertionError when two verdicts differ."""
    socket = server.start()
    with server.connect(socket) as connection:
        here = store.lay(socket, ahead(workload))
        store.pour(connection, here, workload.chunks)
        store.rebuild_now()
        last = workload.periods[-1].last
        many = plans.lay(connection, here, last)
        connection.execute("VACUUM ANALYZE facts_cell")
        report.notes.append(
            f"PostgreSQL {server.version(connection)}; {workload.count:,} facts,"
            f" {many:,} targets of {len(plans.SORTS)} kinds"
            f" in {many // plans.TARGETS:,} plans, judged as of {last:%d/%m/%Y}."
        )
        peers.give_input(connection, workload.final())
        ways: dict[str, peers.Dhis2 | peers.PlainSql] = {}
        if "plain-sql" in chosen:
            ways["plain-sql"] = peers.PlainSql(socket, workload)
            ways["plain-sql"].load()
        if "dhis2-sql" in chosen:
            ways["dhis2-sql"] = peers.Dhis2(socket, workload)
            ways["dhis2-sql"].load()
            ways["dhis2-sql"].rebuild()
        connection.execute("DROP TABLE bench_input")
        all_of_them(report, connection, here, ways, many, last)
        touched(report, connection, here, many)


def all_of_them(
    report: Report, connection: Any, here: store.Store, ways: dict[str, Any], many: int, last: date
) -> None:
    """Judge every target, cold and once more; then a sample from the figures of the peers."""
    from pcmt.apps.targets.models import Target
    from pcmt.apps.targets.queries import judge

    ids = list(Target.objects.order_by("pk").values_list("pk", flat=True))
    say(f"judging {many:,} targets")
    verdicts: dict[int, tuple[str, str]] = {}
    times = []
    for _again in range(2 if many <= 10_000 else 1):
        began = time.perf_counter()
        for start in range(0, len(ids), BATCH):
            batch = Target.objects.filter(pk__in=ids[start : start + BATCH]).order_by("pk")
            for each in judge(batch, on=last):
                verdicts[each.target.pk] = (str(each.judgement.verdict), each.judgement.sentence)
        times.append(time.perf_counter() - began)
    if len(verdicts) != many:
        raise AssertionError(f"{len(verdicts)} of {many} targets were judged")
    counts = Counter(verdict for verdict, _sentence in verdicts.values())
    report.notes.append("Verdicts: " + ", ".join(f"{count:,} {name}" for name, count in counts.most_common()) + ".")
    ours = times[0]
    rows = [
        ["way", "s for all", "targets a second", "ms a target: nation", "province", "commune", "times as long as PCMT"]
    ]
    sample, sizes = _sample(here, ids)
    alone = {level: _by_hand(here, some, last, verdicts) for level, some in sample.items()}
    rows.append(
        [
            "PCMT, all at once, with the sentences", f"{ours:,.1f}", f"{many / ours:,.0f}",
            *(ms(alone[level]) for level in sizes), "1",
        ]
    )  # fmt: skip
    report.figures |= {"all": times, "targets": many, "verdicts": dict(counts)}
    for name, peer in ways.items():
        say(f"one by one: {name}")
        each: dict[str, float] = {}
        for level, some in sample.items():
            asked = Naive(here, peer, connection)
            with mock.patch("pcmt.apps.targets.queries.judging.figures", asked):
                for pk in some:
                    (judged,) = judge(Target.objects.filter(pk=pk), on=last)
                    found = (str(judged.judgement.verdict), judged.judgement.sentence)
                    if found != verdicts[pk]:
                        raise AssertionError(f"target {pk}, {level}: PCMT says {verdicts[pk]}, {name} {found}")
            each[level] = asked.seconds / len(some)
        total = sum(each[level] * sizes[level] for level in sizes)
        rows.append(
            [
                f"{name}, one query a target (extrapolated from {sum(map(len, sample.values()))})", f"{total:,.0f}",
                f"{many / total:,.0f}", *(ms(each[level]) for level in sizes), ratio(total, ours),
            ]
        )  # fmt: skip
        report.figures[name] = {"total": total, "each": each}
    report.tables["All targets"] = rows
    if "plain-sql" in ways:
        faster = report.figures["plain-sql"]["total"] / ours
        report.goals.append(
            Goal("G5 all targets, against one query a target on facts", "≥ 20×", f"{faster:.1f}×", faster >= 20)
        )
    report.goals.append(Goal("G13 verdicts, one by one = all at once", "all equal", "all equal", True))


def _sample(here: store.Store, ids: Sequence[int]) -> tuple[dict[str, list[int]], dict[str, int]]:
    """Some targets of each level, of all kinds, and how many there are of each."""
    levels = [node.level for node in here.workload.nodes if node.kind == "administrative"]
    by_level: dict[str, list[int]] = defaultdict(list)
    for pk in ids:
        level = levels[pk // plans.STEP]
        by_level["nation" if level == "central" else "province" if level == "province" else "commune"].append(pk)
    chance = random.Random(SEED)
    return (
        {level: chance.sample(some, min(SAMPLE[level], len(some))) for level, some in by_level.items()},
        {level: len(some) for level, some in by_level.items()},
    )


def _by_hand(here: store.Store, some: Sequence[int], last: date, verdicts: dict[int, tuple[str, str]]) -> float:
    """Seconds that the program takes for one target, asked alone; its verdict must be that of the lot."""
    from pcmt.apps.targets.models import Target
    from pcmt.apps.targets.queries import judge

    taken = []
    for pk in some[:30]:
        began = time.perf_counter()
        (judged,) = judge(Target.objects.filter(pk=pk), on=last)
        taken.append(time.perf_counter() - began)
        if (str(judged.judgement.verdict), judged.judgement.sentence) != verdicts[pk]:
            raise AssertionError(f"target {pk}: judged alone and with others differ")
    return middle(taken)


@attrs.define
class Naive:
    """`facts.queries.figures` one by one: one query to a peer for all that a target asks; the seconds that it took.

    The peer's sums must be those of the program going through the facts one by one, which then answers: a sum alone
    does not say who is missing in it.
    """

    here: store.Store
    peer: Any
    connection: Any
    seconds: float = 0.0

    def __call__(self, asks: Iterable[Any], *, on: date, **_more: Any) -> dict[Any, Any]:
        """The answers, gone through fact by fact, after the peer has said the same."""
        from pcmt.apps.facts.queries import figures

        wanted = list(asks)
        if not wanted:
            return {}
        codes = {store.code(self.here.workload, at): at for at in range(len(self.here.workload.elements))}
        numbers = self.here.numbers
        units = sorted({numbers[ask.unit_id] for ask in wanted})
        elements = sorted({codes[ask.element] for ask in wanted})
        past = [
            span
            for span in self.here.workload.periods
            if span.last <= on and any(_inside(span, ask.window) for ask in wanted)
        ]
        began = time.perf_counter()
        rows = self.peer.sums(self.connection, units, elements, past) if past else []
        self.seconds += time.perf_counter() - began
        answers = figures(wanted, on=on, known=store.AT + timedelta(days=1))
        for ask in wanted:
            mine = [
                value
                for unit, element, start, end, value in rows
                if (unit, element) == (numbers[ask.unit_id], codes[ask.element])
                and _inside(Span(start, end), ask.window)
            ]
            if (answers[ask].figure.value or 0) != sum(mine):
                raise AssertionError(f"{ask}: PCMT {answers[ask].figure.value}, the peer {sum(mine)}")
        return answers


def _inside(span: Span, window: Span) -> bool:
    return window.start <= span.start and span.end <= window.end


def touched(report: Report, connection: Any, here: store.Store, many: int) -> None:
    """A report of a commune with everything that hangs on it, beside facts only."""
    from pcmt.apps.targets.models import Standing
    from pcmt.apps.targets.operations import refresh_standings

    workload = here.workload
    leaves = sorted(set(range(len(workload.nodes))) - set(peers.inner(workload)))[: REPORTS + 2]
    facts_only_tables(connection)
    say("as every night")
    began = time.perf_counter()
    refresh_standings(at=store.AT)
    nightly = time.perf_counter() - began
    kept = Standing.objects.count()
    connection.execute("ANALYZE targets_standing")
    elements = len(workload.elements)
    floor = clients.together(facts_only, [(here.socket, [here.units[at] for at in leaves], here.elements, 1)], REPORTS)
    bare = here.without_facts()
    served = clients.together(reporter, [(bare, leaves, len(here.workload.periods) - 1, elements, 1)], REPORTS)
    p95, low = middle(served.seconds, 0.95), middle(floor.seconds, 0.95)
    rows = [["", "median ms", "p95 ms", "p95 against facts only"]]
    rows.append(["facts only", ms(middle(floor.seconds)), ms(low), "1"])
    rows.append(
        [
            "a report with all sums and every target judged that rests on them",
            ms(middle(served.seconds)),
            ms(p95),
            ratio(p95, low),
        ]
    )
    report.tables[f"A commune's report of {elements} numbers, {kept:,} standings kept"] = rows
    report.goals.append(
        Goal("G1 a report with sums and targets, p95 against facts only", "≤ 12×", f"{p95 / low:.1f}×", p95 / low <= 12)
    )
    share = nightly / middle(served.seconds)
    report.goals.append(
        Goal("G6 targets of one report against all of them", "≤ 1/500", f"1/{share:,.0f}", share >= 500)
    )
    report.notes.append(f"All {many:,} targets judged and their standings kept, as every night: {nightly:,.1f} s.")
    report.figures["touched"] = {
        "facts_only": {"median": middle(floor.seconds), "p95": low},
        "report": {"median": middle(served.seconds), "p95": p95},
        "nightly": nightly, "standings": kept,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
