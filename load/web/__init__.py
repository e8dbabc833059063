"""What is added to Locust's own web page."""
