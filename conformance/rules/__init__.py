"""Every rule, one module each, one folder a family."""
