"""Family R: robustness, when a client leaves, is slow or asks again."""
