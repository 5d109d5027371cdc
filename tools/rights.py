"""The table of rights for people: `python tools/rights.py [--check]` writes docs/dev/rights.md from the code.

`--check` changes nothing and fails where the page differs from the code.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/dev/rights.md"

REACHES = {
    "NOTHING": ("–", "không"),
    "OWN": ("của mình", "việc mình làm, được giao, phải làm; vai trò và tài khoản của chính mình"),
    "NAMED": (
        "có tên",
        "kế hoạch đang thực hiện có nêu tên đơn vị mình, hoặc do đơn vị mình hay cấp trên của mình ban hành",
    ),
    "SUBTREE": ("trực thuộc", "như “có tên”, thêm mọi thứ của đơn vị mình và các đơn vị trực thuộc, kể cả dự thảo"),
    "AREA": (
        "địa bàn",
        "như “trực thuộc”, thêm mọi thứ của Ủy ban nhân dân mà đơn vị mình giúp việc và các đơn vị trực thuộc",
    ),
    "ALL": ("tất cả", "toàn hệ thống"),
}
"""A word for the cell and a sentence for the legend, by the name of the reach."""
SUBJECTS = {
    "audit": "Nhật ký",
    "jobs": "Việc nền của chương trình",
    "units": "Đơn vị",
    "accounts": "Người dùng, vai trò",
    "notices": "Thông báo",
    "facts": "Số liệu",
    "plans": "Kế hoạch",
    "targets": "Chỉ tiêu",
    "tasks": "Nhiệm vụ",
    "registers": "Hồ sơ quản lý",
    "activities": "Hoạt động, địa điểm",
    "tips": "Tin báo, tố giác",
    "projects": "Chương trình, dự án, kinh phí",
    "reports": "Báo cáo",
}


def page() -> str:
    """The page as the code has it now."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    from django.apps import apps

    from pcmt.apps.accounts.models import MARKS, GrantKind
    from pcmt.apps.accounts.operations.grants import LOCAL, NOT_DELEGATED, TITLES
    from pcmt.apps.accounts.rights import RIGHTS, Reach, Right, Role
    from pcmt.apps.units.models import Level

    def word(right: Right) -> str:
        see, change = REACHES[right.see.name][0], REACHES[right.change.name][0]
        return see if right.change is Reach.NOTHING else f"{see}; **sửa {change}**"

    yield "# Quyền của từng vai trò"
    yield ""
    yield "Trang này do `python tools/rights.py` viết ra từ `src/pcmt/apps/accounts/rights.py`; không sửa tay."
    yield "Mọi trang, tệp tải về và lệnh đều hỏi đúng bảng này."
    yield ""
    yield "## Phạm vi"
    yield ""
    yield "| Trong bảng | Nghĩa |"
    yield "|---|---|"
    for reach in Reach:
        short, long = REACHES[reach.name]
        yield f"| {short} | {long} |"
    yield ""
    yield "Mỗi phạm vi gồm cả những phạm vi đứng trước nó. Ô ghi phạm vi được xem; chữ đậm là phạm vi được thêm, sửa."
    yield ""
    columns = [str(role.label) for role in Role]
    inner = [label for label, row in RIGHTS.items() if all(right.see is Reach.NOTHING for right in row.values())]
    for room, subject in SUBJECTS.items():
        labels = [label for label in RIGHTS if label.split(".")[0] == room and label not in inner]
        if not labels:
            continue
        yield f"## {subject}"
        yield ""
        yield f"| Đối tượng | {' | '.join(columns)} |"
        yield "|---|" + "---|" * len(columns)
        for label in labels:
            name = str(apps.get_model(label)._meta.verbose_name)
            cells = " | ".join(word(RIGHTS[label][role]) for role in Role)
            yield f"| {name[:1].upper()}{name[1:]} (`{label}`) | {cells} |"
        yield ""
    yield f"Không vai trò nào xem hay sửa, chỉ chương trình dùng: {', '.join(f'`{label}`' for label in inner)}."
    yield ""
    yield "## Hình thức giữ vai trò"
    yield ""
    yield "| Hình thức | Dấu trước chức vụ | Dùng cho |"
    yield "|---|---|---|"
    for kind in GrantKind:
        roles = TITLES.get(kind)
        if kind is GrantKind.DELEGATION:
            who = "mọi vai trò trừ " + ", ".join(str(role.label) for role in Role if role in NOT_DELEGATED)
        else:
            who = ", ".join(str(role.label) for role in Role if role in roles) if roles else "mọi vai trò"
        yield f"| {kind.label} | {MARKS.get(kind, '–')} | {who} |"
    yield ""
    local = ", ".join(str(level.label).lower() for level in Level if level in LOCAL)
    yield f"- Vai trò {Role.COMMUNE_OFFICER.label} chỉ giao ở: {local}."
    yield "- Ký thay, quyền và thừa ủy quyền phải có văn bản làm căn cứ."
    yield (
        "- Thừa ủy quyền có ngày hết hạn, nằm trong thời hạn và phạm vi của người ủy quyền, hết cùng vai trò của người"
        " đó và không ủy quyền lại (Điều 13 Nghị định 30/2020/NĐ-CP)."
    )
    yield (
        "- Người quản trị chỉ giao và kết thúc vai trò trong địa bàn của mình, không đổi vai trò của chính mình;"
        " địa bàn nào cũng luôn còn ít nhất một người quản trị."
    )


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is current."""
    os.environ.setdefault("PCMT_DATA", tempfile.mkdtemp(prefix="pcmt-rights-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pcmt.config.settings")
    import django
    from django.utils import translation

    django.setup()
    with translation.override("vi"):
        text = page()
    if arguments == ["--check"]:
        return 0 if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
