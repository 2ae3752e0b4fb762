"""``Prefer: dry-run``: what a request would do, and nothing of it done."""

import base64
import contextlib
import http.client
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, new_test_user, tagged

from ...http.sandbox import sandbox
from ..cases.server import committed, database, execute
from ..cases.writing import WriteCase

DRY = {"Prefer": "dry-run"}
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


class DryRunCase(WriteCase):
    """Requests of which nothing is kept."""

    def dry(self, method: str, path: str, body=None, *, status: int = 200, headers=(), **kwargs):
        """Send a request that is to be undone; check that it is, and return the response."""
        if body is not None:
            kwargs["json"] = body
        with self.nothing_written():
            response = self.http(method, path, headers=DRY | dict(headers), **kwargs)
        self.assertEqual(response.status_code, status, response.text[:2000])
        self.assertEqual(response.headers.get("Preference-Applied"), "dry-run")
        for name in ("ETag", "Location", "Consistency-Token"):
            self.assertNotIn(name, response.headers)
        return response

    def dry_rest(self, *arguments, **kwargs):
        """Return the data of the response to a request that is undone."""
        return self.dry(*arguments, **kwargs).json()["data"]

    def dry_graphql(self, query: str, variables=None, **kwargs):
        """Return the body of the response to a mutation that is undone."""
        return self.dry(
            "POST", "/api/graphql", {"query": query, "variables": variables}, **kwargs
        ).json()


@tagged("post_install", "-at_install")
class TestKinds(DryRunCase):
    """Every kind of mutation is answered as if it were done."""

    def test_create(self):
        created = self.dry_rest(
            "POST", "/api/customers?fields=id,name", {"name": "Zann"}, status=201
        )
        self.assertEqual(created["name"], "Zann")
        items = [{"name": "Zann"}, {"name": "Zbob"}]
        created = self.dry_rest("POST", "/api/customers?fields=name", items, status=201)
        self.assertEqual(created, items)
        body = self.dry_graphql(
            'mutation { a: createCustomer(input: {name: "Zann"}) { name } '
            'createCustomers(inputs: [{name: "Zbob"}]) { name } }'
        )
        expected = {"a": {"name": "Zann"}, "createCustomers": [{"name": "Zbob"}]}
        self.assertEqual(body["data"], expected)

    def test_update(self):
        path = f"/api/customers/{self.visible.id}?fields=city"
        for method in ("PATCH", "PUT"):
            changed = self.dry_rest(method, path, {"city": "Bruges"})
            self.assertEqual(changed, {"city": "Bruges"})
        body = self.dry_graphql(
            'mutation ($id: ID!) { updateCustomer(id: $id, input: {city: "Bruges"}) { city } '
            'updateCustomers(ids: [$id], input: {phone: "1"}) { city phone } }',
            {"id": self.visible.id},
        )
        self.assertEqual(body["data"]["updateCustomers"], [{"city": "Bruges", "phone": "1"}])

    def test_delete(self):
        self.assertEqual(
            self.dry_rest("DELETE", f"/api/customers/{self.child.id}"), {"id": self.child.id}
        )
        body = self.dry_graphql(
            "mutation ($id: ID!) { deleteCustomer(id: $id) }", {"id": self.child.id}
        )
        self.assertEqual(body["data"], {"deleteCustomer": str(self.child.id)})

    def test_upsert(self):
        for ref in ("open", "Znew"):
            body = self.dry_graphql(
                "mutation ($ref: String!) { upsertCustomer(by: {ref: $ref}, "
                'input: {name: "Zupserted"}) { name ref } }',
                {"ref": ref},
            )
            expected = {"name": "Zupserted", "ref": ref}
            self.assertEqual(body["data"]["upsertCustomer"], expected)

    def test_action(self):
        lead = self.env["crm.lead"].create({"name": "Zlead", "type": "opportunity"})
        path = f"/api/leads/{lead.id}/mark-lost?fields=active"
        self.assertEqual(self.dry_rest("POST", path), {"active": False})
        body = self.dry_graphql(f'mutation {{ markWonLead(id: "{lead.id}") {{ probability }} }}')
        self.assertEqual(body["data"], {"markWonLead": {"probability": 100.0}})

    def test_file(self):
        path = f"/api/customers/{self.visible.id}/image_1920"
        shown = self.dry("PUT", path, data=PIXEL).json()["data"]
        self.assertTrue(shown["image_1920"]["size"])
        self.assertEqual(self.http("GET", path).status_code, 404)

    def test_file_in_a_form(self):
        path = "/api/customers?fields=image_1920"
        form = {"data": {"name": "Zann"}, "files": {"image_1920": ("a.gif", PIXEL)}}
        self.assertTrue(self.dry("POST", path, status=201, **form).json()["data"]["image_1920"])

    def test_file_on_the_disk(self):
        """Odoo writes it at once, notes that, and removes what no attachment has."""
        attachments = self.env["ir.attachment"]

        def files():
            found = Path(attachments._filestore()).rglob("*")
            return {path for path in found if path.is_file() and "checklist" not in path.parts}

        before = files()
        content = base64.b64encode(os.urandom(64)).decode()
        self.dry("POST", "/api/attachments", {"name": "a.bin", "content": content}, status=201)
        self.assertEqual(len(files() - before), 1)
        attachments._gc_file_store_unsafe()
        self.assertEqual(files() - before, set())

    def test_one_sees_the_effect_of_another(self):
        body = self.dry_graphql(
            'mutation { upsertCustomer(by: {ref: "Z1"}, input: {name: "Za"}) { name } '
            'b: upsertCustomer(by: {ref: "Z1"}, input: {name: "Zb"}) { name } '
            'c: updateCustomers(ids: [], input: {name: "Zc"}) { id } }'
        )
        self.assertEqual(body["data"]["b"], {"name": "Zb"})

    def test_as_the_real_one_would_answer(self):
        values = {"name": "Zann", "city": "Ghent", "country": 20}
        dry = self.dry("POST", "/api/customers?fields=name,city,country.code", values, status=201)
        real = self.http("POST", "/api/customers?fields=name,city,country.code", json=values)
        self.assertEqual(real.status_code, 201)
        self.assertEqual(real.content, dry.content)
        self.assertNotIn("Preference-Applied", real.headers)


@tagged("post_install", "-at_install")
class TestHeader(DryRunCase):
    """The preference among others (RFC 7240)."""

    def test_among_others(self):
        for header in (
            "dry-run",
            "Dry-Run",
            'dry-run=""',
            "dry-run; foo=bar",
            "respond-async, dry-run",
            'return=minimal; x="a, b" , wait=10,dry-run',
        ):
            with self.subTest(header):
                self.dry(
                    "POST",
                    "/api/customers",
                    {"name": "Zann"},
                    status=201,
                    headers={"Prefer": header},
                )

    def test_without_it(self):
        for header in ("return=minimal", 'x="dry-run"', "dry", "dry-run-later"):
            response = self.http(
                "POST", "/api/customers", json={"name": "Z"}, headers={"Prefer": header}
            )
            self.assertEqual(response.status_code, 201)
            self.assertNotIn("Preference-Applied", response.headers)

    def test_with_a_value(self):
        """Whoever writes it so expects that nothing is kept, or that all is."""
        for value in ("true", "false", "1"):
            headers = {"Prefer": f"dry-run={value}"}
            self.refuse_rest("POST", "/api/customers", {"name": "Z"}, status=400, headers=headers)
            query = 'mutation { createCustomer(input: {name: "Z"}) { id } }'
            self.refuse_graphql(query, code="BAD_USER_INPUT", headers=headers)

    def test_of_reads(self):
        """A read is a read, and says nothing of it."""
        for header in ("dry-run", "dry-run=true"):
            headers = {"Prefer": header}
            for response in (
                self.http("GET", "/api/customers?limit=1", headers=headers),
                self.graphql_response("{ me { lang } }", headers=headers),
                self.http("GET", "/api/graphql?query={me{lang}}", headers=headers),
            ):
                self.assertEqual(response.status_code, 200)
                self.assertNotIn("Preference-Applied", response.headers)

    def test_mutation_by_get(self):
        path = '/api/graphql?query=mutation{createCustomer(input:{name:"Z"}){id}}'
        self.assertEqual(self.http("GET", path, headers=DRY).status_code, 405)

    def test_with_the_operation_that_is_chosen(self):
        document = (
            'query A { me { lang } } mutation B { createCustomer(input: {name: "Z"}) { name } }'
        )
        for name, applied in (("A", None), ("B", "dry-run")):
            with self.nothing_written():
                response = self.graphql_response(document, operation_name=name, headers=DRY)
            self.assertNotIn("errors", response.json())
            self.assertEqual(response.headers.get("Preference-Applied"), applied)

    def test_in_the_openapi_document(self):
        document = self.http("GET", "/api/openapi.json").json()
        self.assertGreater(len(document["paths"]), 50)
        for path, item in document["paths"].items():
            for method, operation in item.items():
                if method == "parameters" or path.startswith("/api/auth"):
                    continue
                with self.subTest(path, method=method):
                    parameters = operation.get("parameters", ())
                    changes = method != "get"
                    reference = {"$ref": "#/components/parameters/Prefer"}
                    self.assertEqual(reference in parameters, changes)
                    done = [
                        response
                        for status, response in operation["responses"].items()
                        if status < "300"
                    ]
                    for response in done:
                        if "$ref" in response:
                            name = response["$ref"].rpartition("/")[2]
                            response = document["components"]["responses"][name]
                        self.assertEqual(
                            "Preference-Applied" in response.get("headers", ()), changes
                        )


@tagged("post_install", "-at_install")
class TestRefusals(DryRunCase):
    """What the real request would be refused for."""

    def test_rights(self):
        new_test_user(self.env, "reader", groups="base.group_user", lang="en_US")
        self.dry("DELETE", f"/api/customers/{self.child.id}", status=403, login="reader")

    def test_bad_input(self):
        response = self.dry("POST", "/api/customers", {"country": 999999}, status=400)
        self.assertIn("country", response.text)
        body = self.dry_graphql('mutation { createCustomer(input: {country: "999999"}) { id } }')
        self.assertEqual(body["data"], None)

    def test_versions(self):
        path = f"/api/customers/{self.visible.id}"
        old = self.http("GET", path).headers["ETag"]
        self.env.cr.execute("UPDATE res_partner SET write_date = now() + interval '1 s'")
        self.dry("PATCH", path, {"city": "Z"}, status=412, headers={"If-Match": old})
        current = self.http("GET", path).headers["ETag"]
        self.dry("PATCH", path, {"city": "Z"}, headers={"If-Match": current})

    def test_deferred_constraint(self):
        """What only a commit finds out is found out."""
        self.env.cr.execute(
            "ALTER TABLE res_partner ADD CONSTRAINT z_ref UNIQUE (ref) "
            "DEFERRABLE INITIALLY DEFERRED"
        )
        self.dry("POST", "/api/customers", {"name": "Zann", "ref": "open"}, status=409)
        self.dry("POST", "/api/customers", {"name": "Zann", "ref": "other"}, status=201)

    def test_rate(self):
        self.set_setting("requests_per_minute", 2)
        for status in (201, 201):
            self.dry("POST", "/api/customers", {"name": "Zann"}, status=status)
        response = self.http("POST", "/api/customers", json={"name": "Zann"}, headers=DRY)
        self.assertEqual(response.status_code, 429)

    def test_cost(self):
        self.set_setting("max_cost", 5)
        response = self.http(
            "POST",
            "/api/graphql",
            json={"query": 'mutation { createCustomer(input: {name: "Z"}) { id } }'},
            headers=DRY,
        )
        self.assertEqual(response.json()["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX")


@tagged("post_install", "-at_install")
class TestMemory(DryRunCase):
    """Nothing is kept in this process, nor under a key."""

    def test_idempotency_key(self):
        key = {"Idempotency-Key": "Z1"}
        self.dry("POST", "/api/customers", {"name": "Zann"}, status=201, headers=key)
        self.dry("POST", "/api/customers", {"name": "Zother"}, status=201, headers=key)
        self.assertFalse(self.env["graphql_api.idempotency"].search([("key", "=", "Z1")]))
        real = self.http("POST", "/api/customers", json={"name": "Zann"}, headers=key)
        self.assertNotIn("Idempotency-Replayed", real.headers)
        again = self.http("POST", "/api/customers", json={"name": "Zann"}, headers=key)
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        # What has been done stays what it is, and is not looked up.
        self.dry("POST", "/api/customers", {"name": "Zother"}, status=201, headers=key)
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Zann")]), 1)

    def test_bad_idempotency_key(self):
        self.dry(
            "POST", "/api/customers", {"name": "Z"}, status=400, headers={"Idempotency-Key": "a b"}
        )

    def test_caches_of_odoo(self):
        """A value that Odoo keeps in the process is the old one again."""
        self.env["graphql_api.resource"].create(
            {
                "model": "res.lang",
                "type_name": "ZLanguage",
                "collection": "z-languages",
                "allow_update": True,
                "field_ids": [(0, 0, {"field_name": name}) for name in ("name", "date_format")],
            }
        )
        language = self.env["res.lang"]._lang_get("fr_FR")
        path = f"/api/z-languages/{language.id}?fields=date_format"
        before = self.env["res.lang"]._get_data(code="fr_FR").date_format
        for _time in range(2):
            self.assertEqual(
                self.dry_rest("PATCH", path, {"date_format": "%Y/%m/%d"}),
                {"date_format": "%Y/%m/%d"},
            )
            self.assertEqual(self.env["res.lang"]._get_data(code="fr_FR").date_format, before)
            self.assertEqual(self.rest(path)["data"], {"date_format": before})
        self.assertNotEqual(before, "%Y/%m/%d")


@tagged("post_install", "-at_install")
class TestOtherSystems(DryRunCase):
    """What an action of Odoo does beside changing records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.env["crm.lead"].create({"name": "Zlead", "type": "opportunity"})
        cls.path = f"/api/leads/{cls.lead.id}/mark-won?fields=name"

    @contextlib.contextmanager
    def listener(self) -> Iterator[tuple[socket.socket, int]]:
        """Yield a socket that listens on this machine, and its port."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.2)
            yield server, server.getsockname()[1]

    def acting(self, action):
        """Return a context in which the action of leads calls ``action(records)``."""
        return patch.object(self.env.registry["crm.lead"], "action_set_won", action)

    def test_connection(self):
        with self.listener() as (server, port):

            def connect(records):
                records.name = "Zconnected"
                socket.create_connection(("127.0.0.1", port), 5).close()

            with self.acting(connect), self.assertNoLogs("odoo", "WARNING"):
                error = self.dry("POST", self.path, status=422).json()
                self.assertEqual(error["code"], "VALIDATION_FAILED")
                self.assertIn("dry run", error["message"])
                self.assertNotIn(str(port), error["message"])
                with self.assertRaises(TimeoutError):
                    server.accept()
                body = self.dry_graphql(
                    f'mutation {{ markWonLead(id: "{self.lead.id}") {{ id }} }}'
                )
                (error,) = body["errors"]
                self.assertEqual(error["extensions"]["code"], "VALIDATION_FAILED")
                self.assertEqual(self.write_rest("POST", self.path), {"name": "Zconnected"})
                server.accept()[0].close()

    def test_connection_that_is_open(self):
        """A library may keep its connection from one request to the next."""
        with self.listener() as (server, port):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.connect()
            with server.accept()[0] as accepted, contextlib.closing(connection):
                accepted.settimeout(0.2)
                with self.acting(lambda records: connection.request("GET", "/")):
                    self.dry("POST", self.path, status=422)
                    with self.assertRaises(TimeoutError):
                        accepted.recv(1)

    def test_code_that_goes_on_without(self):
        def connect(records):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", 9))
            with contextlib.suppress(OSError):
                socket.getaddrinfo("odoo.example", 80)
            records.name = "Zwithout"

        with self.acting(connect):
            self.assertEqual(self.dry_rest("POST", self.path), {"name": "Zwithout"})

    def test_error_that_hides_another(self):
        def connect(_records):
            try:
                socket.create_connection(("127.0.0.1", 9))
            except OSError:
                raise ValueError("secret") from None

        with self.acting(connect), self.assertNoLogs("odoo", "ERROR"):
            message = self.dry("POST", self.path, status=422).json()["message"]
        self.assertIn("dry run", message)

    def test_thread(self):
        ran = []

        def start(_records):
            threading.Thread(target=ran.append, args=[1]).start()

        with self.acting(start):
            self.dry("POST", self.path, status=422)
        self.assertEqual(ran, [])

    def test_hooks(self):
        """Those for a commit do not run; those for a rollback do, and send nothing either."""
        called = []
        with self.listener() as (server, port):

            def hook(records):
                cursor = records.env.cr
                cursor.precommit.add(lambda: called.append("precommit"))
                cursor.postcommit.add(lambda: called.append("postcommit"))
                cursor.postrollback.add(lambda: called.append("postrollback"))
                cursor.postrollback.add(lambda: socket.create_connection(("127.0.0.1", port)))

            with self.acting(hook):
                self.dry("POST", self.path, status=422)
                with self.assertRaises(TimeoutError):
                    server.accept()
        self.assertEqual(called, ["precommit", "postrollback"])

    def test_other_threads_go_on(self):
        """Other requests of the process connect, meanwhile and afterwards."""
        with self.listener() as (server, port):
            begun, ended = threading.Event(), threading.Event()

            def connect():
                begun.wait(10)
                socket.create_connection(("127.0.0.1", port), 5).close()
                ended.set()

            thread = threading.Thread(target=connect)
            thread.start()

            def wait(records):
                begun.set()
                records.name = f"Z{ended.wait(10)}"

            with self.acting(wait):
                self.assertEqual(self.dry_rest("POST", self.path), {"name": "ZTrue"})
            thread.join()
            server.accept()[0].close()


@tagged("post_install", "-at_install", "server")
class TestCursors(BaseCase):
    """Cursors with transactions that really end."""

    def setUp(self):
        super().setUp()
        with committed() as env:
            self.tag = env["res.partner.category"].create({"name": "Zbefore"}).id
        self.addCleanup(self.remove)
        self.registry = Registry(database())
        self.cursor = self.enterContext(contextlib.closing(self.registry.cursor()))
        self.record = api.Environment(self.cursor, SUPERUSER_ID, {})["res.partner.category"].browse(
            self.tag
        )

    def remove(self):
        with committed() as env:
            env["res.partner.category"].search([("name", "=like", "Z%")]).unlink()

    def committed_names(self) -> list[str]:
        """Return the names of tags that others see."""
        query = "SELECT name->>'en_US' FROM res_partner_category WHERE name->>'en_US' LIKE 'Z%%'"
        return sorted(name for (name,) in execute(query))

    def test_commit(self):
        with sandbox(self.cursor, 15):
            self.record.name = "Zafter"
            self.cursor.commit()
            self.assertEqual(self.record.name, "Zafter")
            self.record.create({"name": "Znew"})
            self.cursor.commit()
            self.assertEqual(self.committed_names(), ["Zbefore"])
        self.cursor.commit()
        self.assertEqual(self.committed_names(), ["Zbefore"])
        self.record.name = "Zreal"
        self.cursor.commit()
        self.assertEqual(self.committed_names(), ["Zreal"])

    def test_rollback_to_a_commit(self):
        with sandbox(self.cursor, 15):
            self.record.name = "Zfirst"
            self.cursor.rollback()
            self.assertEqual(self.record.name, "Zbefore")
            self.record.name = "Zsecond"
            self.cursor.commit()
            self.record.name = "Zthird"
            self.record.flush_recordset()
            self.cursor.rollback()
            self.assertEqual(self.record.name, "Zsecond")
        self.assertEqual(self.committed_names(), ["Zbefore"])

    def test_savepoints(self):
        with sandbox(self.cursor, 15):
            with contextlib.suppress(ValueError), self.cursor.savepoint():
                self.record.name = "Zinner"
                raise ValueError
            self.assertEqual(self.record.name, "Zbefore")
            with self.cursor.savepoint():
                self.record.name = "Zinner"
            self.cursor.commit()
        self.assertEqual(self.committed_names(), ["Zbefore"])

    def test_error(self):
        with self.assertRaises(ValueError), sandbox(self.cursor, 15):
            self.record.name = "Zafter"
            self.cursor.commit()
            raise ValueError
        self.cursor.commit()
        self.assertEqual(self.committed_names(), ["Zbefore"])

    def test_other_cursors(self):
        """One in a block, one that commits and is closed, one that is left open."""
        with sandbox(self.cursor, 15):
            with self.registry.cursor() as other:
                env = api.Environment(other, SUPERUSER_ID, {})
                env["res.partner.category"].create({"name": "Zblock"})
            closed = self.registry.cursor()
            api.Environment(closed, SUPERUSER_ID, {})["res.partner.category"].create({"name": "Zc"})
            closed.commit()
            closed.rollback()
            closed.close()
            left = self.registry.cursor()
            env = api.Environment(left, SUPERUSER_ID, {})
            env["res.partner.category"].create({"name": "Zleft"})
            left.commit()
        left.commit()
        left.close()
        self.assertEqual(self.committed_names(), ["Zbefore"])
        with self.registry.cursor() as other:
            env = api.Environment(other, SUPERUSER_ID, {})
            env["res.partner.category"].create({"name": "Zreal"})
        self.assertEqual(self.committed_names(), ["Zbefore", "Zreal"])

    def test_wait_for_oneself(self):
        """A cursor that waits for what the dry run has not committed is not waited for forever."""
        with self.assertRaises(psycopg2.OperationalError), sandbox(self.cursor, 1):
            self.record.name = "Zafter"
            self.cursor.commit()
            with self.registry.cursor() as other:
                env = api.Environment(other, SUPERUSER_ID, {})
                env["res.partner.category"].browse(self.tag).name = "Zother"
            self.cursor.execute("SELECT 1", log_exceptions=False)
        self.assertEqual(self.committed_names(), ["Zbefore"])
