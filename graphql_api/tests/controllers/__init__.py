"""What the routes serve, as clients see it over HTTP."""
