"""Locust users that read event streams, and what watches them."""
