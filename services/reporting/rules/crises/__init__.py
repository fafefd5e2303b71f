"""What becomes of something unusual: one incident of all its signals, and what people do in it. Pure."""
