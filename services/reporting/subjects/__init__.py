"""What is talked about: topics, and terms that rise. For a command; the only room here that knows scikit-learn."""
