"""What the suite asks an endpoint: one module a probe."""
