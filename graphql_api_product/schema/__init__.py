"""What the addon adds to the schema: the price of a product."""
