"""Acts on files, under `/ho-so/`."""

from django.urls import path

from pcmt.web.registers_acts import duplicates, filing, moves, spells

app_name = "registers_acts"
urlpatterns = [
    path("nhap-moi/", filing.open_new, name="open"),
    path("ban-giao/", moves.listed, name="moves"),
    path("ban-giao/<int:transfer_id>/nhan/", moves.accept, name="accept"),
    path("ban-giao/<int:transfer_id>/tra-lai/", moves.send_back, name="return"),
    path("ban-giao/<int:transfer_id>/rut/", moves.withdraw, name="withdraw"),
    path("ban-giao/<int:transfer_id>/chung-minh/", moves.prove, name="prove"),
    path("nghi-trung/", duplicates.listed, name="duplicates"),
    path("nghi-trung/<filecode:one>/<filecode:other>/", duplicates.pair, name="pair"),
    path("<filecode:code>/nhan-than/", filing.identity, name="identity"),
    path("<filecode:code>/dien-moi/", filing.start, name="start"),
    path("<filecode:code>/dien/<int:spell_id>/<slug:act>/", spells.act, name="spell"),
    path("<filecode:code>/su-kien/<slug:what>/", spells.gone, name="gone"),
    path("<filecode:code>/ban-giao/", moves.hand, name="hand-over"),
]
