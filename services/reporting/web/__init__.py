"""The pages of reporting: for those who signed in and may read figures."""
