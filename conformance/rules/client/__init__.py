"""Family X: the official clients as judges."""
