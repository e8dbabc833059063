"""Family J: the JSON payload of each event."""
