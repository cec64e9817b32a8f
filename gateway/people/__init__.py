"""People on a sector's site: sign-in, their account, and who is behind a request."""
