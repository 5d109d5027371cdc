"""Units over time.

A *unit* is an administrative unit (which also stands for its People's Committee), an agency, an office inside one,
or a group: a class of units named together, such as "các sở, ban, ngành". The tree is held by dated links; the
closure table keeps every ancestor pair with the days on which it holds, so that any subtree is one join.
All windows are half-open: `valid_to` is the first day on which something no longer holds.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.units.functions import function_label
from pcmt.apps.units.names import name_key


class Acting(Protocol):
    """What the rows of this room need to know of an actor (`policies.Officer` has more of it)."""

    @property
    def unit_id(self) -> int:
        """The unit at which the actor acts."""

    @property
    def on(self) -> date:
        """The day on which the actor acts."""

    def changes_below(self, label: str) -> bool:
        """Whether the right to change rows of a model reaches the whole of the own unit and the units below it."""


def holds_on(on: date, prefix: str = "") -> Q:
    """The rows whose half-open window holds the day; `prefix` leads to the window, such as "closure_up__"."""
    still = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    begun = Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": on})
    return begun & still


def window_in_order(name: str) -> models.CheckConstraint:
    """The database refuses a half-open window that is empty or runs backwards."""
    return models.CheckConstraint(
        name=name,
        condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
    )


class UnitKind(models.TextChoices):
    """What sort of body a unit is."""

    ADMINISTRATIVE = "administrative", _("Đơn vị hành chính")
    AGENCY = "agency", _("Cơ quan")
    OFFICE = "office", _("Bộ phận")
    GROUP = "group", _("Nhóm đơn vị")


class Level(models.TextChoices):
    """The level of government a unit belongs to."""

    CENTRAL = "central", _("Trung ương")
    PROVINCE = "province", _("Cấp tỉnh")
    DISTRICT = "district", _("Cấp huyện")
    COMMUNE = "commune", _("Cấp xã")
    HAMLET = "hamlet", _("Thôn, tổ dân phố")
    SCHOOL = "school", _("Trường học")
    OTHER = "other", _("Khác")


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units as of a day, below and above one another."""

    def as_of(self, on: date) -> UnitQuerySet:
        """Units that exist on the day."""
        return self.filter(holds_on(on))

    def visible_to(self, actor: object | None) -> UnitQuerySet:
        """Everyone signed in sees the list of units; it holds nothing but public names."""
        return self.all() if actor is not None else self.none()

    def under(self, unit_id: int, on: date) -> UnitQuerySet:
        """The unit and everything below it on the day."""
        below = UnitClosure.objects.filter(holds_on(on), ancestor_id=unit_id).values("descendant_id")
        return self.filter(pk__in=below)

    def above(self, unit_id: int, on: date) -> UnitQuerySet:
        """The unit and everything above it on the day."""
        up = UnitClosure.objects.filter(holds_on(on), descendant_id=unit_id).values("ancestor_id")
        return self.filter(pk__in=up)

    def called_like(self, words: str) -> UnitQuerySet:
        """Units that have, had or will have a name with all of the words in it, as people call them too.

        Tone marks do not matter, abbreviations are written out.
        """
        found = self
        for word in name_key(words).split():
            old = UnitName.objects.filter(search_key__contains=word).values("unit_id")
            other = UnitAlias.objects.filter(search_key__contains=word).values("unit_id")
            found = found.filter(Q(search_key__contains=word) | Q(pk__in=old) | Q(pk__in=other))
        return found

    def having(self, function: str, on: date) -> UnitQuerySet:
        """Units that have a function on the day."""
        return self.filter(pk__in=UnitFunction.objects.as_of(on).filter(function=function).values("unit_id"))

    def in_official_order(self) -> UnitQuerySet:
        """Vietnamese alphabetical order by name."""
        return self.order_by("sort_key", "pk")


class Unit(models.Model):
    """An administrative unit, an agency or office, or a group of units.

    Names (with the keys made of them) are the newest that have begun; those before and to come are in `UnitName`.
    """

    name = models.CharField("tên", max_length=300)
    short_name = models.CharField("tên gọn", max_length=120, blank=True)
    search_key = models.CharField(max_length=300, db_index=True, editable=False)
    sort_key = models.CharField(max_length=600, db_index=True, editable=False)
    kind = models.CharField("loại", max_length=20, choices=UnitKind.choices)
    level = models.CharField("cấp", max_length=20, choices=Level.choices)
    code = models.CharField("mã", max_length=35, blank=True, db_index=True)
    identifier = models.CharField("mã định danh điện tử", max_length=35, blank=True, db_index=True)
    valid_from = models.DateField("có từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị"
        constraints = [window_in_order("unit_window_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """The name for narrow places."""
        return self.short_name or self.name


class UnitNameQuerySet(models.QuerySet["UnitName"]):
    """Dated names."""

    def as_of(self, on: date) -> UnitNameQuerySet:
        return self.filter(holds_on(on))

    def visible_to(self, actor: object | None) -> UnitNameQuerySet:
        return self.all() if actor is not None else self.none()


class UnitName(models.Model):
    """What a unit is called during the window.

    Only units that change their name have rows here; theirs follow one another without a gap over their whole time.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="names")
    name = models.CharField("tên", max_length=300)
    short_name = models.CharField("tên gọn", max_length=120, blank=True)
    search_key = models.CharField(max_length=300, db_index=True, editable=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = UnitNameQuerySet.as_manager()

    class Meta:
        verbose_name = "tên theo thời gian"
        constraints = [
            window_in_order("unit_name_window_in_order"),
            models.UniqueConstraint(fields=["unit"], name="unit_name_one_first", condition=Q(valid_from__isnull=True)),
            models.UniqueConstraint(fields=["unit"], name="unit_name_one_last", condition=Q(valid_to__isnull=True)),
            models.UniqueConstraint(fields=["unit", "valid_from"], name="unit_name_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.name


class UnitFunctionQuerySet(models.QuerySet["UnitFunction"]):
    """Dated functions of units."""

    def as_of(self, on: date) -> UnitFunctionQuerySet:
        return self.filter(holds_on(on))

    def visible_to(self, actor: object | None) -> UnitFunctionQuerySet:
        return self.all() if actor is not None else self.none()


class UnitFunction(models.Model):
    """A unit has a function (a key of `functions.FUNCTIONS`) during the window."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="functions")
    function = models.CharField("chức năng", max_length=40)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = UnitFunctionQuerySet.as_manager()

    class Meta:
        verbose_name = "chức năng của đơn vị"
        constraints = [
            window_in_order("unit_function_window_in_order"),
            models.UniqueConstraint(
                fields=["unit", "function"], name="unit_function_once", condition=Q(valid_to__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.label}"

    @property
    def label(self) -> str:
        """The function in words."""
        return function_label(self.function)


class UnitLinkQuerySet(models.QuerySet["UnitLink"]):
    """Dated links."""

    def as_of(self, on: date) -> UnitLinkQuerySet:
        return self.filter(holds_on(on))

    def visible_to(self, actor: object | None) -> UnitLinkQuerySet:
        return self.all() if actor is not None else self.none()


class UnitLink(models.Model):
    """`child` stands under `parent` during the window; a unit has one parent a day."""

    parent = models.ForeignKey(Unit, models.PROTECT, related_name="links_down")
    child = models.ForeignKey(Unit, models.PROTECT, related_name="links_up")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = UnitLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "quan hệ trực thuộc"
        constraints = [
            window_in_order("unit_link_window_in_order"),
            models.CheckConstraint(name="unit_link_not_to_itself", condition=~Q(parent=F("child"))),
        ]

    def __str__(self) -> str:
        return f"{self.child} / {self.parent}"


class UnitClosureQuerySet(models.QuerySet["UnitClosure"]):
    """Dated ancestor pairs."""

    def as_of(self, on: date) -> UnitClosureQuerySet:
        return self.filter(holds_on(on))

    def visible_to(self, actor: object | None) -> UnitClosureQuerySet:
        return self.all() if actor is not None else self.none()


class UnitClosure(models.Model):
    """Every ancestor of every unit, itself at depth 0, with the days on which it holds. Made from the links."""

    ancestor = models.ForeignKey(Unit, models.CASCADE, related_name="closure_down")
    descendant = models.ForeignKey(Unit, models.CASCADE, related_name="closure_up")
    depth = models.PositiveSmallIntegerField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = UnitClosureQuerySet.as_manager()

    class Meta:
        verbose_name = "quan hệ bao gồm"
        constraints = [window_in_order("unit_closure_window_in_order")]
        indexes = [
            models.Index(fields=["ancestor", "descendant"], name="unit_closure_down"),
            models.Index(fields=["descendant", "ancestor"], name="unit_closure_up"),
        ]

    def __str__(self) -> str:
        return f"{self.ancestor_id} > {self.descendant_id} ({self.depth})"


class SuccessionQuerySet(models.QuerySet["Succession"]):
    """What units leave to one another."""

    def visible_to(self, actor: object | None) -> SuccessionQuerySet:
        return self.all() if actor is not None else self.none()


class SuccessionPart(models.TextChoices):
    """How much of a unit goes to its successor."""

    WHOLE = "whole", "Toàn bộ"
    PART = "part", "Một phần"
    DUTIES = "duties", "Chỉ nhiệm vụ"


class Succession(models.Model):
    """What `old` leaves to `new` on a day.

    Parts of a divided unit go in proportion to `measure`; a unit that goes on smaller is among its own successors.
    With `duties` only what it owed goes over: its figures are counted through the units below it. The one `heir` of a
    unit that ends takes its tasks. `pcmt.core.units` has the rules.
    """

    on = models.DateField("từ ngày")
    old = models.ForeignKey(Unit, models.PROTECT, related_name="successions_down")
    new = models.ForeignKey(Unit, models.PROTECT, related_name="successions_up")
    part = models.CharField(max_length=10, choices=SuccessionPart.choices, default=SuccessionPart.WHOLE)
    measure = models.PositiveBigIntegerField(default=1)
    heir = models.BooleanField(default=True)
    estimated = models.BooleanField(default=False)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = "kế thừa giữa các đơn vị"
        constraints = [
            models.UniqueConstraint(fields=["old", "on", "new"], name="unit_succession_once"),
            models.UniqueConstraint(fields=["old", "on"], name="unit_succession_one_heir", condition=Q(heir=True)),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id} ({self.on})"


class UnitAliasQuerySet(models.QuerySet["UnitAlias"]):
    """Other names of units."""

    def visible_to(self, actor: object | None) -> UnitAliasQuerySet:
        return self.all() if actor is not None else self.none()


class UnitAlias(models.Model):
    """Another name of a unit, as documents write it inside the area `scope` (everywhere when there is none).

    The same words mean different bodies in different places ("Công an xã"), hence the scope. Names that a person
    corrected while reviewing a plan are learned here.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=300)
    search_key = models.CharField(max_length=300, editable=False)
    scope = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="scoped_aliases")
    learned_by_id = models.BigIntegerField(null=True, blank=True)
    learned_by_name = models.CharField(max_length=200, blank=True)
    learned_at = models.DateTimeField(null=True, blank=True)

    objects = UnitAliasQuerySet.as_manager()

    class Meta:
        verbose_name = "tên gọi khác"
        constraints = [
            models.UniqueConstraint(
                fields=["search_key", "scope"], name="unit_alias_once_in_scope", condition=Q(scope__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["search_key"], name="unit_alias_once_everywhere", condition=Q(scope__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} = {self.unit}"


class GroupMemberQuerySet(models.QuerySet["GroupMember"]):
    """Dated members of groups."""

    def as_of(self, on: date) -> GroupMemberQuerySet:
        return self.filter(holds_on(on))

    def visible_to(self, actor: object | None) -> GroupMemberQuerySet:
        return self.all() if actor is not None else self.none()


class GroupMember(models.Model):
    """A unit that a group means, such as one ward of "UBND các phường", during the window."""

    group = models.ForeignKey(Unit, models.CASCADE, related_name="members")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="memberships")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "thành viên của nhóm"
        constraints = [
            window_in_order("group_member_window_in_order"),
            models.UniqueConstraint(
                fields=["group", "unit"], name="group_member_once", condition=Q(valid_to__isnull=True)
            ),
            models.CheckConstraint(name="group_not_in_itself", condition=~Q(group=F("unit"))),
        ]

    def __str__(self) -> str:
        return f"{self.unit} ∈ {self.group}"


class ImportKind(models.TextChoices):
    """What an imported list holds."""

    HAMLETS = "hamlets", _("Thôn, bản, tổ dân phố")
    SCHOOLS = "schools", _("Trường học")
    BODIES = "bodies", _("Cơ quan khác")


class ImportState(models.TextChoices):
    """Where an import stands."""

    WAITING = "waiting", _("Đang xem trước")
    DONE = "done", _("Đã nhập")
    UNDONE = "undone", _("Đã hoàn tác")
    WITHDRAWN = "withdrawn", _("Đã bỏ")


class UnitImportQuerySet(models.QuerySet["UnitImport"]):
    """Imports of lists of units."""

    def visible_to(self, actor: Acting | None) -> UnitImportQuerySet:
        """Who keeps units sees what was imported into the area of the committee that the own unit serves."""
        if actor is None or not actor.changes_below("units.UnitImport"):
            return self.none()
        served = (
            UnitClosure.objects.filter(
                holds_on(actor.on), descendant_id=actor.unit_id, ancestor__kind=UnitKind.ADMINISTRATIVE
            )
            .order_by("depth")
            .values("ancestor_id")[:1]
        )
        within = UnitClosure.objects.filter(holds_on(actor.on), ancestor__in=served).values("descendant_id")
        return self.filter(area__in=within)


class UnitImport(models.Model):
    """A list of units that came in as a workbook: its cells as text, how they are read, and what became of them.

    `grid` is that of `pcmt.documents`; `columns` maps headings to fields, as a person put it, and is remembered for the
    next list of the same `owner`. `made` holds the ids of the units and aliases that the import made and, of those it
    changed, the values before and after: that is what undoing needs.
    """

    kind = models.CharField("nội dung", max_length=10, choices=ImportKind.choices)
    area = models.ForeignKey(Unit, models.PROTECT, related_name="imports")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField("tên tệp", max_length=255)
    grid = models.JSONField(default=list)
    columns = models.JSONField(default=dict, blank=True)
    by_hand = models.JSONField(default=dict, blank=True)
    state = models.CharField("tình trạng", max_length=10, choices=ImportState.choices, default=ImportState.WAITING)
    made = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    by_id = models.BigIntegerField(null=True, blank=True)
    by_name = models.CharField("người gửi", max_length=200, blank=True)
    at = models.DateTimeField("gửi lúc")
    done_at = models.DateTimeField("nhập lúc", null=True, blank=True)
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True)

    objects = UnitImportQuerySet.as_manager()

    class Meta:
        verbose_name = "lần nhập đơn vị"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "state"], name="unit_import_of_owner")]

    def __str__(self) -> str:
        return self.name


class ReorganisationKind(models.TextChoices):
    """What happens, in one word: that of its first event, or that there are several."""

    MERGER = "merger", _("Sáp nhập, hợp nhất")
    DIVISION = "division", _("Chia, tách")
    DISSOLUTION = "dissolution", _("Giải thể, kết thúc hoạt động")
    RENAMING = "renaming", _("Đổi tên")
    MOVE = "move", _("Chuyển cấp trực thuộc")
    TRANSFER = "transfer", _("Chuyển chức năng")
    FOUNDING = "founding", _("Thành lập mới")
    SEVERAL = "several", _("Sắp xếp nhiều đơn vị")


class ReorganisationState(models.TextChoices):
    """Where a reorganisation stands."""

    PLANNED = "planned", _("Chờ đến ngày")
    CARRIED_OUT = "carried_out", _("Đã thực hiện")
    CANCELLED = "cancelled", pgettext_lazy("sắp xếp đơn vị", "Đã hủy")


class ReorganisationQuerySet(models.QuerySet["Reorganisation"]):
    """Reorganisations."""

    def visible_to(self, actor: object | None) -> ReorganisationQuerySet:
        """Everyone signed in: what befalls units is public."""
        return self.all() if actor is not None else self.none()


class Reorganisation(models.Model):
    """What happens to units on a day, by one decision: events that go together, and what followed.

    The tree is written with its dates as soon as a reorganisation is planned; what hangs on units (roles, plans, work)
    follows on the day, see `followers`. `events` are those of the core with the ids of rows, `made` says which unit
    each new one became, `before` and `after` how the units concerned stood: that is what a cancellation puts back.
    """

    kind = models.CharField("hình thức", max_length=20, choices=ReorganisationKind.choices)
    on = models.DateField("từ ngày")
    title = models.CharField("tên gọi", max_length=300)
    ground = models.CharField("căn cứ", max_length=500, blank=True)
    state = models.CharField(
        "tình trạng", max_length=20, choices=ReorganisationState.choices, default=ReorganisationState.PLANNED
    )
    events = models.JSONField(default=list)
    made = models.JSONField(default=dict, blank=True)
    due_item_ids = models.JSONField(default=list, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    followed = models.JSONField(default=list, blank=True)
    units = models.ManyToManyField(Unit, related_name="reorganisations", blank=True)
    planned_by_id = models.BigIntegerField(null=True, blank=True)
    planned_by_name = models.CharField("người lập", max_length=200, blank=True)
    planned_at = models.DateTimeField("lập lúc")
    carried_out_at = models.DateTimeField("thực hiện lúc", null=True, blank=True)
    cancelled_by_id = models.BigIntegerField(null=True, blank=True)
    cancelled_by_name = models.CharField("người hủy", max_length=200, blank=True)
    cancelled_at = models.DateTimeField("hủy lúc", null=True, blank=True)
    cancel_reason = models.CharField("lý do hủy", max_length=500, blank=True)

    objects = ReorganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "sắp xếp đơn vị"
        ordering = ["on", "pk"]
        indexes = [models.Index(fields=["state", "on"], name="reorganisation_due")]
        constraints = [
            models.CheckConstraint(
                name="reorganisation_state_has_time",
                condition=Q(state=ReorganisationState.PLANNED, carried_out_at__isnull=True, cancelled_at__isnull=True)
                | Q(state=ReorganisationState.CARRIED_OUT, carried_out_at__isnull=False, cancelled_at__isnull=True)
                | Q(state=ReorganisationState.CANCELLED, carried_out_at__isnull=True, cancelled_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title
