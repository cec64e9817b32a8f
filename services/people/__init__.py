"""Who somebody is, and what they may do in a sector: accounts, sign-in, sessions, invitations."""
