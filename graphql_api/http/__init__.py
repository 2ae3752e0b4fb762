"""What serves any request, whichever API it is for: from the dispatcher to the response.

In come HTTP requests and the results of the schema; out go responses in the API's shapes. Models
are reached through the environment alone.
"""
