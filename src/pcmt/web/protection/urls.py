"""Why files are opened, and what protects people in them."""

from django.urls import include, path

from pcmt.web.protection import asking, files, glass

OWN = [
    path("ho-so/muc-dich/", asking.purpose, name="purpose"),
    path("ho-so/muc-dich/ket-thuc/", asking.end, name="end"),
    path("ho-so/muc-dich/con-lai/", asking.state, name="state"),
    path("bao-ve-ho-so/", files.start, name="start"),
    path("bao-ve-ho-so/mo-khan-cap/", glass.listed, name="glasses"),
    path("bao-ve-ho-so/mo-khan-cap/moi/", glass.broken, name="break"),
    path("bao-ve-ho-so/mo-khan-cap/<int:glass_id>/", glass.one, name="glass"),
    path("bao-ve-ho-so/mo-khan-cap/<int:glass_id>/dong/", glass.close, name="close"),
    path("bao-ve-ho-so/luu-giu/<int:hold_id>/thoi/", files.release, name="release"),
    path("bao-ve-ho-so/yeu-cau/<int:request_id>/tra-loi/", files.answered, name="answer"),
    path("bao-ve-ho-so/yeu-cau/<int:request_id>/gia-han/", files.extended, name="extend"),
    path("bao-ve-ho-so/yeu-cau/<int:request_id>/xong/", files.finished, name="finish"),
    path("bao-ve-ho-so/<filecode:code>/", files.file, name="file"),
    path("bao-ve-ho-so/<filecode:code>/luu-giu/", files.hold, name="hold"),
    path("bao-ve-ho-so/<filecode:code>/yeu-cau/", files.received, name="request"),
    path("bao-ve-ho-so/<filecode:code>/thoi-han-che/", files.unrestricted, name="lift"),
    path("bao-ve-ho-so/<filecode:code>/ban-cho-nguoi-do/", files.own, name="own"),
]

urlpatterns = [path("", include((OWN, "protection")))]
