"""``GET /api/metrics``: who reads it, what is counted, and that all processes count together."""

import contextlib
import datetime
import os
import platform
import resource
import stat
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import psutil
from freezegun import freeze_time
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, Form, tagged
from odoo.tools import config

from ...http.monitoring import metric_files, metrics
from ..cases.api import ApiCase
from ..cases.persisted_documents import extensions
from ..cases.server import ServerCase, database, setting

PATH = "/api/metrics"
TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def samples(text: str) -> dict[tuple, float]:
    """Return what an OpenMetrics document says, by names and values of labels.

    Without the database; the labels are in alphabetical order.
    """

    def labels(sample) -> list[str]:
        return [value for name, value in sorted(sample.labels.items()) if name != "database"]

    return {
        (sample.name, *labels(sample)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@tagged("post_install", "-at_install")
class TestWhoReads(ApiCase):
    def policy_key(self, **values) -> dict:
        """Return the header with a key under a policy with these values."""
        policy = self.env["graphql_api.policy"].create({"name": "Monitoring", **values})
        key = self.env["graphql_api.key"]._generate(self.user("admin"), policy, "test", None)
        return {"Authorization": f"Bearer {key}"}

    def assert_refused(self, status: int, code: str, **kwargs):
        body = self.rest(PATH, status=status, **kwargs)
        self.assertEqual(body["code"], code)

    def test_nobody_by_default(self):
        self.assert_refused(401, "UNAUTHENTICATED", login=None)
        self.assert_refused(401, "UNAUTHENTICATED", headers={"Authorization": "Bearer nothing"})
        self.assert_refused(403, "FORBIDDEN")
        self.assert_refused(403, "FORBIDDEN", headers=self.policy_key(all_resources=True))

    def test_a_key_for_it_reads_nothing_else(self):
        headers = self.policy_key(read_metrics=True)
        response = self.http("GET", PATH, headers=headers)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], TYPE)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        samples(response.text)
        self.assertEqual(self.rest("/api", headers=headers)["data"], [])

    def test_a_key_from_another_network(self):
        headers = self.policy_key(read_metrics=True, networks="192.0.2.0/24")
        self.assert_refused(403, "FORBIDDEN", headers=headers)

    def test_a_network(self):
        for networks, status in (
            ("192.0.2.0/24", 401),
            ("nonsense", 401),
            ("192.0.2.1, 127.0.0.0/8", 200),
        ):
            self.set_setting("metrics_networks", networks)
            response = self.http("GET", PATH, login=None)
            self.assertEqual(response.status_code, status, networks)
        self.assertEqual(self.http("GET", "/api/me", login=None).status_code, 401)

    def test_other_methods_and_parameters(self):
        self.set_setting("metrics_networks", "127.0.0.1")
        self.assertEqual(self.http("POST", PATH).status_code, 405)
        self.assertEqual(self.http("HEAD", PATH, login=None).status_code, 200)
        self.assert_refused(400, "BAD_USER_INPUT", login=None, params={"database": "other"})

    def test_the_screen_of_the_settings(self):
        with Form(self.env["res.config.settings"]) as form:
            form.graphql_api_metrics_networks = "10.0.0.8, 2001:db8::/32"
        form.record.execute()
        settings = self.env["graphql_api.settings"]._get_settings()
        self.assertEqual(
            list(map(str, settings.metrics_networks)), ["10.0.0.8/32", "2001:db8::/32"]
        )
        form = Form(self.env["res.config.settings"])
        self.assertEqual(form.graphql_api_metrics_networks, "10.0.0.8/32, 2001:db8::/32")
        form.graphql_api_metrics_networks = "10.0.0.8/24"
        with self.assertRaisesRegex(ValidationError, "10.0.0.8/24 is not a network"):
            form.save()


@tagged("post_install", "-at_install")
class TestWorkers(ServerCase):
    """A server with two workers, whose replica is the primary, read without a key."""

    @classmethod
    def setUpClass(cls):
        replica = [f"--db_replica_{name}={config['db_' + name]}" for name in ("host", "port")]
        cls.server_options = ("--workers=2", *replica)
        super().setUpClass()
        cls.enterClassContext(setting("metrics_networks", "127.0.0.1"))
        base = Path(config["data_dir"], "graphql_api", "metrics")
        deadline = time.monotonic() + 120
        while not (folders := list(base.glob(f"{platform.node()}.{cls.server.process_id}.*"))):
            assert time.monotonic() < deadline, "Nothing is counted."
            with cls.server.client(cls.key) as client:
                client.send_request("GET", "/api/me")
        (cls.folder,) = folders

    def metrics(self) -> dict[tuple, float]:
        with self.server.client("none") as client:
            del client.headers["Authorization"]
            response = client.send_request("GET", PATH)
        self.assertEqual(response.status_code, 200, response.text)
        self.text = response.text
        return samples(response.text)

    def wait_until(self, is_so, message: str = "") -> None:
        """Wait for what follows a response: it is counted after it was sent."""
        deadline = time.monotonic() + 120
        while not is_so():
            self.assertLess(time.monotonic(), deadline, message)
            time.sleep(0.02)

    @contextlib.contextmanager
    def counted(self, *expected: tuple):
        """Check by how much values grow in the block: ``(amount, name, *labels)``."""
        wanted = {tuple(key): amount for amount, *key in expected}
        before, grown = self.metrics(), {}
        yield

        def is_so():
            after = self.metrics()
            grown.update({key: after.get(key, 0) - before.get(key, 0) for key in wanted})
            return grown == wanted

        with contextlib.suppress(AssertionError):
            self.wait_until(is_so)
        self.assertEqual(grown, wanted)

    def get(self, path: str, status: int = 200, **kwargs):
        response = self.client().send_request("GET", path, **kwargs)
        self.assertEqual(response.status_code, status, response.text)
        return response

    def post(self, query: str | None, status: int = 200, **members):
        """Send a GraphQL request, with new connections and so to any of the workers."""
        body = {"query": query, **members}
        response = self.client().send_request("POST", "/api/graphql", json=body)
        self.assertEqual(response.status_code, status, response.text)
        return response

    def counting_workers(self) -> list[psutil.Process]:
        """Return the processes that have a file to count in."""

        def counts(process: psutil.Process) -> bool:
            with contextlib.suppress(psutil.Error):
                return any(file.path.startswith(str(self.folder)) for file in process.open_files())
            return False

        return list(filter(counts, psutil.Process(self.server.process_id).children()))

    def use_both_workers(self) -> list[psutil.Process]:
        """Send requests until both workers have counted one; return them."""

        def are_both():
            with self.server.client("wrong") as client:
                client.send_request("GET", "/api/me")
            return len(self.counting_workers()) == 2

        self.wait_until(are_both, "One worker takes all requests.")
        return self.counting_workers()

    def test_kinds_of_operations(self):
        country = "/api/countries/21"
        with self.counted(
            (2, "graphql_api_requests_total", "query", "200"),
            (1, "graphql_api_requests_total", "mutation", "200"),
            (1, "graphql_api_requests_total", "graphql", "200"),
            (1, "graphql_api_requests_total", "rest_read", "200"),
            (1, "graphql_api_requests_total", "rest_read", "304"),
            (1, "graphql_api_requests_total", "rest_read", "404"),
            (1, "graphql_api_requests_total", "rest_write", "403"),
            (1, "graphql_api_requests_total", "file", "404"),
            (1, "graphql_api_requests_total", "sign_in", "404"),
            (4, "graphql_api_errors_total", "NOT_FOUND"),
            (1, "graphql_api_errors_total", "FORBIDDEN"),
            (1, "graphql_api_errors_total", "GRAPHQL_PARSE_FAILED"),
            (2, "graphql_api_request_duration_seconds_count", "query"),
            (2, "graphql_api_request_sql_queries_bucket", "+Inf", "query"),
        ):
            self.post("{ me { lang } }")
            self.post("query Named { countries(first: 1) { nodes { name } } }")
            self.post('mutation { deleteCustomer(id: "999999999") }')
            self.post("{")
            tag = self.get(country).headers["ETag"]
            self.get(country, 304, headers={"If-None-Match": tag})
            self.get("/api/nothing", 404)
            self.get("/api/customers/999999999/image_1920", 404)
            client = self.client()
            client.send_request("DELETE", country)
            client.send_request("POST", "/api/auth/token", json={})
        for name in ("Named", "countries", "image_1920", "999999999", "admin"):
            self.assertNotIn(name, self.text)

    def test_errors_that_are_no_response_of_a_controller(self):
        with self.counted(
            (1, "graphql_api_requests_total", "graphql", "401"),
            (1, "graphql_api_errors_total", "UNAUTHENTICATED"),
            (1, "graphql_api_errors_total", "METHOD_NOT_ALLOWED"),
        ):
            with self.server.client("wrong") as client:
                client.send_request("POST", "/api/graphql", json={"query": "{ me { lang } }"})
            self.client().send_request("DELETE", "/api/health")

    def test_caches(self):
        persisted = ("graphql_api_cache_lookups_total", "persisted_document")
        with self.counted((1, *persisted, "miss"), (0, *persisted, "hit")):
            self.post(None, extensions=extensions("{ nothing }"))
        text = f"query Z{os.getpid()} {{ me {{ lang }} }}"
        before = self.documents()
        for _number in range(3):
            self.post(text)
        self.wait_until(lambda: sum(self.documents()) == sum(before) + 3)
        # Each of the workers keeps documents, and schemas, for itself.
        self.assertIn(self.documents()[1] - before[1], (1, 2))
        found = self.metrics()
        self.assertIn(found["graphql_api_schema_builds_total",], (1, 2))
        self.assertGreater(found["graphql_api_schema_build_seconds_total",], 0)

    def documents(self) -> list[float]:
        """Return the hits and the misses."""
        name = "graphql_api_cache_lookups_total"
        found = self.metrics()
        return [found.get((name, "document", result), 0) for result in ("hit", "miss")]

    def test_replica_and_primary(self):
        name = "graphql_api_transactions_total"
        behind = ("graphql_api_replica_behind_total",)
        before = self.metrics()
        with self.counted((1, name, "primary"), (0, *behind)):
            self.post('mutation { deleteCustomer(id: "999999999") }')
        self.assertGreater(self.metrics()[name, "replica"], before.get((name, "replica"), 0))
        # It is none, and so has replayed nothing, or what there was when it started after a crash.
        with self.counted((1, name, "primary"), (1, *behind)):
            self.get("/api/me", headers={"Consistency-Token": "FFFFFFFF/FFFFFFFF"})

    def test_one_sum(self):
        """Also when a worker is killed, and the next one goes on with its files."""
        workers = self.use_both_workers()
        with (
            self.server.client("wrong") as client,
            self.counted((20, "graphql_api_requests_total", "rest_read", "401")),
        ):
            for _number in range(20):
                client.send_request("GET", "/api/me")
        before = self.metrics()
        killed = workers.pop()
        killed.kill()
        killed.wait(30)
        self.assert_nothing_lost(before)
        self.use_both_workers()
        self.assertEqual(len(list(self.folder.glob("counter_*.db"))), 2)
        self.assert_nothing_lost(before)

    def assert_nothing_lost(self, before: dict[tuple, float]):
        after = self.metrics()
        for key, value in before.items():
            self.assertGreaterEqual(after.get(key, 0), value, key)

    def test_nothing_of_another_database(self):
        before = set(self.folder.iterdir())
        counts = metric_files.Counts(self.folder)
        counts.add([metrics.REQUESTS.add(f"{database()}_2", "query", "299")])
        for file in set(self.folder.iterdir()) - before:
            self.addCleanup(file.unlink)
        self.metrics()
        self.assertIn(f'database="{database()}"', self.text)
        self.assertNotIn(f"{database()}_2", self.text)
        self.assertNotIn('"299"', self.text)

    def test_nobody_else_reads_the_files(self):
        self.assertEqual(stat.S_IMODE(self.folder.stat().st_mode), 0o700)


@tagged("post_install", "-at_install")
class TestFiles(BaseCase):
    """The files by themselves."""

    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def add(self, counts: metric_files.Counts, *codes: str):
        counts.add([metrics.ERRORS.add("one", code) for code in codes])

    def sums(self) -> dict[str, float]:
        return {
            sample.labels["code"]: sample.value
            for metric in metric_files.read_folder(self.folder)
            for sample in metric.samples
        }

    def in_child(self, function) -> int:
        """Call a function in a process that is forked; return how it ended."""
        child = os.fork()
        if not child:
            try:
                function()
                os._exit(0)
            except BaseException:
                os._exit(99)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def test_processes_that_were_forked(self):
        """There are as many files as processes at once, whatever became of earlier ones."""
        counts = metric_files.Counts(self.folder)
        self.add(counts, "A")
        for _number in range(5):
            ended = self.in_child(lambda: self.add(metric_files.Counts(self.folder), "A", "B"))
            self.assertEqual(ended, 0)
        self.add(counts, "A")
        self.assertEqual(self.sums(), {"A": 7, "B": 5})
        self.assertEqual(len(list(self.folder.iterdir())), 2)

    def test_processes_at_once(self):
        """None adds to the file of another that is alive, and none waits for it."""
        started, end = os.pipe(), os.pipe()

        def count():
            counts = metric_files.Counts(self.folder)
            self.add(counts, "A")
            os.write(started[1], b".")
            os.read(end[0], 1)
            os._exit(0)

        children = []
        for _number in range(3):
            child = os.fork()
            if not child:
                count()
            children.append(child)
            os.read(started[0], 1)
        self.assertEqual(len(list(self.folder.iterdir())), 3)
        os.write(end[1], b"...")
        for child in children:
            os.waitpid(child, 0)
        self.add(metric_files.Counts(self.folder), "A")
        self.assertEqual(len(list(self.folder.iterdir())), 3)
        self.assertEqual(self.sums(), {"A": 4})

    def test_a_process_knows_that_it_was_forked(self):
        self.addCleanup(metric_files._own_counts.cache_clear)
        metric_files._own_counts.cache_clear()
        with patch.dict(os.environ, {metric_files.FOLDER_VARIABLE: str(self.folder)}):
            metric_files.add([metrics.ERRORS.add("one", "A")])
            self.in_child(lambda: metric_files.add([metrics.ERRORS.add("one", "A")]))
            metric_files.add([metrics.ERRORS.add("one", "A")])
        self.assertEqual(self.sums(), {"A": 3})
        self.assertEqual(len(list(self.folder.iterdir())), 2)

    def test_a_file_that_was_only_begun(self):
        """It has nothing yet, and takes nothing from what there is."""
        self.add(metric_files.Counts(self.folder), "A")
        (self.folder / "counter_graphql-api-1.db").touch()
        self.assertEqual(self.sums(), {"A": 1})

    def test_more_than_fits_into_a_new_file(self):
        counts = metric_files.Counts(self.folder)
        codes = [f"CODE_{number}" for number in range(2000)]
        self.add(counts, *codes)
        self.add(counts, *codes)
        self.assertEqual(self.sums(), dict.fromkeys(codes, 2))
        # All of it has a place on the disk: what is mapped must not need one later.
        (path,) = self.folder.iterdir()
        self.assertGreaterEqual(path.stat().st_blocks * 512, path.stat().st_size)

    def test_a_disk_without_room(self):
        """Neither for the file nor for its next piece; the process goes on."""

        def count():
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
            counts = metric_files.Counts(self.folder)
            self.add(counts, "A")
            with self.assertLogs(metric_files.__name__, "WARNING") as logs:
                self.add(counts, *(f"CODE_{number}" for number in range(2000)))
                self.add(counts, "A")
            assert len(logs.output) == 1
            with freeze_time(datetime.timedelta(seconds=61)):
                self.add(counts, "A")
            resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))
            os.unlink(next(self.folder.glob("*.db")))
            with self.assertLogs(metric_files.__name__, "WARNING"):
                self.add(metric_files.Counts(self.folder), "A")

        self.assertEqual(self.in_child(count), 0)

    def test_a_folder_that_cannot_be_written(self):
        path = self.folder / "file"
        path.touch()
        counts = metric_files.Counts(path)
        with self.assertLogs(metric_files.__name__, "WARNING") as logs:
            self.add(counts, "A")
            self.add(counts, "A")
        self.assertEqual(len(logs.output), 1)
        self.assertEqual(self.sums(), {})

    def test_servers_that_are_gone(self):
        base = self.folder / "graphql_api" / "metrics"
        started = int(psutil.Process().create_time())
        kept = [f"{platform.node()}.{os.getpid()}.{started}", f"elsewhere.{os.getpid()}.1"]
        gone = [f"{platform.node()}.{os.getpid()}.1", f"{platform.node()}.999999999.{started}"]
        for name in (*kept, *gone):
            (base / name).mkdir(parents=True)
            (base / name / "counter_graphql-api-1.db").touch()
        with patch.dict(config.options, {"data_dir": str(self.folder)}):
            metric_files.remove_gone_servers()
        self.assertEqual(sorted(path.name for path in base.iterdir()), sorted(kept))
