"""Inputs, mutations and actions: what they write, what they refuse, and all or nothing."""
