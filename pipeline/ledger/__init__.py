"""The ledger of people's decisions: append-only, and apart from what can be rebuilt."""
