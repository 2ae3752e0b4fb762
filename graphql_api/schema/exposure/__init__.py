"""What is exposed, as plain values: resources, policies, limits, names, and the table of errors.

In come values that models read from their records; out go frozen objects that hold no environment.
"""
