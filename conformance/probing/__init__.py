"""What is asked: the endpoint, what a probe is, and where a fetch may go. Pure; :mod:`conformance.examination` asks."""
