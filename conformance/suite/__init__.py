"""The suite that `pytest conformance --endpoint URL` (or `--pyargs conformance.suite`) collects."""
