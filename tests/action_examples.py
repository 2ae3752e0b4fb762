"""For each action of the catalog, a record on which it works, and its arguments.

An action that is added to the catalog gets one here. ``test_dry_run.py`` runs all of them, and
fails where an action has no example.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from .administrator import Administrator

_SIGNATURE = "R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="
"""An image of one pixel."""


@dataclass(frozen=True)
class Example:
    """An action that succeeds.

    :param make: makes a record in Odoo; returns its id
    :param arguments: what the action gets as ``input`` over GraphQL, or what finds that in Odoo for
        the record; over REST it is the body, with the names in snake case
    """

    make: Callable[[Administrator], int]
    arguments: dict | Callable[[Administrator, int], dict] = field(default_factory=dict)

    def find_arguments(self, odoo: Administrator, record: int) -> dict:
        """Return the arguments for a record that was made."""
        return self.arguments(odoo, record) if callable(self.arguments) else self.arguments


def _create(odoo: Administrator, model: str, **values) -> int:
    (record_id,) = odoo.call(model, "create", vals_list=[values])
    return record_id


def _find(odoo: Administrator, model: str, *domain) -> int:
    (record_id,) = odoo.call(model, "search", domain=list(domain), limit=1)
    return record_id


def _customer(odoo: Administrator) -> int:
    return _create(odoo, "res.partner", name="Zcustomer", email="customer@example.com")


def _product(odoo: Administrator) -> int:
    return _create(odoo, "product.product", name="Zproduct", list_price=10)


def _quotation(odoo: Administrator) -> int:
    line = {"product_id": _product(odoo), "product_uom_qty": 2}
    return _create(
        odoo, "sale.order", partner_id=_customer(odoo), order_line=[[0, 0, line]], note="Z"
    )


def _to_sign(odoo: Administrator) -> int:
    order = _quotation(odoo)
    values = {"require_signature": True, "require_payment": False}
    odoo.call("sale.order", "write", ids=[order], vals=values)
    return order


def _address(odoo: Administrator) -> int:
    country = _find(odoo, "res.country", ["code", "=", "BE"])
    values = {"street": "Zstreet", "phone": "1", "zip": "1", "country_id": country}
    address = _customer(odoo)
    odoo.call("res.partner", "write", ids=[address], vals={**values, "city": "Zcity"})
    return address


def _order(odoo: Administrator) -> int:
    return _after(_quotation, "sale.order", "action_confirm")(odoo)


def _locked_order(odoo: Administrator) -> int:
    order = _order(odoo)
    odoo.call("sale.order", "action_lock", ids=[order])
    return order


def _draft_move(kind: str) -> Callable[[Administrator], int]:
    """Return what makes a draft of a kind of invoices, bills and refunds."""

    def make(odoo: Administrator) -> int:
        line = {"product_id": _product(odoo), "quantity": 2, "price_unit": 5}
        return _create(
            odoo,
            "account.move",
            move_type=kind,
            partner_id=_customer(odoo),
            invoice_date="2026-01-01",
            invoice_line_ids=[[0, 0, line]],
        )

    return make


def _posted_move(kind: str) -> Callable[[Administrator], int]:
    return _after(_draft_move(kind), "account.move", "action_post")


def _after(
    make: Callable[[Administrator], int], model: str, *methods: str
) -> Callable[[Administrator], int]:
    """Return what makes a record and calls methods on it."""

    def make_and_call(odoo: Administrator) -> int:
        record = make(odoo)
        for method in methods:
            odoo.call(model, method, ids=[record])
        return record

    return make_and_call


def _payment(odoo: Administrator) -> int:
    return _create(
        odoo,
        "account.payment",
        payment_type="inbound",
        partner_id=_customer(odoo),
        amount=5,
        journal_id=_find(odoo, "account.journal", ["type", "=", "bank"]),
    )


def _purchase(odoo: Administrator) -> int:
    line = {"product_id": _product(odoo), "product_qty": 2, "price_unit": 5}
    return _create(odoo, "purchase.order", partner_id=_customer(odoo), order_line=[[0, 0, line]])


def _task(odoo: Administrator) -> int:
    return _create(odoo, "project.task", name="Ztask", project_id=_project(odoo))


def _project(odoo: Administrator) -> int:
    return _create(odoo, "project.project", name="Zproject")


def _activity(odoo: Administrator) -> int:
    return odoo.call(
        "res.partner",
        "activity_schedule",
        ids=[_customer(odoo)],
        act_type_xmlid="mail.mail_activity_data_todo",
    )[0]


def _opportunity(odoo: Administrator) -> int:
    return _create(odoo, "crm.lead", name="Zlead", type="opportunity", partner_id=_customer(odoo))


def _lead(odoo: Administrator) -> int:
    return _create(odoo, "crm.lead", name="Zlead", type="lead", contact_name="Zcontact")


def _delivery(odoo: Administrator) -> int:
    """Make a delivery of which a part is picked."""
    kind = _find(odoo, "stock.picking.type", ["code", "=", "outgoing"])
    source = odoo.call("stock.picking.type", "read", ids=[kind], fields=["default_location_src_id"])
    places = {
        "location_id": source[0]["default_location_src_id"][0],
        "location_dest_id": _find(odoo, "stock.location", ["usage", "=", "customer"]),
    }
    move = {"product_id": _product(odoo), "product_uom_qty": 2, **places}
    values = {"picking_type_id": kind, "partner_id": _customer(odoo), "move_ids": [[0, 0, move]]}
    delivery = _create(odoo, "stock.picking", **values, **places)
    odoo.call("stock.picking", "action_confirm", ids=[delivery])
    vals = {"quantity": 1, "picked": True}
    odoo.call("stock.move", "write", ids=_moves(odoo, delivery), vals=vals)
    return delivery


def _done_delivery(odoo: Administrator) -> int:
    delivery = _delivery(odoo)
    odoo.call("stock.move", "write", ids=_moves(odoo, delivery), vals={"quantity": 2})
    odoo.call("stock.picking", "button_validate", ids=[delivery])
    return delivery


def _moves(odoo: Administrator, transfer: int) -> list[int]:
    return odoo.call("stock.move", "search", domain=[["picking_id", "=", transfer]])


def _returned(odoo: Administrator, delivery: int) -> dict:
    (move,) = _moves(odoo, delivery)
    return {"lines": [{"move": str(move), "quantity": 1}]}


def _counted(odoo: Administrator, _product: int) -> dict:
    return {
        "location": str(_find(odoo, "stock.location", ["usage", "=", "internal"])),
        "quantity": 3,
    }


def _stored_product(odoo: Administrator) -> int:
    return _create(odoo, "product.product", name="Zproduct", is_storable=True)


def _received_purchase(odoo: Administrator) -> int:
    order = _after(_purchase, "purchase.order", "button_confirm")(odoo)
    receipts = odoo.call("stock.picking", "search", domain=[["purchase_id", "=", order]])
    odoo.call("stock.picking", "button_validate", ids=receipts)
    return order


_MOVES = {
    "Invoice": "out_invoice",
    "Refund": "out_refund",
    "VendorBill": "in_invoice",
    "VendorRefund": "in_refund",
}

EXAMPLES = {
    ("Activity", "complete"): Example(_activity, {"feedback": "Z"}),
    ("Customer", "edit-address"): Example(_address, {"city": "Ghent"}),
    ("Invoice", "create-credit-note"): Example(_posted_move("out_invoice"), {"reason": "Z"}),
    ("Lead", "convert"): Example(_lead, {"customerAction": "create"}),
    ("Lead", "mark-lost"): Example(_opportunity, {"feedback": "Z"}),
    ("Lead", "mark-won"): Example(_opportunity),
    ("Lead", "restore"): Example(_after(_opportunity, "crm.lead", "action_set_lost")),
    ("Payment", "cancel"): Example(_payment),
    ("Payment", "post"): Example(_payment),
    ("Payment", "reset-to-draft"): Example(_after(_payment, "account.payment", "action_cancel")),
    ("Product", "count"): Example(_stored_product, _counted),
    ("Product", "scrap"): Example(_product, {"quantity": 1}),
    ("PurchaseOrder", "cancel"): Example(_purchase),
    ("PurchaseOrder", "confirm"): Example(_purchase),
    ("PurchaseOrder", "approve"): Example(_purchase),
    ("PurchaseOrder", "create-bill"): Example(_received_purchase),
    ("PurchaseOrder", "lock"): Example(_after(_purchase, "purchase.order", "button_confirm")),
    ("PurchaseOrder", "send"): Example(_after(_purchase, "purchase.order", "button_confirm")),
    ("PurchaseOrder", "send-rfq"): Example(_purchase),
    ("PurchaseOrder", "set-to-draft"): Example(
        _after(_purchase, "purchase.order", "button_cancel")
    ),
    ("PurchaseOrder", "unlock"): Example(
        _after(_purchase, "purchase.order", "button_confirm", "button_lock")
    ),
    ("SaleOrder", "accept"): Example(_to_sign, {"name": "Z", "signature": _SIGNATURE}),
    ("SaleOrder", "cancel"): Example(_quotation),
    ("SaleOrder", "confirm"): Example(_quotation),
    ("SaleOrder", "create-invoice"): Example(_order, {"method": "percentage", "percentage": 10}),
    ("SaleOrder", "decline"): Example(_to_sign, {"message": "Z"}),
    ("SaleOrder", "lock"): Example(_order),
    ("SaleOrder", "send"): Example(_quotation),
    ("SaleOrder", "set-to-draft"): Example(_after(_quotation, "sale.order", "action_cancel")),
    ("SaleOrder", "unlock"): Example(_locked_order),
    ("Transfer", "cancel"): Example(_delivery),
    ("Transfer", "check-availability"): Example(_delivery),
    ("Transfer", "confirm"): Example(_delivery),
    ("Transfer", "return"): Example(_done_delivery, _returned),
    ("Transfer", "unreserve"): Example(_delivery),
    ("Transfer", "validate"): Example(_delivery, {"backorder": True}),
}
"""Type and action -> its example."""

for _type_name, _kind in _MOVES.items():
    EXAMPLES[_type_name, "post"] = Example(_draft_move(_kind))
    EXAMPLES[_type_name, "cancel"] = Example(_draft_move(_kind))
    EXAMPLES[_type_name, "reset-to-draft"] = Example(_posted_move(_kind))
    EXAMPLES[_type_name, "register-payment"] = Example(_posted_move(_kind), {"amount": 4})

for _type_name, _make in {
    "Customer": _customer,
    "Invoice": _draft_move("out_invoice"),
    "Lead": _opportunity,
    "Product": _product,
    "ProductTemplate": lambda odoo: _create(odoo, "product.template", name="Zproduct"),
    "Project": _project,
    "PurchaseOrder": _purchase,
    "SaleOrder": _quotation,
    "Task": _task,
    "Transfer": _delivery,
}.items():
    EXAMPLES[_type_name, "follow"] = Example(_make)
    EXAMPLES[_type_name, "unfollow"] = Example(_make)
    EXAMPLES[_type_name, "post-message"] = Example(_make, {"body": "Z"})
    EXAMPLES[_type_name, "schedule-activity"] = Example(_make, {"summary": "Z"})
