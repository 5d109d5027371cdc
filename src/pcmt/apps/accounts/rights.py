"""The roles, and what each may see and change: one table for the whole house.

Rows are models, columns are roles; each cell says how far seeing reaches and how far changing reaches. The querysets'
`visible_to` and the policies of the other rooms ask this table, and a test walks every model, role and unit against it.
Rooms above this one are named by the label of their models, so that the table can stand in one place; rooms below ask
the actor, who knows the table. `docs/dev/rights.md` is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import IntEnum

import attrs
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does at a unit, the most telling first: who holds several begins the day in the first of them."""

    STANDING_OFFICE = "standing_office", _("Cơ quan thường trực")
    LEADER = "leader", _("Lãnh đạo")
    OFFICER = "officer", _("Cán bộ")
    COMMUNE_OFFICER = "commune_officer", _("Cán bộ cấp xã")
    REGISTER_KEEPER = "register_keeper", _("Người giữ hồ sơ quản lý")
    HEALTH_OFFICER = "health_officer", _("Cán bộ y tế")
    TIP_OFFICER = "tip_officer", _("Cán bộ tiếp nhận tin báo")
    CUSTODIAN = "custodian", _("Người giữ danh tính người báo tin")
    REVIEWER = "reviewer", _("Người thẩm định")
    AUDITOR = "auditor", _("Kiểm toán")
    ADMINISTRATOR = "administrator", _("Quản trị")


class Reach(IntEnum):
    """How far a right reaches, each step holding the ones before it."""

    NOTHING = 0
    OWN = 1  # what one made, was given or owes oneself
    NAMED = 2  # plans in force that name one's unit or were issued by it or above it
    SUBTREE = 3  # NAMED, and whatever belongs to one's unit and the units below it
    AREA = 4  # SUBTREE, and whatever belongs to the committee one's unit serves and the units below it
    ALL = 5


@attrs.frozen
class Right:
    """How far seeing and changing reach."""

    see: Reach
    change: Reach = Reach.NOTHING


LETTERS = {
    "-": Reach.NOTHING,
    "O": Reach.OWN,
    "N": Reach.NAMED,
    "S": Reach.SUBTREE,
    "A": Reach.AREA,
    "E": Reach.ALL,
}

# A cell is how far the role sees, then how far it changes: "AS" sees the area and changes the subtree, "S" only sees.
# fmt: off
_TABLE = {
    #                               stan lead offi comm regi heal tip  cust revi audi admi
    #                               ding er   cer  une  ster th   offi odi  ewer tor  nis-
    #                               offi           offi kee  offi cer  an             tra-
    #                               ce             cer  per  cer                      tor
    "audit.Entry":                " S    S    O    O    O    O    O    O    S    S    O",
    "audit.Day":                  " -    -    -    -    -    -    -    -    -    -    -",
    "jobs.WorkerBeat":            " -    -    -    -    -    -    -    -    -    -    E",
    "jobs.Cron":                  " -    -    -    -    -    -    -    -    -    -    EE",
    "units.Unit":                 " EA   E    E    E    E    E    E    E    E    E    EA",
    "units.UnitLink":             " EA   E    E    E    E    E    E    E    E    E    EA",
    "units.UnitClosure":          " EA   E    E    E    E    E    E    E    E    E    EA",
    "units.Succession":           " EA   E    E    E    E    E    E    E    E    E    EA",
    "units.UnitName":             " EA   E    E    E    E    E    E    E    E    E    EA",
    "units.UnitFunction":         " EA   E    E    E    E    E    E    E    E    E    EA",
    "units.Reorganisation":       " EA   E    E    E    E    E    E    E    E    E    EA",
    "units.UnitImport":           " AA   -    -    -    -    -    -    -    -    -    AA",
    "units.UnitAlias":            " EA   E    E    E    E    E    E    E    E    E    EA",
    "units.GroupMember":          " EA   E    E    E    E    E    E    E    E    E    EA",
    "accounts.User":              " S    S    O    O    O    O    O    O    O    S    AA",
    "accounts.Grant":             " S    S    O    O    O    O    O    O    O    S    AA",
    "accounts.Invitation":        " S    S    -    -    -    -    -    -    -    S    AA",
    "accounts.PasswordReset":     " -    -    -    -    -    -    -    -    -    -    -",
    "accounts.Letter":            " -    -    -    -    -    -    -    -    -    -    -",
    "accounts.SessionMark":       " O    O    O    O    O    O    O    O    O    O    O",
    "accounts.SavedFilter":       " O    O    O    O    O    O    O    O    O    O    O",
    "notices.Notice":             " O    O    O    O    O    O    O    O    O    O    O",
    "notices.Preference":         " O    O    O    O    O    O    O    O    O    O    O",
    "notices.Mute":               " O    O    O    O    O    O    O    O    O    O    O",
    "notices.Digest":             " O    O    O    O    O    O    O    O    O    O    O",
    "plans.SourceFile":           " AS   S    N    N    N    N    N    N    S    S    N",
    "plans.Plan":                 " AS   S    N    N    N    N    N    N    S    S    N",
    "plans.PlanUnit":             " AS   S    N    N    N    N    N    N    S    S    N",
    "plans.Revision":             " AS   S    N    N    N    N    N    N    S    S    N",
    "plans.Clause":               " AS   S    N    N    N    N    N    N    S    S    N",
    "plans.Item":                 " AS   S    N    N    N    N    N    N    S    S    N",
    "plans.ItemChange":           " AS   S    N    N    N    N    N    N    S    S    N",
    "plans.BodyMatch":            " AS   S    N    N    N    N    N    N    S    S    N",
    "plans.PlanEvent":            " AS   S    N    N    N    N    N    N    S    S    N",
    "plans.Meeting":              " AA   S    S    S    S    S    S    S    S    S    -",
    "facts.Element":              " E    E    E    E    E    E    E    E    E    E    EE",
    "facts.ElementVersion":       " E    E    E    E    E    E    E    E    E    E    EE",
    "facts.Indicator":            " E    E    E    E    E    E    E    E    E    E    EE",
    "facts.IndicatorVersion":     " E    E    E    E    E    E    E    E    E    E    EE",
    "facts.Form":                 " EA   E    E    E    E    E    E    E    E    E    EA",
    "facts.FormLine":             " EA   E    E    E    E    E    E    E    E    E    EA",
    "facts.Recording":            " AA   S    SS   SS   S    SS   SS   SS   S    S    -",
    "facts.Fact":                 " AA   S    SS   SS   S    SS   SS   SS   S    S    -",
    "facts.SheetImport":          " AA   S    SS   SS   S    SS   SS   SS   S    S    -",
    "facts.KeptSpan":             " E    E    E    E    E    E    E    E    E    E    E",
    "facts.CountedUnit":          " E    E    E    E    E    E    E    E    E    E    E",
    "facts.Reconciliation":       " AA   S    SS   SS   AA   S    SS   SS   S    S    -",
    "facts.RollUp":               " E    E    E    E    E    E    E    E    E    E    E",
    "facts.Cell":                 " A    S    S    S    S    S    S    S    S    S    -",
    "targets.Target":             " AS   S    N    N    N    N    N    N    S    S    N",
    "targets.Allocation":         " AS   S    N    N    N    N    N    N    S    S    N",
    "targets.Edition":            " AS   S    N    N    N    N    N    N    S    S    N",
    "targets.Measure":            " AS   S    N    N    N    N    N    N    S    S    N",
    "targets.BaselineFigure":     " AS   S    N    N    N    N    N    N    S    S    N",
    "targets.Remark":             " AS   S    N    N    N    N    N    N    S    S    N",
    "targets.Standing":           " AS   S    N    N    N    N    N    N    S    S    N",
    "targets.StandingChange":     " AS   S    N    N    N    N    N    N    S    S    N",
    "tasks.Task":                 " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "tasks.TaskParty":            " AS   S    N    N    N    N    N    N    S    S    N",
    "tasks.DueItem":              " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "tasks.ProgressNote":         " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "tasks.Reminder":             " AS   S    N    N    N    N    N    N    S    S    N",
    "tasks.NoteFile":             " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "tasks.Extension":            " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "tasks.Comment":              " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "tasks.CalendarFeed":         " O    O    O    O    O    O    O    O    O    O    O",
    "tasks.FeedEntry":            " -    -    -    -    -    -    -    -    -    -    -",
    "tasks.Dependency":           " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "tasks.TaskTarget":           " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "tasks.Batch":                " OO   -    OO   OO   OO   OO   OO   OO   -    -    -",
    "tasks.Urging":               " AS   S    O    O    O    O    O    O    S    S    O",
    "tasks.UrgingItem":           " AS   S    O    O    O    O    O    O    S    S    O",
    "tasks.Decision":             " AA   S    S    S    S    S    S    S    S    S    -",
    "tasks.Minutes":              " AA   S    S    S    S    S    S    S    S    S    -",
    "registers.Subject":          " -    -    -    -    AA   A    -    -    -    -    -",
    "registers.Identity":         " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.NameKey":          " -    -    -    -    A    -    -    -    -    -    -",
    "registers.Stay":             " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.Transfer":         " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.MergeCase":        " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.Paper":            " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.Spell":            " -    -    -    -    AA   A    -    -    -    -    -",
    "registers.Pause":            " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.Renewal":          " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.Clock":            " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.TestPlan":         " EA   E    E    E    EA   E    E    E    E    E    E",
    "registers.DrugTest":         " -    -    -    -    AA   AA   -    -    -    -    -",
    "registers.ResidenceCheck":   " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.Episode":          " -    -    -    -    AA   AA   -    -    -    -    -",
    "registers.EpisodeStage":     " -    -    -    -    AA   AA   -    -    -    -    -",
    "registers.Support":          " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.Team":             " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.TeamMember":       " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.Pledge":           " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.Visit":            " OO   OO   -    -    AO   OO   -    -    -    A    -",
    "registers.Reading":          " -    -    -    -    A    -    -    -    -    A    -",
    "registers.BreakGlass":       " OO   OO   -    -    AA   OO   -    -    -    A    -",
    "registers.LegalHold":        " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.DataRequest":      " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.RegisterExport":   " -    -    -    -    A    -    -    -    -    A    -",
    "registers.RegisterImport":   " -    -    -    -    OO   -    -    -    -    -    -",
    "registers.Device":           " -    -    -    -    OO   -    -    -    -    -    -",
    "registers.OfflineConflict":  " -    -    -    -    AA   -    -    -    -    -    -",
    "registers.CountMark":        " -    -    -    -    -    -    -    -    -    -    -",
    "activities.Kind":            " EA   E    E    E    E    E    E    E    E    E    EA",
    "activities.KindVersion":     " EA   E    E    E    E    E    E    E    E    E    EA",
    "activities.Place":           " AA   S    SS   SS   SS   SS   SS   -    S    S    -",
    "activities.PlaceSpell":      " AA   S    SS   SS   SS   SS   SS   -    S    S    -",
    "activities.PlaceBefore":     " AA   S    SS   SS   SS   SS   SS   -    S    S    -",
    "activities.Event":           " AA   S    SS   SS   SS   SS   SS   -    S    S    -",
    "activities.EventPlace":      " AA   S    SS   SS   SS   SS   SS   -    S    S    -",
    "activities.EventFile":       " AA   S    SS   SS   SS   SS   SS   -    S    S    -",
    "activities.EventStep":       " AA   S    SS   SS   SS   SS   SS   -    S    S    -",
    "activities.KeptSince":       " E    E    E    E    E    E    E    E    E    E    E",
    "activities.EventMark":       " -    -    -    -    -    -    -    -    -    -    -",
    "activities.RecordSheet":     " OO   -    OO   OO   OO   OO   OO   -    -    -    -",
    "activities.OfflineEntry":    " AA   -    SS   SS   SS   SS   SS   -    -    -    -",
    "tips.TipTeam":               " EA   E    E    E    E    E    E    E    E    E    EA",
    "tips.Tip":                   " -    -    -    -    -    -    SS   -    -    -    -",
    "tips.TipNamed":              " -    -    -    -    -    -    SS   -    -    -    -",
    "tips.TipIdentity":           " -    -    -    -    -    -    -    A    -    -    -",
    "tips.IdentityAsk":           " -    -    -    -    -    -    -    AA   -    A    -",
    "tips.TipMessage":            " -    -    -    -    -    -    SS   -    -    -    -",
    "tips.TipFile":               " -    -    -    -    -    -    SS   -    -    -    -",
    "tips.TipStep":               " -    -    -    -    -    -    SS   -    -    -    -",
    "tips.TipMark":               " -    -    -    -    -    -    -    -    -    -    -",
    "projects.ProjectSheet":      " AS   S    N    N    N    N    N    N    S    S    N",
    "projects.Stage":             " AS   S    N    N    N    N    N    N    S    S    N",
    "projects.Milestone":         " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "projects.Review":            " AS   S    N    N    N    N    N    N    S    S    N",
    "projects.MoneySource":       " AS   S    N    N    N    N    N    N    S    S    N",
    "projects.MoneyLine":         " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "projects.MoneyEntry":        " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "projects.MoneySheet":        " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "projects.MoneyYear":         " AS   S    N    N    N    N    N    N    S    S    N",
    "reports.Duty":               " AS   S    N    N    N    N    N    N    S    S    N",
    "reports.DutyReporter":       " AS   S    N    N    N    N    N    N    S    S    N",
    "reports.DutyTask":           " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "reports.DutyOccurrence":     " AS   S    NO   NO   NO   NO   NO   NO   S    S    N",
    "reports.ReportForm":         " EA   E    E    E    E    E    E    E    E    E    E",
    "reports.ReportFormVersion":  " EA   E    E    E    E    E    E    E    E    E    E",
    "reports.Submission":         " AA   SO   OO   OO   OO   OO   OO   OO   S    S    -",
    "reports.SubmissionSection":  " AA   SO   OO   OO   OO   OO   OO   OO   S    S    -",
    "reports.SubmissionFigure":   " AA   SO   OO   OO   OO   OO   OO   OO   S    S    -",
    "reports.SubmissionEdition":  " AA   SO   OO   OO   OO   OO   OO   OO   S    S    -",
    "reports.SubmissionStep":     " AA   SO   OO   OO   OO   OO   OO   OO   S    S    -",
    "reports.SectionComment":     " AA   SO   OO   OO   OO   OO   OO   OO   S    S    -",
    "reports.SubmissionPicture":  " AA   SO   OO   OO   OO   OO   OO   OO   S    S    -",
    "reports.Consolidation":      " AA   SO   OO   OO   OO   OO   OO   OO   S    S    -",
    "reports.ConsolidationPart":  " AA   SO   OO   OO   OO   OO   OO   OO   S    S    -",
    "reports.Restatement":        " AA   SO   OO   OO   OO   OO   OO   OO   S    S    -",
    "reports.ExportBatch":        " OO   OO   OO   OO   OO   OO   OO   OO   OO   OO   -",
}
# fmt: on


def _row(cells: str) -> Mapping[str, Right]:
    return {role: Right(*(LETTERS[letter] for letter in cell)) for role, cell in zip(Role, cells.split(), strict=True)}


RIGHTS: Mapping[str, Mapping[str, Right]] = {label: _row(cells) for label, cells in _TABLE.items()}


@attrs.frozen
class Actor:
    """Who acts, in which role, at which unit, as of which day. Rights are asked of this value and nothing else.

    `mark` is what stands before the post in a signature: `Q.`, `KT.`, `TUQ.` or nothing.
    """

    user_id: int
    name: str
    role: str
    unit_id: int
    unit_name: str
    on: date
    grant_id: int | None = None
    mark: str = ""

    @property
    def role_label(self) -> str:
        """The role in words, with the mark of an acting head, a substitute or a delegate."""
        label = str(Role(self.role).label)
        return f"{self.mark} {label}" if self.mark else label

    def sees(self, label: str) -> Reach:
        """How far the actor sees rows of a model."""
        return RIGHTS[label][self.role].see

    def changes(self, label: str) -> Reach:
        """How far the actor changes rows of a model."""
        return RIGHTS[label][self.role].change

    def sees_below(self, label: str) -> bool:
        """Whether the actor sees whatever belongs to the own unit and the units below it, or more."""
        return self.sees(label) >= Reach.SUBTREE

    def changes_below(self, label: str) -> bool:
        """Whether the actor changes whatever belongs to the own unit and the units below it, or more."""
        return self.changes(label) >= Reach.SUBTREE
