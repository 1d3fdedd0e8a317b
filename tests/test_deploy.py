"""The files of deploy/ agree with each other, with the books, and with the programs that they start."""

import re
import shlex
from pathlib import Path

import pytest
from gunicorn.config import Config

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
WEB_UNIT = (DEPLOY / "systemd" / "qa-plan-web@.service").read_text(encoding="utf-8")


def commands() -> dict[str, list[str]]:
    """How the web service is started, by who starts it."""
    unit = re.search(r"^ExecStart=((?:.*\\\n)*.+)", WEB_UNIT, re.M)[1]
    container = re.search(r"^CMD (\[(?:.*\\\n)*.+\])", CONTAINER, re.M)[1]
    return {
        "systemd": shlex.split(unit.replace("\\\n", " ")),
        "container": re.findall(r'"([^"]+)"', container),
    }


@pytest.mark.parametrize("starter", commands())
def test_the_web_service_is_started_with_what_gunicorn_knows(starter):
    program, *arguments = commands()[starter]
    options = Config().parser().parse_args(arguments)
    assert (Path(program).name, options.args) == ("gunicorn", ["qa_plan.wsgi"])
    assert (options.worker_class, options.preload_app) == ("qa_plan.web.Worker", True)


def test_every_unit_that_a_book_names_is_there():
    books = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    named = {
        name
        for book in books
        for line in re.findall(r"systemctl [^`\n]+", book.read_text(encoding="utf-8"))
        for name in re.findall(r"qa-plan-[\w@.-]+", line)
    }
    files = {path.name for path in (DEPLOY / "systemd").iterdir()}
    units = {re.sub(r"@\d", "@", name) for name in named} - {"qa-plan-web"}  # that of a version before, to be disabled
    assert units
    assert {unit for unit in units if unit not in files and f"{unit}.service" not in files} == set()


def test_both_web_services_wait_at_the_door_that_systemd_holds():
    assert "Sockets=qa-plan-web.socket" in WEB_UNIT
    assert "Requires=qa-plan-web.socket" in WEB_UNIT
    assert "--bind" not in commands()["systemd"]  # it would bind another one, were the door forgotten


def test_the_container_has_its_environment_where_it_was_made():
    made = re.findall(r"-m venv (\S+)", CONTAINER)
    copied = re.findall(r"COPY --from=built (\S+) (\S+)", CONTAINER)
    assert copied == [(place, place) for place in made]  # its commands name their interpreter by the whole path
    assert f"ENV PATH={made[0]}/bin:" in CONTAINER
