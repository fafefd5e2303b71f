"""How members earn: what contents and reactions are worth, whether they count, and how an account adds up. Pure."""
