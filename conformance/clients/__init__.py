"""What the clients that people really use make of a recorded stream, and how it ends for them."""
