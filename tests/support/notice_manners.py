"""Notices in the manner of many issuers, with what is true of each: made anew from a seed, no issuer's own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tasks.rules.numerals import chinese_numeral as cn
from tests.support.notice_words import CITY, DISTRICT, PLACES, PROVINCE, SENTENCES, STATE, TITLES


@dataclass
class Duty:
    leads: list[str]
    assists: list[str] = field(default_factory=list)
    deadline: str | None = None


@dataclass
class Task:
    title: str
    duties: list[Duty]


@dataclass
class Made:
    text: str
    number: str
    issued_on: str
    tasks: list[Task]


class Writer:
    """Draws units, titles and sentences; a unit once in each duty, a title once in each notice."""

    def __init__(self, random: Random, level: str) -> None:
        self.random = random
        self.level = level
        self._pool = {"省": PROVINCE, "市": CITY, "区": DISTRICT, "国": STATE}[level]
        self._titles = random.sample(TITLES, len(TITLES))
        self.tasks: list[Task] = []

    def units(self, most: int = 4) -> list[str]:
        return self.random.sample(self._pool, self.random.randint(1, most))

    def two_lists(self) -> tuple[list[str], list[str]]:
        drawn = self.random.sample(self._pool, self.random.randint(2, 6))
        cut = self.random.randint(1, min(2, len(drawn) - 1))
        places = self.random.sample(PLACES[self.level], self.random.randint(0, 1))
        return drawn[:cut], drawn[cut:] + places

    def prose(self) -> str:
        return "".join(self.random.sample(SENTENCES, self.random.randint(1, 3)))

    def term(self) -> str:
        month = self.random.randint(4, 12)
        return self.random.choice(
            [f"2023年{month}月底前完成", f"{month}月底前完成", "长期坚持", "年底前完成", "持续推进", "第三季度完成"]
        )

    def task(self, *duties: Duty) -> str:
        """A title for a task with these duties, which is kept as what is true."""
        title = self._titles.pop()
        self.tasks.append(Task(title, list(duties)))
        return title

    def split(self, deadline: str | None = None) -> tuple[Duty, str, str]:
        leads, assists = self.two_lists()
        return Duty(leads, assists, deadline), "、".join(leads), "、".join(assists)


def _many(writer: Writer, line: Callable[[int], str]) -> list[str]:
    """Sections of two or three tasks whose numbers run through."""
    lines, number = [], 0
    for group, title in enumerate(("加强统筹推进", "强化支撑保障")):
        lines.append(f"{cn(group + 1)}、{title}")
        for _ in range(writer.random.randint(2, 3)):
            number += 1
            lines.append(line(number))
    return lines


def state_council_report(w: Writer) -> list[str]:
    def line(n: int) -> str:
        duty, leads, assists = w.split(deadline="年内持续推进")
        return f"{n}.{w.task(duty)}。{w.prose()}（{leads}牵头，{assists}等按职责分工负责，年内持续推进）"

    head, *rest = _many(w, line)
    return [head, "（一）总体安排。", *rest]


def state_office_measures(w: Writer) -> list[str]:
    """A task with its own ending, and one for each of its measures; all on one line."""

    def line(n: int) -> str:
        whole, leads, assists = w.split()
        first, second = Duty(w.units()), Duty(w.units())
        return (
            f"（{cn(n)}）{w.task(whole, first, second)}。{w.prose()}（{leads}牵头，{assists}按职责分工负责）"
            f"具体措施：1．{w.prose()}（{'、'.join(first.leads)}负责）2．{w.prose()}（{'、'.join(second.leads)}按职责分工负责）"
        )

    return ["".join(_many(w, line))]


def state_office_opinion(w: Writer) -> list[str]:
    def line(n: int) -> str:
        leads, more = w.units(), w.random.sample(PLACES["国"][:2], 1)
        title = w.task(Duty([*leads, *more]))
        return f"（{cn(n)}）{title}。{w.prose()}（{'、'.join(leads)}及{more[0]}按职责分工负责）"

    return ["".join(_many(w, line))]


def province_division(w: Writer) -> list[str]:
    """Label 部门分工, and names that leave the level to the list's first."""

    def line(n: int) -> str:
        duty = Duty(["省工业和信息化厅"], ["省委网信办", "省发展改革委", "省科技厅", "省商务厅"])
        return (
            f"{n}.{w.task(duty)}。{w.prose()}\n分管省领导：林某某\n"
            "部门分工：省工业和信息化厅牵头，省委网信办，省发展改革委、科技厅、商务厅等配合。"
        )

    return _many(w, line)


def province_leaders(w: Writer) -> list[str]:
    def line(n: int) -> str:
        duty, leads, assists = w.split()
        return f"{n}.{w.task(duty)}。\n牵头领导：省政府分管领导同志\n牵头单位：{leads}\n责任单位：{assists}"

    return _many(w, line)


def province_members(w: Writer) -> list[str]:
    def line(n: int) -> str:
        leads = w.units()
        units = "、".join(leads)
        return f"（{cn(n)}）{w.task(Duty(leads))}。{w.prose()}（{units}负责，省质量工作领导小组其他成员单位协助）"

    return _many(w, line)


def province_terms(w: Writer) -> list[str]:
    def line(n: int) -> str:
        units, term = w.units(), w.term()
        title = w.task(Duty(units, deadline=term))
        return f"（{cn(n)}）{title}。{w.prose()}（{'、'.join(units)}按职责分工负责，{term}）"

    return _many(w, line)


def province_square(w: Writer) -> list[str]:
    def line(n: int) -> str:
        units = w.units()
        return f"（{cn(n)}）{w.task(Duty(units))}。{w.prose()}〔责任单位：{'、'.join(units)}按职责分工负责〕"

    return _many(w, line)


def city_label_lines(w: Writer) -> list[str]:
    def line(n: int) -> str:
        duty, leads, assists = w.split()
        duty.deadline = w.random.choice(["2023年12月", "持续推进", "2023年9月底前"])
        return f"{n}．{w.task(duty)}。{w.prose()}\n牵头单位：{leads}。责任单位：{assists}。完成时限：{duty.deadline}。"

    return _many(w, line)


def city_groups(w: Writer) -> list[str]:
    """The group's heading has its lead, the tasks below it their units."""

    def line(n: int) -> str:
        units = [*w.units(), "各县（市）区人民政府", "开发（度假）区管委会"]
        return f"{n}.{w.task(Duty(units))}。{w.prose()}[责任单位：{'、'.join(units)}]"

    first = ["（一）推进枢纽建设（牵头单位：市交通局）", line(1), line(2)]
    second = ["（二）建设中心。（牵头单位：市商务局）", *(line(n) for n in range(3, w.random.randint(5, 6)))]
    return ["一、重点任务", *first, *second]


def city_restarting(w: Writer) -> list[str]:
    def task(n: int) -> str:
        duty, leads, assists = w.split()
        return f"（{cn(n)}）{w.task(duty)}。{w.prose()}（牵头单位：{leads}；责任单位：{assists}）"

    return ["一、主要任务", task(1), task(2), task(3), "二、保障措施", task(1), task(2)]


def city_boxes(w: Writer) -> list[str]:
    def line(n: int) -> str:
        duty, leads, assists = w.split(deadline="2023年6月底前")
        return f"{n}.{w.task(duty)}。{w.prose()}\n【牵头单位】{leads}\n【配合单位】{assists}\n【完成时限】2023年6月底前"

    return _many(w, line)


def city_examined(w: Writer) -> list[str]:
    def line(n: int) -> str:
        duty, leads, assists = w.split(deadline="2023年二季度")
        return (
            f"{n}、{w.task(duty)}：{w.prose()}\n牵头考核单位：{leads}\n配合考核单位：{assists}\n时间节点：2023年二季度"
        )

    return _many(w, line)


def city_paragraphs(w: Writer) -> list[str]:
    """No numbers below the sections."""

    def line(n: int) -> str:
        units = w.units()
        return f"{w.task(Duty(units))}。{w.prose()}（{'、'.join(units)}负责）"

    return _many(w, line)


def prefecture_mixed(w: Writer) -> list[str]:
    def line(n: int) -> str:
        duty, leads, assists = w.split(deadline="6月底完成")
        return f"{n}.{w.task(duty)}。{w.prose()}（牵头单位：{leads}；责任单位：{assists}，6月底完成）"

    return _many(w, line)


def district_leads(w: Writer) -> list[str]:
    def line(n: int) -> str:
        duty, leads, assists = w.split()
        return f"{n}. {w.task(duty)}。{w.prose()}({leads}牵头,{assists}配合)"

    return _many(w, line)


def district_measures(w: Writer) -> list[str]:
    """Every measure of a task has its own ending, in the running text."""

    def line(n: int) -> str:
        first, second = Duty(w.units()), Duty(w.units(), deadline="10月底前完成")
        title = w.task(first, second)
        return (
            f"（{cn(n)}）{title}。{w.prose()}（{'、'.join(first.leads)}负责）"
            f"{w.prose()}（{'、'.join(second.leads)}负责，10月底前完成）"
        )

    return _many(w, line)


def ministry_first_leads(w: Writer) -> list[str]:
    def line(n: int) -> str:
        units = w.random.sample(STATE, 3)
        rule = "" if w.tasks else "。列第一位者为牵头单位，下同"
        title = w.task(Duty(units[:1], units[1:]))
        return f"（{cn(n)}）{title}。{w.prose()}（{'、'.join(units)}等负责{rule}）"

    return _many(w, line)


Manner = Callable[[Writer], list[str]]
MANNERS: dict[Manner, str] = {
    state_council_report: "国",
    state_office_measures: "国",
    state_office_opinion: "国",
    ministry_first_leads: "国",
    province_division: "省",
    province_leaders: "省",
    province_members: "省",
    province_terms: "省",
    province_square: "省",
    city_label_lines: "市",
    city_groups: "市",
    city_restarting: "市",
    city_boxes: "市",
    city_examined: "市",
    city_paragraphs: "市",
    prefecture_mixed: "市",
    district_leads: "区",
    district_measures: "区",
}


def make(manner: Manner, seed: int) -> Made:
    """A notice in that manner; the same seed makes the same one."""
    level = MANNERS[manner]
    writer = Writer(Random(f"{manner.__name__} {seed}"), level)
    body = manner(writer)
    issuer = {"国": "国务院办公厅", "省": "某省人民政府办公厅", "市": "某市人民政府", "区": "某区人民政府办公室"}[level]
    number = f"某{level}办发〔2023〕{seed % 900 + 1}号"
    letter = [f"{issuer}关于印发某项工作2023年行动方案的通知", number, "各有关单位：", "现印发给你们，请认真贯彻执行。"]
    signed = [issuer, "2023年2月6日", "（此件公开发布）"]
    plan = ["某项工作2023年行动方案", "为做好有关工作，制定本方案。", *body]
    if seed % 2:
        text = "\n".join([*letter, *signed, *plan, "各有关单位要切实加强组织领导，确保落实。"])
    else:
        text = "\n".join([letter[0], number, letter[2], "经同意，现提出如下意见。", *body, *signed])
    return Made(text + "\n", number, "2023-02-06", writer.tasks)
