"""The request of the echo service, importable without nameko."""

from nexus.messages import Query


class Echo(Query[str], service="bench"):
    """Answered with its own text."""

    text: str
