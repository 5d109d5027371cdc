"""Report regimes."""

from django.urls import path

from pcmt.web.regimes import acting, views

app_name = "regimes"
urlpatterns = [
    path("", views.listed, name="list"),
    path("che-do-bao-cao.xlsx", views.listed_xlsx, name="list-xlsx"),
    path("moi/", acting.define, name="define"),
    path("yeu-cau/", acting.ask, name="ask"),
    path("<int:duty_id>/", views.regime, name="regime"),
    path("<int:duty_id>/sua/", acting.change, name="change"),
    path("<int:duty_id>/thoi-ap-dung/", acting.end, name="end"),
    path("<int:duty_id>/co-viec/", acting.incident, name="incident"),
]
