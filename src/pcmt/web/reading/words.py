"""The Vietnamese words of the review for what the reader's contract says in codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pcmt.core.measures import decimal_from
from pcmt.core.measures.labels import number_label
from pcmt.core.periods import date_label, parse_date

Words = Mapping[str, str | Promise]

SINGULAR: Words = {
    "targets": pgettext_lazy("một mục", "Chỉ tiêu"),
    "allocations": pgettext_lazy("một mục", "Phần giao"),
    "assignments": pgettext_lazy("một mục", "Phân công"),
    "tasks": pgettext_lazy("một mục", "Nhiệm vụ"),
    "deadlines": pgettext_lazy("một mục", "Thời hạn"),
    "reporting_duties": pgettext_lazy("một mục", "Chế độ báo cáo"),
    "projects": pgettext_lazy("một mục", "Dự án"),
    "campaign_windows": pgettext_lazy("một mục", "Đợt"),
}
"""One item of each list."""

TARGET_KINDS: Words = {
    "coverage": _("tỷ lệ phải đạt"),
    "count": _("số lượng phải đạt"),
    "frequency": _("số lần trong kỳ"),
    "change": _("tăng, giảm so với mốc"),
    "zero_incidence": _("không để xảy ra"),
    "direction": _("chuyển biến, không ghi số"),
    "milestone": _("đạt danh hiệu, trạng thái"),
    "condition": _("điều kiện phải có"),
    "external_reference": _("theo chỉ tiêu cấp trên giao"),
}
COMPARATORS: Words = {
    "eq": _("bằng"),
    "gte": _("ít nhất (từ … trở lên)"),
    "gt": _("trên"),
    "lte": _("không quá"),
    "lt": _("dưới"),
    "range": _("trong khoảng"),
    "approx": _("khoảng"),
    "none": _("không so với số"),
}
DIRECTIONS: Words = {"increase": _("tăng"), "decrease": _("giảm"), "hold": _("giữ nguyên")}
BASELINES: Words = {
    "previous_year": _("năm trước"),
    "year": _("một năm nêu rõ"),
    "same_period": _("cùng kỳ"),
    "statistic": _("số liệu thống kê"),
    "event": _("một sự việc"),
}
PER: Words = {
    "day": _("ngày"),
    "week": _("tuần"),
    "month": _("tháng"),
    "quarter": _("quý"),
    "half_year": _("6 tháng"),
    "year": _("năm"),
    "semester": _("học kỳ"),
    "school_year": _("năm học"),
    "campaign": _("đợt"),
    "continuous": _("thường xuyên"),
}
ROLES: Words = {
    "lead": pgettext_lazy("vai trò", "chủ trì"),
    "coordinate": pgettext_lazy("vai trò", "phối hợp"),
    "own": pgettext_lazy("vai trò", "tự thực hiện"),
}
MODES: Words = {"assigned": _("được giao"), "requested": _("được đề nghị")}
RELATIONS: Words = {
    "before": _("trước ngày (hết ngày liền trước)"),
    "by": _("chậm nhất (tính cả ngày ghi)"),
    "on": _("vào ngày"),
    "within": _("trong khoảng"),
}
DUTY_KINDS: Words = {
    "periodic": _("định kỳ"),
    "interim": _("sơ kết"),
    "final": _("tổng kết"),
    "ad_hoc": _("đột xuất"),
    "results": _("kết quả"),
    "submission": _("gửi kế hoạch, danh sách"),
    "evidence": _("gửi hình ảnh, minh chứng"),
}
PERIODS: Words = {
    "weekly": _("hằng tuần"),
    "monthly": _("hằng tháng"),
    "quarterly": _("hằng quý"),
    "six_monthly": _("6 tháng"),
    "nine_monthly": _("9 tháng"),
    "annual": _("hằng năm"),
    "ad_hoc": _("khi có việc"),
    "once": _("một lần"),
    "unspecified": _("định kỳ, không ghi kỳ"),
}
BODY_ROLES: Words = {
    "issuer": _("cơ quan ban hành"),
    "assigned": _("được giao việc"),
    "requested": _("được đề nghị"),
    "partner": _("phối hợp"),
    "reporter": _("phải báo cáo"),
    "recipient": _("nhận báo cáo"),
    "allocated": _("được giao chỉ tiêu"),
    "owner": _("chủ dự án"),
}

REMARKS: Words = {
    "number_blank": _("Số văn bản còn để trống. Điền số khi ban hành."),
    "date_blank": _("Ngày ban hành còn để trống."),
    "date_impossible": _("Ngày ban hành không có trong lịch."),
    "attached_to": _("Kế hoạch ban hành kèm theo một văn bản khác."),
    "issuer_inferred": _("Tên cơ quan ban hành được suy ra từ nội dung, không đọc được ở đầu văn bản."),
    "numbering_gap": _("Đánh số không liền: sau “%(after)s” là “%(found)s”."),
    "deadline_not_after_issue": _("Thời hạn %(date)s không sau ngày ban hành %(issued)s."),
    "due_outside_window": _("Hạn báo cáo %(date)s nằm ngoài thời gian thực hiện kế hoạch."),
    "parts_differ_from_total": _("Các phần cộng lại là %(parts)s, khác tổng %(total)s."),
    "sign_ambiguous": _("Chiều tăng, giảm và mức so sánh có thể hiểu hai cách; cần người xem câu này."),
    "assignment_without_task": _("Có tên cơ quan nhưng không thấy việc nào được giao."),
    "no_lead": _("Việc không nêu cơ quan nào chịu trách nhiệm."),
    "names_alike": _("Hai tên gần giống nhau, có thể là một cơ quan: “%(one)s” và “%(other)s”."),
    "repealed_law_cited": _("Viện dẫn văn bản số %(number)s đã hết hiệu lực từ %(ended)s; nay theo %(successor)s."),
    "sentence_across_page_break": _("Câu bị cắt ngang trang, đã nối lại khi đọc."),
    "false_bullet": _("Dấu gạch ở đầu dòng là chữ bị ngắt, không phải một ý mới."),
    "dash_lost": _("Đoạn này có vẻ mất dấu gạch đầu dòng, đã đọc như một ý riêng."),
    "machine_text_dropped": _("Có đoạn chữ dành cho máy, không thuộc kế hoạch; đã để riêng."),
}
"""Diagnostics of the reader. Words in %(…)s come from the diagnostic's arguments; dates among them are ISO."""


def remark(code: str, args: Mapping[str, Any]) -> str:
    """A diagnostic in words; one without words of its own still names its code, so that nothing is hidden."""
    words = REMARKS.get(code)
    if words is None:
        return gettext("Điểm cần xem lại (%(code)s).") % {"code": code}
    return str(words) % {name: spoken(value) for name, value in args.items()} if "%(" in str(words) else str(words)


def spoken(value: Any) -> str:
    """An argument as people write it: days as dd/mm/yyyy, numbers with a decimal comma, nothing as a dash."""
    if value is None:
        return "—"
    day = parse_date(value)
    if day is not None:
        return date_label(day)
    number = decimal_from(value) if isinstance(value, int | float) else None
    return number_label(number) if number is not None else str(value)


SEVERITIES: Words = {"info": _("để biết"), "warning": _("nên xem"), "error": _("phải xem")}
