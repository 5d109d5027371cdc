"""The log, for auditors."""

from django.urls import path, register_converter

from pcmt.web.audit import acts, views


class Label:
    """The label of a model, such as `plans.Plan`."""

    regex = r"[a-z_]+\.[A-Za-z]+"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(Label, "label")

app_name = "audit"
urlpatterns = [
    path("", views.entries, name="list"),
    path("tai-ve/<str:form>/", views.export, name="export"),
    path("muc/<label:label>/<str:pk>/", views.thing, name="thing"),
    path("da-in/", acts.printed, name="printed"),
]
