"""What a file can be found to be. Apart from the code that finds it out: every process loads the services'
declarations, and few have the libraries that read files."""

from dataclasses import dataclass

from services.content.contracts.files import Reading


@dataclass(frozen=True)
class Found:
    """What a file was found to be. `pages` None: it has none, or they could not be counted."""

    media_type: str
    reading: Reading
    pages: int | None = None
    texts: tuple[str, ...] = ()
    thumbnail: bytes | None = None
