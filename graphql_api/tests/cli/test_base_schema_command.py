"""``odoo graphql_schema`` as a shell runs it: a process of its own, on what is committed."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tools import config

from ..cases import needs
from ..cases.api import ApiCase
from ..cases.server import committed, database, together

CHANGES = Path(__file__).parents[1] / "clients" / "schema_changes.mjs"

POLICY = "Test of the command"


def run(*options: str, name: str | None = None, seed: int = 0) -> subprocess.CompletedProcess:
    """Run the command on the database of the tests.

    :param name: another database
    :param seed: of the hashes of texts, on which the order of a set depends
    """
    return subprocess.run(
        [
            *(sys.executable, "-m", "odoo"),
            f"--addons-path={','.join(config['addons_path'])}",
            *(
                "graphql_schema",
                "-c",
                needs.variable("GRAPHQL_API_CONFIGURATION"),
                "-d",
                name or database(),
                *options,
            ),
        ],
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONIOENCODING": "ascii"},
        timeout=600,
        check=False,
    )


def find_changes(before: bytes, after: bytes) -> list:
    """Return what graphql-inspector finds: type, path and criticality of each change."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("before.graphql", "after.graphql")]
        for file, content in zip(files, (before, after), strict=True):
            file.write_bytes(content)
        finished = subprocess.run(
            [needs.variable("GRAPHQL_API_NODE"), CHANGES, *files],
            capture_output=True,
            timeout=60,
            check=True,
        )
    return json.loads(finished.stdout)


@contextlib.contextmanager
def policy():
    """Let there be a policy to read countries, and nothing else."""
    with committed() as env:
        country = env.ref("graphql_api.country")
        values = {"name": POLICY, "right_ids": [(0, 0, {"resource_id": country.id})]}
        record = env["graphql_api.policy"].create(values)
    try:
        yield
    finally:
        with committed() as env:
            env["graphql_api.policy"].browse(record.id).unlink()


@contextlib.contextmanager
def deprecated(reason: str):
    """Let a field be deprecated that clients can neither set nor filter by."""
    with committed() as env:
        env.ref("graphql_api.country__image_url").deprecation_reason = reason
    try:
        yield
    finally:
        with committed() as env:
            env.ref("graphql_api.country__image_url").deprecation_reason = False


@tagged("post_install", "-at_install", "node")
class TestCommand(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        needs.variable("GRAPHQL_API_CONFIGURATION")

    def printed(self, *runs) -> list[bytes]:
        """Return what processes print that run at once."""
        finished = together(runs)
        for process in finished:
            self.assertEqual(process.returncode, 0, process.stderr.decode()[-3000:])
        return [process.stdout for process in finished]

    def test_differences(self):
        """There is none between two processes; once a field is deprecated, that is the one."""
        with tempfile.TemporaryDirectory() as folder, policy():
            file = Path(folder, "schema.graphql")
            first, nothing, restricted = self.printed(
                partial(run, seed=1),
                partial(run, f"--output={file}", seed=2),
                partial(run, "--format=openapi", f"--policy={POLICY}"),
            )
            second = file.read_bytes()
        with deprecated("Draw it."):
            (third,) = self.printed(run)
        self.assertEqual((second, nothing), (first, b""))
        self.assertEqual(find_changes(first, second), [])
        self.assertEqual(
            find_changes(first, third),
            [["FIELD_DEPRECATION_ADDED", "Country.imageUrl.@deprecated", "NON_BREAKING"]],
        )
        self.assertIn(b'imageUrl: String @deprecated(reason: "Draw it.")\n', third)
        paths = json.loads(restricted)["paths"]
        self.assertIn("get", paths["/api/countries"])
        self.assertNotIn("/api/customers", paths)

    def test_mistakes(self):
        """End with 2 and a sentence, and print nothing else."""
        cases = [
            ((), "graphql_api_no_such_database", "database"),
            ((), "postgres", "not installed"),
            (["--policy=No such policy"], None, "policy"),
        ]
        runs = [partial(run, *options, name=name) for options, name, _words in cases]
        for (options, name, words), finished in zip(cases, together(runs), strict=True):
            with self.subTest(options=options, name=name):
                self.assertEqual((finished.returncode, finished.stdout), (2, b""))
                log = finished.stderr.decode()
                self.assertRegex(log.splitlines()[-1], f"^graphql_schema: .*{words}.*")
                self.assertNotIn("Traceback", log)


class TestServedText(ApiCase):
    database = "base"

    def test_it_is_what_the_command_prints(self):
        served = self.http("GET", "/api/graphql/schema.graphql").content
        document = self.http("GET", "/api/openapi.json").json()
        schema, openapi = together([run, partial(run, "--format=openapi")])
        self.assertEqual(schema.stdout, served)
        # The administrator may do all that there is without apps.
        self.assertEqual(list(json.loads(openapi.stdout)), list(document))
        self.assertEqual(json.loads(openapi.stdout), document)
        self.assertGreater(len(openapi.stdout.splitlines()), 1000)
