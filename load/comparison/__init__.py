"""Two groups of stored runs, of one deployment at a time: what differs, and how sure that is."""
