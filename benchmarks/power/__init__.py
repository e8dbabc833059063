"""How often timing rules cry wolf and how often they miss, found by simulation.

A model of an endpoint says what is sent and when, a model of a network what a recorder then sees. Good endpoints
and violators go through the very rules that judge real ones. ``python -m benchmarks.power`` writes the figures to
``conformance/rule_pages/power.toml``; every run is drawn from its own seed, so the same code gives the same figures.
"""
