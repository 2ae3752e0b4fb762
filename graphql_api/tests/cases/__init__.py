"""What the tests build on: base classes, clients, servers, browsers, and generated values."""
