"""Carrying acts out: who may ask a platform when, what it answered, and what is done next."""
