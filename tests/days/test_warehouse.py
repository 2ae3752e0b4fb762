"""The day of a warehouse worker: goods come with lots, leave in parts, return, are counted."""

import sys

import pytest

pytestmark = pytest.mark.server

_PRODUCT = "Working Day Cable"
_PARTNER = "Working Day Carrier"
_LOTS = (("Working Day A", 7), ("Working Day B", 5))


def test_day(days, api):
    days.check(sys.modules[__name__], api)


def day(api):
    """Do it by an API."""
    partner = api.create("customers", name=_PARTNER)
    product = api.create("products", name=_PRODUCT, is_storable=True, tracking="lot")
    incoming, outgoing = (
        api.find("transfer-types", "id", code=code)[0]["id"] for code in ("incoming", "outgoing")
    )

    def start(kind, quantity):
        """Plan a transfer; return it and its move."""
        moves = {"create": [{"product": product, "product_uom_qty": quantity}]}
        transfer = api.create("transfers", transfer_type=kind, contact=partner, moves=moves)
        api.act("transfers", transfer, "confirm")
        if kind == outgoing:
            api.act("transfers", transfer, "check-availability")
        found = api.read("transfers", transfer, "state,moves.id")
        assert found["state"] == "assigned"
        return transfer, found["moves"][0]["id"]

    receipt, move = start(incoming, 12)
    (line,) = api.read("transfers", receipt, "move_lines.id")["move_lines"]
    (first, first_quantity), (second, second_quantity) = _LOTS
    api.update("stock-move-lines", line["id"], lot_name=first, quantity=first_quantity)
    more = {"move": move, "transfer": receipt, "product": product}
    api.create("stock-move-lines", **more, lot_name=second, quantity=second_quantity)
    api.act("transfers", receipt, "validate")
    lots = {
        line["lot"]["name"]: line["lot"]["id"]
        for line in api.read("transfers", receipt, "move_lines.lot.id,move_lines.lot.name")[
            "move_lines"
        ]
    }

    delivery, delivered = start(outgoing, 8)
    api.update("stock-moves", delivered, quantity=5, picked=True)
    api.act("transfers", delivery, "validate", backorder=True)
    (rest,) = api.read("transfers", delivery, "backorders.id")["backorders"]
    whole, _move = start(outgoing, 1)
    api.act_on_all("transfers", [rest["id"], whole], "validate")
    short, move = start(outgoing, 2)
    api.update("stock-moves", move, quantity=1, picked=True)
    api.act("transfers", short, "validate", backorder=False)

    lines = [{"move": delivered, "quantity": 2}]
    api.act("transfers", api.act("transfers", delivery, "return", lines=lines), "validate")
    api.act("products", product, "scrap", quantity=1, lot=lots[second])
    lot = api.read("lots", lots[first], "stock_levels.location.id,stock_levels.quantity")
    (level,) = lot["stock_levels"]
    assert level["quantity"] == 2
    place = level["location"]["id"]
    api.act("products", product, "count", location=place, lot=lots[first], quantity=3)


def in_odoo(env):
    """Do it by Odoo's methods."""
    partner = env["res.partner"].create({"name": _PARTNER})
    product = env["product.product"].create(
        {"name": _PRODUCT, "is_storable": True, "tracking": "lot"}
    )

    def start(code, quantity):
        kind = env["stock.picking.type"].search([("code", "=", code)], order="id", limit=1)
        move = {"product_id": product.id, "product_uom_qty": quantity}
        values = {"partner_id": partner.id, "move_ids": [(0, 0, move)]}
        transfer = env["stock.picking"].create({"picking_type_id": kind.id, **values})
        transfer.action_confirm()
        if code == "outgoing":
            transfer.action_assign()
        return transfer

    def validate_in_part(transfer, quantity, answer):
        transfer.move_ids.write({"quantity": quantity, "picked": True})
        question = transfer.button_validate()
        wizard = env[question["res_model"]].with_context(**question["context"]).create({})
        getattr(wizard, answer)()

    receipt = start("incoming", 12)
    (first, first_quantity), (second, second_quantity) = _LOTS
    receipt.move_line_ids.write({"lot_name": first, "quantity": first_quantity})
    line = {"lot_name": second, "quantity": second_quantity}
    more = {"move_id": receipt.move_ids.id, "picking_id": receipt.id, "product_id": product.id}
    env["stock.move.line"].create({**more, **line})
    receipt.button_validate()
    lots = {lot.name: lot for lot in env["stock.lot"].search([("product_id", "=", product.id)])}

    delivery = start("outgoing", 8)
    validate_in_part(delivery, 5, "process")
    (delivery.backorder_ids + start("outgoing", 1)).button_validate()
    validate_in_part(start("outgoing", 2), 1, "process_cancel_backorder")

    active = {"active_model": "stock.picking", "active_id": delivery.id}
    wizard = env["stock.return.picking"].with_context(**active).create({})
    wizard.product_return_moves.quantity = 2
    env["stock.picking"].browse(wizard.action_create_returns()["res_id"]).button_validate()
    scrap = {"product_id": product.id, "lot_id": lots[second].id, "scrap_qty": 1}
    env["stock.scrap"].create(scrap).action_validate()
    counted = {
        "product_id": product.id,
        "location_id": receipt.location_dest_id.id,
        "lot_id": lots[first].id,
        "inventory_quantity": 3,
    }
    env["stock.quant"].with_context(inventory_mode=True).create(counted).action_apply_inventory()


def figures(env):
    """Return what Odoo says at the end."""
    mine = [("product_id.name", "=", _PRODUCT)]
    moves = env["stock.move"].search(mine, order="id")
    return {
        "quants": [
            [
                quant.location_id.complete_name,
                quant.lot_id.name,
                quant.quantity,
                quant.reserved_quantity,
            ]
            for quant in env["stock.quant"]
            .search(mine)
            .sorted(lambda quant: (quant.location_id.complete_name, quant.lot_id.name or ""))
        ],
        "moves": [
            [
                move.state,
                move.product_uom_qty,
                move.location_id.complete_name,
                move.location_dest_id.complete_name,
                [[line.lot_id.name, line.quantity] for line in move.move_line_ids.sorted("id")],
                bool(move.origin_returned_move_id),
            ]
            for move in moves
        ],
        "transfers": [
            [
                transfer.picking_type_code,
                transfer.state,
                bool(transfer.backorder_id),
                bool(transfer.return_id),
            ]
            for transfer in moves.picking_id.sorted("id")
        ],
        "scraps": [[each.state, each.scrap_qty] for each in env["stock.scrap"].search(mine)],
        "entries": [
            [line.account_id.code, line.debit, line.credit]
            for line in env["account.move.line"].search(mine, order="id")
        ],
    }
