"""Whole folders between this host's disk and the storage, each file by its SHA-256."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import uuid
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from .stores import Store
from .whole import WHOLE, files_of, sealed, write_json

_CHUNK = 1024 * 1024


class NotWhole(Exception):
    """A file is missing there, or is another one than was sent."""


def send_folder(store: Store, folder: Path, to: str) -> None:
    """What says that it is whole goes last."""
    about: dict[str, dict[str, Any]] = {}
    for name, path in files_of(folder).items():
        about[name] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
        store.send(path, f"{to}/{name}")
    with tempfile.TemporaryDirectory(prefix="tunewright-seal-") as beside:
        seal = Path(beside) / WHOLE
        write_json(seal, about)
        store.send(seal, f"{to}/{WHOLE}")


def fetch_folder(store: Store, name: str, to: Path, *, sent: bool, without: tuple[str, ...] = ()) -> bool:
    """
    False where there is none. What is here already is not fetched again. `sent`: only as a host has sent it, all of it; what a
    person has put there is taken as it is. `without`: patterns of files that are not wanted here. Throws `NotWhole`.
    """
    listing = {file: about for file, about in store.listing(f"{name}/").items() if not _one_of(file, without)}
    here = _fetched(to)
    if not listing or (sent and WHOLE not in listing):
        shutil.rmtree(to, ignore_errors=True)
        return False
    if to.is_dir() and here.is_file() and json.loads(here.read_text()) == listing:
        return True
    beside = to.with_name(f".{to.name}.{uuid.uuid4().hex}")
    try:
        _fetch(store, name, beside, list(listing), without)
        shutil.rmtree(to, ignore_errors=True)
        beside.rename(to)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    write_json(here, listing)
    return True


def _fetched(folder: Path) -> Path:
    """What was there when it was fetched."""
    return folder.with_name(f".{folder.name}.fetched")


def _fetch(store: Store, name: str, to: Path, there: list[str], without: tuple[str, ...]) -> None:
    wanted: dict[str, dict[str, Any]] = {file: {} for file in there if file != WHOLE}
    if WHOLE in there:
        store.fetch(f"{name}/{WHOLE}", to / WHOLE)
        wanted = sealed(to)
    for file, about in wanted.items():
        if _one_of(file, without):
            continue
        if file not in there:
            raise NotWhole(f"{name} in the storage lacks {file}.")
        path = to / file
        store.fetch(f"{name}/{file}", path)
        if "sha256" in about and sha256(path) != about["sha256"]:
            raise NotWhole(f"{name}/{file} in the storage is not what was sent there.")


def _one_of(file: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(file, pattern) for pattern in patterns)


def sha256(path: Path) -> str:
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()
