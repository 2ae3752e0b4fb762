"""The administrator's screens, in a browser."""
