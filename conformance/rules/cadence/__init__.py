"""Family C: cadence, when what arrives."""
