"""The stack without Docker: the parts that Veche stands on, as processes of this machine."""
