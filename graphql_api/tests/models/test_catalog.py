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
    "Customer": ("res.partner", "customers"),
    "Company": ("res.company", "companies"),
    "User": ("res.users", "users"),
    "Country": ("res.country", "countries"),
    "State": ("res.country.state", "states"),
    "Currency": ("res.currency", "currencies"),
    "CustomerTag": ("res.partner.category", "customer-tags"),
    "Product": ("product.product", "products"),
    "ProductTemplate": ("product.template", "product-templates"),
    "ProductCategory": ("product.category", "product-categories"),
    "Unit": ("uom.uom", "units"),
    "SaleOrder": ("sale.order", "sale-orders"),
    "SaleOrderLine": ("sale.order.line", "sale-order-lines"),
    "Lead": ("crm.lead", "leads"),
    "LeadStage": ("crm.stage", "lead-stages"),
    "SalesTeam": ("crm.team", "sales-teams"),
    "Invoice": ("account.move", "invoices"),
    "InvoiceLine": ("account.move.line", "invoice-lines"),
    "PurchaseOrder": ("purchase.order", "purchase-orders"),
    "PurchaseOrderLine": ("purchase.order.line", "purchase-order-lines"),
    "Transfer": ("stock.picking", "transfers"),
    "StockMove": ("stock.move", "stock-moves"),
    "StockLevel": ("stock.quant", "stock-levels"),
    "Warehouse": ("stock.warehouse", "warehouses"),
    "Project": ("project.project", "projects"),
    "Task": ("project.task", "tasks"),
    "Employee": ("hr.employee.public", "employees"),
    "Attachment": ("ir.attachment", "attachments"),
    "Refund": ("account.move", "refunds"),
    "VendorBill": ("account.move", "vendor-bills"),
    "VendorRefund": ("account.move", "vendor-refunds"),
    "VendorBillLine": ("account.move.line", "vendor-bill-lines"),
    "Payment": ("account.payment", "payments"),
    "PaymentMethod": ("account.payment.method.line", "payment-methods"),
    "PaymentTerm": ("account.payment.term", "payment-terms"),
    "Journal": ("account.journal", "journals"),
    "Account": ("account.account", "accounts"),
    "Tax": ("account.tax", "taxes"),
    "FiscalPosition": ("account.fiscal.position", "fiscal-positions"),
    "Pricelist": ("product.pricelist", "pricelists"),
    "VendorPrice": ("product.supplierinfo", "vendor-prices"),
    "ProductAttribute": ("product.attribute", "product-attributes"),
    "ProductAttributeValue": ("product.attribute.value", "product-attribute-values"),
    "ProductAttributeLine": ("product.template.attribute.line", "product-attribute-lines"),
    "ProductTemplateAttributeValue": (
        "product.template.attribute.value",
        "product-template-attribute-values",
    ),
    "PackagingBarcode": ("product.uom", "packaging-barcodes"),
    "StockMoveLine": ("stock.move.line", "stock-move-lines"),
    "Lot": ("stock.lot", "lots"),
    "Package": ("stock.package", "packages"),
    "ReplenishmentRule": ("stock.warehouse.orderpoint", "replenishment-rules"),
    "Scrap": ("stock.scrap", "scraps"),
    "LostReason": ("crm.lost.reason", "lost-reasons"),
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
            if name == "externalId":
                yield {name: {operator: ["a.b"] if operator == "in" else "a.b"}}
            elif is_leaf_type(get_named_type(operand.type)):
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
        for type_name, (model, collection) in CATALOG.items():
            self.assertIn(model, self.env, "the test database has all of the catalog's apps")
            resource = self.schema.resources[type_name]
            self.assertEqual((resource.model, resource.collection), (model, collection))
            self.assertTrue(resource.fields)

    def test_a_default_order_names_only_what_lists_can_be_ordered_by(self):
        for resource in self.schema.resources.values():
            offered = self.types[f"{resource.type_name}Order"].fields
            for name, _direction in resource.order:
                self.assertIn(camel_case(name), offered, resource.type_name)

    def test_every_field_can_be_read(self):
        for resource in self.schema.by_collection.values():
            selection = " ".join(
                name if is_leaf_type(get_named_type(field.type)) else f"{name} {{ __typename }}"
                for name, field in self.types[resource.type_name].fields.items()
            )
            query = f"{{ {resource.list_name}(first: 5) {{ nodes {{ {selection} }} }} }}"
            for login in ("admin", "demo", "portal"):
                with self.subTest(resource=resource.type_name, login=login):
                    self.assertEqual(self.unexpected(query, login=login), [])

    def test_every_filter_works(self):
        for resource in self.schema.by_collection.values():
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
        for resource in self.schema.by_collection.values():
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
