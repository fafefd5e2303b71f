"""What delivery keeps: open acts, attempts, switches, leases; and whom it may ask."""
