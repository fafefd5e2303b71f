"""Reports that come by themselves: of which period, when, and what is told of them."""
