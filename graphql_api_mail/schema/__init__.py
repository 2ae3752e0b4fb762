"""What of messages data cannot say: the changes that Odoo has tracked in them."""
