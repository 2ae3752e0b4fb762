"""What a caller may see: every record and field that reaches a client is found or checked here.

In come a context, which knows who asks, and domains; out go records in the caller's environment.
"""
