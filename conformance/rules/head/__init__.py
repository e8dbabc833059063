"""Family H: the response head and the framing of the body."""
