"""What is measured rather than tested: speed, cost, and the power of timing rules."""
