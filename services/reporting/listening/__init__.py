"""What texts say of a brand: their tone, what kind of feedback they are, whom they name. Pure, and without a clock."""
