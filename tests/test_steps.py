"""Steps of the set-up that are done at the same time."""

import threading
import time

import pytest

from tools import process
from tools.progress import StepFailed


def test_steps_at_the_same_time():
    """Each waits for the other."""
    first, second = threading.Event(), threading.Event()

    def one():
        first.set()
        return "one" if second.wait(60) else None

    def two():
        second.set()
        return "two" if first.wait(60) else None

    assert process.together(one, two) == ["one", "two"]


def test_a_step_that_fails_ends_the_others(tmp_path):
    """Also one that then tries another way, as the fetching of Odoo does."""
    tried = []

    def sleep():
        tried.append(1)
        process.run(["sleep", "300"], log=tmp_path / "log", failure="Ended.")

    def tries_twice():
        with pytest.raises(StepFailed):
            sleep()
        sleep()

    def fails():
        while not tried:
            time.sleep(0.01)
        raise StepFailed("No room.")

    started = time.monotonic()
    with pytest.raises(StepFailed, match=r"No room\."):
        process.together(tries_twice, fails)
    assert time.monotonic() - started < 60
    assert len(tried) == 2
    process.run(["true"], log=tmp_path / "log", failure="What comes later is ended as well.")


def test_a_failure_among_steps_of_a_step_is_the_one_that_is_told(tmp_path):
    """Not that of the programs that are ended for it."""

    def sleeps(name):
        process.run(["sleep", "300"], log=tmp_path / name, failure="Ended.")

    def fails():
        process.run(["false"], log=tmp_path / "fails", failure="No room.")

    def inner():
        process.together(fails, lambda: sleeps("inner"))

    with pytest.raises(StepFailed, match=r"No room\."):
        process.together(lambda: sleeps("outer"), inner)


def test_steps_of_a_step_end_with_it(tmp_path):
    """And what that step goes on with when they have."""
    log = tmp_path / "log"
    ended = []

    def sleep():
        process.run(["sleep", "300"], log=log, failure="Ended.")

    def inner():
        for steps in ((sleep, sleep), (sleep,)):
            with pytest.raises(StepFailed):
                process.together(*steps)
            ended.append(steps)
        sleep()

    def fails():
        while not log.exists():
            time.sleep(0.01)
        raise StepFailed("No room.")

    started = time.monotonic()
    with pytest.raises(StepFailed, match=r"No room\."):
        process.together(inner, fails)
    assert time.monotonic() - started < 60
    assert len(ended) == 2
