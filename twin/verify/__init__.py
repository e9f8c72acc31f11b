"""Compare the flow engine with what queueing theory says."""
