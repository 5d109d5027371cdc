"""Defining a regime, saying it anew, ending it; asking for a report at once; something happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan, PlanState, below
from pcmt.apps.reports.models import Duty, DutyState, Origin, ReportForm
from pcmt.apps.reports.operations.regimes import (
    RegimeText,
    change_regime,
    define_regime,
    end_regime,
    report_incident,
    request_report,
)
from pcmt.apps.reports.policies import asks_reports, can_keep_regimes
from pcmt.apps.reports.queries.forms import ready_form
from pcmt.apps.reports.queries.regimes import bodies_of, reports_for
from pcmt.core.diagnostics import Refusal
from pcmt.web.regimes.forms import AskPlanForm, ChangeForm, DefineForm, EndForm, IncidentForm, RequestForm, pick_lines
from pcmt.web.regimes.words import kind_words
from pcmt.web.shell.access import acting
from pcmt.web.tasks.page import seen_due
