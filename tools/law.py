"""The law for people: `python tools/law.py` writes docs/dev/law.md from data/law and the words around it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pcmt.core.law import Ground, Limit, PaperForm, Retention, Rule, Stage, TermRule
from pcmt.core.periods import Days, Hours, Months, WorkingDays, length_label
from pcmt.reference import law

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/dev/law.md"
INTRODUCTION = """# Luật về người được quản lý: từng quy tắc và nguồn

Phần bảng dưới đây do `python tools/law.py` viết ra từ `data/law/*.toml`; sửa ở đó, không sửa trang này.

**Kiểm tra một quy tắc.** Tìm mã trong bảng, đọc cột nguồn, mở điều luật. Cột “từ”, “trước” cho biết khoảng ngày quy
tắc có hiệu lực: một hồ sơ dùng quy tắc của **ngày phát sinh** (ngày ký quyết định, ngày có kết quả xét nghiệm…),
không phải của ngày đang xem. Dấu **(?)** là điều mọi người trong ngành đều biết nhưng chưa đọc thấy trong văn bản:
phải xác nhận trước khi dựa vào. Ví dụ cho từng quy tắc, mỗi ví dụ kèm điều luật, nằm ở `tests/cases/law/*.yaml`;
thêm một dòng là thêm một phép thử.

**Tính thời hạn.** `core/law/terms.py`: thời hạn theo tháng bắt đầu từ ngày đầu tiên và hết vào ngày trước ngày
tương ứng; giờ chạy liên tục cả đêm và ngày nghỉ; ngày làm việc theo lịch nghỉ chính thức (`data/calendars`). Tạm
giam không dời ngày kết thúc; vắng mặt trái quy định và thời gian ở tù không được tính; chuyển nơi cư trú thì phần
còn lại tính từ quyết định của nơi đến.

**Chuyển tiếp.** Đang cai nghiện vào ngày 01/7/2026 thì giữ thời hạn cũ, sau đó quản lý sau cai theo luật mới; hồ sơ
mở trước nhưng quyết định từ ngày đó theo luật mới (Luật 120/2025/QH15 Điều 56). Vì quy tắc được chọn theo ngày phát
sinh của từng diện quản lý, không có dòng mã nào nói riêng về ngày này.
"""


def page() -> str:
    """The page as the data has it now."""
    return INTRODUCTION + "\n" + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    rules = law()
    yield from _table(
        "Căn cứ", ("diện", "tác dụng", "tên", "người ký", "mẫu", "cần có", "mở hạn"), rules.grounds, _ground
    )
    yield from _table("Thời hạn", ("diện", "điều kiện", "tháng"), rules.terms, _term)
    yield from _table("Hạn phải làm", ("việc", "trong", "vùng xa", "ai"), rules.limits, _limit)
    yield from _table("Mẫu văn bản", ("tên",), rules.forms, _form)
    yield from _table("Giai đoạn cai nghiện", ("tên", "ít nhất", "nhiều nhất"), rules.stages, _stage)
    yield from _table("Lưu giữ", ("loại", "tháng", "sau đó"), rules.retentions, _retention)


def _table(title: str, columns: tuple[str, ...], rules: tuple[Rule, ...], cells: object) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield f"| mã | {' | '.join(columns)} | từ | trước | nguồn |"
    yield "|---" * (len(columns) + 4) + "|"
    for rule in rules:
        told = " | ".join(cells(rule))  # type: ignore[operator]
        source = f"{rule.source}{' **(?)**' if rule.recalled else ''}"
        yield f"| `{rule.code}` | {told} | {_day(rule.start)} | {_day(rule.end)} | {source} |"
    yield ""


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _length(length: Hours | Days | WorkingDays | Months | None) -> str:
    return length_label(length) if length else ""


def _ground(rule: Ground) -> tuple[str, ...]:
    words = law().words
    needs = "; ".join(words[each] for each in rule.needs)
    return rule.category, rule.effect, rule.label, rule.decider, rule.form, needs, ", ".join(rule.opens)


def _term(rule: TermRule) -> tuple[str, ...]:
    told = [*rule.settings, *(f"sau {each}" for each in rule.after)]
    told += [] if rule.again is None else ["từ lần hai" if rule.again else "lần đầu"]
    told += [] if rule.minor is None else ["12–17 tuổi" if rule.minor else "từ đủ 18 tuổi"]
    months = f"{rule.least}–{rule.most}" if rule.least else str(rule.months or "đến khi có căn cứ kết thúc")
    return rule.category, ", ".join(told), months


def _limit(rule: Limit) -> tuple[str, ...]:
    return rule.label, ("trước " if rule.before else "") + _length(rule.length), _length(rule.remote), rule.duty_of


def _form(rule: PaperForm) -> tuple[str, ...]:
    return (rule.title,)


def _stage(rule: Stage) -> tuple[str, ...]:
    return rule.label, _length(rule.least), _length(rule.most)


def _retention(rule: Retention) -> tuple[str, ...]:
    return rule.label, str(rule.length.n), {"erase": "xóa", "anonymise": "ẩn danh, giữ số đếm"}[rule.then]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
