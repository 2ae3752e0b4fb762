"""The wizards."""
