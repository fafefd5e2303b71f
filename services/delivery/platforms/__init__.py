"""How each platform carries acts out; a file a platform."""
