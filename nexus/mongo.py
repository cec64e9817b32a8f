"""MongoDB, or what speaks its protocol: one way to connect, one list of what means "away"."""

from typing import Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, ExecutionTimeout, WriteConcernError

from nexus.errors import Unavailable

Document = dict[str, Any]
AWAY = (ConnectionFailure, ExecutionTimeout, WriteConcernError)


def connect(url: str, process: str) -> MongoClient[Document]:
    """A client whose acknowledged writes are on a majority's disks. It connects on first use."""
    return MongoClient(
        url,
        appname=f"nexus-{process}",
        w="majority",
        journal=True,
        tz_aware=True,
        retryWrites=False,  # a repeated write must meet our own revision checks, not the driver's guess
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=5_000,
        maxPoolSize=50,
    )


def check(database: Database[Document]) -> None:
    """Raise Unavailable unless the database answers."""
    try:
        database.command("ping")
    except AWAY as error:
        raise Unavailable("database_unavailable") from error


def audit_database(database: Database[Document]) -> Database[Document]:
    """Where a service's audit trail is: beside its own, with lesser rights (deploy/mongo/setup.py)."""
    return database.client[f"{database.name}_audit"]
