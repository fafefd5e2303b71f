"""The folds of moderation: what rules decide, the cases that people work on, and what befalls members."""
