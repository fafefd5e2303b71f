"""What goes out to addresses that people chose: mail and signed webhooks."""
