"""What members' pages are made of: templates, styles, words."""
