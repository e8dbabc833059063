"""Family S: the bytes of the event stream."""
