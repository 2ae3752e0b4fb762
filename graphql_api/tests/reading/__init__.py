"""Filters, orders, pages, searches, relations and files."""
