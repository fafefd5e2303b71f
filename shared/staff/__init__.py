"""How the brand's own people get in: passwords, invitations, sessions, and how fast anybody may guess."""
