"""Real parallel requests: every change that was acknowledged is there, exactly once."""

import itertools
import time
from collections import Counter

from odoo.tests import tagged

from ..cases.server import ServerCase, committed, together

CLIENTS = 8
INCREMENTS = 200
KEYS = 100
ROUNDS = 3

UPDATE = """mutation ($id: ID!, $version: String, $input: CustomerTagUpdateInput!) {
  updateCustomerTag(id: $id, input: $input, ifVersion: $version) { color }
}"""
CREATE = "mutation ($name: String!) { createCustomerTag(input: {name: $name}) { id } }"
UPSERT = """mutation ($ref: String!, $tag: ID!) {
  upsertCustomer(by: {ref: $ref}, input: {name: "Zann", tags: {link: [$tag]}}) { id }
}"""


class ConcurrencyCase(ServerCase):
    """Requests of several clients, repeated where the server says that they may be."""

    def setUp(self):
        super().setUp()
        self.codes = Counter()
        self.deadline = time.monotonic() + 400
        self.addCleanup(self.remove)

    def remove(self):
        """Remove everything whose name begins with Z, and what the requests stored."""
        with committed() as env:
            env["res.partner"].search([("name", "=like", "Z%")]).unlink()
            tags = env["res.partner.category"].with_context(active_test=False)
            tags.search([("name", "=like", "Z%")]).unlink()
            env["graphql_api.idempotency"].search([("key", "=like", "Z%")]).unlink()
            env["graphql_api.upsert"].search([]).unlink()

    def create_tags(self, *names: str) -> list[int]:
        """Commit tags whose color is 0; Odoo's default is a random one."""
        with committed() as env:
            values = [{"name": name, "color": 0} for name in names]
            return env["res.partner.category"].create(values).ids

    def send(self, client, method: str, path: str, **kwargs):
        """Send a request of REST; return its response and the code of its error."""
        response = client.send_request(method, path, **kwargs)
        return response, self.noted(response, response.json().get("code"))

    def mutate(self, client, query: str, variables: dict, **kwargs):
        """Send a mutation; return its response and the code of its error."""
        body = {"query": query, "variables": variables}
        response = client.send_request("POST", "/api/graphql", json=body, **kwargs)
        errors = response.json().get("errors")
        return response, self.noted(response, errors and errors[0]["extensions"]["code"])

    def noted(self, response, code: str | None) -> str | None:
        """Count the answers, of which none may be an error of the server."""
        self.codes[code] += 1
        self.assertLess(response.status_code, 500, response.text)
        self.assertLess(time.monotonic(), self.deadline)
        return code

    def repeated(self, send):
        """Send a request until it is no conflict; return its response."""
        for _attempt in range(1000):
            response, code = send()
            if code is None:
                return response
            self.assertEqual(code, "CONFLICT", response.text)
            time.sleep(0.05)
        raise AssertionError("The request is a conflict for ever.")

    def assert_no_internal_error(self):
        self.assertNotIn("Internal error", self.server.log())
        self.assertNotIn("INTERNAL_SERVER_ERROR", self.codes)


@tagged("post_install", "-at_install")
class TestParallelRequests(ConcurrencyCase):
    """One server, many clients."""

    def increment_by_rest(self, client) -> str | None:
        path = f"/api/customer-tags/{self.tag_id}?fields=color"
        read, _code = self.send(client, "GET", path)
        values = {"color": read.json()["data"]["color"] + 1}
        headers = {"If-Match": read.headers["ETag"]}
        _response, code = self.send(client, "PATCH", path, json=values, headers=headers)
        return code

    def increment_by_graphql(self, client) -> str | None:
        query = "query ($id: ID!) { customerTag(id: $id) { color version } }"
        read, _code = self.mutate(client, query, {"id": self.tag_id})
        tag = read.json()["data"]["customerTag"]
        values = {"input": {"color": tag["color"] + 1}, "version": tag["version"]}
        _response, code = self.mutate(client, UPDATE, {"id": self.tag_id, **values})
        return code

    def work(self, increment) -> int:
        """Increment the counter until the client's share is done; return the acknowledged."""
        client = self.client()
        done = 0
        for _attempt in range(5000):
            code = increment(client)
            if code is None:
                done += 1
                if done == INCREMENTS // CLIENTS:
                    return done
            else:
                self.assertIn(code, ("PRECONDITION_FAILED", "CONFLICT"))
        return done

    def test_increments(self):
        """No increment is lost and none is counted twice.

        Every client reads a number and writes the next one, on condition of its version.
        """
        (self.tag_id,) = self.create_tags("Zcounter")
        ways = itertools.cycle([self.increment_by_rest, self.increment_by_graphql])
        workers = [lambda way=way: self.work(way) for way in itertools.islice(ways, CLIENTS)]
        self.assertEqual(sum(together(workers)), INCREMENTS)
        with committed() as env:
            self.assertEqual(env["res.partner.category"].browse(self.tag_id).color, INCREMENTS)
        self.assertGreater(self.codes["PRECONDITION_FAILED"], 0)
        self.assert_no_internal_error()

    def post(self, client, number: int):
        """Create a tag by the one or the other API, until there is an answer."""
        name = f"Zkey-{number}"
        headers = {"Idempotency-Key": name}
        if number % 2:
            return self.repeated(
                lambda: self.mutate(client, CREATE, {"name": name}, headers=headers)
            )
        path = "/api/customer-tags"
        return self.repeated(
            lambda: self.send(client, "POST", path, json={"name": name}, headers=headers)
        )

    def create_copies(self, numbers) -> list[list]:
        """Send every request three times at once; return the responses by request."""
        clients = [self.client() for _copy in range(3)]
        return [
            together(lambda client=client, n=number: self.post(client, n) for client in clients)
            for number in numbers
        ]

    def test_idempotent_creates(self):
        """Three copies of a request: one is served, and all get its answer."""
        groups = [range(start, KEYS, 4) for start in range(4)]
        created = together(lambda group=group: self.create_copies(group) for group in groups)
        for answers in itertools.chain(*created):
            first, *others = (
                (
                    answer.status_code,
                    answer.content,
                    [answer.headers.get(name) for name in ("Content-Type", "Location", "ETag")],
                )
                for answer in answers
            )
            self.assertEqual(others, [first, first])
            replayed = [answer.headers.get("Idempotency-Replayed") for answer in answers]
            self.assertEqual(Counter(replayed), {"true": 2, None: 1})
        with committed() as env:
            tags = env["res.partner.category"].search([("name", "=like", "Zkey-%")])
            self.assertEqual(len(tags), KEYS)
            self.assertEqual(len(set(tags.mapped("name"))), KEYS)
        self.assert_no_internal_error()

    def test_create_while_its_copy_is_served(self):
        """The second one is told at once to come back; then it gets the answer."""
        client = self.client()
        with committed() as env:
            store = env["graphql_api.idempotency"].with_user(env.ref("base.user_admin"))
            self.assertTrue(store._try_lock("Zrunning"))
            headers = {"Idempotency-Key": "Zrunning"}
            values = {"name": "Zrunning"}
            path = "/api/customer-tags"
            # One that waited would end with the client's patience: the lock is held until then.
            response, code = self.send(client, "POST", path, json=values, headers=headers)
            self.assertEqual((response.status_code, code), (409, "CONFLICT"))
            self.assertEqual(response.headers["Retry-After"], "1")
        response, code = self.send(client, "POST", path, json=values, headers=headers)
        self.assertEqual((response.status_code, code), (201, None))

    def test_upserts(self):
        """Of customers that all create at once there is one, with what each has put into it."""
        tags = self.create_tags(*(f"Ztag {number}" for number in range(CLIENTS)))
        clients = [self.client() for _tag in tags]
        for number in range(ROUNDS):
            ref = f"Zref-{number}"
            jobs = [
                lambda client=client, variables={"ref": ref, "tag": tag}: self.repeated(
                    lambda: self.mutate(client, UPSERT, variables)
                )
                for client, tag in zip(clients, tags, strict=True)
            ]
            answers = [response.json()["data"]["upsertCustomer"] for response in together(jobs)]
            with committed() as env:
                partner = env["res.partner"].search([("ref", "=", ref)])
                self.assertEqual(len(partner), 1)
                self.assertEqual(answers, [{"id": str(partner.id)}] * CLIENTS)
                self.assertEqual(set(partner.category_id.ids), set(tags))
        self.assert_no_internal_error()

    def race(self, *bodies):
        """Send changes with one version at once; return the bodies that were not taken."""
        with committed() as env:
            partner_id = env["res.partner"].create({"name": "Zann", "city": "Aalst"}).id
        path = f"/api/customers/{partner_id}"
        clients = [self.client() for _body in bodies]
        etag = clients[0].send_request("GET", path).headers["ETag"]

        def change(client, body):
            headers = {"If-Match": etag}
            method = "DELETE" if body is None else "PATCH"
            return self.send(client, method, path, json=body, headers=headers)

        answers = together(
            lambda client=client, body=body: change(client, body)
            for client, body in zip(clients, bodies, strict=True)
        )
        statuses = sorted(response.status_code for response, _code in answers)
        self.assertEqual(statuses[0], 200)
        return partner_id, statuses[1:], [code for _response, code in answers].index(None)

    def test_same_version(self):
        """Of clients that have read the same version one changes the record."""
        for _round in range(ROUNDS):
            bodies = [{"city": "Ghent"}, {"city": "Bruges"}]
            partner_id, refused, winner = self.race(*bodies)
            self.assertIn(refused, ([412], [409]))
            with committed() as env:
                city = env["res.partner"].browse(partner_id).city
            self.assertEqual(city, bodies[winner]["city"])

    def test_same_version_and_lists(self):
        """Changes of a list touch different rows, but one record."""
        tags = self.create_tags("Zone", "Ztwo")
        for _round in range(ROUNDS):
            partner_id, refused, winner = self.race(*({"tags": {"link": [tag]}} for tag in tags))
            self.assertIn(refused, ([412], [409]))
            with committed() as env:
                linked = env["res.partner"].browse(partner_id).category_id.ids
            self.assertEqual(linked, [tags[winner]])

    def test_same_version_and_delete(self):
        """Changed or deleted, but not both."""
        partner_id, refused, winner = self.race({"city": "Ghent"}, None)
        self.assertIn(refused, ([412], [409], [404]))
        with committed() as env:
            self.assertEqual(bool(env["res.partner"].browse(partner_id).exists()), winner == 0)
