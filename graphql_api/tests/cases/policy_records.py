"""Records on both sides of the filters of generated policies, linked in both directions."""

import ast
import base64
import random
import re
from typing import Any, NamedTuple

from odoo.fields import Command
from odoo.tools import SQL

from .access import AccessCase
from .narrowed_keys import NarrowedSellerCase
from .pictures import picture

TYPES = {
    "Customer": "res.partner",
    "SaleOrder": "sale.order",
    "SaleOrderLine": "sale.order.line",
    "Product": "product.product",
    "ProductTemplate": "product.template",
    "Lead": "crm.lead",
    "Attachment": "ir.attachment",
    "Message": "mail.message",
    "Activity": "mail.activity",
}

OWN = '[("user_id", "=", user)]'
FILTERS = {
    "Customer": OWN,
    "SaleOrder": OWN,
    "SaleOrderLine": '[("product_uom_qty", "<", 5)]',
    "Product": '[("categ_id", "not any", [("name", "=", "Zclosed")])]',
    "Lead": '["|", ("user_id", "=", user), ("priority", "=", "3")]',
    "Attachment": '[("mimetype", "!=", "text/csv")]',
    "Message": '[("message_type", "!=", "email")]',
    "Activity": OWN,
}
"""Type name -> a filter that leaves some of the records out."""

FIELDS = {
    "Customer": ("ref", "email", "phone", "street", "city", "comment", "user_id", "child_ids"),
    "SaleOrder": ("client_order_ref", "origin", "note", "amount_total", "user_id", "order_line"),
    "SaleOrderLine": ("price_unit", "discount", "price_subtotal", "customer_lead"),
    "Product": ("default_code", "barcode", "list_price", "description_sale", "weight"),
    "Lead": ("expected_revenue", "description", "email_from", "probability", "partner_id"),
    "Attachment": ("description", "name"),
    "Message": ("subject", "body", "author_id"),
    "Activity": ("note", "summary"),
}
"""Type name -> the Odoo fields that a policy may leave out."""


class DrawnPolicy(NamedTuple):
    """What a generated policy leaves out: Odoo fields, and records by a filter, by type name."""

    fields: dict[str, frozenset[str]]
    filters: dict[str, str]


def draw_policy(seed: int) -> DrawnPolicy:
    """Return a policy, the same one for each seed; of two, one leaves out what the other grants."""
    draw = random.Random(seed // 2)
    fields = {}
    for type_name, names in FIELDS.items():
        left = {name for name in names if (draw.random() < 0.5) ^ (seed % 2)}
        if left:
            fields[type_name] = frozenset(left)
    filters = {name: text for name, text in FILTERS.items() if (draw.random() < 0.5) ^ (seed % 2)}
    return DrawnPolicy(fields, filters)


class PolicyRecordsCase(NarrowedSellerCase, AccessCase):
    """A salesman to whom the rules show all of these records, and policies only some."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.highest = {}
        for name, model in TYPES.items():
            query = SQL(
                "SELECT coalesce(max(id), 0) FROM %s", SQL.identifier(cls.env[model]._table)
            )
            cls.highest[name] = cls.env.execute_query(query)[0][0]
        closed = cls.env["product.category"].create({"name": "Zclosed"})
        both = ((cls.seller, {}), (cls.other, {"categ_id": closed.id}))
        cls.products = [
            cls.new("product.product", name="Zdesk", default_code="ZD", list_price=10, **values)
            for _user, values in both
        ]
        cls.tag = cls.new("res.partner.category", name="Ztag")
        cls.customers = [cls.customer(user) for user, _values in both]
        # Below each customer there is one of either kind, and so on.
        cls.below = [
            cls.customer(user, parent_id=customer.id)
            for customer in cls.customers
            for user, _values in both
        ]
        for customer in cls.customers:
            for user, _values in both:
                cls.add_documents(customer, user)
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    @classmethod
    def new(cls, model: str, **values):
        return cls.env[model].create(values)

    @classmethod
    def customer(cls, user, **values):
        return cls.new(
            "res.partner",
            name=f"Z{user.login}",
            ref="ZR",
            email="z@example.com",
            phone="1",
            user_id=user.id,
            category_id=[Command.link(cls.tag.id)],
            image_1920=base64.b64encode(picture("red")),
            **values,
        )

    @classmethod
    def add_documents(cls, customer, user):
        """Add an order, a lead, files, messages and activities of a user to a customer."""
        lead = cls.new(
            "crm.lead",
            name="Zlead",
            type="opportunity",
            partner_id=customer.id,
            user_id=user.id,
            expected_revenue=7,
        )
        order = cls.new(
            "sale.order",
            partner_id=customer.id,
            user_id=user.id,
            opportunity_id=lead.id,
            client_order_ref="ZC",
            order_line=[
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product in cls.products
                for quantity in (2, 9)
            ],
        )
        cls.add_parts(customer, user)
        cls.add_parts(order, user)

    @classmethod
    def add_parts(cls, record, user):
        """Add files, messages and activities, of which a filter leaves out every second."""
        for mimetype in ("text/plain", "text/csv"):
            cls.new(
                "ir.attachment",
                name="zfile.txt",
                raw=b"x",
                mimetype=mimetype,
                res_model=record._name,
                res_id=record.id,
            )
        texts = {"body": "Zbody", "subject": "Zsubject"}
        for kind in ("comment", "email"):
            record.message_post(message_type=kind, **texts, author_id=cls.customers[1].id)
        record.activity_schedule(
            "mail.mail_activity_data_todo", user_id=user.id, summary="Zdo", note="Znote"
        )

    def policy_of(self, drawn: DrawnPolicy, **values):
        """Return a new policy that grants the rest of the resources of the records."""
        lines = []
        for name in TYPES:
            # A template shows what its one product does.
            like = "Product" if name == "ProductTemplate" else name
            fields = set(drawn.fields.get(like, ()))
            if name == "Message":
                # It names whoever has written a message, also those out of a filter.
                fields.add("graphql_api_author_name")
                fields.update(["graphql_api_text"] if "body" in fields else [])
            lines.append(self.all_but(name, *fields, filter=drawn.filters.get(like, "[]")))
        others = ("Country", "Currency", "User", "Company", "CustomerTag")
        lines += [self.line(name, ["read"]) for name in others]
        lines.append(self.line("Follower", ["read"], read=["customer"]))
        return self.narrowed_policy(*lines, allow_extensions=True, **values)

    def inside(self, drawn: DrawnPolicy, type_name: str, records) -> Any:
        """Return which of the records the filter of a policy leaves, as Odoo has it."""
        like = "Product" if type_name == "ProductTemplate" else type_name
        text = re.sub(r"\buser\b", str(self.seller.id), drawn.filters.get(like, "[]"))
        return records.filtered_domain(ast.literal_eval(text))

    def own(self, type_name: str) -> Any:
        """Return the records of a resource that were made here."""
        records = self.env[TYPES[type_name]].with_context(active_test=False)
        return records.search([("id", ">", self.highest[type_name])], order="id")
