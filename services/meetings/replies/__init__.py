"""Replies of calendars to our invitations (iTIP REPLY, RFC 5546): where they come in, and what they say."""
