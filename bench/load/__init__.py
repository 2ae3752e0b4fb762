"""The load test: simulated phones of a sales app, on the cluster of ``make cluster``."""
