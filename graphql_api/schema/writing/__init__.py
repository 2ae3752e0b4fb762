"""What mutations do: inputs are read and checked, records written, actions called.

In come inputs of clients; out go records as they are after the change, or all that is wrong.
"""
