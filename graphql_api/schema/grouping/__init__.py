"""Groups of records: their keys, how many they are and what their numbers come to.

In come the arguments of an aggregate field; out go groups of visible records.
"""
