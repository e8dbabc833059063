"""What a run is told, and what is kept of it."""
