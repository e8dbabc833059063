"""Family I: the pictures that events carry."""
