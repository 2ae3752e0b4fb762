"""What tests that commit leave behind: business documents, and for whom and of what they were."""

from odoo.api import Environment


def remove_documents(env: Environment, partner_id: int, product_id: int) -> None:
    """Remove all documents of a customer, and then the customer and the product.

    :param env: of somebody who may delete them
    """
    partner = env["res.partner"].browse(partner_id)
    of_partner = [("partner_id", "=", partner_id)]
    env["account.payment.register"].sudo().search(of_partner).unlink()
    payments = env["account.payment"].search(of_partner)
    payments.action_draft()
    payments.unlink()
    invoices = env["account.move"].search(of_partner)
    invoices.filtered(lambda invoice: invoice.state == "posted").button_draft()
    invoices.with_context(force_delete=True).unlink()
    transfers = env["stock.picking"].search(of_partner)
    # Odoo keeps the moves that are done.
    for table in ("stock_move_line", "stock_move"):
        env.cr.execute(f"DELETE FROM {table} WHERE product_id = %s", [product_id])
    env.invalidate_all()
    transfers.unlink()
    orders = env["sale.order"].search(of_partner)
    orders._action_cancel()
    orders.unlink()
    purchases = env["purchase.order"].search(of_partner)
    purchases.button_cancel()
    purchases.unlink()
    env["crm.lead"].with_context(active_test=False).search(of_partner).unlink()
    env["product.product"].browse(product_id).product_tmpl_id.unlink()
    partner.unlink()
