"""Tests on several servers."""
