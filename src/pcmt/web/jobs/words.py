"""Jobs, schedules and errors in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.jobs.operations import DIED, error_class

TASKS: Mapping[str, str | Promise] = {
    "pcmt.apps.jobs.jobs.housekeeping": gettext_lazy("Dọn việc nền và phiên đã cũ"),
    "pcmt.apps.facts.jobs.verify": gettext_lazy("Kiểm tra số cộng dồn"),
    "pcmt.apps.units.jobs.carry_out": gettext_lazy("Thực hiện sắp xếp đơn vị đến ngày"),
    "pcmt.apps.accounts.jobs.send_letter": gettext_lazy("Gửi một thư"),
    "pcmt.apps.accounts.jobs.send_waiting_letters": gettext_lazy("Gửi lại các thư chưa đi"),
    "pcmt.apps.notices.jobs.digests": gettext_lazy("Gửi bản tin nhắc việc"),
    "pcmt.apps.notices.jobs.tidy": gettext_lazy("Dọn thông báo đã cũ"),
    "pcmt.apps.facts.jobs.work_on_sheet": gettext_lazy("Kiểm tra và nhập tệp số liệu"),
    "pcmt.apps.facts.jobs.tend_sheets": gettext_lazy("Trông các tệp số liệu, dọn tệp cũ"),
    "pcmt.apps.tasks.jobs.remind": gettext_lazy("Nhắc việc sắp tới hạn và quá hạn"),
    "pcmt.apps.registers.jobs.sweep": gettext_lazy("Xem đồng hồ của các hồ sơ, báo sắp hết thời hạn"),
    "pcmt.apps.registers.jobs.keep": gettext_lazy("Ẩn danh hồ sơ hết thời hạn lưu, xóa danh sách nhập dở"),
    "pcmt.apps.registers.jobs.recount": gettext_lazy("Đếm lại số liệu từ hồ sơ"),
    "pcmt.apps.projects.jobs.count_all": gettext_lazy("Cộng lại số liệu kinh phí"),
    "pcmt.apps.registers.jobs.mark_all": gettext_lazy("Hẹn đếm lại số liệu của mọi xã"),
    "pcmt.apps.activities.jobs.purge_sheets": gettext_lazy("Dọn các lần nhập hoạt động bỏ dở"),
    "pcmt.apps.tips.jobs.remind": gettext_lazy("Nhắc hạn tin báo, trả về đơn vị tin của người đã nghỉ"),
    "pcmt.apps.tips.jobs.keep": gettext_lazy("Xóa nội dung tin báo hết thời hạn lưu"),
    "pcmt.apps.tips.jobs.recount": gettext_lazy("Đếm lại số liệu từ sổ tin báo"),
    "pcmt.apps.tips.jobs.mark_all": gettext_lazy("Hẹn đếm lại số liệu tin báo"),
    "pcmt.apps.reports.jobs.lay_out": gettext_lazy("Lập trước các kỳ báo cáo"),
    "pcmt.apps.targets.jobs.refresh": gettext_lazy("Đánh giá lại các chỉ tiêu"),
    "pcmt.apps.reports.jobs.work_on_export": gettext_lazy("Tạo tệp nén nhiều báo cáo"),
    "pcmt.apps.reports.jobs.tend_exports": gettext_lazy("Trông các lần xuất báo cáo, dọn tệp cũ"),
    "pcmt.apps.plans.jobs.read_revision": gettext_lazy("Đọc văn bản kế hoạch"),
    "pcmt.apps.plans.jobs.screen_kept": gettext_lazy("Kiểm tra dấu mật của tệp"),
    "pcmt.apps.plans.jobs.tend_readings": gettext_lazy("Trông các lần đọc văn bản"),
}
"""What each job does, by its path."""


def task_words(path: str) -> str:
    """A job in words; one that the program no longer has by its name."""
    return str(TASKS.get(path) or path.rpartition(".")[2])


def error_words(kind: str) -> str:
    """Why a job failed, in words that name nothing of what it was about."""
    if kind == DIED:
        return _("Mọi tiến trình nhận việc này đều dừng đột ngột: có thể hết bộ nhớ, hoặc máy tắt.")
    error = error_class(kind)
    if issubclass(error, OperationalError | InterfaceError):
        return _("Cơ sở dữ liệu không trả lời, đã thử lại nhiều lần.")
    if issubclass(error, SystemExit | KeyboardInterrupt):
        return _("Tiến trình bị dừng giữa chừng nhiều lần.")
    if issubclass(error, OSError):
        return _("Không nối được máy khác, hoặc không đọc, ghi được tệp; đã thử lại nhiều lần.")
    words = _("Lỗi của chương trình (%(name)s). Báo người bảo trì kèm chỗ lỗi; chạy lại sau khi đã sửa.")
    return words % {"name": kind.rpartition(".")[2]}
