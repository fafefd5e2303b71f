"""What programs ask engagement, and have it do."""
