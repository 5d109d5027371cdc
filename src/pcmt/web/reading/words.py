"""The Vietnamese words of the review for what the reader's contract says in codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext_lazy

Words = Mapping[str, str | Promise]

SINGULAR: Words = {
    "targets": _l("Chỉ tiêu"),
    "allocations": _l("Phần giao"),
    "assignments": _l("Phân công"),
    "tasks": _l("Nhiệm vụ"),
    "deadlines": _l("Thời hạn"),
    "reporting_duties": _l("Chế độ báo cáo"),
    "projects": _l("Dự án"),
    "campaign_windows": _l("Đợt"),
}
"""One item of each list."""

TARGET_KINDS: Words = {
    "coverage": _l("tỷ lệ phải đạt"),
    "count": _l("số lượng phải đạt"),
    "frequency": _l("số lần trong kỳ"),
    "change": _l("tăng, giảm so với mốc"),
    "zero_incidence": _l("không để xảy ra"),
    "direction": _l("chuyển biến, không ghi số"),
    "milestone": _l("đạt danh hiệu, trạng thái"),
    "condition": _l("điều kiện phải có"),
    "external_reference": _l("theo chỉ tiêu cấp trên giao"),
}
COMPARATORS: Words = {
    "eq": _l("bằng"),
    "gte": _l("ít nhất (từ … trở lên)"),
    "gt": _l("trên"),
    "lte": _l("không quá"),
    "lt": _l("dưới"),
    "range": _l("trong khoảng"),
    "approx": _l("khoảng"),
    "none": _l("không so với số"),
}
DIRECTIONS: Words = {"increase": _l("tăng"), "decrease": _l("giảm"), "hold": _l("giữ nguyên")}
BASELINES: Words = {
    "previous_year": _l("năm trước"),
    "year": _l("một năm nêu rõ"),
    "same_period": _l("cùng kỳ"),
    "statistic": _l("số liệu thống kê"),
    "event": _l("một sự việc"),
}
PER: Words = {
    "day": _l("ngày"),
    "week": _l("tuần"),
    "month": _l("tháng"),
    "quarter": _l("quý"),
    "half_year": _l("6 tháng"),
    "year": _l("năm"),
    "semester": _l("học kỳ"),
    "school_year": _l("năm học"),
    "campaign": _l("đợt"),
    "continuous": _l("thường xuyên"),
}
ROLES: Words = {
    "lead": pgettext_lazy("vai trò", "chủ trì"),
    "coordinate": pgettext_lazy("vai trò", "phối hợp"),
    "own": pgettext_lazy("vai trò", "tự thực hiện"),
}
MODES: Words = {"assigned": _l("được giao"), "requested": _l("được đề nghị")}
RELATIONS: Words = {
    "before": _l("trước ngày (hết ngày liền trước)"),
    "by": _l("chậm nhất (tính cả ngày ghi)"),
    "on": _l("vào ngày"),
    "within": _l("trong khoảng"),
}
DUTY_KINDS: Words = {
    "periodic": _l("định kỳ"),
    "interim": _l("sơ kết"),
    "final": _l("tổng kết"),
    "ad_hoc": _l("đột xuất"),
    "results": _l("kết quả"),
    "submission": _l("gửi kế hoạch, danh sách"),
    "evidence": _l("gửi hình ảnh, minh chứng"),
}
PERIODS: Words = {
    "weekly": _l("hằng tuần"),
    "monthly": _l("hằng tháng"),
    "quarterly": _l("hằng quý"),
    "six_monthly": _l("6 tháng"),
    "annual": _l("hằng năm"),
    "ad_hoc": _l("khi có việc"),
    "once": _l("một lần"),
    "unspecified": _l("định kỳ, không ghi kỳ"),
}
BODY_ROLES: Words = {
    "issuer": _l("cơ quan ban hành"),
    "assigned": _l("được giao việc"),
    "requested": _l("được đề nghị"),
    "partner": _l("phối hợp"),
    "reporter": _l("phải báo cáo"),
    "recipient": _l("nhận báo cáo"),
    "allocated": _l("được giao chỉ tiêu"),
    "owner": _l("chủ dự án"),
}

REMARKS: Words = {
    "number_blank": _l("Số văn bản còn để trống. Điền số khi ban hành."),
    "issuer_inferred": _l("Tên cơ quan ban hành được suy ra từ nội dung, không đọc được ở đầu văn bản."),
    "numbering_gap": _l("Đánh số không liền: sau “%(before)s” là “%(after)s”."),
    "deadline_not_after_issue": _l("Thời hạn không sau ngày ban hành."),
    "deadline_outside_period": _l("Thời hạn nằm ngoài thời gian thực hiện kế hoạch."),
    "report_outside_period": _l("Hạn báo cáo nằm ngoài thời gian thực hiện kế hoạch."),
    "parts_differ_from_total": _l("Các phần cộng lại là %(sum)s, khác tổng %(total)s."),
    "sign_ambiguous": _l("Chiều và mức so sánh trái nhau, cần người xem lại câu này."),
    "sentence_across_page_break": _l("Câu bị cắt ngang trang, đã nối lại khi đọc."),
    "false_bullet": _l("Dấu gạch ở đầu dòng là chữ bị ngắt, không phải một ý mới."),
    "dash_lost": _l("Đoạn này có vẻ mất dấu gạch đầu dòng, đã đọc như một ý riêng."),
    "machine_text_dropped": _l("Có đoạn chữ dành cho máy, không thuộc kế hoạch; đã để riêng."),
    "no_lead": _l("Nhiệm vụ không nêu cơ quan nào chịu trách nhiệm."),
    "two_names_for_one_body": _l("Một cơ quan được gọi bằng hai tên: %(names)s."),
    "repealed_law_cited": _l("Văn bản được dẫn đã hết hiệu lực."),
}
"""Diagnostics of the reader. Words in %(…)s come from the diagnostic's arguments."""


def remark(code: str, args: Mapping[str, Any]) -> str:
    """A diagnostic in words; one without words of its own still names its code, so that nothing is hidden."""
    words = REMARKS.get(code)
    if words is None:
        return _("Điểm cần xem lại (%(code)s).") % {"code": code}
    try:
        return str(words) % args if "%(" in str(words) else str(words)
    except KeyError:
        return str(words).split(":")[0].rstrip(" .") + "."


SEVERITIES: Words = {"info": _l("để biết"), "warning": _l("nên xem"), "error": _l("phải xem")}
