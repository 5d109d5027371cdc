"""One's saved filters: the list of them, saving, changing, removing."""

from django.urls import path

from pcmt.web.filters import views

app_name = "filters"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("luu/", views.save, name="save"),
    path("<int:filter_id>/", views.change, name="change"),
    path("<int:filter_id>/xoa/", views.remove, name="remove"),
]
