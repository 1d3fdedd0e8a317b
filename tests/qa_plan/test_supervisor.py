"""Programs that run together end together, whatever happens to one of them, to the terminal, or to the supervisor."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from tests.support.processes import alive, eventually, marked_environment

# The module alone, found in its folder: the package around it would load Celery each time.
FOLDER = settings.BASE_DIR / "qa_plan"
SUPERVISOR = """
import sys
from supervisor import Program, run_together
run_together([Program(f"p{n}", ("sh", "-c", script)) for n, script in enumerate(sys.argv[1:])])
"""
STEADY = "echo up; exec sleep 60"
STUBBORN = "trap '' TERM; echo up; sleep 61 & wait"  # ignores SIGTERM, and has a child of its own


def listen_to_hang_ups():
    """Whoever runs the tests below nohup has them ignored."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def supervise():
    """Starts a supervisor over shell scripts and waits until each has said that it is up."""
    started = []

    def start(*scripts, **options):
        environment = marked_environment()
        options.setdefault("preexec_fn", listen_to_hang_ups)
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, *scripts],
            cwd=FOLDER,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **options,
        )
        process.environment = environment
        started.append(process)
        process.said = [process.stdout.readline() for _ in scripts]
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
        assert eventually(lambda environment=process.environment: not alive(environment))


@pytest.mark.parametrize("request_to_stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_ends_all_with_success(supervise, request_to_stop):
    process = supervise(STEADY, STEADY)
    process.send_signal(request_to_stop)
    assert process.wait(30) == 0
    assert alive(process.environment) == []


def test_a_request_to_the_whole_group_ends_all_with_success(supervise):
    process = supervise(STEADY, STEADY)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 0
    assert alive(process.environment) == []


def test_one_that_ends_by_itself_takes_the_others_along_and_is_named(supervise):
    process = supervise(STEADY, "echo up; sleep 0.2; exit 3")
    output, _ = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "p1 ended with code 3" in output
    assert alive(process.environment) == []


def test_a_program_that_cannot_be_started_leaves_none_of_the_others():
    environment = marked_environment(PATH="")
    script = SUPERVISOR.replace('"sh"', '("/bin/sh", "/missing")[n]')
    command = [sys.executable, "-c", script, "sleep 60", ""]
    result = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode != 0
    assert "/missing" in result.stderr
    assert alive(environment) == []


def test_a_second_interrupt_kills_what_will_not_end(supervise):
    process = supervise(STEADY, STUBBORN)
    process.send_signal(signal.SIGINT)
    assert eventually(lambda: "sleep 60" not in alive(process.environment))
    assert eventually(lambda: "sleep 61" in alive(process.environment))
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    assert alive(process.environment) == []


def test_when_the_supervisor_is_killed_the_programs_end(supervise):
    process = supervise(STEADY, STEADY)
    process.kill()
    process.wait()
    assert eventually(lambda: not alive(process.environment))


def test_a_hang_up_is_ignored_when_the_starter_asked_so(supervise):
    process = supervise(STEADY, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_a_closed_terminal_does_not_stop_anybody_from_working_or_stopping(supervise):
    process = supervise("echo up; while echo more; do sleep 0.05; done")
    process.stdout.close()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    process.stdout = None


def test_each_line_stands_under_the_name_of_its_program(supervise):
    process = supervise("echo 已就绪; exec sleep 60", STEADY)
    assert sorted(process.said) == ["p0 | 已就绪\n", "p1 | up\n"]
