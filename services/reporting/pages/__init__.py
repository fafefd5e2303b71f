"""Reports as they are handed out: a page and a table."""
