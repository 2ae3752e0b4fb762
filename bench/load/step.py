"""One step of the load test: a number of workers under load, and what is seen of them."""

import json
import subprocess
import time
from dataclasses import asdict, dataclass, field

import psutil

from bench.load import processes
from bench.load.settings import Settings
from bench.load.statistics import slope
from bench.packages import LOCUST
from tools import process
from tools.cluster.cluster import Cluster
from tools.paths import LOGS, PYTHON, ROOT
from tools.progress import StepFailed, say, tail

_SETTLED = 0.2
"""Share of the time after which a worker's memory is not to grow any more."""


@dataclass
class _Watch:
    """What is sampled while the phones work."""

    cluster: Cluster
    clients: int
    started: float = field(default_factory=time.monotonic)
    memory: list[dict] = field(default_factory=list)
    at_begin: dict[str, float] = field(default_factory=dict)

    def __post_init__(self):
        self._parts = processes.parts(self.cluster, self.clients)

    def begin(self) -> None:
        """From now on it counts."""
        self.began = time.monotonic()
        self.at_begin = processes.processor_seconds(self._parts)
        self._machine = psutil.cpu_times()

    def sample(self) -> None:
        """Note the memory of the workers."""
        found = processes.workers(self.cluster.servers)
        self.memory.append(
            {
                "second": round(time.monotonic() - self.started, 1),
                "workers": {str(pid): processes.memory(worker) for pid, worker in found.items()},
            }
        )

    def end(self, requests: int) -> dict:
        """Return what the parts took since :meth:`begin`."""
        seconds = time.monotonic() - self.began
        after = processes.processor_seconds(self._parts)
        used = {name: after[name] - before for name, before in self.at_begin.items()}
        machine = psutil.cpu_times()
        idle = machine.idle + machine.iowait - self._machine.idle - self._machine.iowait
        return {
            "cores": {name: round(time_used / seconds, 3) for name, time_used in used.items()},
            "ms_per_request": {
                name: round(1000 * time_used / max(requests, 1), 2)
                for name, time_used in used.items()
            },
            "idle_cores": round(max(idle, 0) / seconds, 3),
        }


def run(cluster: Cluster, settings: Settings) -> dict:
    """Put load on a cluster that runs; return all figures as JSON has them.

    :raise StepFailed: the phones could not work
    """
    log = LOGS / "load-phones.log"
    environment = cluster.environment.importing(LOCUST.path)
    with log.open("wb") as errors:
        phones = subprocess.Popen(
            [PYTHON, "-m", "bench.load.clients", json.dumps(asdict(settings))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment.variables,
            cwd=ROOT,
            text=True,
        )
    try:
        watch = _Watch(cluster, phones.pid)
        watch.sample()
        for line in phones.stdout:
            news = json.loads(line)
            watch.sample()
            if "measuring" in news:
                watch.begin()
            elif "figures" in news:
                figures = news["figures"]
                figures["processor"] = watch.end(figures["requests"])
                break
            else:
                _say_progress(watch, news)
        else:
            end = "\n".join(tail(log, 20))
            raise StepFailed(f"The phones could not work. The end of {log}:\n{end}")
    finally:
        process.stop(phones)
    workers = sum(server.workers for server in cluster.servers)
    return {
        "servers": len(cluster.servers),
        "workers": workers,
        "phones": settings.phones,
        "think_seconds": settings.think,
        **figures,
        "memory": watch.memory,
        **_growth(watch.memory, figures["per_second"], workers),
        "replaced": replaced(cluster),
    }


def _growth(samples: list[dict], per_second: float, workers: int) -> dict:
    """Return the growth of each worker's memory, after it has settled."""
    settled = samples[0]["second"] + _SETTLED * (samples[-1]["second"] - samples[0]["second"])
    lines: dict[str, list[tuple[float, float]]] = {}
    for sample in samples:
        if sample["second"] >= settled:
            for worker, sizes in sample["workers"].items():
                lines.setdefault(worker, []).append((sample["second"] / 60, sizes["own"]))
    per_minute = {worker: slope(points) for worker, points in lines.items()}
    requests = per_second * 60 / workers
    return {
        "growth": {
            worker: {
                "mb_per_minute": round(growth, 3),
                "mb_per_1000_requests": round(growth / requests * 1000, 3) if requests else 0.0,
            }
            for worker, growth in per_minute.items()
        }
    }


def replaced(cluster: Cluster) -> list[str]:
    """Return what the servers' logs say of workers that ended because of a limit."""
    lines = []
    for server in cluster.servers:
        with server.log.open(errors="replace") as log:
            lines += [line.strip() for line in log if "Worker (" in line and "reached" in line]
    return lines


def _say_progress(watch: _Watch, news: dict) -> None:
    sizes = [worker["own"] for worker in watch.memory[-1]["workers"].values()]
    memory = ", ".join(f"{size:.0f}" for size in sizes)
    say(
        f"[{time.monotonic() - watch.started:3.0f} s]   {news['per_second']:.0f} requests/s, "
        f"{news['requests']:,} in all; workers have {memory} MB of their own"
    )
