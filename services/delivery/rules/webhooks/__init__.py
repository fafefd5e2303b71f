"""How a webhook is signed, and when it is tried again."""
