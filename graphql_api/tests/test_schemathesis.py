"""Requests that schemathesis generates from the schema: none is the server's fault."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from odoo.tests import tagged

from .common import ApiCase

HOOKS = Path(__file__).parent / "clients" / "schemathesis_hooks.py"
OPTIONS = [
    # Scalars and the check are defined in the hooks.
    *("--checks", "no_internal_error", "--continue-on-failure"),
    *("--generation-deterministic", "--no-shrink", "--suppress-health-check", "all"),
    *("--request-timeout", "30", "--warnings", "off", "--no-color"),
]


@tagged("post_install", "-at_install")
class TestSchemathesis(ApiCase):
    """Every query and mutation of the schema, over HTTP with a key.

    What the mutations change is in the transaction of the test.
    """

    def schemathesis(self, *options: str, timeout: int = 100) -> str:
        """Run schemathesis against the server of this test and return its report."""
        key = self.key("admin")
        self.env.flush_all()
        with (
            tempfile.TemporaryDirectory() as directory,
            self.allow_requests(all_requests=True),
        ):
            finished = subprocess.run(
                [
                    Path(sys.executable).with_name("schemathesis"),
                    *("run", f"{self.base_url()}/api/graphql"),
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
        report = self.schemathesis("--phases", "fuzzing", "--max-examples", "3")
        types = self.env["graphql_api.schema"]._get_schema().graphql_schema
        fields = len(types.query_type.fields) + len(types.mutation_type.fields)
        self.assertIn(f"Tested: {fields}\n", report)
        (generated,) = re.findall(r"(\d+) generated", report)
        self.assertGreater(int(generated), 2 * fields)
