"""What was told before, watched once more: which incidents would have been opened, and which by another playbook."""
