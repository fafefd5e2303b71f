"""Where a member stands: what was counted of them, and the levels, badges, status and tasks that follow from it."""
