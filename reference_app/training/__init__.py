"""Trains the embedded model from nothing but drawn pictures: `python -m reference_app.training`."""
