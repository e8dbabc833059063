"""Family E: errors and refusals."""
