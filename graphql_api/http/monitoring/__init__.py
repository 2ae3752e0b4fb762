"""What the processes of a server have counted, and the files in which they count.

In come requests that were served; out go metrics in the format of OpenMetrics.
"""
