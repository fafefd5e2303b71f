"""The states that figures are computed from. Each is told by one kind of fact and does not mind their order."""
