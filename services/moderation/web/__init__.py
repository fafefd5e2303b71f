"""Moderation's pages: the queue and its cases for staff, appeals and the rules of conduct for everybody."""
