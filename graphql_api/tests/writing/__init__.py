"""Inputs, mutations and actions: what they write, what they refuse, and that all or nothing is kept."""
