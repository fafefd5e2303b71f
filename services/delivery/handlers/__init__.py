"""The folds of delivery."""
