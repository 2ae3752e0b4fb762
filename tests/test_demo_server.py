"""What ``make run`` promises: a server that answers both APIs to the users of the demo data."""

import pytest
import requests

pytestmark = pytest.mark.server


def test_both_apis_answer_the_salesman(demo_server, demo_key):
    headers = {"Authorization": f"Bearer {demo_key('demo')}"}
    query = {"query": "{ customers(first: 3, orderBy: [{ id: ASC }]) { nodes { id name } } }"}
    answer = requests.post(f"{demo_server.url}/api/graphql", json=query, headers=headers)
    nodes = answer.json()["data"]["customers"]["nodes"]
    assert len(nodes) == 3

    answer = requests.get(
        f"{demo_server.url}/api/customers?fields=id,name&sort=id&limit=3", headers=headers
    )
    assert answer.json()["data"] == [{**node, "id": int(node["id"])} for node in nodes]
