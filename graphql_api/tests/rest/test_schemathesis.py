"""Requests that schemathesis generates from the schema and from the OpenAPI document.

None is answered with an error that is the server's, or otherwise than the document says.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from odoo.tests import tagged

from ..cases.api import ApiCase

HOOKS = Path(__file__).parents[1] / "clients" / "schemathesis_hooks.py"
CONFIGURATION = HOOKS.with_name("schemathesis.toml")
OPTIONS = [
    "--continue-on-failure",
    *("--generation-deterministic", "--no-shrink", "--suppress-health-check", "all"),
    *("--request-timeout", "300", "--warnings", "off", "--no-color"),
]


TRUTHFUL = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
"""Checks that compare an answer with the document."""


@tagged("generated")
class TestSchemathesis(ApiCase):
    """Every query and mutation of the schema and every REST route, over HTTP with a key.

    What is changed is in the transaction of the test.
    """

    def schemathesis(self, path: str, *options: str, timeout: int = 1800) -> str:
        """Run schemathesis against the server of this test and return its report."""
        key = self.key("admin")
        # Schemathesis gives a schema ten seconds to come, however busy the machine is.
        self.env["graphql_api.schema"]._get_schema().complete()
        self.env.flush_all()
        with (
            tempfile.TemporaryDirectory() as directory,
            self.allow_requests(all_requests=True),
        ):
            finished = subprocess.run(
                [
                    Path(sys.executable).with_name("schemathesis"),
                    *("--config-file", CONFIGURATION, "run", self.base_url() + path),
                    *("--header", f"Authorization: Bearer {key}"),
                    *OPTIONS,
                    *options,
                ],
                cwd=directory,
                env={
                    **os.environ,
                    "PYTHONPATH": str(HOOKS.parent),
                    "SCHEMATHESIS_HOOKS": HOOKS.stem,
                    "NO_PROXY": "*",
                },
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        report = finished.stdout + finished.stderr
        self.assertEqual(finished.returncode, 0, report[-8000:])
        return report

    def test_queries_and_mutations(self):
        """No request is answered with 5xx, or with an error that is the server's."""
        # Scalars and the check are defined in the hooks.
        options = ("--checks", "no_internal_error", "--phases", "fuzzing", "--max-examples", "3")
        report = self.schemathesis("/api/graphql", *options)
        types = self.env["graphql_api.schema"]._get_schema().graphql_schema
        fields = len(types.query_type.fields) + len(types.mutation_type.fields)
        self.assertIn(f"Tested: {fields}\n", report)
        (generated,) = re.findall(r"(\d+) generated", report)
        self.assertGreater(int(generated), 2 * fields)

    def test_rest(self):
        """No request is answered with 5xx, or otherwise than the OpenAPI document says."""
        report = self.schemathesis(
            *("/api/openapi.json", "--checks", ",".join(TRUTHFUL)),
            *("--phases", "fuzzing", "--max-examples", "3"),
        )
        selected, total = re.findall(r"(\d+) selected / (\d+) total", report)[0]
        self.assertEqual(selected, total)
        self.assertGreater(int(total), 100)
        self.assertIn(f"Tested: {total}\n", report)
