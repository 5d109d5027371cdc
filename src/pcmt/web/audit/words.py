"""Audit entries in words, not in JSON: what was done, to what, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import attrs
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pcmt.apps.accounts.models import GrantKind, Role
from pcmt.apps.audit.models import Entry
from pcmt.apps.facts.catalogue import breakdowns
from pcmt.apps.facts.models import CALENDAR_WORDS, PERIODS, Element
from pcmt.apps.notices.models import Reason, Rhythm
from pcmt.apps.plans.models import ItemState, PlanKind
from pcmt.apps.projects.models import MoneyAct, MoneyKind, ReviewKind, ReviewOutcome
from pcmt.apps.reports.models import SubmissionState
from pcmt.apps.tasks.models import DueState
from pcmt.apps.units.models import Level, Unit
from pcmt.core.periods import limit_from, limit_label, parse_date
from pcmt.web.account.devices import device_words
from pcmt.web.reading import words as of_items
from pcmt.web.templatetags.pcmt import vdate, vnumber

Word = str | Promise

EVENTS: Mapping[Word, Mapping[str, Word]] = {
    gettext_lazy("Chương trình, dự án, kinh phí"): {
        "projects.sheet.kept": gettext_lazy("Ghi thông tin, giai đoạn của dự án"),
        "projects.sheet.followed": gettext_lazy("Chuyển dự án theo sắp xếp đơn vị"),
        "projects.milestone.kept": gettext_lazy("Ghi mốc của dự án"),
        "projects.milestone.dropped": gettext_lazy("Bỏ mốc của dự án"),
        "projects.review.kept": gettext_lazy("Ghi sơ kết, tổng kết dự án"),
        "projects.review.dropped": gettext_lazy("Bỏ lần sơ kết, tổng kết"),
        "projects.source.kept": gettext_lazy("Ghi nguồn kinh phí"),
        "projects.source.voided": gettext_lazy("Bỏ nguồn kinh phí"),
        "projects.line.kept": gettext_lazy("Ghi khoản kinh phí"),
        "projects.line.voided": gettext_lazy("Bỏ khoản kinh phí"),
        "projects.money.entered": gettext_lazy("Ghi bút toán kinh phí"),
        "projects.money.voided": gettext_lazy("Hủy bút toán kinh phí"),
        "projects.year.closed": gettext_lazy("Khóa sổ kinh phí năm"),
        "projects.year.opened": gettext_lazy("Mở lại sổ kinh phí năm"),
        "projects.moneysheet.told": gettext_lazy("Ghi kinh phí từ tệp Excel"),
        "projects.moneysheet.undone": gettext_lazy("Hoàn tác tệp kinh phí"),
        "projects.money.exported": gettext_lazy("Tải bảng kinh phí"),
    },
    gettext_lazy("Hồ sơ quản lý"): {
        "registers.copy.exported": gettext_lazy("Xuất bản sao hồ sơ"),
        "registers.file.anonymised": gettext_lazy("Ẩn danh hồ sơ"),
        "registers.glass.broken": gettext_lazy("Mở hồ sơ khẩn cấp"),
        "registers.glass.closed": gettext_lazy("Đóng hồ sơ mở khẩn cấp"),
        "registers.glass.reviewed": gettext_lazy("Xem xét lần mở khẩn cấp"),
        "registers.hold.released": gettext_lazy("Bỏ yêu cầu lưu giữ hồ sơ"),
        "registers.hold.set": gettext_lazy("Yêu cầu lưu giữ hồ sơ"),
        "registers.identity.read": gettext_lazy("Xem nhân thân"),
        "registers.keys.reindexed": gettext_lazy("Lập lại chỉ mục ẩn"),
        "registers.keys.rotated": gettext_lazy("Thay khóa mã hóa hồ sơ"),
        "registers.list.read": gettext_lazy("Xem danh sách có tên"),
        "registers.request.answered": gettext_lazy("Trả lời yêu cầu về dữ liệu"),
        "registers.request.extended": gettext_lazy("Gia hạn yêu cầu về dữ liệu"),
        "registers.request.finished": gettext_lazy("Giải quyết yêu cầu về dữ liệu"),
        "registers.request.received": gettext_lazy("Nhận yêu cầu về dữ liệu"),
        "registers.restriction.lifted": gettext_lazy("Bỏ hạn chế xử lý"),
        "registers.visit.closed": gettext_lazy("Kết thúc lượt xem hồ sơ"),
        "registers.visit.opened": gettext_lazy("Nêu mục đích, bắt đầu xem hồ sơ"),
        "registers.visits.purged": gettext_lazy("Xóa lượt xem hồ sơ đã hết thời hạn lưu"),
        "registers.identity.changed": gettext_lazy("Sửa nhân thân"),
        "registers.file.opened": gettext_lazy("Lập hồ sơ"),
        "registers.spell.started": gettext_lazy("Bắt đầu một diện quản lý"),
        "registers.spell.paused": gettext_lazy("Tạm đình chỉ một diện quản lý"),
        "registers.spell.resumed": gettext_lazy("Tiếp tục một diện quản lý"),
        "registers.spell.renewed": gettext_lazy("Quyết định lại một diện quản lý"),
        "registers.spell.ended": gettext_lazy("Kết thúc một diện quản lý"),
        "registers.person.died": gettext_lazy("Ghi người đã chết"),
        "registers.person.missing": gettext_lazy("Ghi người mất tích"),
        "registers.transfer.opened": gettext_lazy("Chuyển hồ sơ đi"),
        "registers.transfer.accepted": gettext_lazy("Tiếp nhận hồ sơ"),
        "registers.transfer.refused": gettext_lazy("Trả lại hồ sơ chuyển đến"),
        "registers.transfer.withdrawn": gettext_lazy("Rút hồ sơ chuyển đi"),
        "registers.transfer.proved": gettext_lazy("Ghi bằng chứng nơi đến đã nhận"),
        "registers.merge.proposed": gettext_lazy("Đề nghị nhập hồ sơ trùng"),
        "registers.merge.agreed": gettext_lazy("Nhập hồ sơ trùng"),
        "registers.merge.refused": gettext_lazy("Không nhập: không phải một người"),
        "registers.device.filled": gettext_lazy("Tải danh sách về thiết bị"),
        "registers.conflict.opened": gettext_lazy("Mục ghi khi mất mạng cần người xem"),
        "registers.conflict.decided": gettext_lazy("Quyết định mục ghi khi mất mạng"),
    },
    gettext_lazy("Địa điểm"): {
        "activities.event.recorded": gettext_lazy("Ghi hoạt động"),
        "activities.sheet.sent": gettext_lazy("Gửi tệp hoạt động để nhập"),
        "activities.sheet.matched": gettext_lazy("Chọn cách đọc tệp hoạt động"),
        "activities.sheet.written": gettext_lazy("Ghi hoạt động từ tệp"),
        "activities.sheet.finished": gettext_lazy("Kết thúc lần nhập hoạt động"),
        "activities.sheet.undone": gettext_lazy("Hoàn tác lần nhập hoạt động"),
        "activities.record.exported": gettext_lazy("Xuất hoạt động, địa điểm"),
        "activities.event.corrected": gettext_lazy("Sửa hoạt động"),
        "activities.event.voided": gettext_lazy("Bỏ hoạt động"),
        "activities.event.restored": gettext_lazy("Lấy lại hoạt động đã bỏ"),
        "activities.event.verified": gettext_lazy("Xác minh hoạt động"),
        "activities.event.returned": gettext_lazy("Trả lại hoạt động"),
        "activities.event.evidenced": gettext_lazy("Thêm minh chứng cho hoạt động"),
        "activities.event.captioned": gettext_lazy("Ghi chú thích cho minh chứng của hoạt động"),
        "activities.kinds.loaded": gettext_lazy("Nạp các loại hoạt động, địa điểm có sẵn"),
        "activities.kind.added": gettext_lazy("Lập loại hoạt động, địa điểm"),
        "activities.kind.copied": gettext_lazy("Sao chép loại hoạt động, địa điểm"),
        "activities.kind.drafted": gettext_lazy("Sửa bản soạn của loại hoạt động, địa điểm"),
        "activities.kind.dropped": gettext_lazy("Bỏ bản đang soạn của loại hoạt động, địa điểm"),
        "activities.kind.used": gettext_lazy("Dùng bản mới của loại hoạt động, địa điểm"),
        "activities.kind.retired": gettext_lazy("Thôi dùng loại hoạt động, địa điểm"),
        "activities.entry.laid": gettext_lazy("Hoạt động ghi ngoại tuyến cần xem"),
        "activities.entry.decided": gettext_lazy("Quyết định hoạt động ghi ngoại tuyến"),
        "activities.file.downloaded": gettext_lazy("Tải tệp minh chứng của hoạt động"),
        "activities.place.opened": gettext_lazy("Mở địa điểm"),
        "activities.place.moved": gettext_lazy("Chuyển tình trạng địa điểm"),
        "activities.place.corrected": gettext_lazy("Sửa địa điểm"),
        "activities.place.undone": gettext_lazy("Lấy lại bước gần nhất của địa điểm"),
        "activities.place.closed": gettext_lazy("Thôi theo dõi địa điểm"),
        "activities.place.voided": gettext_lazy("Bỏ địa điểm ghi sai"),
    },
    gettext_lazy("Số liệu"): {
        "facts.numbers.told": gettext_lazy("Ghi số liệu"),
        "facts.numbers.accepted": gettext_lazy("Tiếp nhận số liệu"),
        "facts.numbers.undone": gettext_lazy("Hoàn tác một lần ghi số liệu"),
        "facts.sheet.sent": gettext_lazy("Gửi tệp số liệu"),
        "facts.sheet.matched": gettext_lazy("Chọn cách đọc tệp số liệu"),
        "facts.sheet.aimed": gettext_lazy("Chuyển tệp số liệu về đúng đơn vị, kỳ"),
        "facts.sheet.withdrawn": gettext_lazy("Bỏ tệp số liệu đã gửi"),
        "facts.sheet.told": gettext_lazy("Nhập tệp số liệu"),
        "facts.sheets.purged": gettext_lazy("Xóa nội dung các tệp số liệu cũ"),
        "facts.difference.explained": gettext_lazy("Ghi lý do số nhập khác số đếm từ hồ sơ"),
        "facts.sums.rebuilt": gettext_lazy("Cộng lại số liệu từ đầu"),
        "facts.sums.differed": gettext_lazy("Kiểm tra thấy số cộng dồn sai lệch"),
    },
    gettext_lazy("Xét nghiệm, chăm sóc trong hồ sơ"): {
        "registers.test.recorded": gettext_lazy("Ghi kết quả xét nghiệm"),
        "registers.test.voided": gettext_lazy("Hủy kết quả xét nghiệm ghi sai"),
        "registers.residence.recorded": gettext_lazy("Ghi kiểm tra cư trú"),
        "registers.residence.voided": gettext_lazy("Hủy kiểm tra cư trú ghi sai"),
        "registers.step.done": gettext_lazy("Ghi đã làm một bước theo luật"),
        "registers.step.dropped": gettext_lazy("Ghi không phải làm một bước theo luật"),
        "registers.episode.started": gettext_lazy("Ghi đợt điều trị"),
        "registers.stage.begun": gettext_lazy("Chuyển giai đoạn điều trị"),
        "registers.episode.ended": gettext_lazy("Kết thúc đợt điều trị"),
        "registers.support.added": gettext_lazy("Ghi hỗ trợ"),
        "registers.support.ended": gettext_lazy("Ghi kết quả hỗ trợ"),
        "registers.team.set": gettext_lazy("Lập tổ quản lý"),
        "registers.team.read": gettext_lazy("Đọc họ tên người trong tổ quản lý"),
        "registers.member.changed": gettext_lazy("Bàn giao việc giúp đỡ"),
        "registers.pledge.added": gettext_lazy("Ghi cam kết của gia đình"),
        "registers.care.voided": gettext_lazy("Hủy nội dung chăm sóc ghi sai"),
        "registers.plan.set": gettext_lazy("Đặt định kỳ xét nghiệm theo kế hoạch"),
        "registers.plan.ended": gettext_lazy("Bỏ định kỳ xét nghiệm"),
    },
    gettext_lazy("Tin báo, tố giác"): {
        "tips.tip.received": gettext_lazy("Ghi tin báo nhận qua kênh khác"),
        "tips.tip.taken": gettext_lazy("Nhận xử lý tin báo"),
        "tips.tip.begun": gettext_lazy("Bắt đầu xác minh tin báo"),
        "tips.tip.noted": gettext_lazy("Ghi chú vào tin báo"),
        "tips.tip.answered": gettext_lazy("Nhắn người báo tin"),
        "tips.tip.complex": gettext_lazy("Ghi tin báo là vụ việc phức tạp"),
        "tips.tip.extended": gettext_lazy("Gia hạn giải quyết tin báo"),
        "tips.tip.settled": gettext_lazy("Ghi kết quả giải quyết tin báo"),
        "tips.tip.passed": gettext_lazy("Chuyển tin báo sang cơ quan khác"),
        "tips.tip.followed": gettext_lazy("Khép tin báo cùng tin đã nhập"),
        "tips.tip.reopened": gettext_lazy("Mở lại tin báo"),
        "tips.tip.joined": gettext_lazy("Nhập tin báo với tin khác"),
        "tips.tip.parted": gettext_lazy("Tách tin báo đã nhập"),
        "tips.tip.held": gettext_lazy("Giữ lại hoặc thôi giữ tin báo"),
        "tips.tip.placed": gettext_lazy("Gắn tin báo với địa điểm"),
        "tips.tip.moved": gettext_lazy("Chuyển nơi tiếp nhận tin báo"),
        "tips.tip.handed": gettext_lazy("Bàn giao tin báo"),
        "tips.body.named": gettext_lazy("Ghi đơn vị bị nêu trong tin báo"),
        "tips.tips.purged": gettext_lazy("Xóa nội dung tin báo hết thời hạn lưu"),
        "tips.keys.rotated": gettext_lazy("Thay khóa niêm phong tin báo"),
        "tips.team.set": gettext_lazy("Đặt nơi tiếp nhận tin báo"),
        "tips.team.ended": gettext_lazy("Bỏ nơi tiếp nhận tin báo"),
        "tips.identity.asked": gettext_lazy("Đề nghị xem danh tính người báo tin"),
        "tips.identity.decided": gettext_lazy("Quyết định đề nghị xem danh tính"),
        "tips.tip.read": gettext_lazy("Mở nội dung tin báo"),
        "tips.picture.read": gettext_lazy("Xem ảnh kèm tin báo"),
        "tips.identity.read": gettext_lazy("Xem danh tính người báo tin"),
    },
    gettext_lazy("Đăng nhập, đăng xuất"): {
        "accounts.session.opened": pgettext_lazy("nhật ký", "Đăng nhập"),
        "accounts.session.closed": pgettext_lazy("nhật ký", "Đăng xuất"),
        "accounts.session.refused": gettext_lazy("Đăng nhập không được"),
        "accounts.session.revoked": gettext_lazy("Kết thúc phiên ở máy khác"),
    },
    gettext_lazy("Cách vào tài khoản"): {
        "accounts.invitation.sent": gettext_lazy("Gửi lời mời"),
        "accounts.invitation.accepted": gettext_lazy("Nhận lời mời"),
        "accounts.invitation.revoked": gettext_lazy("Thu hồi lời mời"),
        "accounts.password.changed": gettext_lazy("Đổi mật khẩu"),
        "accounts.reset.asked": gettext_lazy("Đề nghị đặt lại mật khẩu"),
        "accounts.reset.done": gettext_lazy("Đặt lại mật khẩu bằng thư"),
        "accounts.factor.added": gettext_lazy("Thêm ứng dụng tạo mã"),
        "accounts.factor.removed": gettext_lazy("Gỡ ứng dụng tạo mã"),
        "accounts.factors.taken": gettext_lazy("Gỡ lớp bảo vệ của người khác"),
        "accounts.passkey.added": gettext_lazy("Thêm khóa truy cập"),
        "accounts.passkey.renamed": gettext_lazy("Đổi tên khóa truy cập"),
        "accounts.passkey.removed": gettext_lazy("Gỡ khóa truy cập"),
        "accounts.codes.renewed": gettext_lazy("Làm mới mã dự phòng"),
        "accounts.codes.used": gettext_lazy("Dùng một mã dự phòng"),
        "accounts.sso.linked": gettext_lazy("Liên kết đăng nhập một lần"),
        "accounts.sso.unlinked": gettext_lazy("Gỡ liên kết đăng nhập một lần"),
        "tasks.feed.made": gettext_lazy("Tạo lịch đăng ký"),
        "tasks.feed.renamed": gettext_lazy("Đổi tên lịch đăng ký"),
        "tasks.feed.remade": gettext_lazy("Tạo địa chỉ mới cho lịch đăng ký"),
        "tasks.feed.revoked": gettext_lazy("Thu hồi lịch đăng ký"),
        "accounts.user.arrived": gettext_lazy("Đến bằng đăng nhập một lần, chờ giao vai trò"),
    },
    gettext_lazy("Tải về, in"): {
        "plans.plan.exported": gettext_lazy("Tải kế hoạch về"),
        "plans.source.downloaded": gettext_lazy("Tải tệp gốc về"),
        "plans.plan.printed": gettext_lazy("In trang của kế hoạch"),
        "plans.revision.printed": gettext_lazy("In trang rà soát"),
        "tasks.list.exported": gettext_lazy("Tải bảng ai nợ việc gì về"),
        "tasks.batch.downloaded": gettext_lazy("Tải bảng việc đã kiểm tra về"),
        "tasks.urging.downloaded": gettext_lazy("Tải công văn đôn đốc về"),
        "tasks.urgings.downloaded": gettext_lazy("Tải cả đợt công văn đôn đốc về"),
        "tasks.urgings.exported": gettext_lazy("Tải sổ đôn đốc về"),
        "registers.totals.exported": gettext_lazy("Tải thống kê hồ sơ về"),
        "tasks.punctuality.exported": gettext_lazy("Tải bảng đúng hạn về"),
        "targets.list.exported": gettext_lazy("Tải bảng chỉ tiêu về"),
        "activities.coverage.exported": gettext_lazy("Tải danh sách nơi chưa làm về"),
        "targets.comparison.exported": gettext_lazy("Tải bảng so sánh chỉ tiêu về"),
        "targets.target.printed": gettext_lazy("In trang của chỉ tiêu"),
        "targets.changes.exported": gettext_lazy("Tải bảng thay đổi từ lần giao ban trước về"),
        "targets.places.exported": gettext_lazy("Tải bảng các nơi về"),
        "plans.cover.exported": gettext_lazy("Tải bảng đơn vị cấp dưới về"),
        "tasks.file.downloaded": gettext_lazy("Tải tệp kèm báo cáo tiến độ về"),
        "tasks.task.printed": gettext_lazy("In trang của việc"),
        "tasks.due.printed": gettext_lazy("In trang của việc có hạn"),
        "web.page.printed": gettext_lazy("In trang"),
        "units.template.downloaded": gettext_lazy("Tải mẫu danh sách đơn vị"),
        "facts.template.downloaded": gettext_lazy("Tải mẫu nhập số liệu"),
        "facts.sheet.downloaded": gettext_lazy("Tải tệp số liệu đã kiểm tra về"),
        "units.import.downloaded": gettext_lazy("Tải danh sách đơn vị đã kiểm tra về"),
        "facts.catalogue.exported": gettext_lazy("Tải danh mục số liệu về"),
        "audit.entries.exported": gettext_lazy("Kết xuất nhật ký"),
    },
    pgettext_lazy("danh mục", "Kế hoạch"): {
        "plans.source.destroyed": gettext_lazy("Xóa tệp có dấu độ mật"),
        "plans.revision.sent": gettext_lazy("Gửi văn bản lên"),
        "plans.revision.retried": gettext_lazy("Cho đọc lại văn bản"),
        "plans.revision.withdrawn": pgettext_lazy("lịch sử", "Rút văn bản"),
        "plans.revision.adopted": pgettext_lazy("lịch sử", "Ban hành"),
        "plans.plan.moved": gettext_lazy("Đổi thời gian của dự án, đợt cao điểm"),
        "plans.plan.opened": gettext_lazy("Mở đợt cao điểm, chương trình, dự án"),
        "plans.plan.carries_out": gettext_lazy("Chọn kế hoạch cấp trên được triển khai"),
        "plans.plan.cover_due": gettext_lazy("Đặt hạn cấp dưới ban hành kế hoạch"),
        "plans.meeting.held": gettext_lazy("Ghi ngày giao ban"),
        "plans.meeting.taken_back": gettext_lazy("Bỏ ngày giao ban"),
        "reports.packets.exported": gettext_lazy("Xuất gói dữ liệu trao đổi"),
        "reports.packets.received": gettext_lazy("Tải lên gói dữ liệu trao đổi để xem trước"),
        "reports.packets.imported": gettext_lazy("Nhận gói dữ liệu trao đổi"),
        "tasks.decision.made": gettext_lazy("Ghi kết luận giao ban"),
        "tasks.decision.withdrawn": gettext_lazy("Rút kết luận giao ban"),
        "tasks.minutes.issued": gettext_lazy("Ra thông báo kết luận giao ban"),
        "tasks.minutes.signed": gettext_lazy("Ghi số thông báo kết luận"),
        "tasks.minutes.withdrawn": gettext_lazy("Rút thông báo kết luận"),
        "tasks.minutes.downloaded": gettext_lazy("Tải thông báo kết luận"),
        "plans.plan.acceptance": gettext_lazy("Đặt việc có phải nghiệm thu"),
        "plans.header.edited": pgettext_lazy("lịch sử", "Sửa phần đầu văn bản"),
        "plans.body.matched": gettext_lazy("Gắn tên trong văn bản với đơn vị"),
        "plans.item.added": gettext_lazy("Thêm mục"),
        "plans.item.edited": gettext_lazy("Sửa mục"),
        "plans.item.decided": gettext_lazy("Nhận hoặc bỏ mục"),
        "plans.items.accepted": gettext_lazy("Nhận các mục chắc"),
        "plans.items.undone": pgettext_lazy("lịch sử", "Hoàn tác"),
        "plans.plan.followed": gettext_lazy("Chuyển kế hoạch sang đơn vị kế thừa"),
    },
    gettext_lazy("Nhiệm vụ"): {
        "tasks.due.reported": pgettext_lazy("lịch sử", "Báo tiến độ"),
        "tasks.due.done": pgettext_lazy("lịch sử", "Báo đã xong"),
        "tasks.due.reopened": pgettext_lazy("lịch sử", "Mở lại"),
        "tasks.due.undone": gettext_lazy("Hoàn tác lần làm hàng loạt"),
        "tasks.batch.sent": gettext_lazy("Gửi lại bảng Excel để xem trước"),
        "tasks.batch.begun": gettext_lazy("Chọn nhiều việc để làm hàng loạt"),
        "tasks.batch.checked": gettext_lazy("Xem trước kết quả làm hàng loạt"),
        "tasks.batch.withdrawn": gettext_lazy("Thôi không làm hàng loạt"),
        "tasks.batch.done": gettext_lazy("Làm hàng loạt nhiều việc"),
        "tasks.batch.undone": gettext_lazy("Hoàn tác cả loạt"),
        "tasks.due.submitted": gettext_lazy("Báo đã xong, chờ nghiệm thu"),
        "tasks.due.accepted": pgettext_lazy("lịch sử", "Nghiệm thu"),
        "tasks.due.returned": gettext_lazy("Trả lại việc đã báo xong"),
        "tasks.extension.asked": pgettext_lazy("lịch sử", "Xin gia hạn"),
        "tasks.extension.approved": pgettext_lazy("lịch sử", "Cho gia hạn"),
        "tasks.extension.refused": pgettext_lazy("lịch sử", "Không cho gia hạn"),
        "tasks.extension.withdrawn": pgettext_lazy("lịch sử", "Rút đề nghị gia hạn"),
        "tasks.due.suspended": gettext_lazy("Tạm dừng việc"),
        "tasks.due.resumed": gettext_lazy("Cho việc tiếp tục"),
        "tasks.due.cancelled": gettext_lazy("Hủy việc"),
        "tasks.due.restored": gettext_lazy("Khôi phục việc đã hủy"),
        "tasks.due.commented": gettext_lazy("Viết trao đổi"),
        "tasks.due.noted": gettext_lazy("Cho biết đã nắm lời nhắc quá hạn"),
        "tasks.reminders.switched": gettext_lazy("Bật, tắt nhắc hạn tự động"),
        "tasks.due.acknowledged": pgettext_lazy("lịch sử", "Nhận việc"),
        "tasks.due.declined": pgettext_lazy("lịch sử", "Đề nghị giao lại"),
        "tasks.due.insisted": gettext_lazy("Trả lời: đơn vị vẫn làm việc này"),
        "tasks.due.reassigned": gettext_lazy("Giao việc cho đơn vị khác"),
        "tasks.due.held": pgettext_lazy("lịch sử", "Phân công người phụ trách"),
        "tasks.part.given": gettext_lazy("Giao phần việc xuống"),
        "tasks.part.edited": gettext_lazy("Sửa phần việc đã giao"),
        "tasks.part.taken_back": gettext_lazy("Thu hồi phần việc đã giao"),
        "tasks.part.giver_followed": gettext_lazy("Chuyển bên giao phần việc sang đơn vị kế thừa"),
        "tasks.task.waits": gettext_lazy("Sửa việc phải chờ"),
        "tasks.task.serves": gettext_lazy("Sửa chỉ tiêu mà việc phục vụ"),
        "tasks.task.feeds": gettext_lazy("Sửa báo cáo mà việc được đưa vào"),
        "tasks.due.moved": gettext_lazy("Chuyển việc sang đơn vị tiếp nhận"),
        "tasks.event.said": gettext_lazy("Nhập ngày của sự kiện"),
        "tasks.due.merged": gettext_lazy("Gộp việc trùng nhau khi sắp xếp đơn vị"),
        "tasks.urging.made": gettext_lazy("Lập công văn đôn đốc"),
        "tasks.urging.signed": gettext_lazy("Ghi số công văn đôn đốc"),
        "tasks.urging.withdrawn": gettext_lazy("Rút công văn đôn đốc"),
        "tasks.party.followed": gettext_lazy("Thay đơn vị trong phân công nhiệm vụ"),
        "targets.measure.confirmed": gettext_lazy("Xác nhận cách đo chỉ tiêu"),
        "targets.baseline.given": gettext_lazy("Nhập số kỳ gốc của chỉ tiêu"),
        "targets.remark.given": gettext_lazy("Nhận xét, đánh giá chỉ tiêu"),
        "targets.allocation.moved": gettext_lazy("Chuyển phần chỉ tiêu được giao sang đơn vị kế thừa"),
        "reports.duty.defined": gettext_lazy("Đặt chế độ báo cáo"),
        "reports.duty.changed": gettext_lazy("Sửa chế độ báo cáo"),
        "reports.duty.ended": gettext_lazy("Thôi áp dụng chế độ báo cáo"),
        "reports.duty.requested": gettext_lazy("Yêu cầu báo cáo đột xuất, chuyên đề"),
        "reports.duty.laid_out": gettext_lazy("Lập trước các kỳ báo cáo"),
        "reports.duties.exported": gettext_lazy("Tải danh sách chế độ báo cáo"),
        "reports.occurrence.opened": gettext_lazy("Mở báo cáo khi có việc xảy ra"),
        "reports.duty.followed": gettext_lazy("Thay đơn vị trong chế độ báo cáo"),
        "reports.report.asked": gettext_lazy("Trình lãnh đạo duyệt báo cáo"),
        "reports.report.approved": gettext_lazy("Duyệt báo cáo"),
        "reports.report.handed_back": gettext_lazy("Đề nghị sửa báo cáo trước khi gửi"),
        "reports.report.sent": gettext_lazy("Gửi báo cáo"),
        "reports.report.recalled": gettext_lazy("Thu hồi báo cáo"),
        "reports.report.accepted": gettext_lazy("Tiếp nhận báo cáo"),
        "reports.report.returned": gettext_lazy("Trả lại báo cáo"),
        "reports.report.correction_begun": gettext_lazy("Mở đính chính báo cáo"),
        "reports.report.correction_dropped": gettext_lazy("Bỏ đính chính báo cáo"),
        "reports.list.exported": gettext_lazy("Tải bảng báo cáo"),
        "reports.signed.downloaded": gettext_lazy("Tải bản báo cáo đã ký"),
        "reports.words.set": gettext_lazy("Sửa thể thức của báo cáo"),
        "reports.report.exported": gettext_lazy("Tải văn bản báo cáo"),
        "reports.cover.exported": gettext_lazy("Tải công văn gửi báo cáo"),
        "reports.export.asked": gettext_lazy("Yêu cầu xuất nhiều báo cáo"),
        "reports.export.downloaded": gettext_lazy("Tải tệp nén nhiều báo cáo"),
        "reports.exports.purged": gettext_lazy("Xóa tệp nén báo cáo đã cũ"),
        "reports.report.signed": gettext_lazy("Ghi số, ngày ký báo cáo"),
        "reports.report.opened": pgettext_lazy("nhật ký", "Mở báo cáo"),
        "reports.report.gathered": gettext_lazy("Tổng hợp báo cáo của các đơn vị"),
        "reports.report.refreshed": gettext_lazy("Cập nhật số liệu của báo cáo"),
        "reports.text.written": gettext_lazy("Viết nội dung báo cáo"),
        "reports.figures.written": gettext_lazy("Ghi số liệu vào báo cáo"),
        "reports.nothing.said": gettext_lazy("Báo không có nội dung phát sinh"),
        "reports.section.commented": gettext_lazy("Góp ý báo cáo"),
        "reports.comment.settled": gettext_lazy("Xong một góp ý báo cáo"),
        "reports.picture.added": gettext_lazy("Thêm ảnh vào báo cáo"),
        "reports.picture.described": gettext_lazy("Sửa chú thích ảnh của báo cáo"),
        "reports.picture.removed": gettext_lazy("Gỡ ảnh khỏi báo cáo"),
    },
    gettext_lazy("Mẫu báo cáo"): {
        "reports.forms.loaded": gettext_lazy("Nạp các mẫu báo cáo có sẵn"),
        "reports.form.added": gettext_lazy("Lập mẫu báo cáo"),
        "reports.form.copied": gettext_lazy("Sao chép mẫu báo cáo"),
        "reports.form.drafted": gettext_lazy("Sửa bản soạn của mẫu báo cáo"),
        "reports.form.dropped": gettext_lazy("Bỏ bản đang soạn của mẫu báo cáo"),
        "reports.form.used": gettext_lazy("Dùng bản mới của mẫu báo cáo"),
        "reports.form.ended": gettext_lazy("Thôi dùng mẫu báo cáo"),
    },
    gettext_lazy("Văn bản, danh sách của hồ sơ"): {
        "registers.paper.drafted": gettext_lazy("Lập văn bản theo mẫu"),
        "registers.paper.changed": gettext_lazy("Sửa văn bản đang soạn"),
        "registers.paper.signed": gettext_lazy("Ghi số và ngày ký của văn bản"),
        "registers.paper.withdrawn": gettext_lazy("Hủy văn bản"),
        "registers.paper.exported": gettext_lazy("Tải văn bản của hồ sơ"),
        "registers.import.sent": gettext_lazy("Gửi danh sách người để nhập"),
        "registers.import.matched": gettext_lazy("Chọn cột của danh sách người"),
        "registers.import.done": gettext_lazy("Lập hồ sơ từ danh sách"),
        "registers.import.finished": gettext_lazy("Kết thúc nhập danh sách người"),
        "registers.import.downloaded": gettext_lazy("Tải lại danh sách đã kiểm tra"),
        "registers.imports.purged": gettext_lazy("Xóa nội dung danh sách quá hạn"),
        "registers.list.exported": gettext_lazy("Tải danh sách người được quản lý"),
        "registers.list.printed": gettext_lazy("In danh sách người được quản lý"),
    },
    gettext_lazy("Bảo vệ hồ sơ"): {
        "registers.search.read": gettext_lazy("Tìm người trong hồ sơ"),
        "registers.glass.missed": gettext_lazy("Tìm hồ sơ để mở khẩn cấp, không thấy"),
    },
    gettext_lazy("Danh mục số liệu"): {
        "facts.catalogue.loaded": gettext_lazy("Nạp danh mục số liệu"),
        "facts.element.added": gettext_lazy("Thêm chỉ tiêu thống kê"),
        "facts.element.versioned": gettext_lazy("Sửa chỉ tiêu thống kê từ một ngày"),
        "facts.element.ended": gettext_lazy("Ngừng dùng chỉ tiêu thống kê"),
        "facts.indicator.added": gettext_lazy("Thêm chỉ số"),
        "facts.indicator.versioned": gettext_lazy("Sửa chỉ số từ một ngày"),
        "facts.indicator.ended": gettext_lazy("Ngừng dùng chỉ số"),
        "facts.form.defined": gettext_lazy("Lập biểu số liệu"),
        "facts.form.changed": gettext_lazy("Sửa biểu số liệu"),
        "facts.form.ended": gettext_lazy("Ngừng dùng biểu"),
    },
    gettext_lazy("Đơn vị, tài khoản, nhật ký"): {
        "units.unit.created": gettext_lazy("Thêm đơn vị"),
        "units.unit.loaded": gettext_lazy("Nạp danh mục đơn vị"),
        "units.list.loaded": gettext_lazy("Nạp danh mục đơn vị hành chính"),
        "units.alias.learned": gettext_lazy("Thêm tên gọi khác của đơn vị"),
        "units.alias.removed": gettext_lazy("Bỏ tên gọi khác của đơn vị"),
        "units.unit.edited": gettext_lazy("Sửa tên gọn, mã của đơn vị"),
        "units.ended.placed": gettext_lazy("Đặt đơn vị đã kết thúc dưới đơn vị kế thừa"),
        "units.bodies.created": gettext_lazy("Thêm các cơ quan thường có"),
        "units.import.sent": gettext_lazy("Gửi danh sách đơn vị để nhập"),
        "units.import.matched": gettext_lazy("Chọn cột của danh sách đơn vị"),
        "units.import.withdrawn": gettext_lazy("Bỏ danh sách đơn vị đã gửi"),
        "units.import.done": gettext_lazy("Nhập danh sách đơn vị"),
        "units.import.undone": gettext_lazy("Hoàn tác lần nhập đơn vị"),
        "units.group.set": gettext_lazy("Đặt thành viên của nhóm đơn vị"),
        "units.group.followed": gettext_lazy("Đổi thành viên của nhóm sang đơn vị kế thừa"),
        "units.reorganisation.planned": pgettext_lazy("nhật ký", "Lập việc sắp xếp đơn vị"),
        "units.reorganisation.carried_out": pgettext_lazy("nhật ký", "Thực hiện sắp xếp đơn vị"),
        "units.reorganisation.cancelled": pgettext_lazy("nhật ký", "Hủy việc sắp xếp đơn vị"),
        "accounts.filter.shared": gettext_lazy("Chia sẻ bộ lọc với đơn vị"),
        "accounts.filter.unshared": gettext_lazy("Thôi chia sẻ bộ lọc"),
        "accounts.user.created": gettext_lazy("Tạo tài khoản"),
        "accounts.user.changed": gettext_lazy("Sửa tên, chức vụ của người dùng"),
        "accounts.user.stopped": gettext_lazy("Ngừng tài khoản"),
        "accounts.user.started": gettext_lazy("Mở lại tài khoản"),
        "accounts.user.read": gettext_lazy("Xem thông tin liên hệ"),
        "accounts.list.exported": gettext_lazy("Tải danh sách người dùng"),
        "accounts.grant.given": gettext_lazy("Giao vai trò"),
        "accounts.grant.delegated": gettext_lazy("Ủy quyền"),
        "accounts.grant.extended": gettext_lazy("Gia hạn vai trò"),
        "accounts.grant.ended": gettext_lazy("Thôi giao vai trò"),
        "accounts.grant.withdrawn": gettext_lazy("Rút lại vai trò đã giao"),
        "accounts.grant.chosen": gettext_lazy("Chuyển sang làm việc với vai trò khác"),
        "accounts.grant.moved": gettext_lazy("Chuyển vai trò sang đơn vị kế thừa"),
        "notices.preference.changed": gettext_lazy("Đổi cách nhận thông báo"),
        "notices.mail.stopped": gettext_lazy("Thôi nhận thư tổng hợp bằng đường dẫn trong thư"),
        "jobs.failed.retried": gettext_lazy("Cho chạy lại việc nền bị lỗi"),
        "audit.entries.pruned": gettext_lazy("Hủy nhật ký hết hạn lưu"),
    },
}
"""What was done, by the name of the audit event, in the groups in which a filter offers it."""

WORDS: Mapping[str, Word] = {event: word for group in EVENTS.values() for event, word in group.items()}

OBJECTS: Mapping[str, Word] = {
    "activities.Kind": gettext_lazy("Loại nội dung ghi nhận"),
    "activities.KindVersion": gettext_lazy("Phiên bản loại nội dung ghi nhận"),
    "activities.Event": gettext_lazy("Hoạt động"),
    "activities.EventFile": gettext_lazy("Minh chứng"),
    "activities.Place": gettext_lazy("Địa điểm"),
    "activities.RecordSheet": gettext_lazy("Lần nhập hoạt động từ Excel"),
    "activities.OfflineEntry": gettext_lazy("Hoạt động ghi ngoại tuyến cần xem"),
    "projects.Milestone": gettext_lazy("Mốc của dự án"),
    "projects.Review": gettext_lazy("Sơ kết, tổng kết"),
    "projects.MoneySource": gettext_lazy("Nguồn kinh phí"),
    "projects.MoneyLine": gettext_lazy("Khoản kinh phí"),
    "projects.MoneyEntry": gettext_lazy("Bút toán kinh phí"),
    "projects.MoneySheet": gettext_lazy("Lần nhập kinh phí từ Excel"),
    "tips.TipTeam": gettext_lazy("Nơi tiếp nhận tin báo"),
    "tips.Tip": gettext_lazy("Tin báo"),
    "tips.IdentityAsk": gettext_lazy("Đề nghị xem danh tính người báo tin"),
    "registers.Subject": gettext_lazy("Hồ sơ"),
    "registers.Identity": gettext_lazy("Nhân thân"),
    "registers.Spell": gettext_lazy("Diện quản lý"),
    "registers.Pause": gettext_lazy("Khoảng gián đoạn"),
    "registers.Paper": gettext_lazy("Văn bản trong hồ sơ"),
    "registers.Transfer": gettext_lazy("Bàn giao hồ sơ"),
    "registers.MergeCase": gettext_lazy("Hồ sơ nghi trùng"),
    "registers.Clock": gettext_lazy("Hạn về người được quản lý"),
    "registers.TestPlan": gettext_lazy("Định kỳ xét nghiệm"),
    "registers.DrugTest": gettext_lazy("Lần xét nghiệm"),
    "registers.ResidenceCheck": gettext_lazy("Lần kiểm tra cư trú"),
    "registers.Episode": gettext_lazy("Đợt điều trị"),
    "registers.Support": gettext_lazy("Lần hỗ trợ"),
    "registers.Team": gettext_lazy("Tổ quản lý"),
    "registers.TeamMember": gettext_lazy("Thành viên tổ quản lý"),
    "registers.Pledge": gettext_lazy("Cam kết của gia đình"),
    "registers.Visit": gettext_lazy("Lượt xem hồ sơ"),
    "registers.BreakGlass": gettext_lazy("Lần mở hồ sơ khẩn cấp"),
    "registers.LegalHold": gettext_lazy("Yêu cầu lưu giữ"),
    "registers.DataRequest": gettext_lazy("Yêu cầu về dữ liệu"),
    "registers.RegisterExport": gettext_lazy("Lần xuất danh sách"),
    "registers.RegisterImport": gettext_lazy("Lần nhập danh sách"),
    "registers.Device": gettext_lazy("Thiết bị ghi khi mất mạng"),
    "registers.OfflineConflict": gettext_lazy("Mục ghi khi mất mạng"),
    "plans.Plan": gettext_lazy("Kế hoạch"),
    "plans.SourceFile": pgettext_lazy("nhật ký", "Tệp gốc"),
    "plans.Revision": pgettext_lazy("nhật ký", "Văn bản"),
    "plans.Item": pgettext_lazy("nhật ký", "Mục đọc được"),
    "plans.BodyMatch": pgettext_lazy("nhật ký", "Tên trong văn bản"),
    "tasks.Task": pgettext_lazy("nhật ký", "Việc"),
    "tasks.DueItem": pgettext_lazy("nhật ký", "Việc có hạn"),
    "plans.PlanEvent": pgettext_lazy("nhật ký", "Sự kiện của kế hoạch"),
    "tasks.Batch": pgettext_lazy("nhật ký", "Loạt việc"),
    "tasks.Urging": pgettext_lazy("nhật ký", "Công văn đôn đốc"),
    "jobs.Job": pgettext_lazy("nhật ký", "Việc nền"),
    "tasks.CalendarFeed": pgettext_lazy("nhật ký", "Lịch đăng ký"),
    "units.Unit": pgettext_lazy("nhật ký", "Đơn vị"),
    "units.UnitAlias": pgettext_lazy("nhật ký", "Tên gọi khác"),
    "facts.Recording": pgettext_lazy("nhật ký", "Lần ghi số liệu"),
    "facts.Reconciliation": pgettext_lazy("nhật ký", "Số liệu cần đối chiếu"),
    "facts.SheetImport": pgettext_lazy("nhật ký", "Tệp số liệu"),
    "units.UnitImport": pgettext_lazy("nhật ký", "Lần nhập đơn vị"),
    "targets.Target": pgettext_lazy("nhật ký", "Chỉ tiêu"),
    "targets.Standing": pgettext_lazy("nhật ký", "Bảng các nơi"),
    "facts.Fact": pgettext_lazy("nhật ký", "Bảng thống kê"),
    "targets.StandingChange": pgettext_lazy("nhật ký", "Bảng thay đổi"),
    "plans.Meeting": pgettext_lazy("nhật ký", "Lần giao ban"),
    "reports.Packet": pgettext_lazy("nhật ký", "Gói dữ liệu trao đổi"),
    "tasks.Decision": pgettext_lazy("nhật ký", "Kết luận giao ban"),
    "tasks.Minutes": pgettext_lazy("nhật ký", "Thông báo kết luận giao ban"),
    "reports.ReportForm": pgettext_lazy("nhật ký", "Mẫu báo cáo"),
    "reports.Duty": pgettext_lazy("nhật ký", "Chế độ báo cáo"),
    "reports.DutyOccurrence": pgettext_lazy("nhật ký", "Kỳ báo cáo"),
    "reports.Submission": pgettext_lazy("nhật ký", "Báo cáo"),
    "reports.ExportBatch": pgettext_lazy("nhật ký", "Lần xuất báo cáo"),
    "facts.Element": pgettext_lazy("nhật ký", "Chỉ tiêu thống kê"),
    "facts.Indicator": pgettext_lazy("nhật ký", "Chỉ số"),
    "facts.Form": pgettext_lazy("nhật ký", "Biểu số liệu"),
    "facts.Catalogue": pgettext_lazy("nhật ký", "Danh mục số liệu"),
    "units.Reorganisation": pgettext_lazy("nhật ký", "Sắp xếp đơn vị"),
    "accounts.User": pgettext_lazy("nhật ký", "Tài khoản"),
    "accounts.Grant": pgettext_lazy("nhật ký", "Vai trò"),
    "accounts.Invitation": pgettext_lazy("nhật ký", "Lời mời"),
    "accounts.SavedFilter": pgettext_lazy("nhật ký", "Bộ lọc"),
    "audit.Entry": pgettext_lazy("nhật ký", "Nhật ký"),
    "audit.Day": pgettext_lazy("nhật ký", "Ngày nhật ký"),
    "web.Page": pgettext_lazy("nhật ký", "Trang"),
}
"""What sort of thing an entry is about, by the label of its model."""

CUT = (80, 300)
"""Labels of these lengths were cut when the entry was written."""


@attrs.frozen
class Told:
    """One act: who, when, what in words, about what, what changed, why."""

    at: datetime
    actor_name: str
    actor_unit: str
    words: str
    about: str
    changes: Sequence[str]
    reason: str


def tell(entries: Iterable[Entry], *, around: Model | None = None) -> list[Told]:
    """The entries in words, with the names of the units that they give by number; one query for all of them.

    `around`: what the page is about; entries about that itself, or about a plan and its texts there, need not say so.
    """
    listed = list(entries)
    ids = {pk for entry in listed for values in (entry.before, entry.after) for pk in _units_in(values)}
    # Units are public: who may read the entry may read their names.
    units: dict[int, str] = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return [_told(entry, units, around) for entry in listed]


def _told(entry: Entry, units: Mapping[int, str], around: Model | None) -> Told:
    of_plan = ("plans.Plan", "plans.Revision")
    whole = around is not None and (
        (entry.object_type, entry.object_id) == (around._meta.label, str(around.pk))
        or (around._meta.label in of_plan and entry.object_type in of_plan)
    )
    return Told(
        at=entry.at,
        actor_name=entry.actor_name,
        actor_unit=entry.actor_unit,
        words=str(WORDS.get(entry.event, _("Việc khác"))),
        about="" if whole else f"“{label_of(entry)}”",
        changes=list(_changes(entry, units)),
        reason=entry.reason,
    )


def label_of(entry: Entry) -> str:
    """What the entry is about, with a sign where it was cut."""
    return f"{entry.object_label}{'…' if len(entry.object_label) in CUT else ''}"


def role_word(role: str) -> str:
    """The role in which somebody acted."""
    return str(Role(role).label) if role in Role.values else ""


STATES: Mapping[str, str | Promise] = {
    ItemState.ACCEPTED: gettext_lazy("nhận"),
    ItemState.REJECTED: gettext_lazy("bỏ"),
    ItemState.PROPOSED: gettext_lazy("để lại xem sau"),
    DueState.OPEN: gettext_lazy("chưa xong"),
    DueState.DONE: gettext_lazy("đã xong"),
    DueState.SUBMITTED: gettext_lazy("chờ nghiệm thu"),
    DueState.SUSPENDED: gettext_lazy("tạm dừng"),
    DueState.CANCELLED: gettext_lazy("đã hủy"),
}

UNIT_WORD = gettext_lazy("đơn vị")

WAYS: Mapping[str, str | Promise] = {
    "password": gettext_lazy("mật khẩu"),
    "locked": gettext_lazy("bị khóa vì thử nhiều lần"),
    "totp": gettext_lazy("mã của ứng dụng"),
    "webauthn": gettext_lazy("khóa truy cập"),
    "passkey": gettext_lazy("khóa truy cập"),
    "recovery_codes": gettext_lazy("mã dự phòng"),
    "socialaccount": gettext_lazy("đăng nhập một lần"),
    "sso": gettext_lazy("đăng nhập một lần"),
    "invitation": gettext_lazy("thư mời"),
    "reset": gettext_lazy("thư đặt lại mật khẩu"),
}
"""By what somebody came in, or tried to."""

FIELDS: Mapping[str, str | Promise] = {
    "held_by_id": gettext_lazy("người xử lý"),
    "same_as_id": gettext_lazy("nhập với tin"),
    "team_id": gettext_lazy("nơi xử lý"),
    "held": gettext_lazy("giữ lại"),
    "closed_on": gettext_lazy("ngày xong"),
    "body_id": gettext_lazy("đơn vị"),
    "above_id": gettext_lazy("nơi nhận phía trên"),
    "broken": gettext_lazy("số không mở được"),
    "channel": gettext_lazy("kênh"),
    "amount": gettext_lazy("số tiền (đồng)"),
    "estimate": gettext_lazy("dự toán (đồng)"),
    "money_source": gettext_lazy("nguồn kinh phí"),
    "of": gettext_lazy("là một phần của"),
    "years": gettext_lazy("các năm"),
    "paper": gettext_lazy("văn bản, chứng từ"),
    "ministry": gettext_lazy("bộ, ngành hướng dẫn"),
    "stages": gettext_lazy("các giai đoạn"),
    "outcome": gettext_lazy("quyết định, kết quả"),
    "held_on": gettext_lazy("tổ chức ngày"),
    "until": gettext_lazy("giữ đến"),
    "state": gettext_lazy("tình trạng"),
    "stage": gettext_lazy("bước"),
    "edition": gettext_lazy("lần gửi"),
    "days_late": gettext_lazy("số ngày trễ"),
    "correcting": gettext_lazy("lý do đính chính"),
    "count": gettext_lazy("số mục"),
    "form": gettext_lazy("mẫu"),
    "caption": gettext_lazy("chú thích ảnh"),
    "nothing": gettext_lazy("không có nội dung phát sinh"),
    "agency": gettext_lazy("cơ quan ban hành"),
    "archive": gettext_lazy("đơn vị soạn thảo"),
    "charts": gettext_lazy("kèm biểu đồ"),
    "closing": gettext_lazy("câu kết"),
    "collective": gettext_lazy("thay mặt"),
    "grounds": gettext_lazy("căn cứ"),
    "head": gettext_lazy("ký thay"),
    "mark": gettext_lazy("hình thức ký"),
    "opening": gettext_lazy("câu mở đầu"),
    "place": gettext_lazy("địa danh"),
    "recipients": gettext_lazy("nơi nhận"),
    "signer": gettext_lazy("người ký"),
    "figures": gettext_lazy("số liệu"),
    "section": gettext_lazy("mục báo cáo"),
    "stayed": gettext_lazy("giữ nguyên vì đã có số mới hơn"),
    "file": gettext_lazy("tệp"),
    "dues": gettext_lazy("số việc"),
    "refused": gettext_lazy("số việc không làm được"),
    "stays": gettext_lazy("số việc giữ nguyên"),
    "late": gettext_lazy("số việc quá hạn"),
    "letters": gettext_lazy("số công văn"),
    "signed_on": gettext_lazy("ngày ký"),
    "percent": gettext_lazy("tiến độ (%)"),
    "holder": gettext_lazy("người phụ trách"),
    "links": gettext_lazy("liên kết"),
    "label": gettext_lazy("phần việc"),
    "note": gettext_lazy("ghi chú"),
    "due_on": gettext_lazy("hạn chót"),
    "wanted_on": gettext_lazy("xin đến hết ngày"),
    "mentioned": gettext_lazy("số người được nhắc tên"),
    "needs_acceptance": gettext_lazy("phải nghiệm thu"),
    "reminds": gettext_lazy("tự động nhắc hạn"),
    "carries_out": gettext_lazy("triển khai kế hoạch số"),
    "packets": gettext_lazy("các gói"),
    "rows": gettext_lazy("số dòng"),
    "conclusions": gettext_lazy("số kết luận"),
    "title": gettext_lazy("tên"),
    "number": gettext_lazy("số"),
    "symbol": gettext_lazy("ký hiệu"),
    "issued_on": gettext_lazy("ngày ban hành"),
    "issuer_name": gettext_lazy("cơ quan ban hành"),
    "window_from": gettext_lazy("từ ngày"),
    "window_to": gettext_lazy("đến ngày"),
    "value": gettext_lazy("giá trị"),
    "value_max": gettext_lazy("giá trị cao nhất"),
    "unit": gettext_lazy("đơn vị tính"),
    "measure": gettext_lazy("nội dung đo"),
    "scope": gettext_lazy("phạm vi"),
    "condition": gettext_lazy("điều kiện"),
    "due_text": gettext_lazy("hạn trong văn bản"),
    "limit": gettext_lazy("hạn gửi"),
    "guidance": gettext_lazy("hướng dẫn từng cấp"),
    "feeds": gettext_lazy("tổng hợp vào"),
    "sent_by": gettext_lazy("cách gửi"),
    "bodies": gettext_lazy("số đơn vị"),
    "made": gettext_lazy("số đơn vị có kỳ mới"),
    "moved": gettext_lazy("số đơn vị đổi hạn"),
    "stopped": gettext_lazy("số đơn vị thôi báo cáo"),
    "what": gettext_lazy("nội dung"),
    "name": gettext_lazy("tên"),
    "holds": gettext_lazy("gồm"),
    "jobs": gettext_lazy("việc nền"),
    "body": gettext_lazy("đơn vị"),
    "shared_with": gettext_lazy("chia sẻ với"),
    "on": gettext_lazy("từ ngày"),
    "reason": gettext_lazy("lý do"),
    "done_on": gettext_lazy("ngày xong"),
    "format": gettext_lazy("định dạng"),
    "filter": gettext_lazy("điều kiện lọc"),
    "version": gettext_lazy("bản số"),
    "username": gettext_lazy("tên đăng nhập"),
    "short_name": gettext_lazy("tên gọn"),
    "code": gettext_lazy("mã"),
    "identifier": gettext_lazy("mã định danh điện tử"),
    "changed": gettext_lazy("số đơn vị sửa"),
    "role": gettext_lazy("vai trò"),
    "held_as": gettext_lazy("hình thức"),
    "at_unit": gettext_lazy("tại"),
    "ground": gettext_lazy("căn cứ"),
    "delegated_from": gettext_lazy("ủy quyền của"),
    "handed_from": gettext_lazy("nhận bàn giao từ"),
    "full_name": gettext_lazy("họ và tên"),
    "post": gettext_lazy("chức vụ"),
    "from": gettext_lazy("từ ngày"),
    "to": gettext_lazy("đến ngày"),
    "before": gettext_lazy("trước ngày"),
    "days": gettext_lazy("số ngày"),
    "purpose": gettext_lazy("mục đích"),
    "verdict": gettext_lazy("kết luận"),
    "kind": gettext_lazy("loại"),
    "comparator": gettext_lazy("so sánh"),
    "direction": gettext_lazy("chiều"),
    "per": gettext_lazy("tính theo"),
    "n": gettext_lazy("số lần"),
    "year": gettext_lazy("năm"),
    "baseline": gettext_lazy("so với"),
    "frequency": gettext_lazy("mức"),
    "assessed": gettext_lazy("cách xét"),
    "period": gettext_lazy("kỳ"),
    "mode": gettext_lazy("cách giao"),
    "agencies": gettext_lazy("cơ quan làm"),
    "actor": gettext_lazy("cơ quan làm"),
    "partners": gettext_lazy("cùng thực hiện"),
    "advises": gettext_lazy("tham mưu cho"),
    "due": gettext_lazy("hạn"),
    "date": gettext_lazy("ngày"),
    "rule": gettext_lazy("lặp lại"),
    "event": gettext_lazy("sự việc"),
    "relation": gettext_lazy("cách tính hạn"),
    "tentative": gettext_lazy("dự kiến"),
    "reporter": gettext_lazy("ai gửi"),
    "recipient": gettext_lazy("gửi đến"),
    "onward_to": gettext_lazy("báo cáo tiếp lên"),
    "via": gettext_lazy("gửi qua"),
    "prepared_by": gettext_lazy("tham mưu"),
    "owner": gettext_lazy("chủ dự án"),
    "guided_by": gettext_lazy("hướng dẫn"),
    "sub_projects": gettext_lazy("tiểu dự án"),
    "units": UNIT_WORD,
    "parent": gettext_lazy("trực thuộc"),
    "members": gettext_lazy("thành viên"),
    "predecessor": gettext_lazy("kế thừa từ"),
    "predecessors": gettext_lazy("kế thừa từ"),
    "successor": gettext_lazy("đơn vị kế thừa"),
    "successors": gettext_lazy("đơn vị kế thừa"),
    "taken": gettext_lazy("đã tạo"),
    "targets": gettext_lazy("chỉ tiêu"),
    "allocations": gettext_lazy("phần giao chỉ tiêu"),
    "tasks": gettext_lazy("nhiệm vụ"),
    "due_items": gettext_lazy("đầu việc phải theo dõi"),
    "duties": gettext_lazy("chế độ báo cáo"),
    "occurrences": gettext_lazy("kỳ báo cáo"),
    "parts": gettext_lazy("dự án, đợt"),
    "created": gettext_lazy("đơn vị thêm mới"),
    "coded": gettext_lazy("đơn vị được ghi mã"),
    "successions": gettext_lazy("quan hệ kế thừa"),
    "by": gettext_lazy("bằng"),
    "email": gettext_lazy("thư điện tử"),
    "provider": gettext_lazy("nơi xác thực"),
    "address": gettext_lazy("địa chỉ mạng"),
    "device": gettext_lazy("máy"),
    "rhythm": gettext_lazy("thư tổng hợp"),
    "hour": gettext_lazy("giờ gửi thư"),
    "quiet_from": gettext_lazy("giờ yên tĩnh từ"),
    "quiet_to": gettext_lazy("giờ yên tĩnh đến"),
    "workdays_only": gettext_lazy("chỉ gửi vào ngày làm việc"),
    "indicator": gettext_lazy("chỉ số"),
    "breakdown": gettext_lazy("phân tổ"),
    "each": gettext_lazy("tính cho từng"),
    "so_far": gettext_lazy("đến cùng kỳ"),
    "reached": gettext_lazy("đã đạt"),
    "not_in_bell": gettext_lazy("không tính ở chuông"),
    "not_in_mail": gettext_lazy("không ghi trong thư"),
    "unit_word": gettext_lazy("đơn vị tính"),
    "nature": gettext_lazy("tính chất"),
    "over_time": gettext_lazy("gộp theo thời gian"),
    "over_units": gettext_lazy("gộp theo đơn vị"),
    "places": gettext_lazy("số chữ số thập phân"),
    "breakdowns": gettext_lazy("phân tổ"),
    "counted": gettext_lazy("số đếm, tử số"),
    "whole": gettext_lazy("mẫu số"),
    "words": gettext_lazy("nội dung ghi"),
    "original": gettext_lazy("từ mẫu"),
    "official": gettext_lazy("mã chính thức"),
    "source": gettext_lazy("căn cứ"),
    "level": gettext_lazy("cấp nhập"),
    "group": gettext_lazy("nhóm đơn vị nhập"),
    "calendar": gettext_lazy("lịch"),
    "lines": gettext_lazy("các dòng"),
    "valid_from": gettext_lazy("dùng từ ngày"),
    "valid_to": gettext_lazy("ngừng dùng từ ngày"),
}
"""The fields whose change is told; the rest of an entry is for programs."""


CODES: Mapping[str, Sequence[Mapping[str, Word]]] = {
    "state": (STATES,),
    "stage": (dict(SubmissionState.choices),),
    "role": (dict(Role.choices), of_items.ROLES),
    "kind": (
        of_items.TARGET_KINDS,
        of_items.DUTY_KINDS,
        dict(PlanKind.choices),
        of_items.BASELINES,
        dict(MoneyKind.choices),
        dict(ReviewKind.choices),
    ),
    "what": (dict(MoneyAct.choices),),
    "outcome": (dict(ReviewOutcome.choices),),
    "held_as": (dict(GrantKind.choices),),
    "mode": (of_items.MODES,),
    "comparator": (of_items.COMPARATORS,),
    "direction": (of_items.DIRECTIONS,),
    "per": (of_items.PER,),
    "period": (of_items.PERIODS, {str(kind): word for kind, word in PERIODS.items()}),
    "nature": ({str(nature): word for nature, word in Element.NATURES.items()},),
    "over_time": ({str(way): word for way, word in Element.TIMES.items()},),
    "over_units": ({str(way): word for way, word in Element.UNITS.items()},),
    "breakdowns": ({key: each.name for key, each in breakdowns().items()},),
    "level": (dict(Level.choices),),
    "calendar": (CALENDAR_WORDS,),
    "relation": (of_items.RELATIONS,),
    "unit": ({"percent": "%"},),
    "rhythm": (dict(Rhythm.choices),),
    "each": (dict(Level.choices),),
    "not_in_bell": (dict(Reason.choices),),
    "not_in_mail": (dict(Reason.choices),),
    "assessed": ({"yearly": gettext_lazy("xét từng năm")},),
}
"""What the codes in a field are called."""

UNITS = frozenset(
    {
        *("unit", "units", "parent", "members", "predecessor", "predecessors", "successor", "successors"),
        "shared_with",
    }
)
"""Fields that hold units by the numbers of their rows (`unit` also what something is counted in, as text)."""

UNTOLD = frozenset(
    {
        *("revision", "plan", "sha256", "seal", "list", "lists", "threshold", "key", "items", "confirmed", "issuer_id"),
        *("target_ref", "target_refs", "assignment_ref", "deadline_ref", "deadline_refs", "binds", "precision"),
        *("area_id", "way"),
    }
)
"""Fields of entries that are for programs: what they say stands in the other words of the entry."""


def _changes(entry: Entry, units: Mapping[int, str]) -> Iterator[str]:
    """`tên: A → B` for every told field, in the order of FIELDS."""
    before, after = entry.before or {}, entry.after or {}
    for name, word in FIELDS.items():
        values = [each.get(name) for each in (before, after)]
        label = UNIT_WORD if name == "unit" and any(isinstance(value, int) for value in values) else word
        old, new = (_plain(name, value, units) for value in values)
        if new == old:
            continue
        if new:
            yield f"{label}: {old} → {new}" if old else f"{label}: {new}"
        elif name in after:
            yield _("%(field)s: bỏ “%(old)s”") % {"field": label, "old": old}


def _plain(name: str, value: object, units: Mapping[int, str]) -> str:
    """A value as people would say it; empty where there is nothing to say."""
    match value:
        case None | "" | []:
            return ""
        case bool():
            return _("có") if value else _("không")
        case dict() if "name" in value:  # a body as the document names it
            return str(value["name"])
        case dict() if limit := limit_from(value):
            return limit_label(limit)
        case dict():
            inside = ((FIELDS[key], _plain(key, each, units)) for key, each in value.items() if key in FIELDS)
            return "; ".join(f"{word}: {plain}" for word, plain in inside if plain)
        case list():
            return ", ".join(filter(None, (_plain(name, each, units) for each in value)))
        case int() if name in UNITS:
            return units.get(value, "")
        case float() | int():
            return vnumber(value)
    text = str(value)
    for words in CODES.get(name, ()):
        if text in words:
            return str(words[text])
    if name == "by":
        return ", ".join(str(WAYS.get(way, way)) for way in text.split(", "))
    if name == "device":
        return device_words(text)
    if name == "rule" and (limit := limit_from({"relation": "before", "precision": "recurring", "rule": text})):
        return limit_label(limit)
    day = parse_date(text[:10]) if len(text) == 10 else None
    return vdate(day) if day else text[:200]


def _units_in(values: Mapping[str, object] | None) -> Iterator[int]:
    for name, value in (values or {}).items():
        if name in UNITS:
            yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, int))
