"""What SRE teams look at."""
