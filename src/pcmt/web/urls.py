"""Every page of the site. Paths are Vietnamese without marks, because people read and send them."""

from __future__ import annotations

from django.urls import include, path, register_converter

from pcmt.web.registers.converters import FileCode

register_converter(FileCode, "filecode")  # before the rooms that use it are read

urlpatterns = [
    path("", include("pcmt.web.shell.urls")),
    path("", include("pcmt.web.account.urls")),
    path("ke-hoach/", include("pcmt.web.plans.urls")),
    path("van-ban/", include("pcmt.web.reading.urls")),
    # pages after adoption
    path("", include("pcmt.web.home.urls")),
    path("ke-hoach/", include("pcmt.web.plan.urls")),
    path("ke-hoach/", include("pcmt.web.downloads.urls")),
    path("", include("pcmt.web.projects.urls")),
    path("chi-tieu/", include("pcmt.web.targets.urls")),
    path("nhiem-vu/", include("pcmt.web.tasks.urls")),
    path("hoat-dong/", include("pcmt.web.activities.urls")),
    path("hoat-dong/tien-do/", include("pcmt.web.boards.urls")),
    path("nhap-so/", include("pcmt.web.entry.urls")),
    path("doi-chieu/", include("pcmt.web.reconciling.urls")),
    path("thong-ke-ho-so/", include("pcmt.web.totals.urls")),
    path("bao-cao/", include("pcmt.web.reports.urls")),
    path("che-do-bao-cao/", include("pcmt.web.regimes.urls")),
    path("mau-bao-cao/", include("pcmt.web.report_forms.urls")),
    path("trao-doi/", include("pcmt.web.exchange.urls")),
    path("hoat-dong/", include("pcmt.web.field.urls")),
    path("ho-so/ngoai-tuyen/", include("pcmt.web.offline.urls")),
    path("nhiem-vu/don-doc/", include("pcmt.web.urging.urls")),
    path("nhiem-vu/dung-han/", include("pcmt.web.punctuality.urls")),
    path("man-hinh-lanh-dao/", include("pcmt.web.leader.urls")),
    path("danh-muc-so-lieu/", include("pcmt.web.catalogue.urls")),
    path("", include("pcmt.web.protection.urls")),
    path("to-giac/", include("pcmt.web.tipline.urls")),
    path("tin-bao/ap-phich/", include("pcmt.web.tipline.poster_urls")),
    path("don-vi/", include("pcmt.web.units.urls")),
    path("don-vi/", include("pcmt.web.bodies.urls")),
    path("bo-loc/", include("pcmt.web.filters.urls")),
    path("tim/", include("pcmt.web.search.urls")),
    path("lich/", include("pcmt.web.feeds.urls")),
    path("nhat-ky/", include("pcmt.web.audit.urls")),
    path("lich-su/", include("pcmt.web.history.urls")),
    path("hoat-dong/loai/", include("pcmt.web.kinds.urls")),
    path("hoat-dong/excel/", include("pcmt.web.record_sheets.urls")),
    path("tin-bao/", include("pcmt.web.tips.urls")),
    path("ho-so/", include("pcmt.web.care.urls")),
    path("ho-so/", include("pcmt.web.registers_acts.urls")),
    path("ho-so/", include("pcmt.web.papers.urls")),
    path("ho-so/", include("pcmt.web.registers.urls")),
    path("hoat-dong/dia-diem/", include("pcmt.web.places.urls")),
    path("", include("pcmt.web.people.urls")),
    path("", include("pcmt.web.notices.urls")),
    path("", include("pcmt.web.jobs.urls")),
]
