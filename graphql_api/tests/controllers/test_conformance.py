"""The audits of the GraphQL over HTTP specification, as its reference client makes them."""

import json
import subprocess
from pathlib import Path

from odoo.tests import tagged

from ..cases import needs
from ..cases.api import ApiCase

SCRIPT = Path(__file__).parents[1] / "clients" / "conformance.mjs"


@tagged("node")
class TestConformance(ApiCase):
    def test_every_audit_is_passed(self):
        key = self.key("admin")
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            finished = subprocess.run(
                [needs.variable("GRAPHQL_API_NODE"), SCRIPT, f"{self.base_url()}/api/graphql", key],
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
        self.assertEqual(finished.returncode, 0, finished.stderr)
        results = json.loads(finished.stdout)
        self.assertEqual([result for result in results if result["status"] != "ok"], [])
        self.assertEqual(len(results), 61)
