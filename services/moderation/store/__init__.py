"""What moderation reads: what its folds wrote, the conversation around a case, the built-in lists."""
