"""The Locust side: users that read event streams, and what carries their rows to the run file."""
