"""What other addons add to the schema."""
