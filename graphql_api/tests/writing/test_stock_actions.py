"""The verbs of a warehouse worker and of a buyer, and what Odoo refuses of them."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_actions import ActionCase

_TOO_LARGE = 1e300


class StockCase(ActionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env,
            "buyer",
            groups="base.group_user,purchase.group_purchase_user,stock.group_stock_user,"
            "account.group_account_invoice",
            lang="en_US",
        )
        cls.partner.email = "zvendor@example.com"
        cls.place = cls.env["stock.warehouse"].search([], limit=1).lot_stock_id
        cls.shelf = cls.place.create({"name": "Zshelf", "location_id": cls.place.id})
        cls.tracked, cls.other = cls.product.create(
            [
                {"name": name, "is_storable": True, "tracking": "lot", "standard_price": 3}
                for name in ("Ztracked", "Zother")
            ]
        )
        cls.lot, cls.other_lot = cls.env["stock.lot"].create(
            [{"name": "Zlot", "product_id": each.id} for each in (cls.tracked, cls.other)]
        )
        cls.env["stock.quant"]._update_available_quantity(cls.tracked, cls.place, 5, lot_id=cls.lot)
        company = cls.env["res.company"].create({"name": "Zforeign"})
        cls.foreign = cls.env["stock.warehouse"].search([("company_id", "=", company.id)])

    def on_hand(self, location=None, lot=None):
        """Return how much there is of the tracked product at a place."""
        domain = [
            ("product_id", "=", self.tracked.id),
            ("location_id", "=", (location or self.place).id),
            ("lot_id", "=", (lot or self.lot).id),
        ]
        return sum(self.env["stock.quant"].search(domain).mapped("quantity"))

    def new_delivery(self, quantity=3):
        """Return a transfer that delivers pieces of the lot, of which all are reserved."""
        kind = self.env["stock.warehouse"].search([], limit=1).out_type_id
        places = {
            "location_id": self.place.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        move = {"product_id": self.tracked.id, "product_uom_qty": quantity, **places}
        transfer = self.env["stock.picking"].create(
            {"picking_type_id": kind.id, "move_ids": [Command.create(move)], **places}
        )
        transfer.action_confirm()
        transfer.action_assign()
        return transfer

    def new_purchase(self, quantity=4, **values):
        line = {"product_id": self.product.id, "product_qty": quantity, "price_unit": 5}
        return self.env["purchase.order"].create(
            {"partner_id": self.partner.id, "order_line": [Command.create(line)]} | values
        )

    def refuse_all(self, path, cases, login="admin"):
        """Check that bodies are refused, and that nothing of them is kept.

        :param cases: of a body, the status, and what the error blames or says
        """
        self.env.cr.flush()  # what Odoo writes of what was done before
        for body, status, blamed in cases:
            with self.subTest(body, path=path):
                fields = [blamed] if status == 400 else None
                response = self.refuse_rest(
                    "POST", path, body, status=status, fields=fields, login=login
                )
                if status != 400:
                    self.assertIn(blamed, response["message"])


@tagged("post_install", "-at_install")
class TestWarehouse(StockCase):
    def test_count(self):
        """What is there already, what nobody knew of, and that nothing is left."""
        path = f"/api/products/{self.tracked.id}/count?fields=quantity,lot.name,location.name"
        for location, quantity in ((self.place, 7), (self.shelf, 2), (self.place, 0)):
            body = {"location": location.id, "lot": self.lot.id, "quantity": quantity}
            shown = self.write_rest("POST", path, body, login="worker")
            if quantity:
                expected = {
                    "quantity": quantity,
                    "lot": {"name": "Zlot"},
                    "location": {"name": location.name},
                }
                self.assertEqual(shown, expected)
            self.assertEqual(self.on_hand(location), quantity)
        mutation = (
            "mutation ($id: ID!, $input: CountProductInput!) {"
            " countProduct(id: $id, input: $input) { quantity } }"
        )
        value = {"location": str(self.place.id), "lot": str(self.lot.id), "quantity": 4}
        data = self.graphql(mutation, {"id": str(self.tracked.id), "input": value}, login="worker")
        self.assertEqual(data, {"countProduct": {"quantity": 4.0}})
        moves = self.env["stock.move"].search([("product_id", "=", self.tracked.id)])
        self.assertEqual(set(moves.mapped("state")), {"done"})

    def test_bad_counts(self):
        good = {"location": self.place.id, "lot": self.lot.id, "quantity": 1}
        customers = self.env.ref("stock.stock_location_customers").id
        self.refuse_all(
            f"/api/products/{self.tracked.id}/count",
            (
                ({**good, "quantity": -1}, 422, "below zero"),
                ({**good, "quantity": _TOO_LARGE}, 400, "quantity"),
                ({**good, "quantity": "many"}, 400, "quantity"),
                ({"location": self.place.id}, 400, "quantity"),
                ({"quantity": 1}, 400, "location"),
                ({**good, "location": customers}, 400, "location"),
                ({**good, "location": self.foreign.lot_stock_id.id}, 400, "location"),
                ({**good, "lot": self.other_lot.id}, 422, "another product"),
                ({**good, "reserved_quantity": 1}, 400, "reserved_quantity"),
            ),
            login="worker",
        )
        self.assertEqual(self.on_hand(), 5)

    def test_scrap(self):
        path = f"/api/products/{self.tracked.id}/scrap?fields=state,quantity,product.name"
        body = {"quantity": 2, "lot": self.lot.id}
        shown = self.write_rest("POST", path, body, login="worker")
        self.assertEqual(shown, {"state": "done", "quantity": 2.0, "product": {"name": "Ztracked"}})
        self.assertEqual(self.on_hand(), 3)

    def test_bad_scraps(self):
        """More than there is, too: Odoo would ask whether to do it all the same."""
        good = {"lot": self.lot.id, "quantity": 1}
        self.refuse_all(
            f"/api/products/{self.tracked.id}/scrap",
            (
                ({**good, "quantity": 6}, 422, "Insufficient Quantity"),
                ({**good, "quantity": 0}, 422, "above zero"),
                ({**good, "quantity": -1}, 422, "above zero"),
                ({**good, "quantity": _TOO_LARGE}, 400, "quantity"),
                ({"lot": self.lot.id}, 400, "quantity"),
                ({"quantity": 1}, 422, "Insufficient Quantity"),
                ({**good, "lot": self.other_lot.id}, 400, "lot"),
                ({**good, "source_location": self.shelf.id}, 422, "Insufficient Quantity"),
                ({**good, "source_location": self.foreign.lot_stock_id.id}, 400, "source_location"),
                ({**good, "state": "done"}, 400, "state"),
            ),
            login="worker",
        )
        self.assertEqual(self.on_hand(), 5)

    def test_return(self):
        """A part of what was delivered, and that comes back to where it was."""
        transfer = self.new_delivery()
        self.write_rest("POST", f"/api/transfers/{transfer.id}/validate", login="worker")
        self.assertEqual(self.on_hand(), 2)
        path = f"/api/transfers/{transfer.id}/return?fields=id,state,return_of.id"
        body = {"lines": [{"move": transfer.move_ids.id, "quantity": 2}]}
        shown = self.write_rest("POST", path, body, login="worker")
        self.assertEqual(shown["return_of"], {"id": transfer.id})
        self.assertEqual(shown["state"], "assigned")
        self.write_rest("POST", f"/api/transfers/{shown['id']}/validate", login="worker")
        self.assertEqual(self.on_hand(), 4)

    def test_bad_returns(self):
        transfer, other = self.new_delivery(), self.new_delivery(1)
        path = f"/api/transfers/{transfer.id}/return"
        move = transfer.move_ids.id
        good = {"lines": [{"move": move, "quantity": 1}]}
        self.refuse_all(path, ((good, 422, "state"),), login="worker")
        transfer.button_validate()
        self.refuse_all(
            path,
            (
                ({"lines": [{"move": move, "quantity": -1}]}, 422, "below zero"),
                ({"lines": [{"move": move, "quantity": 0}]}, 422, "non-zero"),
                ({"lines": [{"move": move, "quantity": _TOO_LARGE}]}, 400, "lines.0.quantity"),
                ({"lines": [{"move": move}]}, 400, "lines.0.quantity"),
                ({"lines": []}, 422, "non-zero"),
                ({}, 400, "lines"),
                (
                    {"lines": [{"move": other.move_ids.id, "quantity": 1}]},
                    400,
                    "lines.0.move",
                ),
            ),
            login="worker",
        )

    def test_validate_several(self):
        """One is complete, of the other something is left; all or none of them."""
        path = "/api/transfers/validate?fields=state"
        for backorder in (True, False):
            whole, part = self.new_delivery(1), self.new_delivery(1)
            part.move_ids.write({"quantity": 0.5, "picked": True})
            body = {"ids": [whole.id, part.id]}
            self.refuse_all(path, ((body, 422, "backorder"),), login="worker")
            shown = self.write_rest("POST", path, {**body, "backorder": backorder}, login="worker")
            self.assertEqual(shown, [{"state": "done"}] * 2)
            self.assertEqual(bool(part.backorder_ids), backorder)
            self.assertFalse(whole.backorder_ids)

    def test_bad_transfers(self):
        """A cancelled one, one of another company, one without goods."""
        cancelled = self.new_delivery(1)
        cancelled.action_cancel()
        empty = self.new_delivery(9)
        empty.do_unreserve()
        foreign = self.env["stock.picking"].create({"picking_type_id": self.foreign.out_type_id.id})
        for transfer, status, message in (
            (cancelled, 422, ""),
            (empty, 422, ""),
            (foreign, 404, "not found"),
        ):
            path = f"/api/transfers/{transfer.id}/validate"
            self.refuse_all(path, (({}, status, message),), login="worker")


@tagged("post_install", "-at_install")
class TestPurchase(StockCase):
    def test_request_to_bill(self):
        order = self.new_purchase()
        path = f"/api/purchase-orders/{order.id}"
        self.write_rest("POST", f"{path}/send-rfq", login="buyer")
        self.assertEqual(order.state, "sent")
        self.write_rest("POST", f"{path}/confirm", login="buyer")
        self.write_rest("POST", f"{path}/send", login="buyer")
        self.assertEqual(order.state, "purchase")
        mails = order.message_ids.filtered(lambda message: message.message_type == "comment")
        self.assertEqual(mails.partner_ids, self.partner)
        self.assertEqual(["quotation" in mail.body for mail in mails.sorted("id")], [True, False])
        order.picking_ids.button_validate()
        mutation = (
            "mutation ($id: ID!) { createBillPurchaseOrder(id: $id) { state amountUntaxed } }"
        )
        data = self.graphql(mutation, {"id": str(order.id)}, login="buyer")
        expected = {"state": "draft", "amountUntaxed": 20.0}
        self.assertEqual(data, {"createBillPurchaseOrder": expected})

    def test_create_bills(self):
        """Orders of one vendor become one bill."""
        orders = self.new_purchase() + self.new_purchase()
        orders.button_confirm()
        orders.picking_ids.button_validate()
        path = "/api/purchase-orders/create-bill?fields=amount_untaxed"
        data = self.write_rest("POST", path, {"ids": orders.ids}, login="buyer")
        self.assertEqual(data, [{"amount_untaxed": 40.0}])

    def test_wrong_states(self):
        draft, received, cancelled = (self.new_purchase() for _number in range(3))
        no_mail = self.new_purchase(partner_id=self.partner.create({"name": "Zbare"}).id)
        received.button_confirm()
        received.picking_ids.button_validate()
        cancelled.button_cancel()
        foreign = self.new_purchase(
            company_id=self.foreign.company_id.id, picking_type_id=self.foreign.in_type_id.id
        )
        for order, action, status in (
            (draft, "create-bill", 422),
            (draft, "send", 422),
            (received, "send-rfq", 422),
            (cancelled, "create-bill", 422),
            (cancelled, "send-rfq", 422),
            (no_mail, "send-rfq", 422),
            (foreign, "confirm", 404),
            (foreign, "create-bill", 404),
        ):
            path = f"/api/purchase-orders/{order.id}/{action}"
            self.refuse_all(path, ((None, status, ""),), login="buyer")
