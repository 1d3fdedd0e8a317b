"""The forms of one item's reading: title, agencies, deadline, measures, targets, level. Each says what it corrects."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from tasks.http.fields import DayField, FigureField, FigureInput, TextArea
from tasks.notice import Indicator, Item, Measure, Notice
from tasks.notice.proof import Correction, locate
from tasks.pages.importing.forms import VersionForm

ROLES = (("lead", "负责"), ("assist", "协助"), ("", "不承担"))
NOT_THERE = "本项任务的原文里没有这几个字，请照原文填写。"
LONGEST_WORDS = 2000


class ItemForm(VersionForm):
    """To inherit from: of which item, in which reading. `kind` is what the page sends with it."""

    kind = ""

    def __init__(
        self,
        data: Any = None,
        *,
        item: Item,
        notice: Notice,
        known: Mapping[str, str],
        ended: Collection[str],
        basis: int,
    ) -> None:
        super().__init__(data, auto_id=f"{self.kind}-%s")
        self.item, self.notice, self.known, self.ended = item, notice, known, ended
        self.fields["basis"].initial = basis
        self.places: dict[str, list[int] | None] = {}
        self.begin()

    def begin(self) -> None:
        """Gives the fields what is read now."""

    def locate(self, name: str) -> list[int] | None:
        """Where the words of that field stand in the item, first where no other field's do; an error where nowhere."""
        words = str(self.cleaned_data.get(name) or "")
        first = place = locate(self.notice.text, words, self.item.start, self.item.end)
        while place and list(place) in self.places.values():
            place = locate(self.notice.text, words, place[1], self.item.end)
        if first is None:
            self.add_error(name, NOT_THERE)
        return list(place or first or ()) or None

    def correction(self, kind: str, **values: Any) -> Correction:
        return {"kind": kind, "item": self.item.start, **values}

    def bound(self, *names: str) -> list[BoundField]:
        return [self[name] for name in names]


class TitleForm(ItemForm):
    kind = "title"
    words = forms.CharField(
        label="标题（照原文）",
        max_length=200,
        widget=TextArea(2),
        error_messages={"required": "请填写标题。"},
        help_text="须是本项任务原文里连续的一段",
    )

    def begin(self) -> None:
        self.fields["words"].initial = self.item.title

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        self.places["words"] = self.locate("words")
        return words

    @property
    def corrections(self) -> list[Correction]:
        start, end = self.places["words"] or (0, 0)
        title = "".join(self.notice.text[start:end].split())
        return [self.correction("title", start=start, end=end)] if title != self.item.title else []


class AgenciesForm(ItemForm):
    kind = "agencies"
    name = forms.CharField(
        label="增加单位", required=False, max_length=100, help_text="名册里的单位，或公文里出现的名称"
    )
    role = forms.ChoiceField(label="角色", choices=ROLES[:2], required=False)

    def begin(self) -> None:
        roles = [(unit.name, "lead") for unit in self.item.leads] + [
            (unit.name, "assist") for unit in self.item.assists
        ]
        self.roles = dict(roles)
        for number, (name, role) in enumerate(self.roles.items()):
            self.fields[f"role_{number}"] = forms.ChoiceField(label=name, choices=ROLES, required=False, initial=role)

    @property
    def rows(self) -> list[BoundField]:
        return self.bound(*(f"role_{number}" for number in range(len(self.roles))))

    def clean_name(self) -> str:
        name = "".join(self.cleaned_data["name"].split())
        if name in self.ended:
            raise forms.ValidationError(f"{name}已撤并，不能再交办。")
        if name and name not in self.known and name not in self.notice.text:
            raise forms.ValidationError(f"单位名册和公文里都没有“{name}”。")
        return self.known.get(name, name)

    @property
    def corrections(self) -> list[Correction]:
        chosen = {name: self.cleaned_data[f"role_{number}"] for number, name in enumerate(self.roles)}
        if name := self.cleaned_data["name"]:
            chosen[name] = self.cleaned_data["role"] or "lead"
        return [
            self.correction("agency", name=name, role=role)
            for name, role in chosen.items()
            if role != self.roles.get(name, "")
        ]


class DeadlineForm(ItemForm):
    kind = "deadline"
    how = forms.ChoiceField(
        label="完成时限",
        choices=(("on", "有截止日"), ("endless", "持续推进，无截止日"), ("inferred", "公文未写，按年末推定")),
        error_messages={"required": "请选一种。", "invalid_choice": "请选一种。"},
    )
    on = DayField(label="截止日", required=False)
    words = forms.CharField(
        label="依据的原文", required=False, max_length=200, help_text="照抄原文中写时限的几个字；原文没写的留空"
    )

    def begin(self) -> None:
        deadline = self.item.deadline
        self.fields["how"].initial = "inferred" if deadline is None else "on" if deadline.on else "endless"
        self.fields["on"].initial = deadline.on if deadline else None
        self.fields["words"].initial = deadline.text if deadline else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("how") == "on" and not cleaned.get("on") and "on" not in self.errors:
            self.add_error("on", "请填写截止日。")
        if cleaned.get("how") != "inferred" and cleaned.get("words"):
            self.places["words"] = self._of_deadline(cleaned["words"]) or self.locate("words")
        return cleaned

    def _of_deadline(self, words: str) -> list[int] | None:
        """The words that are read already may stand before the item, in an ending that it inherits."""
        deadline = self.item.deadline
        return [deadline.start, deadline.end] if deadline and deadline.text == words else None

    @property
    def corrections(self) -> list[Correction]:
        how, day = self.cleaned_data["how"], self.cleaned_data["on"]
        start, end = self.places.get("words") or (self.item.start, self.item.start)
        same = (self["how"].initial, self["on"].initial, self["words"].initial)
        if (how, day if how == "on" else self["on"].initial, self.cleaned_data["words"]) == same:
            return []
        on = str(day) if how == "on" else ""
        return [self.correction("deadline", **{"as": how}, on=on, start=start, end=end)]


class MeasuresForm(ItemForm):
    kind = "measures"
    new = forms.CharField(
        label="增加举措", required=False, max_length=LONGEST_WORDS, widget=TextArea(2), help_text="照抄原文中的一句"
    )

    def begin(self) -> None:
        for number, measure in enumerate(self.item.measures):
            self.fields[f"words_{number}"] = forms.CharField(
                label=f"举措{measure.number}",
                required=False,
                max_length=LONGEST_WORDS,
                widget=TextArea(2),
                initial=measure.text,
            )

    @property
    def rows(self) -> list[BoundField]:
        return self.bound(*(f"words_{number}" for number in range(len(self.item.measures))))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number, measure in enumerate(self.item.measures):
            words = cleaned.get(f"words_{number}", "")
            if words and _signs(words) != _signs(measure.text):
                self.places[f"words_{number}"] = self.locate(f"words_{number}")
        if cleaned.get("new"):
            self.places["new"] = self.locate("new")
        return cleaned

    @property
    def corrections(self) -> list[Correction]:
        found = [self._changed(number, measure) for number, measure in enumerate(self.item.measures)]
        if now := self.places.get("new"):
            found.append(self.correction("measure", was=None, now=now))
        return [each for each in found if each]

    def _changed(self, number: int, measure: Measure) -> Correction | None:
        name, was = f"words_{number}", [measure.start, measure.end]
        if self.cleaned_data[name] and name not in self.places:
            return None
        return self.correction("measure", was=was, now=self.places.get(name))


class IndicatorsForm(ItemForm):
    """Rows of name, target, unit and words; a row whose words are emptied is no target any more. The last is new."""

    kind = "indicators"

    def begin(self) -> None:
        for number, indicator in enumerate((*self.item.indicators, None)):
            words = self.notice.text[indicator.start : indicator.end] if indicator else ""
            fields = {
                "name": forms.CharField(label="指标", max_length=100),
                "target": FigureField(label="目标值", max_digits=14, decimal_places=2, widget=FigureInput()),
                "unit": forms.CharField(label="单位", max_length=20),
                "words": forms.CharField(label="原文", max_length=200, initial=words),
            }
            for name, field in fields.items():
                field.required = False
                if indicator and name != "words":
                    field.initial = getattr(indicator, name)
                self.fields[f"{name}_{number}"] = field

    @property
    def rows(self) -> list[list[BoundField]]:
        return [
            self.bound(*(f"{name}_{number}" for name in ("name", "target", "unit", "words")))
            for number in range(len(self.item.indicators) + 1)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number, indicator in enumerate(self.item.indicators):
            words = cleaned.get(f"words_{number}", "")
            if words and _signs(words) == _signs(self.notice.text[indicator.start : indicator.end]):
                self.places[f"words_{number}"] = [indicator.start, indicator.end]
        for number in range(len(self.item.indicators) + 1):
            if not cleaned.get(f"words_{number}"):
                continue
            if f"words_{number}" not in self.places:
                self.places[f"words_{number}"] = self.locate(f"words_{number}")
            for name, missing in (("name", "请填写指标名称。"), ("target", "请填写目标值。")):
                if cleaned.get(f"{name}_{number}") in (None, "") and f"{name}_{number}" not in self.errors:
                    self.add_error(f"{name}_{number}", missing)
        return cleaned

    @property
    def corrections(self) -> list[Correction]:
        found = [self._changed(number, each) for number, each in enumerate((*self.item.indicators, None))]
        return [each for each in found if each]

    def _changed(self, number: int, indicator: Indicator | None) -> Correction | None:
        now = self.places.get(f"words_{number}")
        was = [indicator.start, indicator.end] if indicator else None
        name, target, unit = (self.cleaned_data[f"{name}_{number}"] for name in ("name", "target", "unit"))
        if indicator and now == was and (name, target, unit) == (indicator.name, indicator.target, indicator.unit):
            return None
        if not now and not was:
            return None
        return self.correction("indicator", was=was, now=now, name=name, target=str(target or 0), unit=unit)


class LevelForm(ItemForm):
    """Joined to the item before it, split where one of its duties begins, or no item at all."""

    kind = "level"
    how = forms.ChoiceField(choices=(("join", "并入"), ("split", "拆分"), ("drop", "不是任务")))
    at = forms.IntegerField(required=False)

    @property
    def corrections(self) -> list[Correction]:
        how = self.cleaned_data["how"]
        return [self.correction("split", at=self.cleaned_data["at"]) if how == "split" else self.correction(how)]


AnyForm = TitleForm | AgenciesForm | DeadlineForm | MeasuresForm | IndicatorsForm | LevelForm
FORMS: dict[str, type[AnyForm]] = {
    form.kind: form for form in (TitleForm, AgenciesForm, DeadlineForm, MeasuresForm, IndicatorsForm, LevelForm)
}


def _signs(words: str) -> str:
    return "".join(words.split())
