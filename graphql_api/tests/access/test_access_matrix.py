"""Who may do what: every caller does everything over both APIs, and each cell is checked.

Two tables say all: the callers with what they may do, the operations with what they need and how
they are put. What has to happen follows from them.
"""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from odoo.tests import new_test_user, tagged

from ..cases.narrowed_keys import NarrowedKeyCase

Need = tuple[str, str]
Part = tuple[str, str, str]

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def needs(**operations: str) -> frozenset[Need]:
    """Return pairs of a type and an operation."""
    return frozenset(
        (type_name, operation)
        for type_name, names in operations.items()
        for operation in names.split()
    )


def parts(**names: str) -> frozenset[Part]:
    """Return (type, kind, name) of "kind.name kind.name" by the type."""
    return frozenset(
        (type_name, *part.split(".")) for type_name, text in names.items() for part in text.split()
    )


READ, ALL = "read", "read create update delete actions"
EVERYTHING = needs(Customer=ALL, Country=ALL, SaleOrder=f"{ALL} reports", SaleOrderLine=ALL)


@dataclass(frozen=True)
class Caller:
    """A column of the table.

    :param granted: what of the schema there is for the caller
    :param may: what Odoo lets the user do
    :param sees: the records of the test are not hidden by a rule
    :param refused: code and status of whatever the caller asks
    :param withheld: (type, "read", "write", "given" or "action", name) of what a policy does not
        grant; the fields that are given have a value from the policy
    :param filters: type name -> "inside" or "outside" of the filter of the policy are the
        records of the test
    """

    headers: Callable[["TestAccessMatrix"], dict]
    granted: frozenset[Need] = EVERYTHING
    may: frozenset[Need] = EVERYTHING
    sees: bool = True
    refused: tuple[str, int] | None = None
    withheld: frozenset[Part] = frozenset()
    filters: dict[str, str] = field(default_factory=dict)

    def hides(self, type_name: str) -> bool:
        return self.filters.get(type_name) == "outside"


PARTS: tuple[Part, ...] = (
    ("Customer", "read", "name"),
    ("Customer", "read", "country"),
    ("Customer", "read", "image_128"),
    ("Country", "read", "code"),
    ("Customer", "write", "name"),
    ("Customer", "write", "city"),
    ("Customer", "given", "city"),
    ("SaleOrder", "write", "origin"),
    ("SaleOrder", "write", "order_lines"),
    ("SaleOrderLine", "write", "product"),
    ("SaleOrderLine", "write", "quantity"),
    ("SaleOrder", "action", "confirm"),
)
"""What a policy may withhold of what the operations below are about."""

FILTERS = {
    "Customer": ("name", ["Zmatrix", "Znew", "Zdeletable"]),
    "SaleOrder": ("origin", ["Zmatrix", "Znew"]),
    "SaleOrderLine": ("product_uom_qty", [3]),
}
"""Type name -> the Odoo field, and its values in the records of the test."""


def generated_callers(number: int) -> dict[str, Caller]:
    """Return callers under policies that withhold all parts between them, and filter records."""
    draw = random.Random(17)
    shuffled = draw.sample(PARTS, len(PARTS))
    callers = {}
    for place in range(number):
        withheld = frozenset(shuffled[place::number])
        kinds = (None, "inside", "outside")
        filters = {name: kind for name in FILTERS if (kind := draw.choice(kinds))}
        callers[f"generated policy {place}"] = Caller(
            partial(TestAccessMatrix.key_to_parts, withheld=withheld, filters=filters),
            withheld=withheld,
            filters=filters,
        )
    return callers


CALLERS = {
    "administrator": Caller(lambda test: test.bearer("admin")),
    "sales user": Caller(
        lambda test: test.bearer("seller"),
        may=needs(
            Customer="read create update",
            Country=READ,
            SaleOrder="read create update actions reports",
            SaleOrderLine=ALL,
        ),
    ),
    "portal user": Caller(
        lambda test: test.bearer("guest"),
        may=needs(Customer=READ, Country=READ, SaleOrder="read reports", SaleOrderLine=READ),
        sees=False,
    ),
    "read-only key": Caller(
        lambda test: test.scoped_key(test.policy(None, read_only=True)),
        granted=needs(Customer=READ, Country=READ, SaleOrder="read reports", SaleOrderLine=READ),
    ),
    "key for one resource": Caller(
        lambda test: test.scoped_key(test.policy({"Customer": ALL.split()})),
        granted=needs(Customer=ALL),
    ),
    "expired key": Caller(
        lambda test: test.scoped_key(test.policy(None), expires=timedelta(days=-1)),
        refused=("UNAUTHENTICATED", 401),
    ),
    "revoked key": Caller(lambda test: test.revoked_key(), refused=("UNAUTHENTICATED", 401)),
    "archived user": Caller(lambda test: test.key_of_archived(), refused=("UNAUTHENTICATED", 401)),
    "wrong address": Caller(
        lambda test: test.scoped_key(test.policy(None, networks="192.0.2.0/24")),
        refused=("FORBIDDEN", 403),
    ),
    "cookie from another site": Caller(
        lambda test: test.cookie(), refused=("UNAUTHENTICATED", 401)
    ),
}


@dataclass(frozen=True)
class Operation:
    """A row of the table.

    :param needs: the first is what the request is about, the others what it leads to
    :param document: GraphQL, with names of records in braces
    :param path: REST, likewise
    :param answer: what both APIs show: GraphQL's data and REST's ``data`` end in it
    :param empty: the same where the records are hidden, None where there is nothing then
    :param done: tells whether the database holds what was asked for
    :param parts: names of the fields that it reads or writes, and of the action, by their type
    :param makes: types of the records that it creates
    :param names: types of the records that its input names
    """

    needs: tuple[Need, ...]
    document: str
    path: str
    method: str = "GET"
    body: Callable[["TestAccessMatrix"], dict] | None = None
    answer: Callable[["TestAccessMatrix", object], bool] | None = None
    empty: list | None = None
    done: Callable[["TestAccessMatrix"], bool] | None = None
    parts: frozenset[Part] = frozenset()
    makes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def _named(test, records) -> bool:
    return [record["name"] for record in records] == ["Zmatrix"]


OPERATIONS = {
    "read": Operation(
        (("Customer", "read"),),
        '{{ answer: customer(id: "{customer}") {{ name }} }}',
        "/api/customers/{customer}?fields=name",
        answer=lambda test, record: record == {"name": "Zmatrix"},
        parts=parts(Customer="read.name"),
    ),
    "nested read": Operation(
        (("Customer", "read"), ("Country", "read")),
        '{{ answer: customer(id: "{customer}") {{ country {{ code }} }} }}',
        "/api/customers/{customer}?fields=country.code",
        answer=lambda test, record: record == {"country": {"code": "BE"}},
        parts=parts(Customer="read.country", Country="read.code"),
    ),
    "filter": Operation(
        (("Customer", "read"), ("Country", "read")),
        '{{ answer: customers(filter: {{name: {{eq: "Zmatrix"}}, country: {{code: {{eq: "BE"}}}}}})'
        " {{ nodes {{ name }} }} }}",
        "/api/customers?fields=name&filter[name][eq]=Zmatrix&filter[country][code][eq]=BE",
        answer=_named,
        empty=[],
        parts=parts(Customer="read.name read.country", Country="read.code"),
    ),
    "order": Operation(
        (("Customer", "read"),),
        '{{ answer: customers(filter: {{id: {{eq: "{customer}"}}}}, orderBy: [{{name: DESC}}])'
        " {{ nodes {{ name }} }} }}",
        "/api/customers?fields=name&filter[id][eq]={customer}&sort=-name",
        answer=_named,
        empty=[],
        parts=parts(Customer="read.name"),
    ),
    "create": Operation(
        (("Customer", "create"),),
        'mutation {{ createCustomer(input: {{name: "Znew"}}) {{ id }} }}',
        "/api/customers",
        method="POST",
        body=lambda test: {"name": "Znew"},
        done=lambda test: bool(test.found("res.partner", name="Znew")),
        parts=parts(Customer="write.name"),
        makes=("Customer",),
    ),
    "nested create": Operation(
        (("SaleOrder", "create"), ("SaleOrderLine", "create")),
        'mutation {{ createSaleOrder(input: {{customer: "{customer}", origin: "Znew", '
        'orderLines: {{create: [{{product: "{product}", quantity: 3}}]}}}}) {{ id }} }}',
        "/api/sale-orders",
        method="POST",
        body=lambda test: {
            "customer": test.customer.id,
            "origin": "Znew",
            "order_lines": {"create": [{"product": test.product.id, "quantity": 3}]},
        },
        done=lambda test: (
            test.found("sale.order", origin="Znew").order_line.mapped("product_uom_qty") == [3]
        ),
        parts=parts(
            SaleOrder="write.customer write.origin write.order_lines",
            SaleOrderLine="write.product write.quantity",
        ),
        makes=("SaleOrder", "SaleOrderLine"),
        names=("Customer",),
    ),
    "update": Operation(
        (("Customer", "update"),),
        'mutation {{ updateCustomer(id: "{customer}", input: {{city: "Ghent"}}) {{ id }} }}',
        "/api/customers/{customer}",
        method="PATCH",
        body=lambda test: {"city": "Ghent"},
        done=lambda test: test.customer.city == "Ghent",
        parts=parts(Customer="write.city given.city"),
    ),
    "upsert": Operation(
        (("Customer", "create"), ("Customer", "update")),
        'mutation {{ upsertCustomers(inputs: [{{by: {{externalId: "zmatrix.1"}}, '
        'input: {{name: "Znew"}}}}]) {{ id }} }}',
        "/api/customers?external_id=zmatrix.2",
        method="PUT",
        body=lambda test: {"name": "Znew"},
        done=lambda test: bool(test.found("res.partner", name="Znew")),
        parts=parts(Customer="write.name"),
        makes=("Customer",),
    ),
    "delete": Operation(
        (("Customer", "delete"),),
        'mutation {{ deleteCustomer(id: "{deletable}") }}',
        "/api/customers/{deletable}",
        method="DELETE",
        done=lambda test: not test.deletable.exists(),
    ),
    "action": Operation(
        (("SaleOrder", "actions"),),
        'mutation {{ confirmSaleOrder(id: "{order}") {{ id }} }}',
        "/api/sale-orders/{order}/confirm",
        method="POST",
        done=lambda test: test.order.state == "sale",
        parts=parts(SaleOrder="action.confirm"),
    ),
    "reports": Operation(
        (("SaleOrder", "read"), ("SaleOrder", "reports")),
        '{{ answer: saleOrder(id: "{order}") {{ reports {{ name }} }} }}',
        "/api/sale-orders/{order}/report",
        answer=lambda test, answer: (
            [
                report["name"]
                for report in (answer if isinstance(answer, list) else answer["reports"])
            ]
            == ["order"]
        ),
    ),
    "file": Operation(
        (("Customer", "read"),),
        '{{ answer: customer(id: "{customer}") {{ image128 {{ url mimetype }} }} }}',
        "/api/customers/{customer}/image_128",
        answer=lambda test, answer: (
            answer.startswith(b"\x89PNG")
            if isinstance(answer, bytes)
            else answer["image128"]["mimetype"] == "image/png"
        ),
        parts=parts(Customer="read.image_128"),
    ),
}


@tagged("generated")
class TestAccessMatrix(NarrowedKeyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "seller", groups="sales_team.group_sale_salesman")
        cls.guest = new_test_user(cls.env, "guest", groups="base.group_portal")
        cls.gone = new_test_user(cls.env, "gone", groups="base.group_system")
        cls.product = cls.env["product.product"].create({"name": "Zservice", "type": "service"})

    def bearer(self, login: str) -> dict:
        return {"Authorization": f"Bearer {self.key(login)}"}

    def revoked_key(self) -> dict:
        headers = self.scoped_key(self.policy(None))
        self.env["graphql_api.key"].search([], limit=1, order="id desc").unlink()
        return headers

    def key_of_archived(self) -> dict:
        headers = self.scoped_key(self.policy(None), "gone")
        self.gone.active = False
        return headers

    def cookie(self) -> dict:
        self.authenticate("admin", "admin")
        return {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}

    def key_to_parts(self, withheld: frozenset[Part], filters: dict[str, str]) -> dict:
        """Return headers with a key under a policy of the operations of the table, and parts."""
        lines = [self.line("Product", ["read"])]
        for type_name in ("Customer", "Country", "SaleOrder", "SaleOrderLine"):
            resource = self.env["graphql_api.resource"].search([("type_name", "=", type_name)])
            fields = {line.rest_name: line for line in resource.field_ids}
            gone = {
                kind: {name for where, what, name in withheld if (where, what) == (type_name, kind)}
                for kind in ("read", "write", "given", "action")
            }
            left = {kind: [name for name in fields if name not in gone[kind]] for kind in gone}
            actions = resource.action_ids.mapped("name")
            operator = {"inside": "in", "outside": "not in", None: None}[filters.get(type_name)]
            name, values = FILTERS.get(type_name, ("", ()))
            lines.append(
                self.line(
                    type_name,
                    (*self.ALL, "reports"),
                    read=left["read"] if gone["read"] else None,
                    write=left["write"] if gone["write"] else None,
                    actions=[name for name in actions if name not in gone["action"]],
                    filter=repr([(name, operator, values)]) if operator else "[]",
                    **{fields[name].field_name: '"Brussels"' for name in gone["given"]},
                )
            )
        return self.scoped_key(self.narrowed_policy(*lines))

    def found(self, model: str, **values):
        return self.env[model].search([(name, "=", value) for name, value in values.items()])

    def reset(self):
        """Make the records that the operations are about."""
        partners = self.env["res.partner"]
        partners.search([("name", "=like", "Z%")]).filtered(
            lambda partner: partner.name in ("Zmatrix", "Znew")
        ).write({"name": "old"})
        self.found("sale.order", origin="Znew").origin = "old"
        self.customer, self.deletable = partners.create(
            [
                {
                    "name": "Zmatrix",
                    "country_id": self.env.ref("base.be").id,
                    "image_1920": base64.b64encode(PIXEL),
                },
                {"name": "Zdeletable"},
            ]
        )
        self.order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "user_id": self.seller.id, "origin": "Zmatrix"}
        )

    def names(self) -> dict:
        return {
            name: getattr(self, name).id for name in ("customer", "deletable", "order", "product")
        }

    def test_matrix(self):
        """Every caller, over both APIs, for every operation: it works and is done, or not."""
        cells = 0
        outcomes = set()
        self.reset()
        callers = {**CALLERS, **generated_callers(6)}
        for caller_name, caller in callers.items():
            # Of 30 wrong keys a minute, each of those who are refused sends 24.
            self.forget_rates()
            headers = caller.headers(self)
            for operation_name, operation in OPERATIONS.items():
                for ask in (self.ask_graphql, self.ask_rest):
                    with self.subTest(caller_name, operation=operation_name, api=ask.__name__):
                        ask(caller, operation, headers)
                    cells += 1
                outcomes.add(self.outcome(caller, operation))
            for ask in (self.introspect_graphql, self.introspect_rest):
                with self.subTest(caller_name, operation="introspection", api=ask.__name__):
                    ask(caller, headers)
                cells += 1
            if self.session:
                self.logout()
        self.assertEqual(cells, len(callers) * (len(OPERATIONS) + 1) * 2)
        # The generated policies would prove little if most of them did the same.
        expected = {"works", "absent", "withheld", "hidden", "missing", "forbidden", "refused"}
        self.assertEqual(outcomes, {*expected, "not to be named"})

    def outcome(self, caller: Caller, operation: Operation) -> str:
        """Return what has to happen, as both tables have it."""
        if caller.refused:
            return "refused"
        if not set(operation.needs) <= caller.granted:
            return "absent"
        if operation.parts & caller.withheld:
            return "withheld"
        type_name, kind = operation.needs[0]
        finds = not operation.makes and caller.hides(type_name)
        if (not caller.sees and kind == "actions") or (finds and operation.done):
            return "missing"  # what changes a record needs it before it needs a right
        if any(map(caller.hides, operation.names)):
            return "not to be named"
        if not set(operation.needs) <= caller.may or any(map(caller.hides, operation.makes)):
            return "forbidden"
        if (not caller.sees or finds) and not operation.done:
            return "hidden"
        return "works"

    def check_done(self, operation: Operation, outcome: str):
        """The database has changed if and only if it had to; make it as before."""
        if not operation.done:
            return
        self.env.invalidate_all()
        self.assertEqual(operation.done(self), outcome == "works")
        if outcome == "works":
            self.reset()

    def ask_graphql(self, caller: Caller, operation: Operation, headers: dict):
        outcome = self.outcome(caller, operation)
        document = operation.document.format(**self.names())
        response = self.graphql_response(document, login=None, headers=headers)
        body = response.json()
        codes = [error["extensions"]["code"] for error in body.get("errors", ())]
        expected = {
            "refused": caller.refused,
            "absent": ("GRAPHQL_VALIDATION_FAILED", 200),
            "forbidden": ("FORBIDDEN", 200),
            "missing": ("NOT_FOUND", 200),
            "withheld": ("GRAPHQL_VALIDATION_FAILED", 200),
            "not to be named": ("BAD_USER_INPUT", 200),
        }.get(outcome)
        if expected:
            self.assertEqual((codes[:1], response.status_code), ([expected[0]], expected[1]))
            self.assertFalse(body.get("data"), response.text)
        else:
            self.assertEqual(codes, [], response.text)
            if operation.answer:
                answer = body["data"]["answer"]
                if answer and "nodes" in answer:
                    answer = answer["nodes"]
                self.check_answer(operation, outcome, answer)
        self.check_done(operation, outcome)

    def ask_rest(self, caller: Caller, operation: Operation, headers: dict):
        outcome = self.outcome(caller, operation)
        request = partial(
            self.http,
            operation.method,
            operation.path.format(**self.names()),
            login=None,
            headers=headers,
        )
        response = request(json=operation.body(self)) if operation.body else request()
        expected = {
            "refused": caller.refused,
            "absent": self.absent(caller, operation),
            "forbidden": ("FORBIDDEN", 403),
            "missing": ("NOT_FOUND", 404),
            "hidden": ("NOT_FOUND", 404) if operation.empty is None else None,
            "withheld": self.withheld(caller, operation),
            "not to be named": ("BAD_USER_INPUT", 400),
        }.get(outcome)
        if expected:
            body = response.json()
            self.assertEqual((body["code"], response.status_code), expected, response.text)
            self.assertNotIn("data", body)
        else:
            self.assertLess(response.status_code, 300, response.text)
            if operation.answer:
                is_file = response.headers["Content-Type"].startswith("image/")
                answer = response.content if is_file else response.json()["data"]
                self.check_answer(operation, outcome, answer)
        self.check_done(operation, outcome)

    def absent(self, caller: Caller, operation: Operation) -> tuple[str, int]:
        """Return how REST refuses what does not exist for a caller.

        A resource of which the caller has nothing, and an action, are no routes; an operation
        that there is not on a resource that there is, is forbidden; a relation is no field.
        """
        (type_name, name), *_others = operation.needs
        if (type_name, name) in caller.granted:
            return "BAD_USER_INPUT", 400
        if type_name not in {known for known, _name in caller.granted} or name == "actions":
            return "NOT_FOUND", 404
        return "FORBIDDEN", 403

    def withheld(self, caller: Caller, operation: Operation) -> tuple[str, int]:
        """Return how REST refuses what of a resource there is not for a caller.

        Of a file and an action the name is in the address; no input is read for a record that is
        not there.
        """
        in_address = operation.parts & parts(Customer="read.image_128", SaleOrder="action.confirm")
        is_hidden = operation.method == "PATCH" and caller.hides(operation.needs[0][0])
        return ("NOT_FOUND", 404) if in_address or is_hidden else ("BAD_USER_INPUT", 400)

    def check_answer(self, operation: Operation, outcome: str, answer):
        if outcome == "hidden":
            self.assertEqual(answer, operation.empty)
        else:
            self.assertTrue(operation.answer(self, answer), answer)

    def introspect_graphql(self, caller: Caller, headers: dict):
        """The schema has the types that there are for the caller, and mutations if any."""
        document = "{ __schema { types { name } mutationType { fields { name } } } }"
        response = self.graphql_response(document, login=None, headers=headers)
        body = response.json()
        if caller.refused:
            code, status = caller.refused
            self.assertEqual(response.status_code, status)
            self.assertEqual(body["errors"][0]["extensions"]["code"], code)
            self.assertNotIn("data", body)
            return
        types = {entry["name"] for entry in body["data"]["__schema"]["types"]}
        known = {type_name for type_name, _operation in EVERYTHING}
        self.assertEqual(types & known, self.granted_types(caller))
        mutations = body["data"]["__schema"]["mutationType"] or {"fields": []}
        names = {field["name"] for field in mutations["fields"]}
        for type_name, operation in EVERYTHING:
            if operation in ("create", "update", "delete"):
                self.assertEqual(
                    f"{operation}{type_name}" in names,
                    (type_name, operation) in caller.granted and type_name != "Country",
                    (type_name, operation),
                )

    def introspect_rest(self, caller: Caller, headers: dict):
        response = self.http("GET", "/api", login=None, headers=headers)
        body = response.json()
        if caller.refused:
            self.assertEqual((body["code"], response.status_code), caller.refused)
            return
        types = {entry["type"]: entry["operations"] for entry in body["data"]}
        known = {type_name for type_name, _operation in EVERYTHING}
        self.assertEqual(set(types) & known, self.granted_types(caller))
        for type_name in known & set(types):
            for operation in set(types[type_name]):
                self.assertIn((type_name, operation), caller.granted & caller.may)

    def granted_types(self, caller: Caller) -> set[str]:
        return {type_name for type_name, _operation in caller.granted}
