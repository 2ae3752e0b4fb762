"""What serves requests beside the core: how many responses are streamed at once, for how long."""
