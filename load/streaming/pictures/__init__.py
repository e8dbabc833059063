"""What is done with the pictures that events carry, beside reading them."""
