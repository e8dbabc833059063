"""A recorded stream as rules see it: events with instants, strict JSON, decoded pictures."""
