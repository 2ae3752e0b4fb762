"""Changes of records: where a copy was made, and what has changed since."""
