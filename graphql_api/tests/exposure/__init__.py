"""What is exposed, under which names and limits, and how errors look."""
