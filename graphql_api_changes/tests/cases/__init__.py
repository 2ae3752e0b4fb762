"""Base classes of tests."""
