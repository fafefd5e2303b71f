"""The folds of engagement: the scorer says what is due, the ledger posts it and answers members.

The scorer keeps a state for each content (`brand/community/content`), the ledger one for each member (`brand/member`).
"""
