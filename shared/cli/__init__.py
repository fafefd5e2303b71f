"""Commands that belong to no single service."""
