"""What staff are told, when, and by which route."""
