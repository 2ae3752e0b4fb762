"""Tests of the project: its servers, packages and documentation, beside those of the addon."""
