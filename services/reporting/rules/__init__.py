"""What reporting makes of what it hears: whether something unusual goes on. Pure."""
