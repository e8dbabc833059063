"""What the server's side says of itself while a run goes on, on the time axis of the streams."""
