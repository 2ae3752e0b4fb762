"""What `make load` makes of what it has measured."""

import copy
import xml.etree.ElementTree as ElementTree

import pytest

from bench import chart
from bench.load import picture, report
from bench.load.capacity import Cost, Installation, Use, at_most
from bench.load.statistics import percentile, slope

_STEP = {
    "servers": 1,
    "workers": 1,
    "phones": 4,
    "think_seconds": 0,
    "requests": 300,
    "per_second": 50.0,
    "kinds": {
        kind: {"count": 100, "median_ms": 20.0, "p95_ms": 60.0}
        for kind in ("REST", "screen", "write")
    },
    "names": {"orders": {"kind": "screen", "count": 100, "median_ms": 20.0, "p95_ms": 60.0}},
    "statuses": {"200": 299, "201": 1},
    "all_statuses": {"200": 310, "201": 2},
    "processor": {
        "cores": dict.fromkeys(("workers", "primary", "replica", "nginx", "phones"), 0.25),
        "ms_per_request": {
            "workers": 10.0,
            "primary": 4.0,
            "replica": 5.0,
            "nginx": 1.0,
            "phones": 2.0,
        },
        "idle_cores": 0.5,
    },
    "memory": [
        {
            "second": second,
            "workers": {"17": {"own": 100 + second / 60, "resident": 160, "virtual": 320}},
        }
        for second in (0, 60, 120)
    ],
    "growth": {"17": {"mb_per_minute": 1.0, "mb_per_1000_requests": 0.33}},
    "replaced": [],
}


@pytest.fixture
def results():
    steps = [{**copy.deepcopy(_STEP), "workers": workers} for workers in (1, 2)]
    return {
        "date": "2026-01-02T03:04:05+00:00",
        "machine": {"processors": 2, "model": "A processor", "load_before": 0.1},
        "versions": {"odoo": "19.0", "postgresql": "18"},
        "commit": "abc",
        "locust": "2",
        "sizes": {"customers": 1000, "orders": 2000},
        "minutes": 1,
        "steps": steps,
        "check": {**copy.deepcopy(_STEP), "think_seconds": 10, "phones": 300},
    }


def test_slope():
    assert slope([(0, 5), (1, 7), (2, 9)]) == pytest.approx(2)
    assert slope([(0, 1), (1, 3), (2, 1), (3, 3)]) == pytest.approx(0.4)
    assert slope([(1, 5)]) == slope([]) == slope([(1, 5), (1, 9)]) == 0


def test_percentile():
    values = list(range(1, 101))
    assert (percentile(values, 0.5), percentile(values, 0.95)) == (51, 96)
    assert percentile([7], 0.95) == 7


def test_capacity():
    cost = Cost(workers=10, primary=4, replica=5, nginx=1)
    assert at_most(8, cost.workers) == 800
    assert at_most(8, cost.all) == 400
    installation = Installation(cost, cores=8, replicas=2)
    assert (installation.primary, installation.all_replicas) == (2000, 3200)
    assert (installation.per_second, installation.servers) == (2000, 3)
    assert Use(pause=10, in_use=0.25, busy=0.5).phones(100) == 2000


def test_report(results):
    assert report.problems(results) == []
    text = report.figures(results)
    assert "No response was an error." in text
    assert "No worker reached a limit" in text
    # 8 cores, 20 ms for everything: 400 requests/s, 60 % of them, 10 s, 30 % in use.
    row = next(line for line in text.splitlines() if line.startswith("| everything on 8"))
    assert [cell.strip() for cell in row.split("|")][2:6] == ["400", "240", "2,400", "8,000"]


def test_worker_that_was_replaced_is_told(results):
    results["steps"][1]["replaced"] = ["Worker (17) max request (65536) reached."]
    assert "max request (65536)" in report.figures(results)


@pytest.mark.parametrize(
    "status",
    ["500 INTERNAL_SERVER_ERROR", "503", "502 no JSON", "200 FORBIDDEN", "0", "IndexError", "404"],
)
def test_error_is_a_problem(results, status):
    results["check"]["all_statuses"][status] = 3
    assert report.problems(results) == [f"3 times {status}, with 1 workers"]
    assert "**Failed**" in report.figures(results)


@pytest.mark.parametrize("status", ["200", "201", "409 CONFLICT", "200 CONFLICT"])
def test_conflict_is_none(results, status):
    results["check"]["all_statuses"][status] = 3
    assert report.problems(results) == []


def test_picture(results):
    root = ElementTree.fromstring(picture.draw(results))
    lines = root.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 5  # requests a second, three kinds, one worker
    (throughput, *_others) = lines
    # Two steps of the same throughput: a level line.
    (_x, first), (_x, second) = (place.split(",") for place in throughput.get("points").split())
    assert first == second


_SILENT = {
    "requests": 0,
    "per_second": 0.0,
    "kinds": {},
    "names": {},
    "statuses": {},
    "all_statuses": {},
}


@pytest.mark.parametrize("silent", [slice(0, 1), slice(1, 2), slice(0, 2)])
def test_no_requests(results, silent):
    """On a busy machine none may be answered in time: that is told, and is no crash."""
    for step in results["steps"][silent]:
        step.update(_SILENT)
        step["processor"]["ms_per_request"] = dict.fromkeys(
            step["processor"]["ms_per_request"], 0.0
        )
        step["memory"] = step["memory"][:1]
    del results["check"]
    problems = report.problems(results)
    assert len(problems) == len(results["steps"][silent])
    assert all(problem.startswith("no request was answered") for problem in problems)
    assert "**Failed**: no request was answered" in report.figures(results)
    ElementTree.fromstring(picture.draw(results))


def test_a_request_that_took_too_little_to_measure(results):
    results["steps"][-1]["processor"]["ms_per_request"]["nginx"] = 0.0
    assert report.problems(results) == []
    assert "Capacity" not in report.figures(results)
    ElementTree.fromstring(picture.draw(results))


def test_ticks():
    assert chart.even_ticks(0) == [0, 0.001]
    assert chart.even_ticks(10) == [0, 2, 4, 6, 8, 10]
    assert chart.even_ticks(11) == [0, 5, 10, 15]
