"""Groups of records and their aggregates."""
