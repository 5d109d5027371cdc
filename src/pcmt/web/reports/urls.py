"""Báo cáo: lists, the page of a report, its acts, its consolidation, its documents."""

from django.urls import URLPattern

app_name = "reports"
urlpatterns: list[URLPattern] = [
    # lists
    # the page of a report
    # acts on its way
    # consolidation
    # documents
]
