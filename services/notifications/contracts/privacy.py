"""What notifications tell the people service of somebody who asks."""

from nexus.personal import DataAnswered


class NotificationsAnswered(DataAnswered, service="notifications"):
    """The part of notifications in a request."""
