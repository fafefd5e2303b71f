"""What is to be done next, and in which turn. Pure."""
