"""What the normaliser decides: whom a touched content belongs to, where a poll lives."""
