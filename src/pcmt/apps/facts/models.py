"""What is counted and every number that was ever told.

An *element* says how its numbers add up, and never changes that; its words are dated *versions*. An *indicator* is a
sum of elements or a share of one sum in another. A *form* asks units for elements period by period. A *fact* is a
number told for (element, unit, period, breakdown); it is never changed or deleted: who tells another number closes the
one before, so that what was known at any moment can be asked again. A *recording* is one act of telling: who, when,
from where. *Cells* are the sums of everything below a unit, kept as numbers come in (`operations.rolling`).

Numbers are whole multiples of 10 to the power of minus the element's `places`: exact in both databases. All periods are
half-open: `end` is the first day outside.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor, User, reached_units
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.units.models import Level, Unit, holds_on, window_in_order
from pcmt.core.measures import Nature, OverTime, OverUnits
from pcmt.core.periods import ADMINISTRATIVE, STATISTICAL, Kind


class OpenQuerySet(models.QuerySet[models.Model]):
    """Rows that everyone signed in sees: the catalogue and the forms name no person and hold no figure."""

    def visible_to(self, actor: Actor | None) -> OpenQuerySet:
        return self.all() if actor is not None else self.none()


class DatedQuerySet(OpenQuerySet):
    """Rows of the catalogue with a half-open window."""

    def as_of(self, on: object) -> DatedQuerySet:
        return self.filter(holds_on(on))  # type: ignore[arg-type]


class Element(models.Model):
    """A data element: how its numbers add up. None of this changes; a number that means something else is another one.

    `places` is how many decimals its numbers have, from 0 (persons, cases) to 4. `version` grows with every change of
    it or of its versions.
    """

    NATURES = {Nature.FLOW: _("Phát sinh trong kỳ"), Nature.STOCK: _("Hiện có cuối kỳ")}
    TIMES = {
        OverTime.SUM: _("cộng các kỳ"),
        OverTime.LAST: _("lấy kỳ cuối"),
        OverTime.MAX: _("lấy kỳ cao nhất"),
        OverTime.MEAN: _("bình quân theo ngày"),
        OverTime.NONE: _("không gộp các kỳ"),
    }
    UNITS = {OverUnits.SUM: _("cộng các đơn vị"), OverUnits.NONE: _("không cộng các đơn vị")}

    code = models.CharField("mã", max_length=60, unique=True)
    nature = models.CharField("tính chất", max_length=10, choices=[(str(k), v) for k, v in NATURES.items()])
    over_time = models.CharField("gộp theo thời gian", max_length=10, choices=[(str(k), v) for k, v in TIMES.items()])
    over_units = models.CharField("gộp theo đơn vị", max_length=10, choices=[(str(k), v) for k, v in UNITS.items()])
    places = models.PositiveSmallIntegerField("số chữ số thập phân", default=0)
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "chỉ tiêu thống kê"
        ordering = ["order", "pk"]
        constraints = [models.CheckConstraint(name="element_places", condition=Q(places__lte=4))]

    def __str__(self) -> str:
        return self.code

    def number(self, value: int) -> Decimal:
        """The number that a stored value stands for."""
        return Decimal(value).scaleb(-self.places)


class ElementVersion(models.Model):
    """What an element is called during a window, what its numbers count, by what it is split, and where it comes from.

    `breakdowns` are keys of `data/indicators/breakdowns.toml`; `official` is its code in an official system, if any.
    `made_by` is the administrator who made or last changed it; nobody where it comes from the program's own tables,
    whose corrections reach it as long as that is so.
    """

    element = models.ForeignKey(Element, models.PROTECT, related_name="versions")
    name = models.CharField("tên", max_length=300)
    search_key = models.CharField(max_length=300, editable=False)
    unit_word = models.CharField("đơn vị tính", max_length=60)
    breakdowns = models.JSONField("phân tổ", default=list, blank=True)
    official = models.CharField("mã chính thức", max_length=60, blank=True)
    source = models.CharField("căn cứ", max_length=300, blank=True)
    valid_from = models.DateField("dùng từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "phiên bản chỉ tiêu thống kê"
        ordering = ["element_id", F("valid_from").asc(nulls_first=True)]
        constraints = [
            window_in_order("element_version_in_order"),
            models.UniqueConstraint(fields=["element", "valid_from"], name="element_version_once_a_day"),
            models.UniqueConstraint(fields=["element"], name="element_one_first", condition=Q(valid_from__isnull=True)),
            models.UniqueConstraint(fields=["element"], name="element_one_last", condition=Q(valid_to__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def parent(self) -> Element:
        """What this is a version of."""
        return self.element


class Indicator(models.Model):
    """What a target measures. Its making is in its versions."""

    code = models.CharField("mã", max_length=60, unique=True)
    order = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "chỉ số"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.code


class IndicatorVersion(models.Model):
    """An indicator during a window: `counted` (and `whole` of a share) are codes of elements, added up.

    `words` are the ways in which plans name it: lists of phrases that must all stand in the plan's words, as written.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="versions")
    name = models.CharField("tên", max_length=300)
    search_key = models.CharField(max_length=300, editable=False)
    counted = models.JSONField("tử số hoặc số đếm", default=list)
    whole = models.JSONField("mẫu số", default=list, blank=True)
    words = models.JSONField("cách gọi trong kế hoạch", default=list, blank=True)
    official = models.CharField("mã chính thức", max_length=60, blank=True)
    source = models.CharField("căn cứ", max_length=300, blank=True)
    valid_from = models.DateField("dùng từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "phiên bản chỉ số"
        ordering = ["indicator_id", F("valid_from").asc(nulls_first=True)]
        constraints = [
            window_in_order("indicator_version_in_order"),
            models.UniqueConstraint(fields=["indicator", "valid_from"], name="indicator_version_once_a_day"),
            models.UniqueConstraint(
                fields=["indicator"], name="indicator_one_first", condition=Q(valid_from__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["indicator"], name="indicator_one_last", condition=Q(valid_to__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def parent(self) -> Indicator:
        """What this is a version of."""
        return self.indicator


PERIODS = {
    Kind.WEEK: _("Hằng tuần"),
    Kind.MONTH: _("Hằng tháng"),
    Kind.QUARTER: _("Hằng quý"),
    Kind.HALF_YEAR: _("6 tháng"),
    Kind.YEAR: _("Hằng năm"),
}
CALENDAR_WORDS = {
    ADMINISTRATIVE.code: _("Kỳ báo cáo hành chính (15–14)"),
    STATISTICAL.code: _("Kỳ thống kê (tháng dương lịch)"),
}


class Form(models.Model):
    """A data form (biểu mẫu số liệu): which elements are asked of whom, how often.

    It is filled by the units of `level` below `root`, or by the members of `group`, as they stand on the last day of
    a period: reorganised units are asked as they then are. `root` itself where neither is given. With
    `needs_acceptance` its numbers count only once `root`'s standing office has accepted them. A form that was used is
    never changed: it ends, and the one that `replaces` it begins.
    """

    title = models.CharField("tên biểu", max_length=300)
    code = models.CharField("ký hiệu biểu", max_length=40, blank=True)
    root = models.ForeignKey(Unit, models.PROTECT, verbose_name="phạm vi", related_name="forms")
    level = models.CharField("cấp nhập", max_length=20, choices=Level.choices, blank=True)
    group = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="nhóm đơn vị nhập", null=True, blank=True, related_name="+"
    )
    period = models.CharField("kỳ", max_length=20, choices=[(str(k), v) for k, v in PERIODS.items()])
    calendar = models.CharField(
        "lịch", max_length=20, choices=list(CALENDAR_WORDS.items()), default=ADMINISTRATIVE.code
    )
    needs_acceptance = models.BooleanField("số liệu phải được tiếp nhận mới tính", default=False)
    valid_from = models.DateField("dùng từ ngày")
    valid_to = models.DateField("đến trước ngày", null=True, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "biểu nhập số liệu"
        ordering = ["title", "pk"]
        constraints = [window_in_order("form_window_in_order")]

    def __str__(self) -> str:
        return self.title


class FormLine(models.Model):
    """One line of a form: an element, or one part of it (`breakdown`: "substance=heroin")."""

    form = models.ForeignKey(Form, models.CASCADE, related_name="lines")
    element = models.ForeignKey(Element, models.PROTECT, related_name="+")
    breakdown = models.CharField("phân tổ", max_length=80, blank=True)
    order = models.PositiveIntegerField(default=0)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "dòng của biểu"
        ordering = ["form_id", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["form", "element", "breakdown"], name="form_line_once")]

    def __str__(self) -> str:
        return f"{self.element} {self.breakdown}".strip()


class Source(models.TextChoices):
    """Where numbers come from."""

    PERSON = "person", _("Nhập tay")
    IMPORT = "import", _("Tệp Excel")
    REPORT = "report", _("Báo cáo")
    REGISTER = "register", _("Hồ sơ quản lý")
    ACTIVITY = "activity", _("Nhật ký hoạt động")
    TIP = "tip", _("Sổ tin báo")
    MONEY = "money", _("Sổ kinh phí")


class RecordingQuerySet(models.QuerySet["Recording"]):
    """Acts of telling numbers."""

    def visible_to(self, actor: Actor | None) -> RecordingQuerySet:
        """Those of one's own, and those of the units one answers for."""
        reach = sees("facts.Recording", actor)
        if actor is None or reach < Reach.OWN:
            return self.none()
        own = Q(by_id=actor.user_id)
        return self.filter(own | Q(unit__in=reached_units(actor, reach)) if reach >= Reach.SUBTREE else own)


class Recording(models.Model):
    """One act of telling numbers: who told them at which unit, when, from where and why.

    `ref` names the document or record behind them. One that `undoes` another brings back what was known before it.
    """

    at = models.DateTimeField("lúc", db_index=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField("nguồn", max_length=10, choices=Source.choices)
    form = models.ForeignKey(Form, models.PROTECT, null=True, blank=True, related_name="recordings")
    ref = models.CharField("tài liệu", max_length=300, blank=True)
    reason = models.CharField("lý do", max_length=500, blank=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = "lần ghi số liệu"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.at:%d/%m/%Y}"


class FactQuerySet(models.QuerySet["Fact"]):
    """Facts."""

    def visible_to(self, actor: Actor | None) -> FactQuerySet:
        """Numbers of the units one answers for. Sums of others are told by `queries`, without what lies below them."""
        reach = sees("facts.Fact", actor)
        if actor is None or reach < Reach.SUBTREE:
            return self.none()
        return self.filter(unit__in=reached_units(actor, reach))

    def current(self) -> FactQuerySet:
        """What nothing has replaced."""
        return self.filter(closed_by__isnull=True)

    def counting(self) -> FactQuerySet:
        """What nothing has replaced and adds up: accepted."""
        return self.current().filter(accepted=True)

    def as_known(self, at: object) -> FactQuerySet:
        """What was known at a moment, that moment included."""
        return self.filter(recording__at__lte=at).filter(Q(closed_by__isnull=True) | Q(closed_by__at__gt=at))


class Fact(models.Model):
    """One number that was told. Only `closed_by` is ever written later, once, when another number takes its place.

    `value` counts 10^-places of the element; None is a blank: the cell was emptied. With `applies` False it was said
    that the element does not apply. `breakdown` is "" for the total, else "key=option" pairs in the order of their
    keys, joined by commas. A number that waits for acceptance (`accepted` False) stands beside the accepted one.
    """

    recording = models.ForeignKey(Recording, models.PROTECT, related_name="facts")
    element = models.ForeignKey(Element, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    start = models.DateField()
    end = models.DateField()
    breakdown = models.CharField(max_length=80, blank=True)
    value = models.BigIntegerField(null=True, blank=True)
    applies = models.BooleanField(default=True)
    accepted = models.BooleanField(default=True)
    closed_by = models.ForeignKey(Recording, models.PROTECT, null=True, blank=True, related_name="closed")
    note = models.CharField("ghi chú", max_length=500, blank=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu"
        indexes = [models.Index(fields=["element", "unit", "start"], name="fact_series")]
        constraints = [
            models.CheckConstraint(name="fact_period_in_order", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(name="fact_value_applies", condition=Q(applies=True) | Q(value__isnull=True)),
            models.UniqueConstraint(
                fields=["unit", "element", "start", "end", "breakdown", "accepted"],
                name="fact_one_current",
                condition=Q(closed_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.element_id} {self.unit_id} {self.start}: {self.value}"


class CountedUnit(models.Model):
    """From which day on a unit's figures are counted from its records (`facts.counters`), by the kind of records.

    Without an `element` it holds for all that the source counts: who keeps files keeps them all. Of activities a unit
    may keep some and go on telling numbers of others: there each element has a row for each time in which it was
    counted, up to its `end` (not included): a kind of activities may be given up, and taken up again.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source.choices)
    element = models.ForeignKey(Element, models.PROTECT, null=True, blank=True, related_name="+")
    start = models.DateField("từ ngày")
    end = models.DateField("đến trước ngày", null=True, blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị có số đếm từ hồ sơ"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "source"], name="counted_unit_once", condition=Q(element__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["unit", "source", "element", "start"],
                name="counted_unit_element_once",
                condition=Q(element__isnull=False),
            ),
            models.CheckConstraint(name="counted_unit_ends_later", condition=Q(end=None) | Q(end__gt=F("start"))),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.start}"


class ReconciliationState(models.TextChoices):
    """How a difference between a typed and a counted number stands."""

    OPEN = "open", _("Chờ đối chiếu")
    EXPLAINED = "explained", _("Đã ghi lý do")
    AGREED = "agreed", _("Đã khớp")
    WITHDRAWN = "withdrawn", _("Đã bỏ số nhập")


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    """Differences."""

    def visible_to(self, actor: Actor | None) -> ReconciliationQuerySet:
        """Those of the units whose numbers one reads, or whose records one keeps. They hold totals, and no person."""
        reach = sees("facts.Reconciliation", actor)
        if actor is None or reach < Reach.SUBTREE:
            return self.none()
        return self.filter(unit__in=reached_units(actor, reach))

    def waiting(self) -> ReconciliationQuerySet:
        """Those that nobody has settled."""
        return self.filter(state=ReconciliationState.OPEN)


class Reconciliation(models.Model):
    """A number that somebody told (`fact`, beside the sums) differs from what the records say for the same cell.

    `counted` is the number of the records when it was looked at last (in units of the element, as in facts). It is
    settled by a reason, or by itself when records or the typed number are put right; it opens anew when either number
    changes after that.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    element = models.ForeignKey(Element, models.PROTECT, related_name="+")
    start = models.DateField()
    end = models.DateField()
    breakdown = models.CharField(max_length=80, blank=True)
    fact = models.ForeignKey(Fact, models.PROTECT, related_name="reconciliations")
    counted = models.BigIntegerField()
    opened_at = models.DateTimeField("phát hiện lúc")
    checked_at = models.DateTimeField("so sánh lúc")
    state = models.CharField(
        "tình trạng", max_length=10, choices=ReconciliationState.choices, default=ReconciliationState.OPEN
    )
    reason = models.CharField("lý do", max_length=500, blank=True)
    settled_at = models.DateTimeField("xong lúc", null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu cần đối chiếu"
        ordering = ["-end", "unit_id", "element_id", "pk"]
        indexes = [models.Index(fields=["unit", "state"], name="reconciliation_of_unit")]
        constraints = [
            models.CheckConstraint(name="reconciliation_in_order", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(
                name="reconciliation_explained_by_reason", condition=~Q(state="explained") | ~Q(reason="")
            ),
            models.UniqueConstraint(
                fields=["unit", "element", "start", "end", "breakdown"], name="reconciliation_one_open",
                condition=Q(state="open"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.unit_id} {self.element_id} {self.start}"


class KeptSpan(models.Model):
    """A period beside the months, quarters, half-years and years of both calendars for which sums are kept.

    Targets whose window is none of those ask for theirs.
    """

    start = models.DateField()
    end = models.DateField()

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = "khoảng thời gian cộng dồn riêng"
        constraints = [
            models.CheckConstraint(name="kept_span_in_order", condition=Q(end__gt=F("start"))),
            models.UniqueConstraint(fields=["start", "end"], name="kept_span_once"),
        ]

    def __str__(self) -> str:
        return f"{self.start} .. {self.end}"


class RollUpQuerySet(OpenQuerySet):
    """The one row."""


class RollUp(models.Model):
    """How the sums stand: one row. `day`: on whose boundaries the rows of basis "now" are.

    It moves on when reorganisations are carried out, in their transaction; between two of them nothing changes. The
    last check: when, how many cells it looked at, how many differed from the recount of the facts.
    """

    day = models.DateField()
    checked_at = models.DateTimeField(null=True, blank=True)
    checked = models.PositiveBigIntegerField(default=0)
    differing = models.PositiveBigIntegerField(default=0)

    objects = RollUpQuerySet.as_manager()

    class Meta:
        verbose_name = "tình trạng số cộng dồn"

    def __str__(self) -> str:
        return f"{self.day}"


class CellQuerySet(models.QuerySet["Cell"]):
    """Sums of what lies below units."""

    def visible_to(self, actor: Actor | None) -> CellQuerySet:
        """Sums of the units one answers for."""
        reach = sees("facts.Cell", actor)
        if actor is None or reach < Reach.SUBTREE:
            return self.none()
        return self.filter(unit__in=reached_units(actor, reach))


class Cell(models.Model):
    """What all units strictly below a unit told of an element over a kept period; the unit's own facts come on top.

    Every unit below first makes its own figure of the period (`pcmt.core.measures.figure`); each fact that takes part
    goes up along the tree of its own last day. `value` is the sum of those figures, `units` how many units told
    something, `days` over how many days altogether, `na` how many said that it does not apply, `exact` how many told a
    number for this very period: so the rows know which periods were told. With `basis` "now" a row is the correction
    that leads from the tree of then to that of now: added to the row of "then" it gives the sum on present boundaries;
    most cells have none. `guessed` of its units come from a divided one whose shares are a guess.
    """

    THEN, NOW = "t", "n"

    pk = models.CompositePrimaryKey("unit_id", "element_id", "breakdown", "basis", "start", "end")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    element = models.ForeignKey(Element, models.PROTECT, related_name="+", db_index=False)
    breakdown = models.CharField(max_length=80, blank=True)
    basis = models.CharField(max_length=1, default=THEN)
    start = models.DateField()
    end = models.DateField()
    value = models.BigIntegerField(default=0)
    units = models.IntegerField(default=0)
    days = models.BigIntegerField(default=0)
    na = models.IntegerField(default=0)
    exact = models.IntegerField(default=0)
    guessed = models.IntegerField(default=0)

    objects = CellQuerySet.as_manager()

    class Meta:
        verbose_name = "số cộng dồn"

    def __str__(self) -> str:
        return f"{self.unit_id} {self.element_id} {self.start}: {self.value}"


class SheetState(models.TextChoices):
    """Where the import of a sheet of numbers stands."""

    CHECKING = "checking", _("Đang kiểm tra")
    WAITING = "waiting", _("Đang xem trước")
    WRITING = "writing", _("Đang ghi")
    DONE = "done", pgettext_lazy("tệp số liệu", "Đã nhập")
    WITHDRAWN = "withdrawn", pgettext_lazy("tệp số liệu", "Đã bỏ")


class SheetImportQuerySet(models.QuerySet["SheetImport"]):
    """Sheets of numbers that came in."""

    def visible_to(self, actor: Actor | None) -> SheetImportQuerySet:
        """Those of one's own, and those that came in at the units one answers for."""
        reach = sees("facts.SheetImport", actor)
        if actor is None or reach < Reach.OWN:
            return self.none()
        own = Q(by_id=actor.user_id)
        return self.filter(own | Q(owner__in=reached_units(actor, reach)) if reach >= Reach.SUBTREE else own)


class SheetImport(models.Model):
    """A workbook with the numbers of a form for one period, of one `unit` or (None) of all units the form asks.

    `grid` are the texts of its cells (`pcmt.documents`), emptied when `operations.purge_sheets` finds it old. `stamp`
    is what our own template says of itself, {} for any other sheet. `by_hand` is how a person said that it is read,
    `meanings` what the headings and rows of that sheet mean: remembered for the next one of the same person and form.
    `outcomes` is what becomes of each cell, `counts` how many of each sort there are, `seen` their digest. `progress`
    of `total` units are looked through by the job `job`. `role` is the one in which the person sent it: the job acts in
    it. `problem` is why the job did not write what it was to write.
    """

    form = models.ForeignKey(Form, models.PROTECT, related_name="sheets")
    start = models.DateField()
    end = models.DateField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    name = models.CharField("tên tệp", max_length=255)
    hash = models.CharField(max_length=64)
    grid = models.JSONField(default=list, blank=True)
    stamp = models.JSONField(default=dict, blank=True)
    by_hand = models.JSONField(default=dict, blank=True)
    meanings = models.JSONField(default=dict, blank=True)
    outcomes = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    seen = models.CharField("dấu của kết quả xem trước", max_length=16, blank=True)
    state = models.CharField("tình trạng", max_length=10, choices=SheetState.choices, default=SheetState.CHECKING)
    job = models.CharField(max_length=64, blank=True)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.CharField("lý do", max_length=500, blank=True)
    problem = models.CharField("vì sao chưa ghi", max_length=500, blank=True)
    recording = models.OneToOneField(Recording, models.PROTECT, null=True, blank=True, related_name="sheet")
    at = models.DateTimeField("gửi lúc")
    done_at = models.DateTimeField("nhập lúc", null=True, blank=True)
    purged_at = models.DateTimeField("xóa nội dung lúc", null=True, blank=True)

    objects = SheetImportQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp số liệu"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["by", "form", "state"], name="sheet_of_person"),
            models.Index(fields=["at"], name="sheet_to_purge", condition=Q(purged_at__isnull=True)),
        ]
        constraints = [models.CheckConstraint(name="sheet_period_in_order", condition=Q(end__gt=F("start")))]

    def __str__(self) -> str:
        return self.name
