"""How much anybody may send: buckets of tokens, shared through Redis, or each process's own while Redis is lost."""
