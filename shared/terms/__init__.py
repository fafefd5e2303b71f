"""Terms as people write them, and texts without disguise: what moderation and listening look for words with. Pure."""
