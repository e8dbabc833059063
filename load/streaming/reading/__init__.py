"""From a socket to events: each with its instants, and what goes wrong on the way."""
