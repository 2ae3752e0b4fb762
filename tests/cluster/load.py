"""Clients that write and read while something breaks, and what became of their writes."""

import contextlib
import threading
import time
import uuid
from collections import Counter

import requests

from tools.cluster.cluster import Cluster

from .conftest import execute

_PATIENCE = 0.2  # seconds before a client tries again
_LOST_AFTER = 80  # seconds without an answer; nginx waits less


class Load:
    """Clients in threads; a context manager, at whose end they finish what they have begun.

    Each writer creates one customer after the other, under an idempotency key, and sends the
    request again until it is acknowledged, as an app does on a bad network, which loses every third
    answer. Then it reads what it has written, with the token of the answer.

    :param writers: how many clients
    :param pause: seconds between two customers of a client
    """

    def __init__(self, cluster: Cluster, key: str, writers: int = 4, pause: float = 0):
        self._cluster = cluster
        self._key = key
        self._run = uuid.uuid4().hex[:8]
        self._pause = pause
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(writers)]
        self.acknowledged: list[str] = []
        """References of the customers that were acknowledged."""
        self.refused: Counter[tuple[int | str, str]] = Counter()
        """(status, code) -> answers that were no acknowledgement; "lost" without any answer."""
        self.unseen: list[str] = []
        """References that a read with the token did not find."""
        self.leaks: list[str] = []
        """Bodies of errors that say what clients must not learn."""

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self._threads), "a client waits for ever"

    def wait_for(self, count: int) -> None:
        """Wait until so many more writes are acknowledged."""
        target = len(self.acknowledged) + count
        deadline = time.monotonic() + 90
        while len(self.acknowledged) < target:
            assert time.monotonic() < deadline, f"no progress: {dict(self.refused)}"
            time.sleep(0.05)

    def check(self) -> None:
        """Assert that every acknowledged write is there once, and no other one at all."""
        rows = execute(
            self._cluster.primary,
            "SELECT ref, count(*) FROM res_partner WHERE ref LIKE %s GROUP BY ref",
            f"{self._run}-%",
        )
        assert dict(rows) == dict.fromkeys(self.acknowledged, 1)
        assert self.unseen == []
        assert self.leaks == []
        assert not [status for status, _code in self.refused if status == 500]

    def _write(self, number: int) -> None:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(self._cluster.nginx.certificate)
            session.headers["Authorization"] = f"Bearer {self._key}"
            count = 0
            while not self._stopping.wait(self._pause):
                count += 1
                reference = f"{self._run}-{number}-{count}"
                self._create(session, reference, loses_answer=count % 3 == 0)

    def _create(self, session: requests.Session, reference: str, loses_answer: bool) -> None:
        body = {"name": f"Customer {reference}", "ref": reference}
        headers = {"Idempotency-Key": reference}
        path = "/api/customers?fields=ref"
        if loses_answer:
            with contextlib.suppress(requests.RequestException):
                url = self._cluster.nginx.url + path
                session.post(url, json=body, headers=headers, timeout=(5, 0.001))
        answer = self._insist(session, "POST", path, json=body, headers=headers)
        self.acknowledged.append(reference)
        token = answer.headers.get("Consistency-Token")
        headers = {"Consistency-Token": token} if token else {}
        path = f"/api/customers?fields=ref&filter[ref][eq]={reference}"
        rows = self._insist(session, "GET", path, headers=headers).json()["data"]
        if rows != [{"ref": reference}]:
            self.unseen.append(reference)

    def _insist(self, session: requests.Session, method: str, path: str, **arguments):
        """Send a request until it succeeds; return the answer."""
        while True:
            try:
                answer = session.request(
                    method, self._cluster.nginx.url + path, timeout=_LOST_AFTER, **arguments
                )
            except requests.RequestException:
                self.refused["lost", ""] += 1
            else:
                if answer.ok:
                    return answer
                self._note(answer)
            time.sleep(_PATIENCE)

    def _note(self, answer: requests.Response) -> None:
        try:
            code = answer.json()["code"]
        except (ValueError, KeyError):
            code = "no JSON"
            self.leaks.append(answer.text[:200])
        self.refused[answer.status_code, code] += 1
        if any(word in answer.text for word in ("Traceback", "psycopg", "SELECT", "odoo.")):
            self.leaks.append(answer.text[:200])
