from tests.support.clock import clock
from tests.support.databases import database

__all__ = ["clock", "database"]
