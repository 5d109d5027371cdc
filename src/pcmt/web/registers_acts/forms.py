"""The forms of acts on files: who a person is, a status with its ground and paper, a hand-over, a merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.registers.operations.grounding import (
    NEED_FORMS,
    Ending,
    PaperText,
    Starting,
    need_words,
    own_paper,
)
from pcmt.apps.registers.operations.handing_over import WHY_RETURNED
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.queries.lives import SETTINGS, SETTINGS_OF, SEXES, SpellNow
from pcmt.apps.units.models import Level, Unit, UnitKind
from pcmt.core.law import Category, Ground, Setting
from pcmt.reference import law
from pcmt.web.fields import WrittenDateField, WrittenNumberField
from pcmt.web.people.fields import unit_named
from pcmt.web.tasks.forms import UnitField as UnitChoice

ID_KINDS = (
    ("", gettext_lazy("Chưa rõ")),
    ("cccd", gettext_lazy("Căn cước công dân")),
    ("cc", gettext_lazy("Căn cước")),
    ("cmnd", gettext_lazy("Chứng minh nhân dân")),
    ("passport", gettext_lazy("Hộ chiếu")),
)
AFTER = ("home", "community", "voluntary_centre", "compulsory")


def _text(label: Any, most: int = 300, **more: Any) -> forms.CharField:
    """A field whose words no browser keeps for the next person."""
    more.setdefault("required", False)
    return forms.CharField(label=label, max_length=most, widget=forms.TextInput(attrs={"autocomplete": "off"}), **more)


class PersonForm(forms.Form):
    """The person block of the decree's forms, in groups."""

    name = _text(gettext_lazy("Họ và tên"), 120)
    other_names = _text(gettext_lazy("Tên gọi khác"), 200)
    sex = forms.ChoiceField(label=gettext_lazy("Giới tính"), choices=[("", "—"), *SEXES], required=False)
    born_on = WrittenDateField(
        label=gettext_lazy("Ngày sinh"), required=False, help_text=gettext_lazy("Để trống nếu chỉ biết năm sinh.")
    )
    birth_year = WrittenNumberField(label=gettext_lazy("Năm sinh"), required=False)
    birthplace = _text(gettext_lazy("Nơi sinh"))
    home_place = _text(gettext_lazy("Quê quán"))
    id_kind = forms.ChoiceField(label=gettext_lazy("Giấy tờ"), choices=ID_KINDS, required=False)
    id_number = _text(gettext_lazy("Số giấy tờ"), 20)
    id_issued_on = WrittenDateField(label=gettext_lazy("Ngày cấp"), required=False)
    id_issuer = _text(gettext_lazy("Nơi cấp"))
    permanent_address = _text(gettext_lazy("Nơi thường trú"))
    temporary_address = _text(gettext_lazy("Nơi tạm trú"))
    present_address = _text(gettext_lazy("Nơi ở hiện tại"))
    phone = _text(gettext_lazy("Điện thoại"), 20)
    ethnicity = _text(gettext_lazy("Dân tộc"), 60)
    religion = _text(gettext_lazy("Tôn giáo"), 60)
    schooling = _text(gettext_lazy("Trình độ học vấn"), 60)
    occupation = _text(gettext_lazy("Nghề nghiệp"), 120)
    workplace = _text(gettext_lazy("Nơi làm việc, học tập"))
    guardian_name = _text(gettext_lazy("Cha, mẹ hoặc người giám hộ"), 120)
    guardian_relation = _text(gettext_lazy("Quan hệ"), 60)
    guardian_phone = _text(gettext_lazy("Điện thoại của người giám hộ"), 20)

    GROUPS = (
        (
            gettext_lazy("Nhân thân"),
            ("name", "other_names", "sex", "born_on", "birth_year", "birthplace", "home_place"),
        ),
        (gettext_lazy("Giấy tờ"), ("id_kind", "id_number", "id_issued_on", "id_issuer")),
        (gettext_lazy("Nơi ở, liên lạc"), ("permanent_address", "temporary_address", "present_address", "phone")),
        (gettext_lazy("Hoàn cảnh"), ("ethnicity", "religion", "schooling", "occupation", "workplace")),
        (
            gettext_lazy("Người từ đủ 12 đến dưới 18 tuổi: cha, mẹ hoặc người giám hộ"),
            ("guardian_name", "guardian_relation", "guardian_phone"),
        ),
    )

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields by group, as bound fields."""
        return [(label, [self[name] for name in names]) for label, names in self.GROUPS]

    def clean_birth_year(self) -> int:
        """The year, told by the day where there is one."""
        year, born = self.cleaned_data.get("birth_year"), self.cleaned_data.get("born_on")
        if year is None:
            if born is None:
                raise ValidationError(_("Nhập năm sinh, hoặc ngày sinh đầy đủ."))
            return int(born.year)
        if not isinstance(year, int):
            raise ValidationError(_("Ghi năm sinh bằng bốn chữ số."))
        return year

    @staticmethod
    def told(block: PersonBlock, sex: str, birth_year: int) -> dict[str, Any]:
        """What a block says, by the names of the fields."""
        return {**attrs.asdict(block), "sex": sex, "birth_year": birth_year}

    def block(self) -> PersonBlock:
        """What was typed, as a person block."""
        known = {each.name for each in attrs.fields(PersonBlock)}
        return PersonBlock(**{key: value for key, value in self.cleaned_data.items() if key in known})


class PaperForm(forms.Form):
    """A ground's day and its signed paper; `ground` says how the paper is called and who signs it."""

    on = WrittenDateField(label=gettext_lazy("Có hiệu lực từ ngày"), required=False)
    title = _text(gettext_lazy("Tên văn bản"), 200)
    number = _text(gettext_lazy("Số, ký hiệu"), 60)
    signed_on = WrittenDateField(label=gettext_lazy("Ngày ký"), required=False)
    decider = _text(gettext_lazy("Chức vụ người ký"), 100)
    issuer_name = _text(gettext_lazy("Cơ quan ban hành"))

    def __init__(self, *args: Any, ground: Ground | None = None, on: date, **more: Any) -> None:
        self.ground = ground
        initial = {
            "on": on,
            "signed_on": on,
            "title": paper_title(ground, on),
            "decider": ground.decider if ground else "",
        }
        more["initial"] = {**initial, **(more.get("initial") or {})}
        super().__init__(*args, **more)
        self.needed = [need for need in (ground.needs if ground else ()) if need not in own_paper(ground)]  # type: ignore[arg-type]
        for need in self.needed:
            words = need_words(need)
            self.fields[f"{need}-number"] = _text(_("%(what)s: số") % {"what": words}, 60)
            self.fields[f"{need}-signed_on"] = WrittenDateField(
                label=_("%(what)s: ngày") % {"what": words}, required=False
            )
            self.fields[f"{need}-decider"] = _text(_("%(what)s: chức vụ người ký") % {"what": words}, 100)

    @property
    def paper_fields(self) -> list[Any]:
        """The fields of the paper."""
        return [self[name] for name in ("title", "number", "signed_on", "decider", "issuer_name")]

    @property
    def evidence_fields(self) -> list[Any]:
        """The fields of what the ground needs beside its paper."""
        return [self[f"{need}-{name}"] for need in self.needed for name in ("number", "signed_on", "decider")]

    def clean_on(self) -> date:
        """A day is needed: the law counts from it."""
        found: date | None = self.cleaned_data["on"]
        if found is None:
            raise ValidationError(_("Nhập ngày."))
        return found

    def paper(self) -> PaperText:
        """The paper as it was typed."""
        typed = self.cleaned_data
        return PaperText(
            form=self.ground.form if self.ground else "",
            title=typed["title"],
            number=typed["number"],
            signed_on=typed["signed_on"],
            decider=typed["decider"],
            issuer_name=typed["issuer_name"],
        )

    def evidence(self) -> Mapping[str, PaperText]:
        """What the ground needs beside its paper, as far as it was typed."""
        typed = self.cleaned_data
        return {
            need: PaperText(
                form=NEED_FORMS.get(need, ""),
                title=need_words(need),
                number=typed[f"{need}-number"],
                signed_on=typed[f"{need}-signed_on"],
                decider=typed[f"{need}-decider"],
            )
            for need in self.needed
            if typed.get(f"{need}-signed_on")
        }

    def ending(self) -> Ending:
        """How a status stops, pauses, resumes or is decided anew."""
        assert self.ground is not None
        return Ending(ground=self.ground.code, on=self.cleaned_data["on"], paper=self.paper(), evidence=self.evidence())


class SpellForm(PaperForm):
    """A version beside the ground and its paper: acts on a running status."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class StartForm(PaperForm):
    """How a status begins."""

    setting = forms.ChoiceField(label=gettext_lazy("Hình thức"), required=False)
    triggered_on = WrittenDateField(
        label=gettext_lazy("Ngày phát sinh"),
        required=False,
        help_text=gettext_lazy("Ngày của việc làm phát sinh: luật có hiệu lực vào ngày này được áp dụng."),
    )
    earlier = WrittenNumberField(label=gettext_lazy("Số lần trước đó ở nơi khác"), required=False)
    after = forms.ChoiceField(label=gettext_lazy("Tiếp theo diện"), required=False)
    after_setting = forms.ChoiceField(label=gettext_lazy("Đã cai nghiện theo hình thức"), required=False)
    site_name = _text(gettext_lazy("Cơ sở"))
    months = WrittenNumberField(label=gettext_lazy("Thời hạn theo quyết định (tháng)"), required=False)
    remote = forms.BooleanField(label=gettext_lazy("Vùng sâu, vùng xa (luật cho 48 giờ)"), required=False)

    def __init__(self, *args: Any, ground: Ground, on: date, spells: Sequence[SpellNow] = (), **more: Any) -> None:
        initial = {"triggered_on": on, **(more.pop("initial", None) or {})}
        super().__init__(*args, ground=ground, on=on, initial=initial, **more)
        category = ground.category
        offered = ground.settings or SETTINGS_OF.get(category, ())
        words = dict(SETTINGS)
        if offered:
            choices = [(str(each), words[str(each)]) for each in offered]
            self.fields["setting"].choices = choices if len(choices) == 1 else [("", _("Chọn")), *choices]  # type: ignore[attr-defined]
        else:
            del self.fields["setting"]
        if category != Category.IN_REHAB:
            del self.fields["earlier"]
        over = [each for each in spells if not each.running and each.category in SETTINGS_OF]
        if category == Category.POST_REHAB:
            before = [("", _("Không có trong hồ sơ này")), *((str(each.id), each.words) for each in over)]
            self.fields["after"].choices = before  # type: ignore[attr-defined]
            settings = [("", "—"), *((each, words[each]) for each in AFTER)]
            self.fields["after_setting"].choices = settings  # type: ignore[attr-defined]
            if over and not self.is_bound:
                self.initial.setdefault("after", str(over[-1].id))
        else:
            del self.fields["after"], self.fields["after_setting"]
        if category not in SETTINGS_OF and category != Category.DRUG_PSYCHOSIS:
            del self.fields["site_name"]
        if not any(each.least for each in law().terms if each.category is category and each.holds_on(on)):
            del self.fields["months"]
        if category != Category.ILLEGAL_USER:
            del self.fields["remote"]

    @property
    def status_fields(self) -> list[Any]:
        """What is said of the status itself."""
        order = ("setting", "triggered_on", "on", "after", "after_setting", "earlier", "months", "site_name")
        return [self[name] for name in order if name in self.fields]

    def start(self) -> Starting:
        """How the status begins."""
        typed = self.cleaned_data
        assert self.ground is not None
        earlier, months = typed.get("earlier"), typed.get("months")
        return Starting(
            category=self.ground.category,
            ground=self.ground.code,
            on=typed["on"],
            triggered_on=typed["triggered_on"] or typed["on"],
            paper=self.paper(),
            setting=Setting(typed["setting"]) if typed.get("setting") else None,
            after_id=int(typed["after"]) if typed.get("after") else None,
            after_setting=Setting(typed["after_setting"]) if typed.get("after_setting") else None,
            earlier=earlier if isinstance(earlier, int) else 0,
            months=months if isinstance(months, int) else None,
            remote=bool(typed.get("remote")),
            site_name=typed.get("site_name", ""),
            evidence=self.evidence(),
        )


class HandOverForm(PaperForm):
    """To which commune somebody has moved, when, by which notice."""

    to_unit = _text(
        gettext_lazy("Xã, phường, đặc khu nơi đến"),
        help_text=gettext_lazy("Ghi tên, ví dụ: Phường Tây Hòa, Tỉnh An Bình."),
    )
    to_name = _text(
        gettext_lazy("Nơi đến không dùng chương trình"),
        help_text=gettext_lazy("Chỉ ghi khi nơi đến không có trong danh sách."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["on"].label = _("Ngày chuyển đi")
        self.today: date = more["on"]
        self.to_unit_id: int | None = None

    def clean_to_unit(self) -> str:
        """The commune that the words mean."""
        text: str = self.cleaned_data["to_unit"].strip()
        if text:
            seen = Unit.objects.filter(kind=UnitKind.ADMINISTRATIVE, level=Level.COMMUNE)
            found = unit_named(seen, text, self.today)
            if isinstance(found, list):
                hint = _("Ghi rõ hơn, ví dụ: %(names)s.") % {"names": "; ".join(found)} if found else ""
                raise ValidationError(_("Không rõ là nơi nào. %(hint)s") % {"hint": hint})
            self.to_unit_id = found.pk
        return text


class ReturnForm(forms.Form):
    """Why a file is sent back."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Lý do trả lại"), choices=[("", gettext_lazy("Chọn")), *WHY_RETURNED.items()], required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class GoneForm(PaperForm):
    """The day of death or of the court's decision, with its paper."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def paper_title(ground: Ground | None, on: date) -> str:
    """What the paper of a ground is called: the title of its form, else nothing."""
    if ground is None or not ground.form:
        return ""
    form = law().form(ground.form, on)
    return form.title if form else ""


class OpenForm(PersonForm):
    """Who a new file is about, and at which commune it is opened."""

    unit = UnitChoice(label=gettext_lazy("Xã, phường, đặc khu quản lý"), queryset=Unit.objects.none())
    sure = forms.BooleanField(label=gettext_lazy("Đã xem các hồ sơ trên: là người khác, vẫn lập mới"), required=False)

    def __init__(self, *args: Any, communes: QuerySet[Unit], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["unit"].queryset = communes  # type: ignore[attr-defined]
        first = list(communes[:2])
        if len(first) == 1:
            self.initial["unit"] = first[0]


class IdentityForm(PersonForm):
    """Who somebody is, put right."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class MergeForm(PaperForm):
    """Which of two files goes on; which status holds where both have one; the record."""

    keep = forms.ChoiceField(label=gettext_lazy("Hồ sơ giữ lại"), widget=forms.RadioSelect, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, codes: Sequence[str], overlaps: Sequence[Sequence[tuple[int, str]]] = (), **more: Any
    ) -> None:
        super().__init__(*args, **more)
        del self.fields["on"]
        begun = {"keep": codes[0], "title": "Biên bản xác nhận hồ sơ trùng", "signed_on": None}
        self.initial = {**self.initial, **begun}
        self.fields["keep"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
        self.pairs = [f"holds-{number}" for number, _pair in enumerate(overlaps)]
        for name, pair in zip(self.pairs, overlaps, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=_("Cả hai hồ sơ có cùng diện: diện nào đúng?"),
                choices=[(str(spell_id), words) for spell_id, words in pair],
                widget=forms.RadioSelect,
                required=False,
            )

    @property
    def pair_fields(self) -> list[Any]:
        """The choices between statuses that both files have."""
        return [self[name] for name in self.pairs]

    def holds(self) -> list[int]:
        """The statuses that hold."""
        return [int(self.cleaned_data[name]) for name in self.pairs if self.cleaned_data.get(name)]


def masked_block(block: PersonBlock) -> dict[str, str]:
    """A person block for comparing, by the labels of the form: numbers and telephones with their last four signs."""
    found: dict[str, str] = {}
    fields = PersonForm.base_fields
    for key, value in PersonForm.told(block, "", 0).items():
        if value and key not in ("sex", "birth_year", "id_kind"):
            text = f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
            if key in ("id_number", "phone", "guardian_phone"):
                text = "•" * max(len(text) - 4, 0) + text[-4:]
            found[str(fields[key].label)] = text
    return found
