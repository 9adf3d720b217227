"""Times access reviews of 10,000 items: start, import of as many decisions, close and evidence pack."""
