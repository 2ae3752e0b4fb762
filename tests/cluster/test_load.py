"""The load test of `make load`, for some seconds."""

import re

import pytest

from bench.load import report, step
from bench.load.settings import Settings
from bench.packages import LOCUST
from tools import api_key, lock
from tools.cluster import configuration
from tools.cluster.cluster import DATABASE

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def settings(cluster, admin_key):
    with lock.exclusive("setup"):
        LOCUST.ensure()
    return Settings(
        url=f"https://127.0.0.1:{cluster.nginx.port}",
        certificate=str(cluster.nginx.certificate),
        keys=[admin_key, api_key.remembered(cluster.environment, DATABASE, "demo")],
        phones=4,
        think=0,
        warm_up=1,
        duration=2,
        every=1,
    )


def test_load(cluster, settings):
    results = {"steps": [step.run(cluster, settings)]}
    (found,) = results["steps"]
    assert report.problems(results) == [], found["examples"]
    assert "screen" in found["kinds"]
    assert found["requests"] == sum(kind["count"] for kind in found["kinds"].values())
    assert found["workers"] == 4
    assert len(found["memory"][-1]["workers"]) == 4
    assert found["processor"]["cores"]["workers"] > 0


def test_answers_that_are_errors_are_noticed(cluster, settings):
    wrong = Settings(**{**vars(settings), "keys": ["0" * 40], "warm_up": 0.5, "duration": 0.5})
    results = {"steps": [step.run(cluster, wrong)]}
    assert any("401 UNAUTHENTICATED" in problem for problem in report.problems(results))


def test_nginx_in_front_of_one_server(tmp_path):
    main = configuration.write_nginx(tmp_path, ["127.0.0.1:8001"], [], (8002, 8003))
    assert re.findall(r"server ([\d.:]+) ", main.read_text()) == ["127.0.0.1:8001"]
