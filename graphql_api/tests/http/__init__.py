"""What serves any request: headers, bodies, files, rates, the request log, metrics, retries."""
