"""What a scenario does and when: plans, draws and searches. Pure, so that a seed says everything about them."""
