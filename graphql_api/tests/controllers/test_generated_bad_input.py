"""Generated requests: an answer in the shape of the contract, and nothing for the log."""

import json
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..cases.bad_input import BadInputCase

FUZZ = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@tagged("generated")
class TestGeneratedBadInput(BadInputCase):
    @FUZZ
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["query", "variables", "operationName", "extensions"])
                    | st.text(max_size=5),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=10,
        )
    )
    def test_any_json(self, body):
        response = self.post(json.dumps(body).encode())
        self.check_graphql(response)

    @FUZZ
    @given(st.binary(max_size=50))
    def test_any_bytes(self, body):
        self.check_graphql(self.post(body), "BAD_USER_INPUT", status=400)

    @FUZZ
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(
                    ["fields", "sort", "limit", "offset", "after", "total", "q", "name", "id"]
                )
                | st.builds(
                    lambda path: "filter" + "".join(f"[{part}]" for part in path),
                    st.lists(
                        st.sampled_from(
                            ["name", "parent", "children", "and", "0", "not", "some", "eq", "in"]
                        )
                        | st.text(max_size=3),
                        max_size=4,
                    ),
                )
                | st.text(max_size=10),
                st.sampled_from(["name", "-name", "1", "true", "parent.name", "Z", "abc"])
                | st.text(max_size=10),
            ),
            max_size=4,
        )
    )
    def test_any_parameters(self, parameters):
        response = self.get("/api/customers", params=parameters)
        if response.status_code == 200:
            self.assertEqual(response.json()["status"], "success")
        else:
            self.check_rest(response, 400)

    @FUZZ
    @given(st.text(max_size=20), st.booleans())
    def test_any_path(self, path, below):
        prefix = "/api/customers/" if below else "/api/"
        response = self.get(prefix + quote(path, safe=""), allow_redirects=False)
        # Odoo's website modules, where installed, redirect paths with an empty segment.
        if response.status_code != 200 and not (response.status_code == 301 and "/" in path):
            self.check_rest(response, 404)
