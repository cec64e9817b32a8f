"""Meetings, advisors and types in MongoDB."""
