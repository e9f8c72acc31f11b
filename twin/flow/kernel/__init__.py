"""What is compiled: the event loop and all that happens in it."""
