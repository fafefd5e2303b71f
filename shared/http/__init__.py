"""What every API has in common: problem documents, tokens, health, metrics, limits."""
