"""What speaks of records in REST's names: JSON in, JSON out; and streams and files of many of them.

In come bodies, the parameters of a list, or a file; out go JSON, or lines. Rows and writes are
those of REST.
"""
