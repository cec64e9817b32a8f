"""How much one file may take."""

SECONDS = 30  # of wall time
MEMORY = 512 * 1024 * 1024  # bytes of address space
PAGES = 2_000
CHARACTERS = 1_000_000  # of text, all pages together
BYTES = 1_900_000  # the same as UTF-8: two languages travel in one event of less than 4 MB
OUTPUT = 16 * 1024 * 1024  # bytes that the process may write to one file
ARCHIVE_ENTRIES = 5_000
ARCHIVE_BYTES = 128 * 1024 * 1024  # of an archive's content, unpacked
XML_BYTES = 24 * 1024 * 1024  # of one part of it: a tree in memory takes ten to twenty times as much
THUMBNAIL = (360, 480)  # pixels, at most
BROUGHT_BYTES = 1_000_000  # of a picture that a file brings of itself
BROUGHT_PIXELS = 4_000_000
BROUGHT_SIDE = 128  # pixels of its longer side, at least: a smaller one shows less than a page drawn


class TooLarge(Exception):
    """The file holds more than may be read."""


class Encrypted(Exception):
    """The file opens with a password only."""


class Damaged(Exception):
    """The file is not what its type says."""
