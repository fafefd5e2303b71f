"""Goals: whether a document can be one, how far it has come, and where it will probably end. Pure."""
