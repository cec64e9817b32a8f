"""Makes what MongoDB has not of itself: the replica set, and a user for each service with its own databases.

Run at each `docker compose up`; it changes what is not so yet. From the environment: MONGODB_ROOT_URL, and
MONGODB_PASSWORD_<service> for each service."""

# ruff: noqa: T201 - what it says is read in `docker compose logs mongo-setup`

import os
import time
from collections.abc import Callable

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

PATIENCE = 120  # seconds
PREFIX = "MONGODB_PASSWORD_"
NOT_YET_INITIALIZED = 94


def wait_until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise SystemExit(f"mongo: {what} not within {PATIENCE} s")
        time.sleep(1)


def answers(admin: Database) -> bool:
    try:
        admin.command("ping")
    except PyMongoError as error:  # the image restarts the server once, after it has made its first user
        print(f"mongo: waiting: {type(error).__name__}", flush=True)
        return False
    return True


def start_replica_set(admin: Database) -> None:
    """A set of one: writes with `w: majority`, change streams, and members can be added later."""
    try:
        admin.command("replSetGetStatus")
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        members = [{"_id": 0, "host": "mongo:27017"}]
        admin.command("replSetInitiate", {"_id": "nexus", "members": members})
        print("mongo: replica set started", flush=True)
    wait_until(lambda: bool(admin.command("hello").get("isWritablePrimary")), "a primary")


def set_role(admin: Database, service: str) -> str:
    """Who has it may add to the service's audit trail and read it: nobody may change or remove an entry."""
    resource = {"db": f"nexus_{service}_audit", "collection": ""}
    privileges = [{"resource": resource, "actions": ["find", "insert"]}]
    name = f"{service}_audit"
    known = admin.command("rolesInfo", name)["roles"]
    admin.command("updateRole" if known else "createRole", name, privileges=privileges, roles=[])
    return name


def set_user(admin: Database, service: str, password: str) -> None:
    roles = [
        {"role": "readWrite", "db": f"nexus_{service}"},
        {"role": set_role(admin, service), "db": "admin"},
    ]
    known = admin.command("usersInfo", service)["users"]
    admin.command("updateUser" if known else "createUser", service, pwd=password, roles=roles)
    print(f"mongo: user {service} may use nexus_{service}", flush=True)


def main() -> None:
    url = os.environ["MONGODB_ROOT_URL"]
    with MongoClient(url, directConnection=True, serverSelectionTimeoutMS=3_000) as client:
        wait_until(lambda: answers(client.admin), "an answer")
        start_replica_set(client.admin)
        for name, password in os.environ.items():
            if name.startswith(PREFIX):
                set_user(client.admin, name.removeprefix(PREFIX), password)


if __name__ == "__main__":
    main()
