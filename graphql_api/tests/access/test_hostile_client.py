"""A client that tries to learn what it must not know: every attack on every secret.

An attack is a request. It fails if its whole answer is the same whatever the secret is: status,
headers, body. That is tested, for each secret, with two values of it in the database.
"""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import quote, urlencode

import strawberry
from graphql import get_named_type

from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ...schema.exposure.names import camel_case
from ..cases.access import AccessCase

JSON = {"Content-Type": "application/json"}
MISSING = 2000000000
UNSTABLE_HEADERS = ("Date",)


class Secret(NamedTuple):
    """A value that the caller must not learn.

    ``columns`` are the (table, column, id) that hold it, ``close`` hides it; before that it is
    visible, which shows that the attacks are able to learn it.
    """

    name: str
    type_name: str
    field: str
    values: tuple
    record: object
    columns: list
    close: object

    @property
    def graphql_name(self) -> str:
        return camel_case(self.field)


class Attack(NamedTuple):
    """A request; ``body`` is sent as JSON. ``guesses`` tells that it names values itself."""

    name: str
    path: str
    body: object = None
    method: str = "GET"
    headers: tuple = ()
    guesses: bool = False


def query(name: str, text: str, guesses: bool = False, **variables) -> Attack:
    return Attack(
        name, "/api/graphql", {"query": text, "variables": variables}, "POST", guesses=guesses
    )


def places(secret: Secret, condition: dict) -> Iterator[tuple[str, str, dict]]:
    """Yield (list field, type, filter) for every place where a condition may stand."""
    lists = {"Customer": "customers", "Product": "products", "Lead": "leads"}
    name, own = secret.type_name, lists[secret.type_name]
    yield own, name, condition
    yield own, name, {"not": condition}
    yield own, name, {"and": [condition, {"not": {"not": condition}}]}
    yield own, name, {"or": [{"id": {"eq": "1"}}, condition]}
    match name:
        case "Customer":
            yield own, name, {"parent": condition}
            yield own, name, {"not": {"parent": condition}}
            yield own, name, {"children": {"some": condition}}
            yield own, name, {"children": {"none": condition}}
            yield own, name, {"tags": {"some": {"customers": {"some": condition}}}}
            yield own, name, {"tags": {"none": {"not": {"customers": {"none": condition}}}}}
            yield own, name, {"saleOrders": {"some": {"customer": condition}}}
            yield "customerTags", "CustomerTag", {"customers": {"some": condition}}
            yield "saleOrders", "SaleOrder", {"customer": condition}
            yield "saleOrders", "SaleOrder", {"not": {"customer": condition}}
            yield "companies", "Company", {"contact": condition}
        case "Product":
            yield "saleOrderLines", "SaleOrderLine", {"product": condition}
            yield "saleOrders", "SaleOrder", {"orderLines": {"some": {"product": condition}}}
            yield "productTemplates", "ProductTemplate", {"variants": {"some": condition}}
        case "Lead":
            yield "customers", "Customer", {"opportunities": {"some": condition}}
            yield "saleOrders", "SaleOrder", {"opportunity": condition}


def rest_filter(condition, prefix: str = "filter") -> list[tuple[str, str]]:
    """Return a GraphQL filter as parameters of REST."""
    if isinstance(condition, dict):
        return [p for key, item in condition.items() for p in rest_filter(item, f"{prefix}[{key}]")]
    if isinstance(condition, list) and condition and isinstance(condition[0], dict):
        return [p for i, item in enumerate(condition) for p in rest_filter(item, f"{prefix}[{i}]")]
    if isinstance(condition, list):
        return [(prefix, ",".join(map(str, condition)))]
    return [(prefix, json.dumps(condition).strip('"'))]


PAGE = "{ totalCount pageInfo { hasNextPage endCursor } nodes { id displayName } edges { cursor } }"


class HostileCase(AccessCase):
    """A salesperson, a contact with all kinds of relations, a product, an opportunity."""

    login = "seller"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            "seller",
            groups="sales_team.group_sale_salesman_all_leads,base.group_partner_manager",
            lang="en_US",
        )
        cls.tag = cls.env["res.partner.category"].create({"name": "Ztag"})
        cls.target = cls.env["res.partner"].create(
            {
                "name": "Ztarget",
                "ref": "Zref",
                "parent_id": cls.visible.id,
                "category_id": [Command.link(cls.tag.id)],
            }
        )
        cls.below = cls.env["res.partner"].create(
            {"name": "Zbelow", "parent_id": cls.target.id, "is_company": True}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Zproduct", "default_code": "Zcode"}
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Zlead",
                "type": "opportunity",
                "partner_id": cls.visible.id,
                "expected_revenue": 5,
                "user_id": False,
            }
        )
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.target.id,
                "opportunity_id": cls.lead.id,
                "order_line": [Command.create({"product_id": cls.product.id})],
            }
        )
        # Odoo remembers the user's last sale in the contact; none of it is asked for here.
        cls.env.flush_all()

    def unexpose(self, field: str, *type_names: str):
        for type_name in type_names:
            self.lines(type_name, field).active = False

    def limit(self, type_name: str, record):
        """Leave a record out of what is exposed."""
        resource = self.env["graphql_api.resource"].search([("type_name", "=", type_name)])
        resource.domain = repr([("id", "!=", record.id)])

    def secrets(self) -> list[Secret]:
        """Return the secrets: for each way to hide something there is one, or more."""
        target, product, lead = self.target, self.product, self.lead
        ref = [("res_partner", "ref", target.id)]
        code = [
            ("product_product", "default_code", product.id),
            ("product_template", "default_code", product.product_tmpl_id.id),
        ]
        name = [("res_partner", column, target.id) for column in ("name", "complete_name")]
        revenue = [("crm_lead", "expected_revenue", lead.id)]
        models = ("product.product", "product.template")
        texts = ("Zaaaa", "Zbbbb")
        return [
            Secret(
                "a field that is not exposed",
                *("Customer", "ref", texts, target, ref),
                lambda: self.unexpose("ref", "Customer"),
            ),
            Secret(
                "a field that is for groups",
                *("Customer", "ref", texts, target, ref),
                lambda: self.forbid_fields("res.partner", "ref"),
            ),
            Secret(
                "the name, which is for groups",
                *("Customer", "name", texts, target, name),
                # Odoo gives a field's groups to those that take their value from it.
                lambda: [self.forbid_fields(m, "name") for m in ("res.partner", "res.users")],
            ),
            Secret(
                "a field in display names that is not exposed",
                *("Product", "default_code", texts, product, code),
                lambda: self.unexpose("default_code", "Product", "ProductTemplate"),
            ),
            Secret(
                "a field in display names that is for groups",
                *("Product", "default_code", texts, product, code),
                lambda: [self.forbid_fields(model, "default_code") for model in models],
            ),
            Secret(
                "a number that is for groups",
                *("Lead", "expected_revenue", (111.0, 999.0), lead, revenue),
                lambda: self.forbid_fields("crm.lead", "expected_revenue"),
            ),
            Secret(
                "a record outside of the domain",
                *("Customer", "name", texts, target, name),
                lambda: self.limit("Customer", target),
            ),
            Secret(
                "a record that a rule hides",
                *("Customer", "name", texts, target, name),
                lambda: self.hide(target),
            ),
        ]

    def set(self, secret: Secret, value):
        """Change the secret in the database; nothing else changes, not even the version."""
        for table, column, number in secret.columns:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    value,
                    number,
                )
            )
        self.env.invalidate_all()

    def conditions(self, secret: Secret) -> list[dict]:
        """Return a comparison with each operator, with one of the values of the secret."""
        types = self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map
        field = types[f"{secret.type_name}Filter"].fields[secret.graphql_name]
        found = []
        for operator in get_named_type(field.type).fields:
            for value in (True, False) if operator == "isNull" else secret.values[:1]:
                operand = [value] if operator in ("in", "notIn") else value
                found.append({secret.graphql_name: {operator: operand}})
        return found

    def attacks(self, secret: Secret) -> list[Attack]:
        conditions = self.conditions(secret)
        return [
            *self.filter_attacks(secret, conditions),
            *self.selection_attacks(secret),
            *self.order_attacks(secret),
            *self.aggregate_attacks(secret),
            *self.cursor_attacks(secret),
            *self.name_attacks(secret),
            *self.error_attacks(secret),
            *self.write_attacks(secret),
        ]

    def filter_attacks(self, secret, conditions) -> Iterator[Attack]:
        resources = self.env["graphql_api.schema"]._get_schema().resources
        for condition in conditions:
            for place, (list_name, type_name, where) in enumerate(places(secret, condition)):
                name = f"filter {list_name} {json.dumps(where)}"
                text = f"query ($f: {type_name}Filter) {{ page: {list_name}(filter: $f) {PAGE} }}"
                yield query(name, text, guesses=True, f=where)
                if place % 4:
                    continue
                parameters = urlencode([*rest_filter(where), ("total", "true"), ("fields", "id")])
                path = f"/api/{resources[type_name].collection}?{parameters}"
                yield Attack(f"REST {name}", path, guesses=True)
            if secret.type_name == "Customer":
                text = """query ($f: CustomerFilter, $tag: ID!, $parent: ID!) {
                  customerTag(id: $tag) { customers(filter: $f) { id } }
                  customer(id: $parent) { children(filter: $f, first: 5) { id } } }"""
                ids = {"tag": str(self.tag.id), "parent": str(self.visible.id)}
                yield query(f"nested filter {condition}", text, guesses=True, f=condition, **ids)
        (value, _other), collection = secret.values, resources[secret.type_name].collection
        yield Attack("short filter", f"/api/{collection}?{secret.field}={value}", guesses=True)

    def selection_attacks(self, secret) -> Iterator[Attack]:
        resource = self.env["graphql_api.schema"]._get_schema().resources[secret.type_name]
        field, single, many = secret.graphql_name, resource.single_name, resource.list_name
        number = str(secret.record.id)
        one = f'{single}(id: "{number}")'
        page = f'{many}(filter: {{id: {{in: ["{number}"]}}}})'
        below = f"displayName ...F }} }} fragment F on {secret.type_name} {{ {field}"
        for text in (
            f"{{ {one} {{ id {field} }} }}",
            f"{{ {one} {{ id displayName version createDate writeDate }} }}",
            f"{{ {one} {{ alias: {field} ... on {secret.type_name} {{ id {field} }} }} }}",
            f"{{ a: {one} {{ {below} }}",
            f"{{ {page} {{ totalCount nodes {{ id displayName {field} }} }} }}",
            f"{{ {page} {{ edges {{ cursor node {{ id {field} }} }} }} }}",
            f"{{ {many} {{ nodes {{ id displayName }} }} }}",
            f"{{ {many} {{ nodes {{ {field} }} }} }}",
            f'{{ __type(name: "{secret.type_name}") {{ fields {{ name description }} }} }}',
            "{ me { user { displayName } companies { displayName contact { displayName } } } }",
            *(text.replace("FIELD", f"id displayName {field}") for text in self.ways(secret)),
            *(text.replace("FIELD", "id displayName") for text in self.ways(secret)),
        ):
            yield query(f"select {text}", text)
        path = f"/api/{resource.collection}"
        for parameters in (
            "",
            f"?fields={secret.field}",
            f"?fields=id,display_name,{secret.field}",
            "?fields=display_name,version",
        ):
            yield Attack("REST record", f"{path}/{number}{parameters}")
            yield Attack("REST list", f"{path}{parameters}{'&' if parameters else '?'}total=true")
        for etag in secret.values:
            headers = (("If-None-Match", f'"{etag}"'),)
            yield Attack("REST If-None-Match", f"{path}/{number}", headers=headers)
        for part in ("image_1920", secret.field, "nothing"):
            yield Attack("REST file", f"{path}/{number}/{part}")
        yield Attack("REST alias", f"/api/mobile/customer/{number}")
        for order in ("", "?fields=customer,order_lines.product", "?fields=customer.display_name"):
            yield Attack("REST order", f"/api/sale-orders/{self.order.id}{order}")
        for path in ("/api", "/api/me", "/api/graphql/schema.graphql"):
            yield Attack("REST", path)

    def ways(self, secret) -> list[str]:
        """Return queries that lead to the record through others, with FIELD for what to read."""
        order, tag, parent = self.order.id, self.tag.id, self.visible.id
        return {
            "Customer": [
                f'{{ saleOrder(id: "{order}") {{ displayName customer {{ FIELD }} }} }}',
                f'{{ customerTag(id: "{tag}") {{ customers {{ FIELD }} }} }}',
                f'{{ customer(id: "{parent}") {{ children {{ FIELD tags {{ id }} }} }} }}',
                f'{{ customer(id: "{self.below.id}") {{ id parent {{ FIELD }} }} }}',
                f'{{ saleOrder(id: "{order}") {{ orderLines {{ customer {{ FIELD }} }} }} }}',
            ],
            "Product": [
                f'{{ saleOrder(id: "{order}") {{ orderLines {{ product {{ FIELD }} }} }} }}',
                f'{{ saleOrder(id: "{order}") {{ orderLines {{ displayName }} }} }}',
                f'{{ productTemplate(id: "{self.product.product_tmpl_id.id}") {{ FIELD }} }}',
                f'{{ product(id: "{self.product.id}") {{ template {{ FIELD }} }} }}',
            ],
            "Lead": [
                f'{{ saleOrder(id: "{order}") {{ opportunity {{ FIELD }} }} }}',
                f'{{ customer(id: "{parent}") {{ opportunities {{ FIELD }} }} }}',
            ],
        }[secret.type_name]

    def order_attacks(self, secret) -> Iterator[Attack]:
        resource = self.env["graphql_api.schema"]._get_schema().resources[secret.type_name]
        field, many = secret.graphql_name, resource.list_name
        for direction in ("ASC", "DESC"):
            for order in (
                f"[{{{field}: {direction}}}]",
                f"[{{id: ASC}}, {{{field}: {direction}}}]",
            ):
                yield query("order", f"{{ {many}(orderBy: {order}, first: 9) {PAGE} }}")
                yield query("order backwards", f"{{ {many}(orderBy: {order}, last: 9) {PAGE} }}")
            if secret.type_name == "Customer":
                text = (
                    f'{{ customerTag(id: "{self.tag.id}") {{ customers('
                    f"orderBy: [{{{field}: {direction}}}]) {{ id }} }} }}"
                )
                yield query("nested order", text)
        for sort in (secret.field, f"-{secret.field}", f"id,{secret.field}"):
            yield Attack("REST order", f"/api/{resource.collection}?sort={sort}&fields=id")

    def aggregate_attacks(self, secret) -> Iterator[Attack]:
        """Group by the secret, by relations to its record, and take the least and the last."""
        resource = self.env["graphql_api.schema"]._get_schema().resources[secret.type_name]
        field, many = secret.graphql_name, resource.aggregate_name
        for arguments in (
            f"groupBy: [{{{field}: true}}]",
            f"groupBy: [{{createDate: YEAR}}, {{{field}: true}}], first: 9",
            f"orderBy: [{{{field}: {{max: DESC}}}}], groupBy: [{{createDate: YEAR}}]",
        ):
            yield query("group", f"{{ {many}({arguments}) {{ keys {{ {field} }} count }} }}")
            yield query("count groups", f"{{ {many}({arguments}) {{ count }} }}")
        functions = "sum avg min max"
        yield query("aggregate", f"{{ {many} {{ count {field} {{ {functions} }} }} }}")
        relations = {
            "Customer": ("saleOrdersAggregate", "customer"),
            "Product": ("saleOrderLinesAggregate", "product"),
            "Lead": ("saleOrdersAggregate", "opportunity"),
        }
        name, relation = relations[secret.type_name]
        for below in (f"id displayName {field}", "id displayName", field):
            text = (
                f"{{ {name}(groupBy: [{{{relation}: true}}], first: 1000) "
                f"{{ keys {{ {relation} {{ {below} }} }} count createDate {{ max }} }} }}"
            )
            yield query(f"group by {relation}", text)
        path = f"/api/{resource.collection}/aggregate"
        for parameters in (
            f"group_by={secret.field}",
            f"fields={secret.field}.max",
            f"group_by=create_date:year&sort=-{secret.field}.max",
        ):
            yield Attack("REST group", f"{path}?{parameters}")
        yield Attack("REST group", "/api/sale-orders/aggregate?group_by=customer,opportunity")

    def cursor_attacks(self, secret) -> Iterator[Attack]:
        """Use cursors of another user's lists, and some that no list has given."""
        resource = self.env["graphql_api.schema"]._get_schema().resources[secret.type_name]
        field, many = secret.graphql_name, resource.list_name
        self.set(secret, secret.values[0])
        text = (
            f"{{ page: {many}(orderBy: [{{{field}: ASC}}], first: 400) {{ edges {{ cursor }} }} }}"
        )
        edges = self.graphql(text, login="admin")["page"]["edges"]
        own = edges[len(edges) // 2]["cursor"]
        payload = base64.urlsafe_b64decode(own + "=" * (-len(own) % 4))
        forged = base64.urlsafe_b64encode(payload.replace(b"Z", b"Y") + b" ").decode().rstrip("=")
        for cursor in (own, edges[-1]["cursor"], forged, "AAAA"):
            for order in ("", f"orderBy: [{{{field}: ASC}}], ", "orderBy: [{id: ASC}], "):
                for side in ("first: 9, after", "last: 9, before"):
                    arguments = f'{order}{side}: "{cursor}"'
                    yield query("cursor", f"{{ {many}({arguments}) {PAGE} }}", guesses=True)
            yield Attack("REST cursor", f"/api/{resource.collection}?after={cursor}", guesses=True)

    def name_attacks(self, secret) -> Iterator[Attack]:
        schema = self.env["graphql_api.schema"]._get_schema()
        for value in map(str, secret.values):
            for text in (value, value[:3], value.lower()):
                for name in ("Customer", "Product", "ProductTemplate", "SaleOrder", "Lead", "User"):
                    resource = schema.resources[name]
                    parameters = f"q={quote(text)}&total=true&fields=id"
                    path = f"/api/{resource.collection}?{parameters}"
                    yield Attack(f"REST q {name}", path, guesses=True)
                    document = f"query ($q: String) {{ {resource.list_name}(search: $q) {PAGE} }}"
                    yield query(f"search {name}", document, guesses=True, q=text)

    def error_attacks(self, secret) -> Iterator[Attack]:
        """Make mistakes and read what the server says about them."""
        resource = self.env["graphql_api.schema"]._get_schema().resources[secret.type_name]
        field, many = secret.graphql_name, resource.list_name
        for text in (
            f"{{ {many} {{ nodes {{ {field[:-1]} }} }} }}",
            f"{{ {many} {{ nodes {{ {field}s }} }} }}",
            f"{{ {many} {{ nodes {{ {field} {{ x }} }} }} }}",
            f"{{ {many} {{ nodes {{ {field}(x: 1) }} }} }}",
            f"{{ {many}(filter: {{{field}: {{}}}}) {{ totalCount }} }}",
            f"{{ {many}(filter: {{{field}: null}}) {{ totalCount }} }}",
            f"{{ {many}(filter: {{{field}: {{eq: null}}}}) {{ totalCount }} }}",
            f"{{ {many}(filter: {{{field}: {{eq: [1, {{}}]}}}}) {{ totalCount }} }}",
            f"{{ {many}(filter: {{{field}: {{wrong: 1}}}}) {{ totalCount }} }}",
            f"{{ {many}(orderBy: [{{{field}: UP}}]) {{ totalCount }} }}",
            f"{{ {many}(orderBy: [{{{field}: null}}]) {{ totalCount }} }}",
            f"{{ {many}(groupBy: [{field}]) {{ totalCount }} }}",
            f"{{ {many}Aggregate {{ {field} }} }}",
            f"{{ {many} {{ {field} }} }}",
            f"{{ {many} {{ nodes {{ {field} ",
        ):
            yield query(f"mistake {text}", text)
        for parameters in (
            f"fields={secret.field}.x",
            f"fields={secret.field}s",
            f"filter[{secret.field}]=x",
            f"filter[{secret.field}][wrong]=x",
            f"filter[{secret.field}][eq]=x&filter[{secret.field}][eq]=y",
            f"sort={secret.field}s",
            f"group_by={secret.field}",
            f"{secret.field}s=1",
        ):
            yield Attack("REST mistake", f"/api/{resource.collection}?{parameters}")

    def write_attacks(self, secret) -> Iterator[Attack]:
        resource = self.env["graphql_api.schema"]._get_schema().resources[secret.type_name]
        name, single, path = resource.type_name, resource.single_name, f"/api/{resource.collection}"
        number = str(secret.record.id)
        values = {"name": "Znew"}
        for value in secret.values:
            sent = {**values, secret.graphql_name: value}
            yield query(
                "create",
                f"mutation ($i: {name}CreateInput!) {{ create{name}(input: $i) {{ __typename }} }}",
                guesses=True,
                i=sent,
            )
            body = {**values, secret.field: value}
            yield Attack("REST create", path, body, "POST", guesses=True)
            version = (("If-Match", f'"{value}"'),)
            yield Attack("REST If-Match", f"{path}/{number}", values, "PATCH", version, True)
            yield Attack("REST If-Match", f"{path}/{number}", None, "DELETE", version, True)
            for keys in ("ref", "defaultCode", "externalId"):
                key = f"zapp.{value}" if keys == "externalId" else value
                text = (
                    f"mutation ($by: {name}Key!, $i: {name}CreateInput!) "
                    f"{{ upsert{name}(by: $by, input: $i) {{ displayName }} }}"
                )
                yield query(f"upsert {keys}", text, guesses=True, by={keys: key}, i=values)
            for mutation, returned in (("update", " { displayName }"), ("delete", "")):
                argument = ', input: {name: "Znew"}' if mutation == "update" else ""
                text = (
                    f'mutation {{ {mutation}{name}(id: "{number}", ifVersion: "{value}"{argument})'
                    f"{returned} }}"
                )
                yield query(f"{mutation} {single} with a version", text, guesses=True)
        yield Attack("REST action", f"{path}/{number}/confirm", None, "POST")
        yield Attack("REST file", f"{path}/{number}/image_1920", values, "PUT")
        text = 'mutation { createCustomer(input: {name: "Z", parent: "%s"}) { parent { id } } }'
        yield query("link", text % number)

    def answer(self, attack: Attack, newest: dict[str, int]):
        """Return the whole answer to an attack, and undo what it did.

        Ids that the attack gave to new records differ every time; they are made the same.
        """
        self.key(self.login)
        self.env.cr.execute("SAVEPOINT attack")
        try:
            response = self.http(
                attack.method,
                attack.path,
                data=None if attack.body is None else json.dumps(attack.body).encode(),
                headers={**(JSON if attack.body is not None else {}), **dict(attack.headers)},
            )
        finally:
            self.env.cr.execute("ROLLBACK TO SAVEPOINT attack")
            self.env.invalidate_all()
        self.assertLess(response.status_code, 500, (attack, response.text))
        self.assertNotEqual(response.status_code, 401)
        headers = {k: v for k, v in response.headers.items() if k not in UNSTABLE_HEADERS}
        answer = f"{response.status_code} {headers} {response.text}"
        if attack.method == "POST" and "REST create" in attack.name:
            # The answer to what was created: its id, its times, its version and its length.
            answer = re.sub(r'"\w*_?date":"[^"]*"|"version":"\w+"', "", answer)
            answer = re.sub(r"'(ETag|Content-Length)': '[^']*'", "", answer)
            answer = re.sub(
                r"\d+", lambda m: "new" if int(m[0]) > newest["res_partner"] else m[0], answer
            )
        return answer

    def highest_ids(self) -> dict[str, int]:
        found = {}
        for table in ("res_partner", "product_product", "crm_lead"):
            query_text = SQL("SELECT max(id) FROM %s", SQL.identifier(table))
            found[table] = min(self.env.execute_query(query_text)[0][0], 10**6)
        return found


@tagged("post_install", "-at_install")
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


@tagged("post_install", "-at_install")
class TestExistence(HostileCase):
    """A record that is hidden answers like one that does not exist."""

    def missing(self) -> int:
        """Return an id that no contact, order or lead has, as long as that of the target."""
        number = 10 ** len(str(self.target.id)) - 1
        for model in ("res.partner", "sale.order"):
            self.assertFalse(self.env[model].browse(number).exists())
        return number

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

    def test_actions(self):
        """Actions on a hidden order, and everything else that takes its id."""
        self.target = self.order
        self.hide(self.order)

        def ways(number):
            for name in ("confirm", "cancel", "draft", "nothing"):
                yield Attack("action", f"/api/sale-orders/{number}/{name}", None, "POST")
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


@tagged("post_install", "-at_install")
class TestRelations(HostileCase):
    """Every relation of every resource, with a record at its end that a rule hides."""

    login = "admin"

    def example(self, resource, field, target):
        """Return a visible record and one at the other end of its relation, if there are any."""
        env = self.env(user=self.user(self.login), su=False)
        records = env[resource.model].search(list(resource.domain), limit=200)
        for record in records:
            found = record[field.field].filtered_domain(list(target.domain))
            # A rule on itself, or on the company that rules compare, would hide the record too.
            if found and found[0] != record and target.model != "res.company":
                return record, found[0]
        return None

    def test_conditions(self):
        """Of what it holds, even its id, nothing decides about the records that lead to it."""
        schema = self.env["graphql_api.schema"]._get_schema()
        checked = 0
        for resource in schema.resources.values():
            for field in resource.fields.values():
                if field.relation is None or not (field.filterable and field.searchable):
                    continue
                target = schema.resources[field.relation]
                if (pair := self.example(resource, field, target)) is None:
                    continue
                with self.subTest(resource=resource.type_name, field=field.name):
                    checked += self.check_relation(resource, field, *pair)
        self.assertGreater(checked, 60)

    def check_relation(self, resource, field, record, related) -> bool:
        """Return whether the relation finds the record while the other one is visible."""
        inner = {"id": {"eq": str(related.id)}}
        condition = {field.graphql_name: {"some": inner} if field.to_many else inner}
        text = f"query ($f: {resource.type_name}Filter) {{ page: {resource.list_name}"
        text += "(filter: $f, includeArchived: true) { totalCount } }"
        where = {"and": [{"id": {"eq": str(record.id)}}, condition]}

        def count(where):
            result = self.execute(text, {"f": where})
            codes = {error["extensions"]["code"] for error in result.errors}
            self.assertLessEqual(codes, {"FORBIDDEN"}, result.errors)
            return 0 if result.errors else result.data["page"]["totalCount"]

        before = count(where)
        self.env.cr.execute("SAVEPOINT relation")
        try:
            self.hide(related)
            self.assertEqual(count(where), 0)
        finally:
            self.env.cr.execute("ROLLBACK TO SAVEPOINT relation")
            self.env.invalidate_all()
            self.env.registry.clear_cache()
        return bool(before)


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
