"""An invented plan and its reading by hand, in the shape of the reader's contract."""

from typing import Any

TEXT = """ỦY BAN NHÂN DÂN HUYỆN SƠN LA ĐÔNG
ỦY BAN NHÂN DÂN XÃ HÒA THỊNH
Số: 07/KH-UBND
Hòa Thịnh, ngày 05 tháng 02 năm 2026

KẾ HOẠCH
Phòng, chống ma túy
năm 2026

Căn cứ Quyết định số 12/QĐ-UBND ngày 03/01/2026 của Chủ tịch huyện;

I. CHỈ TIÊU
1. Trên 85% hộ kinh doanh ký cam kết, trong đó: Đội 1: 09 hộ; Đội 2: 03 hộ.
2. Không để phát sinh điểm phức tạp <mới> & tái phát.

II. PHÂN CÔNG
1. Công an xã
- Chủ trì, phối hợp với Trạm Y tế lập danh sách trước ngày 15/6/2026.
đ) Gửi =HYPERLINK("x") về huyện.
2. Đề nghị Mặt trận Tổ quốc xã
+ Vận động nhân dân tham gia.
Phụ lục giao số buổi
STT | Đơn vị | Số buổi
1 | Trường Tiểu học | 04
Định kỳ hằng tháng Công an xã báo cáo huyện trước ngày 20.

Nơi nhận:
- UBND huyện (b/c);
- Lưu: VT, CAX.

TM. ỦY BAN NHÂN DÂN
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH

Trần Thị Bình
"""


def at(words: str, *, last: bool = False, **facts: Any) -> dict[str, Any]:
    """An item whose place is where the words stand."""
    start = TEXT.rindex(words) if last else TEXT.index(words)
    return {
        "span": [start, start + len(words)],
        "line": 1 + TEXT.count("\n", 0, start),
        "text": words,
        "confidence": 0.9,
        **facts,
    }


def clause(
    identifier: str, parent: str | None, kind: str, label: str | None, words: str, address: str
) -> dict[str, Any]:
    heading = words.removeprefix(f"{label}. ") if kind == "section" else None
    facts = {"level": 1, "role": "tasks", "heading": heading}
    return at(words, id=identifier, parent=parent, kind=kind, label=label, address=address, **facts)


def reading() -> dict[str, Any]:
    police, health = "Công an xã", "Trạm Y tế"
    return {
        "schema": "pcmt-plan/1",
        "source": {"name": "a.txt", "sha256": "0" * 64, "chars": len(TEXT), "lines": TEXT.count("\n") + 1},
        "header": {
            "document_kind": "plan",
            "issuer": at("ỦY BAN NHÂN DÂN XÃ HÒA THỊNH", name="Ủy ban nhân dân xã Hòa Thịnh", level="commune"),
            "parent_issuer": {"name": "Ủy ban nhân dân huyện Sơn La Đông", "level": "district"},
            "number": at("07/KH-UBND", value="07", symbol="KH-UBND", blank=False),
            "place": at("Hòa Thịnh", value="Hòa Thịnh"),
            "date": at("ngày 05 tháng 02 năm 2026", value="2026-02-05"),
            "doc_type": at("KẾ HOẠCH", value="Kế hoạch"),
            "title": at("Phòng, chống ma túy\nnăm 2026", value=None),
            "period": {"from": "2026-01-01", "to": "2026-12-31"},
            "geographic_scope": None,
            "legal_bases": [
                at("Quyết định số 12/QĐ-UBND ngày 03/01/2026", doc_type="Quyết định", number="12/QĐ-UBND",
                   date="2026-01-03")
            ],
            "recipients": [at("UBND huyện", value="UBND huyện", note="b/c", units=[])],
            "archive": at("Lưu: VT, CAX", value=["VT", "CAX"]),
            "signer": {
                "authority": at("TM. ỦY BAN NHÂN DÂN", value="TM."),
                "acting_for": at("KT. CHỦ TỊCH", value="KT. Chủ tịch"),
                "position": at("PHÓ CHỦ TỊCH", value="Phó Chủ tịch"),
                "name": at("Trần Thị Bình", value="Trần Thị Bình"),
            },
        },
        "outline": [
            clause("C1", None, "section", "I", "I. CHỈ TIÊU", "I"),
            clause("C2", "C1", "item", "1", "1. Trên 85% hộ kinh doanh ký cam kết", "I.1"),
            clause("C3", "C1", "item", "2", "2. Không để phát sinh điểm phức tạp <mới> & tái phát.", "I.2"),
            clause("C4", None, "section", "II", "II. PHÂN CÔNG", "II"),
            clause("C5", "C4", "item", "1", "1. Công an xã", "II.1"),
            clause("C6", "C5", "bullet", "-", "- Chủ trì, phối hợp với Trạm Y tế lập danh sách", "II.1.1"),
            clause("C7", "C5", "item", "đ", "đ) Gửi", "II.1.đ"),
            clause("C8", "C4", "item", "2", "2. Đề nghị Mặt trận Tổ quốc xã", "II.2"),
            clause("C9", "C8", "bullet", "+", "+ Vận động nhân dân tham gia.", "II.2.1"),
            clause("C10", "C8", "table", None, "Phụ lục giao số buổi\nSTT", "II.2.2"),
            clause("C11", "C4", "paragraph", None, "Định kỳ hằng tháng Công an xã báo cáo huyện trước ngày 20.",
                   "II.p1"),
        ],
        "sections": [],
        "targets": [
            at("Trên 85%", id="T1", kind="coverage", comparator="gt", value=85, value_max=None, unit="percent",
               measure="hộ kinh doanh ký cam kết", clause="C2"),
            at("Không để phát sinh điểm phức tạp", id="T2", kind="zero_incidence", comparator="none", value=None,
               unit=None, clause="C3", confidence=0.6),
        ],
        "allocations": [
            at("Đội 1: 09 hộ", id="L1", target_ref="T1", agencies=[{"name": "Đội 1"}], value=9, unit="hộ", clause="C2"),
            at("Đội 2: 03 hộ", id="L2", target_ref="T1", agencies=[{"name": "Đội 2"}], value=3, unit="hộ", clause="C2"),
        ],
        "assignments": [
            at(police, id="A1", kind="block", mode="assigned", agencies=[at(police, name=police)]),
            at("Mặt trận Tổ quốc xã", id="A2", kind="block", mode="requested",
               agencies=[at("Mặt trận Tổ quốc xã", name="Mặt trận Tổ quốc xã")]),
        ],
        "tasks": [
            at("Chủ trì, phối hợp với Trạm Y tế lập danh sách trước ngày 15/6/2026.", id="K1", role="lead",
               assignment_ref="A1", actor=None, partners=[at(health, name=health)], deadline_refs=["D1"], clause="C6"),
            at('Gửi =HYPERLINK("x") về huyện.', id="K2", role="own", assignment_ref="A1", actor=None, partners=[],
               deadline_refs=[], clause="C7"),
            at("Vận động nhân dân tham gia.", id="K3", role="own", assignment_ref="A2", actor=None, partners=[],
               deadline_refs=[], clause="C9"),
            at("Phụ lục giao số buổi", id="K4", role="own", assignment_ref=None, actor=None, partners=[],
               deadline_refs=[]),
        ],
        "deadlines": [
            at("trước ngày 15/6/2026", id="D1", relation="before", precision="day", date="2026-06-15",
               binds={"type": "task", "ref": "K1"}, tentative=False, clause="C6"),
            at("trước ngày 20", id="D2", relation="before", precision="recurring", rule="FREQ=MONTHLY;BYMONTHDAY=20",
               binds={"type": "report", "ref": "R1"}, clause="C11"),
        ],
        "reporting_duties": [
            at("báo cáo huyện", id="R1", reporter=[{"name": police}], recipient=[{"name": "UBND huyện"}], onward_to=[],
               via=None, kind="periodic", period="monthly", due_text=None, what=None, clause="C11",
               due={"relation": "before", "precision": "recurring", "rule": "FREQ=MONTHLY;BYMONTHDAY=20"}),
        ],
        "projects": [
            at("Phụ lục giao số buổi", id="P1", number=2, kind=None, owner=None, guided_by=None,
               sub_projects=[at("Số buổi", number=1, sub_projects=[])]),
        ],
        "campaign_windows": [],
        "events": [],
        "cited_documents": [],
        "funding": [],
        "figures": [],
        "noise": [],
        "unclaimed": [at("04", kind="number", last=True)],
        "diagnostics": [{"code": "no_lead", "severity": "info", "span": [0, 3], "line": 1, "args": {}}],
    }  # fmt: skip
