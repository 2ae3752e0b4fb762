"""What speaks of records in REST's names: JSON in, JSON out."""
