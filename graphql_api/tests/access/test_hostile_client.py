"""A client that tries to learn what it must not know: secrets, and which records exist."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import strawberry

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..cases.hostile import (
    JSON,
    MISSING,
    Attack,
    HostileCase,
    Secret,
    query,
)


@tagged("generated")
class TestSecrets(HostileCase):
    def learned(self, secret: Secret, attacks) -> list[str]:
        """Return the attacks whose answers tell the values of a secret apart."""
        newest = self.highest_ids()
        answers = []
        for value in secret.values:
            self.set(secret, value)
            answers.append([self.answer(attack, newest) for attack in attacks])
        for attack, answer in zip(attacks, answers[0], strict=True):
            if not attack.guesses and self.closed:
                self.assertNotIn(str(secret.values[0]), answer, attack)
        return [
            f"{attack.name} {attack.path}: {one[:1500]} / {two[:1500]}"
            for attack, one, two in zip(attacks, *answers, strict=True)
            if one != two
        ]

    def check(self, position: int):
        secret = self.secrets()[position]
        attacks = self.attacks(secret)
        self.assertGreater(len(attacks), 150)
        self.closed = False
        # Each kind of attack would succeed: of the open secret it learns the value.
        sample = attacks[::9]
        self.assertGreater(len(self.learned(secret, sample)), len(sample) // 4)
        if position >= 8:
            # Schemas of policies share what reads filters: a part of the conditions will do.
            attacks = self.attacks(secret, 5)
        secret.close()
        self.closed = True
        learned = self.learned(secret, attacks)
        self.assertEqual(len(learned), 0, "\n".join(learned[:10]))

    def test_field_not_exposed(self):
        self.check(0)

    def test_field_for_groups(self):
        self.check(1)

    def test_name_for_groups(self):
        self.check(2)

    def test_field_in_display_names_not_exposed(self):
        self.check(3)

    def test_field_in_display_names_for_groups(self):
        self.check(4)

    def test_number_for_groups(self):
        self.check(5)

    def test_record_outside_of_the_domain(self):
        self.check(6)

    def test_record_hidden_by_a_rule(self):
        self.check(7)

    def test_field_out_of_a_policy(self):
        self.check(8)

    def test_field_in_display_names_out_of_a_policy(self):
        self.check(9)

    def test_number_out_of_a_policy(self):
        self.check(10)

    def test_record_out_of_the_filter_of_a_policy(self):
        self.check(11)

    def test_no_time_to_measure(self):
        """A condition is refused before the database is asked: the queries are the same."""
        for secret in self.secrets()[1:3]:
            attacks = list(self.filter_attacks(secret, self.conditions(secret)))
            attacks = [attack for attack in attacks if attack.body]
            secret.close()
            for attack in attacks:
                shapes = []
                for value in secret.values:
                    self.set(secret, value)
                    shapes.append(self.queries(attack))
                self.assertEqual(*shapes, attack)

    def test_the_queries_of_hidden_records_have_one_shape(self):
        secret = self.secrets()[7]
        conditions = self.conditions(secret)
        attacks = [attack for attack in self.filter_attacks(secret, conditions) if attack.body]
        secret.close()
        for attack in attacks:
            shapes = []
            for value in secret.values:
                self.set(secret, value)
                shapes.append(self.queries(attack))
            self.assertEqual(*shapes, attack)

    def queries(self, attack: Attack) -> list[str]:
        """Return the SQL that an attack makes the server emit, without its values."""
        found: list = []
        # Once before that, for what every process reads once.
        self.execute(attack.body["query"], attack.body["variables"])
        self.env.invalidate_all()
        with contextmanager(self._patchExecute)(found):
            self.execute(attack.body["query"], attack.body["variables"])
        return found


@tagged("generated")
class TestExistence(HostileCase):
    """A record that is hidden answers like one that does not exist."""

    def missing(self) -> int:
        """Return an id that no contact and no order has, as long as that of the target."""
        largest = 10 ** len(str(self.target.id)) - 1
        taken = {
            number
            for model in ("res.partner", "sale.order")
            for number in self.env[model].with_context(active_test=False).search([]).ids
        }
        return next(number for number in range(largest, 0, -1) if number not in taken)

    def requests(self, number: int) -> Iterator[Attack]:
        visible = self.visible.id
        for path in (
            f"/api/customers/{number}",
            f"/api/customers/{number}?fields=name",
            f"/api/customers/{number}?fields=ref,parent.name",
            f"/api/customers/{number}/image_1920",
            f"/api/customers/{number}/nothing",
            f"/api/mobile/customer/{number}",
            f"/api/customers?filter[id][in]={number}&total=true",
            f"/api/customers?filter[parent][id][eq]={number}&total=true",
            f"/api/customers?filter[children][some][id][eq]={number}&total=true",
            f"/api/sale-orders?filter[customer][id][eq]={number}&total=true",
        ):
            yield Attack("read", path)
        values = {"name": "Znew"}
        path = f"/api/customers/{number}"
        for headers in ((), (("If-Match", '"0"'),), (("If-Match", '"5f-1", "0"'),)):
            yield Attack("change", path, values, "PATCH", headers)
            yield Attack("replace", path, values, "PUT", headers)
            yield Attack("delete", path, None, "DELETE", headers)
        yield Attack("empty change", path, {}, "PATCH")
        yield Attack("wrong change", path, {"nothing": 1}, "PATCH")
        yield Attack("file", f"{path}/image_1920", values, "PUT")
        yield Attack("action", f"{path}/confirm", None, "POST")
        yield Attack("attach", "/api/attachments", self.attachment(number), "POST")
        for body in (
            {"name": "Z", "parent": number},
            {"name": "Z", "parent": {"id": number}},
            {"name": "Z", "children": {"link": [number]}},
            {"name": "Z", "children": {"set": [number]}},
            {"name": "Z", "children": {"create": [{"name": "Y", "parent": number}]}},
        ):
            yield Attack("create", "/api/customers", body, "POST")
        for name, item in (("link", number), ("unlink", number), ("delete", number)):
            body = {"children": {name: [item]}}
            yield Attack("nested", f"/api/customers/{visible}", body, "PATCH")
        body = {"children": {"update": [{"id": number, "name": "Z"}]}}
        yield Attack("nested", f"/api/customers/{visible}", body, "PATCH")
        yield Attack("refer", "/api/sale-orders", {"customer": number}, "POST")
        for text in (
            "query ($id: ID!) { customer(id: $id) { name } }",
            "query ($id: ID!) { customers(filter: {id: {eq: $id}}) { totalCount } }",
            "mutation ($id: ID!) { updateCustomer(id: $id, input: {}) { id } }",
            'mutation ($id: ID!) { updateCustomer(id: $id, input: {}, ifVersion: "1") { id } }',
            'mutation ($id: ID!) { updateCustomers(ids: ["1", $id], input: {}) { id } }',
            "mutation ($id: ID!) { deleteCustomer(id: $id) }",
            'mutation ($id: ID!) { deleteCustomer(id: $id, ifVersion: "1") }',
            'mutation ($id: ID!) { deleteCustomers(ids: ["1", $id]) }',
        ):
            yield query("by id", text, id=str(number))

    def attachment(self, number: int) -> dict:
        return {"name": "Z", "res_model": "res.partner", "res_id": number}

    def check_same(self, *attacks):
        """Check that two attacks have the same answer but for the id in them."""
        answers = []
        for attack, number in attacks:
            answer = self.answer(attack, self.highest_ids())
            # The number may be the length of the answer as well.
            answers.append(re.sub(rf"(?<!Content-Length': ')\b{number}\b", "ID", answer))
        self.assertEqual(*answers, attacks[0][0])

    def check(self, ways):
        hidden, missing = self.target.id, self.missing()
        for one, two in zip(ways(hidden), ways(missing), strict=True):
            with self.subTest(one.name, path=one.path, body=one.body):
                self.check_same((one, hidden), (two, missing))

    def test_outside_of_the_domain(self):
        self.limit("Customer", self.target)
        self.check(self.requests)

    def test_hidden_by_a_rule(self):
        self.hide(self.target)
        self.check(self.requests)

    def test_out_of_the_filter_of_a_policy(self):
        self.hold(self.all_but("Customer", filter=repr([("id", "!=", self.target.id)])))
        self.check(self.requests)

    def test_actions(self):
        """Actions on a hidden order, its reports, and everything else that takes its id."""
        for hide in (
            lambda: self.hold(
                self.all_but("SaleOrder", filter=repr([("id", "!=", self.order.id)]))
            ),
            lambda: self.hide(self.order),
        ):
            hide()
            self.check_actions()

    def check_actions(self):
        self.target = self.order

        def ways(number):
            for name in ("confirm", "cancel", "draft", "nothing"):
                yield Attack("action", f"/api/sale-orders/{number}/{name}", None, "POST")
            for path in ("report", "report/order.pdf", "report/nothing.pdf"):
                yield Attack("report", f"/api/sale-orders/{number}/{path}")
            text = "query ($id: ID!) { saleOrder(id: $id) { reports { url } } }"
            yield query("reports", text, id=str(number))
            text = "mutation ($id: ID!) { confirmSaleOrder(id: $id) { id } }"
            yield query("action", text, id=str(number))
            text = 'mutation ($id: ID!) { updateSaleOrder(id: $id, input: {note: "x"}) { id } }'
            yield query("update", text, id=str(number))

        self.check(ways)

    def test_properties(self):
        """A property that refers to a hidden record reads like one to a deleted record."""
        team = self.env["crm.team"].create(
            {
                "name": "Zteam",
                "lead_properties_definition": [
                    {"name": "who", "string": "Who", "type": "many2one", "comodel": "res.partner"},
                    {"name": "all", "string": "All", "type": "many2many", "comodel": "res.partner"},
                    {"name": "bank", "string": "Bank", "type": "many2one", "comodel": "res.bank"},
                    {"name": "text", "string": "Text", "type": "char"},
                ],
            }
        )
        bank = self.env["res.bank"].create({"name": "Zbank"})
        # What is not exposed is not shown.
        self.env["graphql_api.resource"].search([("model", "=", "res.bank")]).active = False
        self.lead.team_id = team
        self.lead.lead_properties = {
            "who": self.target.id,
            "all": [self.visible.id, self.target.id],
            "bank": bank.id,
            "text": "Zopen",
        }
        name = self.lines("Lead", "lead_properties").api_name or "lead_properties"
        path = f"/api/leads/{self.lead.id}?fields={name}"

        def values():
            data = self.rest(path)["data"][name]
            return {item["name"]: item["value"] for item in data}

        visible, target = [self.visible.id, "Zvisible"], [self.target.id, "Zvisible, Ztarget"]
        expected = {"who": target, "all": [visible, target], "text": "Zopen"}
        self.assertEqual(values(), expected)
        self.hide(self.target)
        self.assertEqual(values(), {"who": False, "all": [visible], "text": "Zopen"})
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET lead_properties = jsonb_set(lead_properties, '{who}', %s) "
                "WHERE id = %s",
                str(MISSING),
                self.lead.id,
            )
        )
        self.env.invalidate_all()
        self.assertEqual(values(), {"who": False, "all": [visible], "text": "Zopen"})
        self.assertNotIn("res.bank", self.http("GET", path).text)

    def test_replay(self):
        """Another user's idempotency key brings nobody the other's answer."""
        body = json.dumps({"name": "Zsecret", "ref": "Zkept"}).encode()
        headers = {**JSON, "Idempotency-Key": "zkey"}
        first = self.http("POST", "/api/customers", data=body, headers=headers, login="admin")
        again = self.http("POST", "/api/customers", data=body, headers=headers, login="admin")
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        other = self.http("POST", "/api/customers", data=body, headers=headers)
        self.assertNotIn("Idempotency-Replayed", other.headers)
        self.assertEqual((first.status_code, other.status_code), (201, 201))
        self.assertNotEqual(first.headers["Location"], other.headers["Location"])

    def test_cursors_hold_nothing_that_is_hidden(self):
        """A cursor can be decoded: its values are those of the order, which the user may see."""
        self.forbid_fields("res.partner", "name")
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        resource.order = "name asc, city desc"
        data = self.graphql("{ customers(first: 200) { edges { cursor } } }")
        for edge in data["customers"]["edges"]:
            cursor = edge["cursor"]
            content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[16:]
            self.assertEqual(len(json.loads(content)), 3, "a key, the city and the id")
            self.assertNotIn(b"Z", content.replace(b"Zz", b""))


@tagged("generated")
class TestRelations(HostileCase):
    """Every relation of every resource, with a record at its end that a rule hides."""

    login = "admin"

    def example(self, resource, field, target):
        """Return a visible record and one at the other end of its relation, if there are any."""
        env = self.env(user=self.user(self.login), su=False)
        if not all(env[each.model].has_access("read") for each in (resource, target)):
            return None
        # A rule on the company that rules compare would hide the record too; rules have none.
        if target.model in ("res.company", "ir.rule"):
            return None
        # Of some reports Odoo can read a few fields at a time only, and some have ids below 0.
        model = env[resource.model]
        for record in model.search_fetch(list(resource.domain), [field.field], limit=200):
            found = record[field.field].filtered_domain(list(target.domain))
            # A rule on itself would hide the record too.
            if record.id > 0 and found and found[0] != record:
                return record, found[0]
        return None

    def test_conditions(self):
        """Of what it holds, even its id, nothing decides about the records that lead to it.

        That is so for a record that a rule hides, and for one outside of the filter of a policy.
        """
        schema = self.env["graphql_api.schema"]._get_schema()
        policy = self.narrowed_policy(*self.lines_of_all())
        rights = {right.resource_id.type_name: right for right in policy.right_ids}
        checked = 0
        for resource in schema.by_collection.values():
            for field in resource.fields.values():
                if field.relation is None or not (field.filterable and field.searchable):
                    continue
                target = schema.resources[field.relation]
                if (pair := self.example(resource, field, target)) is None:
                    continue
                with self.subTest(resource=resource.type_name, field=field.name):
                    checked += bool(self.count(resource, field, *pair))
                    with self.hidden_by_a_rule(pair[1]):
                        self.assertEqual(self.count(resource, field, *pair), 0)
                    with self.left_out(rights[target.type_name], pair[1]):
                        self.assertEqual(self.count(resource, field, *pair, policy), 0)
        self.assertGreater(checked, 60)

    @contextmanager
    def hidden_by_a_rule(self, record):
        self.env.cr.execute("SAVEPOINT relation")
        try:
            self.hide(record)
            yield
        finally:
            self.env.cr.execute("ROLLBACK TO SAVEPOINT relation")
            self.env.invalidate_all()
            self.env.registry.clear_cache()

    @contextmanager
    def left_out(self, right, record):
        """Leave a record out of the filter of a line of a policy."""
        right.record_filter = repr([("id", "!=", record.id)])
        try:
            yield
        finally:
            right.record_filter = "[]"

    def count(self, resource, field, record, related, policy=None) -> int:
        """Return whether the relation finds the record by the id of the other one."""
        inner = {"id": {"eq": str(related.id)}}
        condition = {field.graphql_name: {"some": inner} if field.to_many else inner}
        text = f"query ($f: {resource.type_name}Filter) {{ page: {resource.list_name}"
        text += "(filter: $f, includeArchived: true) { totalCount } }"
        where = {"and": [{"id": {"eq": str(record.id)}}, condition]}
        result = self.execute(text, {"f": where}, policy=policy)
        codes = {error["extensions"]["code"] for error in result.errors}
        self.assertLessEqual(codes, {"FORBIDDEN"}, result.errors)
        return 0 if result.errors else result.data["page"]["totalCount"]


@tagged("post_install", "-at_install")
class TestMessages(HostileCase):
    """What Odoo says to people must not name what the caller could not have read."""

    def patch(self, path: str, body: dict, status: int, **kwargs) -> dict:
        return self.rest(
            path,
            method="PATCH",
            status=status,
            data=json.dumps(body).encode(),
            headers=JSON,
            **kwargs,
        )

    def test_companies(self):
        """Odoo names the records that do not fit, read with sudo."""
        other = self.env["res.company"].create({"name": "Zcompany"})
        self.order.partner_id.parent_id = False
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE res_partner SET company_id = %s WHERE id = %s", other.id, self.target.id)
        )
        self.env.invalidate_all()
        self.rest(f"/api/customers/{self.target.id}", status=404)
        body = self.patch(
            f"/api/sale-orders/{self.order.id}", {"company": self.env.company.id}, 422
        )
        text = json.dumps(body)
        self.assertEqual(body["code"], "VALIDATION_FAILED")
        for name in ("Ztarget", "Zcompany", "partner_id", self.order.name):
            self.assertNotIn(name, text)
        self.assertIn("companies", text)

    def test_access(self):
        """Odoo's refusals name models, records and groups."""
        self.env["ir.rule"].create(
            {
                "name": "Zrule",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": repr([("id", "!=", self.target.id)]),
                "perm_read": False,
            }
        )
        for body in (
            self.patch(f"/api/customers/{self.target.id}", {"name": "Z"}, 403),
            self.rest(f"/api/customers/{self.target.id}", method="DELETE", status=403),
        ):
            for name in ("Zrule", "Ztarget", "res.partner", "Contact"):
                self.assertNotIn(name, json.dumps(body))

    def test_access_to_what_a_field_takes_its_value_from(self):
        """Odoo refuses while the list is read; that is no page, and no accident."""
        self.forbid_fields("res.partner", "name")
        for parameters in ("q=Z", "filter[name][eq]=Z"):
            body = self.rest(f"/api/users?{parameters}", status=403)
            self.assertEqual(body["code"], "FORBIDDEN")
            self.assertNotIn("res.partner", json.dumps(body))

    def test_uniqueness(self):
        """A value that a hidden record has is taken; whose it is remains unsaid."""
        self.product.barcode = "Zbarcode"
        self.env["product.product"].create({"name": "Znext"})
        self.hide(self.product, self.product.product_tmpl_id)
        response = self.http(
            "POST",
            "/api/products",
            data=json.dumps({"name": "Z", "barcode": "Zbarcode"}).encode(),
            headers=JSON,
            login="admin",
        )
        self.assertEqual(response.status_code, 422, response.text)
        for name in ("Zproduct", "Zcode", "product_product"):
            self.assertNotIn(name, response.text)

    def test_external_ids(self):
        """Which records addons have is not told by refusing their names."""
        messages = set()
        for name in ("group_user", "be", "no_such_name", "model_res_partner"):
            text = """mutation ($name: String!) {
              upsertCustomer(by: {externalId: $name}, input: {name: "Z"}) { id } }"""
            response = self.graphql_response(text, {"name": f"base.{name}"})
            messages.add(response.text)
        self.assertEqual(len(messages), 1, messages)
        self.assertIn("BAD_USER_INPUT", messages.pop())

    def test_the_unexpected(self):
        """Only an id; no traceback, no SQL, no names."""

        @strawberry.type
        class Broken:
            @strawberry.field
            def broken(self) -> str | None:
                raise KeyError("res.partner secret column")

        self.extend_schema(lambda parts: parts.queries.append(Broken))
        with mute_logger("odoo.addons.graphql_api.schema.exposure.errors"):
            text = self.graphql_response("{ broken }").text
        self.assertIn("INTERNAL_SERVER_ERROR", text)
        for name in ("secret", "KeyError", "res.partner"):
            self.assertNotIn(name, text)
