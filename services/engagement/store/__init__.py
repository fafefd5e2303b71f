"""Reading what the ledger wrote."""
