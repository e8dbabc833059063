"""Workloads: one file each, a locustfile that runs by itself."""
