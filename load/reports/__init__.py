"""What a run is shown as: one module a format."""
