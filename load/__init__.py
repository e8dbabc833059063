"""Load on a fal `/stream` endpoint: time to first preview, throughput, and objectives they must hold.

Importing this package imports neither Locust nor gevent, which replace parts of the standard library; only
scenarios do, in a process of their own.
"""
