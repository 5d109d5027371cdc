"""Short plans around a phrase, the texts of the corpus, and the scorer that is shared beside the repository."""

from __future__ import annotations

import importlib.util
import json
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pcmt.core.reading import read

CORPUS = Path(__file__).parent / "corpus"
SHARED = Path(__file__).resolve().parents[3].parent / "shared"
GOLD, SEEDS = SHARED / "reading" / "gold", SHARED / "seeds"
LISTS = (
    "targets", "allocations", "tasks", "assignments", "deadlines", "reporting_duties", "projects", "campaign_windows",
    "events", "cited_documents", "funding", "figures", "noise", "unclaimed",
)  # fmt: skip

HEAD = """ỦY BAN NHÂN DÂN XÃ AN BÌNH
Số: 12/KH-UBND
An Bình, ngày 05 tháng 01 năm 2026

KẾ HOẠCH
Phòng, chống ma túy năm 2026

"""
TAIL = "\nNơi nhận:\n- Công an huyện (b/c);\n- Lưu: VT.\nTM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nNguyễn Văn An\n"
TARGETS = "I. CHỈ TIÊU"
TASKS = "I. NHIỆM VỤ TRỌNG TÂM"
ASSIGNMENT = "I. PHÂN CÔNG TRÁCH NHIỆM"
REPORTING = "I. CHẾ ĐỘ THÔNG TIN, BÁO CÁO"


def plan(section: str, *lines: str) -> str:
    """A plan of one commune for 2026 with one section."""
    return HEAD + "\n".join((section, *lines)) + "\n" + TAIL


def read_plan(section: str, *lines: str) -> dict[str, Any]:
    """What is read of `plan(section, *lines)`."""
    return read(plan(section, *lines))


def texts() -> list[Any]:
    """Every annotated text at hand, as parameters named like their files."""
    paths = [path for folder in (CORPUS, SEEDS) for path in sorted(folder.glob("*.txt"))]
    return [pytest.param(path.read_bytes().decode("utf-8"), id=path.stem) for path in paths]


@cache
def scorer() -> ModuleType:
    """The scorer that is shared beside the repository; the test is skipped where it is absent."""
    path = SHARED / "reading" / "score.py"
    if not path.is_file():
        pytest.skip("the shared scorer is not beside this repository")
    spec = importlib.util.spec_from_file_location("shared_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def scores(gold: Path, folder: Path) -> tuple[dict[str, float], dict[str, list[str]]]:
    """Figures over all annotated texts of a folder, and per document what is missing, extra, wrong or spurious."""
    score = scorer()
    overall: dict[str, Any] = {}
    misses: dict[str, list[str]] = {}
    spurious = 0
    for path in sorted(gold.glob("*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        text = (folder / facts["seed"]).read_bytes().decode("utf-8")
        report = score.score_document(facts, read(text), text)
        misses[path.stem] = report.misses
        spurious += len(report.spurious)
        for name, figure in report.figures.items():
            overall[name] = overall.get(name, score.Figure()) + figure
    figures = {name: figure.score() for name, figure in overall.items() if figure.score() is not None}
    return {**figures, "spurious": spurious}, misses
