"""The catalog on real models: all of it is served, and all of what it offers works."""

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from odoo.tests import tagged

from ...schema.exposure.names import camel_case
from ..cases.api import ApiCase

CATALOG = {
    "res.partner": ("Customer", "customers"),
    "res.company": ("Company", "companies"),
    "res.users": ("User", "users"),
    "res.country": ("Country", "countries"),
    "res.country.state": ("State", "states"),
    "res.currency": ("Currency", "currencies"),
    "res.partner.category": ("CustomerTag", "customer-tags"),
    "product.product": ("Product", "products"),
    "product.template": ("ProductTemplate", "product-templates"),
    "product.category": ("ProductCategory", "product-categories"),
    "uom.uom": ("Unit", "units"),
    "sale.order": ("SaleOrder", "sale-orders"),
    "sale.order.line": ("SaleOrderLine", "sale-order-lines"),
    "crm.lead": ("Lead", "leads"),
    "crm.stage": ("LeadStage", "lead-stages"),
    "crm.team": ("SalesTeam", "sales-teams"),
    "account.move": ("Invoice", "invoices"),
    "account.move.line": ("InvoiceLine", "invoice-lines"),
    "purchase.order": ("PurchaseOrder", "purchase-orders"),
    "purchase.order.line": ("PurchaseOrderLine", "purchase-order-lines"),
    "stock.picking": ("Transfer", "transfers"),
    "stock.move": ("StockMove", "stock-moves"),
    "stock.quant": ("StockLevel", "stock-levels"),
    "stock.warehouse": ("Warehouse", "warehouses"),
    "project.project": ("Project", "projects"),
    "project.task": ("Task", "tasks"),
    "hr.employee.public": ("Employee", "employees"),
    "ir.attachment": ("Attachment", "attachments"),
}
SAMPLES = {
    "String": "a",
    "Int": 1,
    "BigInt": 1,
    "Float": 1.5,
    "Boolean": True,
    "ID": "1",
    "Date": "2026-01-01",
    "DateTime": "2026-01-01T00:00:00Z",
}


def sample(input_type):
    """Return a value of a leaf type or of a list of them."""
    input_type = get_nullable_type(input_type)
    if isinstance(input_type, GraphQLList):
        return [sample(input_type.of_type)]
    if isinstance(input_type, GraphQLEnumType):
        return next(iter(input_type.values))
    return SAMPLES[input_type.name]


def conditions(filter_type: GraphQLInputObjectType):
    """Yield a filter for every operator of every field of a filter input."""
    for name, field in filter_type.fields.items():
        if name in ("and", "or", "not"):
            continue
        for operator, operand in get_named_type(field.type).fields.items():
            if is_leaf_type(get_named_type(operand.type)):
                yield {name: {operator: sample(operand.type)}}
            elif operator in ("some", "none"):
                yield {name: {operator: {}}}
            elif operator == "id":
                yield {name: {"id": {"eq": "1"}}}


@tagged("generated")
class TestCatalog(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schema = cls.env["graphql_api.schema"]._get_schema()
        cls.types = cls.schema.graphql_schema.type_map

    def unexpected(self, query: str, variables=None, login: str = "admin") -> list[str]:
        """Return the codes of errors that no right explains."""
        result = self.execute(query, variables, login=login)
        codes = [error["extensions"]["code"] for error in result.errors]
        if login != "admin":
            codes = [code for code in codes if code != "FORBIDDEN"]
        return codes

    def test_it_is_complete(self):
        """Every model of the catalog is served, under the names of the contract."""
        found = {resource.model: resource for resource in self.schema.resources.values()}
        for model, (type_name, collection) in CATALOG.items():
            self.assertIn(model, self.env, "the test database has all of the catalog's apps")
            resource = found[model]
            self.assertEqual((resource.type_name, resource.collection), (type_name, collection))
            self.assertTrue(resource.fields)

    def test_a_default_order_names_only_what_lists_can_be_ordered_by(self):
        for resource in self.schema.resources.values():
            offered = self.types[f"{resource.type_name}Order"].fields
            for name, _direction in resource.order:
                self.assertIn(camel_case(name), offered, resource.type_name)

    def test_every_field_can_be_read(self):
        for resource in self.schema.resources.values():
            selection = " ".join(
                name if is_leaf_type(get_named_type(field.type)) else f"{name} {{ __typename }}"
                for name, field in self.types[resource.type_name].fields.items()
            )
            query = f"{{ {resource.list_name}(first: 5) {{ nodes {{ {selection} }} }} }}"
            for login in ("admin", "demo", "portal"):
                with self.subTest(resource=resource.type_name, login=login):
                    self.assertEqual(self.unexpected(query, login=login), [])

    def test_every_filter_works(self):
        for resource in self.schema.resources.values():
            name = f"{resource.type_name}Filter"
            query = (
                f"query ($filter: {name}) "
                f"{{ {resource.list_name}(filter: $filter, first: 1) {{ nodes {{ id }} }} }}"
            )
            for condition in conditions(self.types[name]):
                for login in ("admin", "demo"):
                    with self.subTest(resource=resource.type_name, filter=condition, login=login):
                        self.assertEqual(self.unexpected(query, {"filter": condition}, login), [])

    def test_every_order_works(self):
        for resource in self.schema.resources.values():
            name = f"{resource.type_name}Order"
            query = (
                f"query ($order: [{name}!]) {{ {resource.list_name}(orderBy: $order, first: 2) "
                "{ nodes { id } edges { cursor } pageInfo { hasPreviousPage endCursor } } }"
            )
            for field in self.types[name].fields:
                for direction in ("ASC", "DESC"):
                    with self.subTest(resource=resource.type_name, field=field):
                        self.assertEqual(
                            self.unexpected(query, {"order": [{field: direction}]}), []
                        )
