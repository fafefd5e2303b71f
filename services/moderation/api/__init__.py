"""What moderation answers over HTTP: decisions, cases, members, appeals."""
