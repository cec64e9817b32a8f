"""What content tells the people service of somebody who asks."""

from nexus.personal import DataAnswered


class ContentAnswered(DataAnswered, service="content"):
    """The part of content in a request."""
