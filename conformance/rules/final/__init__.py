"""Family F: completion, the final event and the end."""
