"""``sync``: batches of what clients did while they were offline, over both APIs."""

import time
import uuid
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from odoo.addons.graphql_api.tests.cases.server import ServerCase, execute, together
from odoo.addons.graphql_api.tests.common import ApiCase

from ..schema.sync import MAX_ITEMS

APIS = ("graphql", "rest")

MUTATION = """
mutation ($input: SyncInput!) {
    sync(input: $input) {
        items { clientId id status record errors { code message field } }
        token
    }
}
"""
RAISE = "DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '%s'; END $$"
TO_REST = {"clientId": "client_id", "allOrNothing": "all_or_nothing"}


class SyncCase(ApiCase):
    """Sends batches, by GraphQL's names, over one of the APIs."""

    api = "rest"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].with_context(active_test=False)
        cls.customer = cls.partners.create({"name": "Zann", "city": "Ghent", "phone": "1"})
        cls.env.flush_all()

    def send(self, items, all_or_nothing=None, **kwargs):
        """Return the response to a batch."""
        if self.api == "graphql":
            value = {"items": items}
            if all_or_nothing is not None:
                value["allOrNothing"] = all_or_nothing
            return self.graphql_response(MUTATION, {"input": value}, **kwargs)
        value = {
            "items": [{TO_REST.get(name, name): each[name] for name in each} for each in items]
        }
        if all_or_nothing is not None:
            value["all_or_nothing"] = all_or_nothing
        return self.http("POST", "/api/sync", json=value, **kwargs)

    def sync(self, *items, **kwargs):
        """Return the results of a batch, as GraphQL names and types them."""
        response = self.send(items, **kwargs)
        body = response.json()
        self.assertEqual(response.status_code, 200, response.text[:2000])
        self.assertNotIn("errors", body, response.text[:2000])
        results = body["data"]["sync"] if self.api == "graphql" else body["data"]
        if self.api == "rest":
            for result in results["items"]:
                self.assertIsInstance(result["id"], int | None)
                result["id"] = None if result["id"] is None else str(result["id"])
                result["clientId"] = result.pop("client_id")
        self.assertEqual(len(results["items"]), len(items))
        for item, result in zip(items, results["items"], strict=True):
            self.assertEqual(result["clientId"], item.get("clientId"))
        self.env.invalidate_all()
        return results["items"]

    def refuse(self, *items, **kwargs):
        """Return code and errors of a batch that is refused as a whole, with nothing written."""
        before = self.partners.search_count([])
        response = self.send(items, **kwargs)
        body = response.json()
        self.assertEqual(self.partners.search_count([]), before)
        if self.api == "graphql":
            (error,) = body["errors"]
            self.assertIsNone(body.get("data"))
            found = error["extensions"].get("errors", ())
            fields = [each["field"].removeprefix("input.") for each in found]
            code = error["extensions"]["code"]
        else:
            self.assertGreaterEqual(response.status_code, 400)
            self.assertLess(response.status_code, 500)
            code, fields = body["code"], [each["field"] for each in body.get("errors", ())]
        return code, [field.replace("client_id", "clientId") for field in fields]

    @staticmethod
    def statuses(results):
        return [result["status"] for result in results]

    @staticmethod
    def codes(results):
        return [[error["code"] for error in result["errors"]] for result in results]

    def named(self, name):
        return self.partners.search([("name", "=", name)])

    def version(self, record=None):
        record = record or self.customer
        return self.rest(f"/api/customers/{record.id}?fields=version")["data"]["version"]

    def past_version(self):
        """Return the version that the customer had before somebody else changed it."""
        version = self.version()
        # All requests of a test are one transaction, whose start Odoo writes.
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = write_date + interval '1 minute', phone = '2' "
            "WHERE id = %s",
            [self.customer.id],
        )
        self.env.invalidate_all()
        return version


def create(client_id, type_name="Customer", **values):
    return {"type": type_name, "operation": "create", "clientId": client_id, "input": values}


def update(record, version=None, **values):
    named = {"clientId": record} if isinstance(record, str) else {"id": str(record.id)}
    item = {"type": "Customer", "operation": "update", "input": values, **named}
    return item if version is None else {**item, "version": version}


def delete(record, version=None):
    named = {"clientId": record} if isinstance(record, str) else {"id": str(record.id)}
    item = {"type": "Customer", "operation": "delete", **named}
    return item if version is None else {**item, "version": version}


class Batches:
    """What holds in both APIs."""

    def test_creates_changes_and_deletes(self):
        gone = self.partners.create({"name": "Zgone"})
        results = self.sync(
            create("7f3c-1", name="Zbob", city="Bruges"),
            update(self.customer, self.version(), city="Bruges"),
            delete(gone),
        )
        self.assertEqual(self.statuses(results), ["ok"] * 3)
        bob = self.named("Zbob")
        self.assertEqual(
            [result["id"] for result in results][:2], [str(bob.id), str(self.customer.id)]
        )
        self.assertEqual(results[0]["record"]["city"], "Bruges")
        self.assertEqual(results[0]["record"]["version"], self.version(bob))
        self.assertEqual(results[1]["record"]["city"], self.customer.city)
        self.assertIsNone(results[2]["record"])
        self.assertFalse(gone.exists())
        path = f"/api/customers/{bob.id}"
        self.assertEqual(results[0]["record"], self.rest(path)["data"])
        # The client finds it by its own id, whatever answer was lost.
        self.assertEqual(
            self.rest(f"{path}?fields=external_id")["data"], {"external_id": "client.7f3c-1"}
        )

    def test_a_repeated_batch_does_nothing_twice(self):
        gone = self.partners.create({"name": "Zgone"})
        batch = (
            create("app.1", name="Zbob"),
            create("app.2", name="Zcarl", parent="app.1"),
            update(self.customer, self.version(), city="Bruges"),
            update("app.1", city="Bruges"),
            delete(gone),
        )
        first = self.sync(*batch)
        self.assertEqual(self.statuses(first), ["ok"] * 5)
        # Another transaction would write another date; by that one sees what is written again.
        self.env.cr.execute("UPDATE res_partner SET write_date = '2020-01-01', write_uid = NULL")
        self.env.invalidate_all()
        again = self.sync(*batch)
        for one, other in zip(first, again, strict=True):
            self.assertEqual(
                [one["id"], one["status"], one["errors"]],
                [other["id"], other["status"], other["errors"]],
            )
        self.assertEqual(len(self.named("Zbob") | self.named("Zcarl")), 2)
        written = self.named("Zbob") | self.named("Zcarl") | self.customer
        self.assertFalse(written.write_uid)

    def test_a_record_that_was_created_before_and_changed_since(self):
        """The answer was lost: what the client has changed meanwhile is not lost with it."""
        self.sync(create("app.1", name="Zbob"), create("app.2", name="Zcarl"))
        bob, carl = self.named("Zbob"), self.named("Zcarl")
        carl_id = str(carl.id)
        bob.city = "Ghent"
        carl.unlink()
        results = self.sync(
            create("app.1", name="Zbob"),
            create("app.1b", name="Zbob", parent="app.1"),
            # Somebody else has deleted it, and it does not come back.
            create("app.2", name="Zcarl"),
            update("app.2", city="Ghent"),
        )
        self.assertEqual(self.statuses(results), ["ok", "ok", "ok", "conflict"])
        self.assertEqual(results[0]["record"]["city"], "Ghent")
        self.assertEqual([results[2]["id"], results[2]["record"]], [carl_id, None])
        results = self.sync(
            create("app.1", name="Zbob", city="Bruges"), create("app.2", name="Zdora")
        )
        self.assertEqual(self.statuses(results), ["conflict", "conflict"])
        self.assertEqual([results[0]["id"], results[1]["id"]], [str(bob.id), carl_id])
        self.assertEqual(results[0]["record"]["version"], self.version(bob))
        self.assertIsNone(results[1]["record"])
        self.assertFalse(self.named("Zcarl") | self.named("Zdora"))

    def test_one_bad_item_does_not_stop_the_others(self):
        """Clients complain of queues that stay blocked by one record for good."""
        results = self.sync(
            create("app.1", name="Zbob", country=999999, nonsense=1),
            create("app.2", name="Zcarl"),
            create("app.3", name="Zdora", parent="app.1"),
            update("app.1", city="Ghent"),
            create("app.4", "Nonsense", name="Zeve"),
            {**delete(self.customer), "type": "Country"},
            create("app.5", name=None),
        )
        self.assertEqual(
            self.statuses(results), ["error", "ok", "error", "error", "error", "error", "error"]
        )
        self.assertEqual(
            self.codes(results),
            [
                ["BAD_USER_INPUT", "BAD_USER_INPUT"],
                [],
                ["FAILED_DEPENDENCY"],
                ["FAILED_DEPENDENCY"],
                ["BAD_USER_INPUT"],
                ["FORBIDDEN"],
                ["VALIDATION_FAILED"],
            ],
        )
        self.assertEqual({e["field"] for e in results[0]["errors"]}, {"country", "nonsense"})
        self.assertEqual(results[2]["errors"][0]["field"], "parent")
        self.assertEqual(
            self.partners.search([("name", "in", ["Zbob", "Zcarl", "Zdora", "Zeve"])]),
            self.named("Zcarl"),
        )
        # Once it is right, it is sent again, with what depends on it.
        results = self.sync(
            create("app.1", name="Zbob"), create("app.3", name="Zdora", parent="app.1")
        )
        self.assertEqual(self.statuses(results), ["ok", "ok"])
        self.assertEqual(self.named("Zdora").parent_id, self.named("Zbob"))

    def test_conflicts_show_the_present_record(self):
        version = self.past_version()
        results = self.sync(
            update(self.customer, version, city="Bruges"), delete(self.customer, version)
        )
        self.assertEqual(self.statuses(results), ["conflict", "conflict"])
        self.assertEqual(self.codes(results), [["PRECONDITION_FAILED"]] * 2)
        for result in results:
            self.assertEqual(result["record"]["version"], self.version())
            self.assertEqual(result["record"]["phone"], "2")
        self.assertEqual(self.customer.city, "Ghent")
        # The client decides, and knows the version now.
        version = results[0]["record"]["version"]
        self.assertEqual(
            self.statuses(self.sync(update(self.customer, version, city="Bruges"))), ["ok"]
        )
        self.assertEqual(self.customer.city, "Bruges")

    def test_what_is_so_already_is_no_conflict(self):
        version = self.past_version()
        results = self.sync(
            update(self.customer, version, city="Ghent", phone="2"),
            # It still does not know the version.
            update(self.customer, version, city="Bruges"),
        )
        self.assertEqual(self.statuses(results), ["ok", "conflict"])
        self.assertEqual(results[0]["record"]["phone"], "2")

    def test_without_a_version_the_last_writer_wins(self):
        self.past_version()
        self.assertEqual(self.statuses(self.sync(update(self.customer, phone="3"))), ["ok"])
        self.assertEqual(self.customer.phone, "3")

    def test_several_changes_of_one_record(self):
        """All were made of the version that the client had; its own changes are no conflict."""
        version = self.version()
        self.env.cr.execute("UPDATE res_partner SET write_date = '2020-01-01'")
        self.env.invalidate_all()
        version = self.version()
        results = self.sync(
            update(self.customer, version, city="Bruges"),
            update(self.customer, version, city="Liège"),
            update(self.customer, "1", city="Namur"),
            delete(self.customer, version),
        )
        self.assertEqual(self.statuses(results), ["ok", "ok", "conflict", "ok"])
        # What is shown is what is there at the end.
        self.assertEqual([result["record"] for result in results], [None] * 4)

    def test_deleted_records(self):
        gone = self.partners.create({"name": "Zgone"})
        gone_id = gone.id
        named = {"id": str(gone_id)}
        gone.unlink()
        results = self.sync(
            {"type": "Customer", "operation": "update", "input": {"city": "x"}, **named},
            {"type": "Customer", "operation": "delete", **named, "version": "1"},
            update("never.made", city="x"),
            delete("never.made"),
            create("app.1", name="Zbob"),
            delete("app.1"),
            update("app.1", city="x"),
            delete("app.1"),
        )
        self.assertEqual(
            self.statuses(results),
            ["conflict", "ok", "conflict", "ok", "ok", "ok", "conflict", "ok"],
        )
        self.assertEqual(
            [result["record"] for result in results if result["status"] != "ok"], [None] * 3
        )
        self.assertFalse(self.named("Zbob"))

    def test_a_record_as_it_was_read_may_be_sent_whole(self):
        record = self.rest(f"/api/customers/{self.customer.id}")["data"]
        (result,) = self.sync(update(self.customer, **{**record, "city": "Bruges"}))
        self.assertEqual(result["status"], "ok", result)
        self.assertEqual(self.customer.city, "Bruges")
        self.past_version()
        (result,) = self.sync(update(self.customer, **{**record, "city": "Liège"}))
        self.assertEqual((result["status"], result["record"]["phone"]), ("conflict", "2"))

    def test_references_by_client_ids(self):
        self.sync(create("app.tag", "CustomerTag", name="Ztag"), create("c-2", name="Zold"))
        results = self.sync(
            create("app.1", name="Zbob", is_company=True, tags={"link": ["app.tag"]}),
            create(
                "app.2",
                name="Zcarl",
                parent="app.1",
                children={"create": [{"name": "Zkid", "tags": {"set": ["app.tag"]}}]},
            ),
            update("app.2", children={"update": [], "link": ["c-2"]}),
            # Of another type, unknown, and after this one.
            update("app.2", country="app.1"),
            update("app.2", parent="app.none"),
            create("app.3", name="Zdora", parent="app.4"),
            create("app.4", name="Zeve", parent="app.4"),
        )
        self.assertEqual(self.statuses(results), ["ok"] * 3 + ["error"] * 4, results)
        self.assertEqual(self.codes(results)[3:], [["BAD_USER_INPUT"]] * 4)
        bob, carl = self.named("Zbob"), self.named("Zcarl")
        self.assertEqual(carl.parent_id, bob)
        self.assertEqual(carl.child_ids, self.named("Zkid") | self.named("Zold"))
        self.assertEqual(bob.category_id.name, "Ztag")
        self.assertEqual(self.named("Zkid").category_id.name, "Ztag")
        self.assertIn("Item 6", results[5]["errors"][0]["message"])

    def test_texts_that_look_like_client_ids_refer_to_nothing(self):
        """What an app has as ids, article numbers say, may well be in the texts of others."""
        results = self.sync(
            create("Zbob", name="Zcarl", tags={"create": [{"name": "Zcarl"}]}),
            create("Zcarl", name="Zbob", ref="Zbob"),
            create("Zcarl", "CustomerTag", name="Zbob"),
        )
        self.assertEqual(self.statuses(results), ["ok"] * 3, results)

    def test_a_version_that_is_empty_is_none_that_the_record_has(self):
        for item in (update(self.customer, "", city="Bruges"), delete(self.customer, "")):
            (result,) = self.sync(item)
            self.assertEqual(result["status"], "conflict")

    def test_all_or_nothing(self):
        version = self.past_version()
        gone = self.partners.create({"name": "Zgone"})
        results = self.sync(
            create("app.1", name="Zbob"),
            update(self.customer, city="Bruges"),
            update(self.customer, version, city="Liège"),
            delete(gone),
            create("app.2", name="Zcarl", nonsense=1),
            all_or_nothing=True,
        )
        self.assertEqual(
            self.codes(results),
            [
                ["FAILED_DEPENDENCY"],
                ["FAILED_DEPENDENCY"],
                ["PRECONDITION_FAILED"],
                ["FAILED_DEPENDENCY"],
                ["BAD_USER_INPUT"],
            ],
        )
        self.assertEqual(self.statuses(results), ["error", "error", "conflict", "error", "error"])
        self.assertIsNone(results[0]["id"])
        # What it shows of the record is what it is, not what it would have been.
        self.assertEqual(results[2]["record"]["city"], "Ghent")
        self.assertFalse(self.named("Zbob"))
        self.assertTrue(gone.exists())
        results = self.sync(create("app.1", name="Zbob"), delete(gone), all_or_nothing=True)
        self.assertEqual(self.statuses(results), ["ok", "ok"])
        self.assertFalse(gone.exists())

    def test_batches_that_are_refused(self):
        code, fields = self.refuse(
            {"type": "Customer", "operation": "create", "input": {}},
            {**create("app.1", name="Zbob"), "id": "5", "version": "1"},
            create("app.1", name="Zcarl"),
            create("5", name="Zdora"),
            create("a b", name="Zdora"),
            {"type": "Customer", "operation": "update", "input": {}},
            {"type": "Customer", "operation": "update", "id": "5"},
            {**delete(self.customer), "input": {}},
            create("x" * 101),
            {**delete(self.customer), "id": "abc"},
            {**update(self.customer, city="x"), "id": "99999999999999999999"},
        )
        self.assertEqual(code, "BAD_USER_INPUT")
        self.assertEqual(
            fields,
            [
                "items.0.clientId",
                "items.1.id",
                "items.1.version",
                "items.2.clientId",
                "items.3.clientId",
                "items.4.clientId",
                "items.5.id",
                "items.6.input",
                "items.7.input",
                "items.8.clientId",
                "items.9.id",
                "items.10.id",
            ],
        )
        for back in ({"link": ["app.1"]}, {"create": [{"name": "Zkid", "parent": "app.1"}]}):
            code, fields = self.refuse(
                create("app.1", name="Zbob", parent={"id": "app.2", "name": "Zcarl"}),
                create("app.3", name="app.3"),
                create("app.2", name="Zcarl", children=back),
            )
            self.assertEqual((code, fields), ("BAD_USER_INPUT", ["items.0.input", "items.2.input"]))
        code, _fields = self.refuse({**delete(self.customer), "operation": "destroy"})
        self.assertEqual(code, "BAD_USER_INPUT")
        code, _fields = self.refuse(*[create(f"app.{n}", name="Z") for n in range(MAX_ITEMS + 1)])
        self.assertEqual(code, "BAD_USER_INPUT")
        code, _fields = self.refuse(*[create(f"app.{n}", name="Z") for n in range(10_000)])
        self.assertIn(code, ("BAD_USER_INPUT", "QUERY_TOO_COMPLEX"))
        self.assertTrue(self.customer.exists())

    def test_a_dry_run_keeps_nothing(self):
        results = self.sync(
            create("app.1", name="Zbob"),
            update(self.customer, city="Bruges"),
            headers={"Prefer": "dry-run"},
        )
        self.assertEqual(self.statuses(results), ["ok", "ok"])
        self.assertFalse(self.named("Zbob"))
        self.assertEqual(self.customer.city, "Ghent")

    def test_an_idempotency_key_replays_the_response(self):
        headers = {"Idempotency-Key": f"batch-{self.api}"}
        batch = [create("app.1", name="Zbob"), update(self.customer, city="Bruges")]
        first = self.send(batch, headers=headers)
        self.customer.city = "Liège"
        again = self.send(batch, headers=headers)
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertEqual(first.content, again.content)
        self.assertEqual(self.customer.city, "Liège")

    def test_what_odoo_leaves_for_the_end_is_done_within_the_item(self):
        """Computing, checking, and what it does before a commit; for what failed, nothing after."""
        partner = self.env.registry["res.partner"]
        original = partner.write
        after_commit = []

        def write(records, values):
            cursor = records.env.cr
            after_commit.append(len(cursor.postcommit))
            cursor.precommit.add(lambda: self.refuse_bruges(records))
            cursor.postcommit.add(lambda: None)
            return original(records, values)

        with patch.object(partner, "write", write):
            results = self.sync(
                update(self.customer, phone="3"),
                update(self.customer, city="Bruges"),
                update(self.customer, street="Zstreet"),
            )
        self.assertEqual(self.statuses(results), ["ok", "error", "ok"])
        self.assertEqual(self.codes(results)[1], ["VALIDATION_FAILED"])
        written = [self.customer.phone, self.customer.city, self.customer.street]
        self.assertEqual(written, ["3", "Ghent", "Zstreet"])
        first, second, third = after_commit
        self.assertEqual([second - first, third - first], [1, 1])

    @staticmethod
    def refuse_bruges(records):
        if "Bruges" in records.mapped("city"):
            raise ValidationError(records.env._("Not in Bruges"))

    def test_a_transaction_that_cannot_go_on_is_tried_again_as_a_whole(self):
        self.startPatcher(patch("odoo.service.model.time.sleep"))
        self.key(self.login)
        partner = self.env.registry["res.partner"]
        original = partner.write
        calls = []

        def write(records, values):
            calls.append(values["phone"])
            if len(calls) == 2:
                records.env.cr.execute(RAISE % "40001")
            return original(records, values)

        with patch.object(partner, "write", write), mute_logger("odoo.sql_db"):
            results = self.sync(update(self.customer, phone="3"), update(self.customer, phone="4"))
        self.assertEqual(self.statuses(results), ["ok", "ok"])
        self.assertEqual(calls, ["3", "4", "3", "4"])

    def test_what_there_is_no_time_for_is_not_begun(self):
        """Clients complain of batches that never get through, as each try takes too long."""
        partner = self.env.registry["res.partner"]
        original = partner.write
        clock = time.monotonic
        passed = [0]
        self.set_setting("max_seconds", 1000)

        def write(records, values):
            passed[0] += 800
            return original(records, values)

        with (
            patch.object(partner, "write", write),
            patch("time.monotonic", lambda: clock() + passed[0]),
        ):
            results = self.sync(
                update(self.customer, phone="3"),
                create("app.1", name="Zbob"),
                update("app.1", phone="4"),
            )
        self.assertEqual(self.codes(results), [[]] + [["SERVICE_UNAVAILABLE"]] * 2)
        self.assertEqual(self.customer.phone, "3")
        self.assertFalse(self.named("Zbob"))

    def test_an_error_of_the_database_is_that_of_its_item(self):
        partner = self.env.registry["res.partner"]
        original = partner.write

        def write(records, values):
            if values.get("phone") == "4":
                records.env.cr.execute(RAISE % "23505")
            return original(records, values)

        with patch.object(partner, "write", write), mute_logger("odoo.sql_db"):
            results = self.sync(
                update(self.customer, phone="3"),
                update(self.customer, phone="4"),
                update(self.customer, city="Bruges"),
            )
        self.assertEqual(self.codes(results), [[], ["CONFLICT"], []])
        self.assertEqual([self.customer.phone, self.customer.city], ["3", "Bruges"])

    def test_the_number_of_queries_per_item_is_constant(self):
        def count(size, start):
            items = [create(f"app.{start + n}", name=f"Z{n}") for n in range(size)]
            items += [update(f"app.{start + n}", city="Ghent") for n in range(size)]
            with self.counted_queries() as counted:
                self.assertEqual(set(self.statuses(self.sync(*items))), {"ok"})
            return counted[0]

        self.env.cr.execute("SELECT 1")
        count(2, 0)
        few, more, most = count(2, 100), count(4, 200), count(8, 300)
        self.assertEqual((most - more), 2 * (more - few))
        self.assertLess((more - few) / 4, 25)


class TestSyncRest(Batches, SyncCase):
    api = "rest"


class TestSyncGraphql(Batches, SyncCase):
    api = "graphql"


class TestSyncShape(SyncCase):
    def test_the_openapi_document_has_it(self):
        document = self.http("GET", "/api/openapi.json").json()
        operation = document["paths"]["/api/sync"]["post"]
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        items = body["properties"]["items"]
        self.assertEqual(items["maxItems"], MAX_ITEMS)
        self.assertEqual(items["items"]["required"], ["type", "operation"])
        self.assertEqual(
            set(items["items"]["properties"]),
            {"type", "operation", "client_id", "id", "version", "input"},
        )
        result = operation["responses"]["200"]["content"]["application/json"]["schema"]
        item = result["properties"]["data"]["properties"]["items"]["items"]
        self.assertEqual(set(item["required"]), {"client_id", "id", "status", "record", "errors"})
        self.assertEqual(item["properties"]["status"]["enum"], ["ok", "conflict", "error"])

    def test_a_token_of_before_the_batch(self):
        response = self.send([update(self.customer, city="Bruges")])
        self.assertTrue(response.json()["data"]["token"])
        response = self.send([create("app.1", name="Zbob"), create("t", "CustomerTag", name="Z")])
        self.assertIsNone(response.json()["data"]["token"])

    def test_messages_name_members_as_the_api_does(self):
        for item, field in (
            ({**create("app.1"), "clientID": "app.1"}, "items.0.clientID"),
            (5, "items.0"),
        ):
            response = self.http("POST", "/api/sync", json={"items": [item]})
            (error,) = [e for e in response.json()["errors"] if e["field"] == field]
            self.assertIn("client_id", error["message"])
        message = self.http("POST", "/api/sync", json={"x": 1}).json()["errors"][0]["message"]
        self.assertIn("all_or_nothing", message)

    def test_its_address_is_no_collection(self):
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        with self.assertRaises(ValidationError):
            resource.collection = "sync"


class TestSyncRights(SyncCase):
    """Who may do what, and learns what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = cls.partners.create({"name": "Zsecret", "city": "Ghent"})
        cls.env["ir.rule"].create(
            {
                "name": "Zrule",
                "model_id": cls.env.ref("base.model_res_partner").id,
                "domain_force": "[('name', '!=', 'Zsecret')]",
                "groups": [(4, cls.env.ref("base.group_user").id)],
            }
        )
        cls.policy = cls.env["graphql_api.policy"].create({"name": "Zphones"})
        resource = cls.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        cls.right = cls.env["graphql_api.policy.right"].create(
            {
                "policy_id": cls.policy.id,
                "resource_id": resource.id,
                "allow_create": True,
                "allow_update": True,
                "record_filter": '[("city", "=", "Ghent")]',
            }
        )
        keys = cls.env["graphql_api.key"]
        key = keys._generate(cls.user("admin"), cls.policy, "Zphone", None)
        cls.scoped = {"Authorization": f"Bearer {key}"}

    def test_hidden_records_are_as_deleted_ones(self):
        gone = self.partners.create({"name": "Zgone"})
        number = gone.id
        gone.unlink()

        def told(number):
            results = self.sync(
                *(
                    {**each, "id": str(number)}
                    for each in (
                        update(self.customer, "1", city="x"),
                        update(self.customer, city="x"),
                        delete(self.customer),
                        delete(self.customer, "1"),
                    )
                ),
                update(self.customer, parent=number),
                login="demo",
            )
            return str(results).replace(str(number), "N")

        self.assertEqual(told(self.secret.id), told(number))
        self.assertEqual(self.secret.city, "Ghent")

    def test_client_ids_of_others(self):
        """They stand for what is seen alone, and those of another policy for nothing."""
        self.sync(create("app.1", name="Zbob", city="Ghent"))
        bob = self.named("Zbob")
        bob.name = "Zsecret"
        (result,) = self.sync(update("app.1", city="Bruges"), login="demo")
        self.assertEqual((result["status"], result["id"]), ("conflict", None))
        (result,) = self.sync(delete("app.1"), login="demo")
        self.assertEqual((result["status"], result["id"]), ("ok", None))
        (result,) = self.sync(create("app.1", name="Zown", city="Ghent"), login="demo")
        self.assertEqual((result["status"], result["id"]), ("ok", str(self.named("Zown").id)))
        bob.name = "Zbob"
        (result,) = self.sync(update("app.1", city="Bruges"), headers=self.scoped)
        self.assertEqual((result["status"], result["id"]), ("conflict", None))
        self.assertTrue(bob.exists())
        self.assertEqual(bob.city, "Ghent")

    def test_a_policy_grants_to_items_what_it_grants(self):
        other = self.partners.create({"name": "Zelsewhere", "city": "Bruges"})
        results = self.sync(
            create("app.1", name="Zbob", city="Ghent"),
            create("app.2", name="Zcarl", city="Bruges"),
            update(self.customer, phone="3"),
            update(other, phone="3"),
            update(self.customer, parent=other.id),
            update(self.customer, city="Bruges"),
            delete(self.customer),
            create("app.3", "CustomerTag", name="Ztag"),
            headers=self.scoped,
        )
        self.assertEqual(
            self.statuses(results),
            ["ok", "error", "ok", "conflict", "error", "error", "error", "error"],
        )
        self.assertIsNone(results[3]["record"])
        self.assertFalse(self.named("Zcarl"))
        self.assertEqual([self.customer.phone, self.customer.city], ["3", "Ghent"])
        self.assertFalse(other.phone)

    def test_no_token_for_records_that_a_policy_lets_nobody_read(self):
        body = self.send([update(self.customer, phone="3")], headers=self.scoped).json()
        self.assertTrue(body["data"]["token"])
        self.right.allow_read = False
        body = self.send([create("app.1", name="Z", city="Ghent")], headers=self.scoped).json()
        self.assertEqual(body["data"]["items"][0]["status"], "ok")
        self.assertIsNone(body["data"]["token"])

    def test_read_only_keys_have_no_sync(self):
        self.policy.read_only = True
        response = self.send([create("app.1", name="Zbob")], headers=self.scoped)
        self.assertEqual(response.status_code, 403, response.text)
        self.assertFalse(self.named("Zbob"))

    def test_a_user_without_rights(self):
        results = self.sync(
            create("app.1", "CustomerTag", name="Ztag"),
            {"type": "Country", "operation": "update", "id": "1", "input": {"name": "x"}},
            login="demo",
        )
        self.assertEqual(self.codes(results)[1], ["FORBIDDEN"])


class TestSyncTogether(ServerCase):
    def test_a_batch_that_is_sent_again_while_it_is_served(self):
        """A client that has waited too long does not know that the server is still at it."""
        run = uuid.uuid4().hex
        items = [
            {
                "type": "Customer",
                "operation": "create",
                "client_id": f"app.{run}.{number}",
                "input": {"name": run},
            }
            for number in range(2)
        ]

        def send():
            with self.server.client(self.key) as client:
                return client.send_request("POST", "/api/sync", json={"items": items}).json()

        bodies = together([send] * 3)
        results = [[(r["id"], r["status"]) for r in body["data"]["items"]] for body in bodies]
        ids = sorted(
            number for (number,) in execute("SELECT id FROM res_partner WHERE name = %s", run)
        )
        self.assertEqual(results, [[(number, "ok") for number in ids]] * 3)
        self.assertEqual(len(ids), 2)
        client = self.client()
        gone = [{**item, "operation": "delete"} for item in items]
        for item in gone:
            del item["input"]
        response = client.send_request("POST", "/api/sync", json={"items": gone})
        self.assertEqual([r["status"] for r in response.json()["data"]["items"]], ["ok", "ok"])
        self.assertFalse(execute("SELECT id FROM res_partner WHERE name = %s", run))
