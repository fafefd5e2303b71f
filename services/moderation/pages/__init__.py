"""What moderation's pages show, and in which words. Pure: routes stand in `web`."""
