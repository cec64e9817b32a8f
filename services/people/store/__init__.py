"""Where people, codes, invitations and sessions are kept."""
