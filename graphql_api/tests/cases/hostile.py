"""A client that tries to learn what it must not know: every attack on every secret.

An attack is a request. It fails if its whole answer is the same whatever the secret is: status,
headers, body. That is tested, for each secret, with two values of it in the database.
"""

import base64
import json
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urlencode

from graphql import get_named_type

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from ...schema.exposure.names import camel_case, snake_case
from .access import AccessCase
from .narrowed_keys import NarrowedKeyCase

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


class HostileCase(NarrowedKeyCase, AccessCase):
    """A salesperson, a contact with all kinds of relations, a product, an opportunity.

    ``caller`` are the headers that attacks are sent with, beside their own.
    """

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

    def setUp(self):
        super().setUp()
        self.caller = {}

    def hold(self, *lines):
        """Let the attacker have a key that reaches everything but what these lines leave out."""
        policy = self.narrowed_policy(*self.lines_of_all(*lines), allow_extensions=True)
        self.caller = self.scoped_key(policy, self.login)

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
            Secret(
                "a field that a policy leaves out",
                *("Customer", "ref", texts, target, ref),
                lambda: self.hold(self.all_but("Customer", "ref")),
            ),
            Secret(
                "a field in display names that a policy leaves out",
                *("Product", "default_code", texts, product, code),
                lambda: self.hold(
                    *(self.all_but(name, "default_code") for name in ("Product", "ProductTemplate"))
                ),
            ),
            Secret(
                "a number that a policy leaves out",
                *("Lead", "expected_revenue", (111.0, 999.0), lead, revenue),
                lambda: self.hold(self.all_but("Lead", "expected_revenue")),
            ),
            Secret(
                "a record that the filter of a policy leaves out",
                *("Customer", "name", texts, target, name),
                lambda: self.hold(self.all_but("Customer", filter=repr([("id", "!=", target.id)]))),
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

    def attacks(self, secret: Secret, step: int = 1) -> list[Attack]:
        """Return all attacks on a secret.

        :param step: of those by filters, so many become one
        """
        conditions = self.conditions(secret)
        return [
            *list(self.filter_attacks(secret, conditions))[::step],
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
                text = (
                    f"mutation ($i: {name}NestedUpsertInput!) "
                    f"{{ upsert{resource.plural_name}(inputs: [$i]) {{ displayName }} }}"
                )
                item = {"by": {keys: key}, "input": values}
                yield query(f"upserts {keys}", text, guesses=True, i=item)
                address = f"{path}?fields=display_name&{snake_case(keys)}={quote(str(key))}"
                yield Attack("REST upsert", address, values, "PUT", guesses=True)
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
                headers={
                    **self.caller,
                    **(JSON if attack.body is not None else {}),
                    **dict(attack.headers),
                },
            )
        finally:
            self.env.cr.execute("ROLLBACK TO SAVEPOINT attack")
            self.env.invalidate_all()
        self.assertLess(response.status_code, 500, (attack, response.text))
        self.assertNotEqual(response.status_code, 401)
        headers = {k: v for k, v in response.headers.items() if k not in UNSTABLE_HEADERS}
        answer = f"{response.status_code} {headers} {response.text}"
        if attack.name in ("REST create", "REST upsert"):
            # The answer to what was created: its id, its times, its version and its length.
            answer = re.sub(r'"\w*_?date":"[^"]*"|"version":"\w+"', "", answer)
            answer = re.sub(r"'(ETag|Content-Length)': '[^']*'", "", answer)
            answer = re.sub(r"('Location': '/api/[a-z-]+/)\d+", r"\1new", answer)
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
