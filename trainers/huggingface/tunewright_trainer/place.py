"""The storage as one host sees it: a folder that it works in, or a place that it copies from and to, with a disk of its own."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .carrying import NotWhole, fetch_folder
from .job import Job, Refused, Storage, is_tuned
from .sending import STATE, Delivery, Sending
from .stores import Missing, Store, StoreAway, open_store
from .train import ENDED, ONLY_TO_GO_ON
from .whole import WHOLE, last_whole, step_of

_UNUSED_SECONDS = 7 * 86_400
"""What nobody has used for so long is removed from a host's own disk: all of it is in the storage."""
_log = logging.getLogger(__name__)


class Shared:
    """What is written there is there for all."""

    def __init__(self, root: Path) -> None:
        self.storage = Storage(root)

    def begin(self, job: Job) -> dict[str, Any] | None:
        """What a training needs is at hand then. How the job has ended, where it is known to have done so."""
        if not self.storage.file(job.training_file).is_file():
            raise StoreAway(f"{self.storage.root} does not hold the training file: see that the shared folder is mounted on this host.")
        return None

    def bring(self, model: str) -> None:
        """It is at hand then, where there is one; others are the hub's."""
        if not self.storage.root.is_dir():
            raise StoreAway(f"{self.storage.root} is not mounted on this host.")

    def used(self, model: str) -> None:
        """It stays at hand."""

    def sending(self, job: Job) -> Delivery:
        """Brings what the training makes to where others find it."""
        return Delivery()


class Apart:
    """Data and models are fetched, checkpoints and the model are sent while the training goes on."""

    def __init__(self, store: Store, work: Path) -> None:
        work.mkdir(parents=True, exist_ok=True)
        self.storage = Storage(work)
        self._store = store

    def begin(self, job: Job) -> dict[str, Any] | None:
        self._tidy()
        folder = self.storage.job(job.id)
        for name in STATE:
            self._state(folder / name)
        try:
            self._store.fetch(self._name(folder / ENDED), folder / ENDED)
            return json.loads((folder / ENDED).read_text())
        except Missing:
            # It may have ended here all the same, and not have been sent.
            pass
        for name in filter(None, (job.training_file, job.validation_file)):
            self._data(self.storage.file(name))
        self.bring(job.model)
        self._checkpoint(job)
        return None

    def bring(self, model: str) -> None:
        folder = self.storage.folder(model)
        with _locked(folder):
            try:
                fetch_folder(self._store, self._name(folder), folder, sent=is_tuned(model), without=ONLY_TO_GO_ON)
            except NotWhole as reason:
                raise Refused("model_not_found", f"The model {model} cannot be used: {reason}") from reason
        self.used(model)
        if self.storage.is_adapter(model):
            self.bring(self.storage.adapter(model)[1])

    def used(self, model: str) -> None:
        entry = self._entry(self.storage.folder(model))
        if entry.is_dir():
            os.utime(entry)

    def sending(self, job: Job) -> Delivery:
        return Sending(self._store, self.storage, job)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.storage.root).as_posix()

    def _state(self, path: Path) -> None:
        """As others have seen it."""
        try:
            self._store.fetch(self._name(path), path)
        except Missing:
            path.unlink(missing_ok=True)

    def _data(self, path: Path) -> None:
        # Its name is its job's, and its content is never another.
        if not path.is_file():
            self._store.fetch(self._name(path), path)

    def _checkpoint(self, job: Job) -> None:
        """The newest one of which everything is there, be it in the storage or still here."""
        checkpoints = self.storage.job(job.id) / "checkpoints"
        here = last_whole(checkpoints)
        at = step_of(here) if here else 0
        there = self._store.listing(f"{self._name(checkpoints)}/")
        whole = [int(found[1]) for name in there if (found := re.fullmatch(rf"checkpoint-(\d+)/{WHOLE}", name))]
        for step in sorted(whole, reverse=True):
            folder = checkpoints / f"checkpoint-{step}"
            if step <= at:
                return
            try:
                fetch_folder(self._store, self._name(folder), folder, sent=True)
                return
            except NotWhole as reason:
                _log.warning("An earlier checkpoint is taken: %s", reason)

    def _entry(self, folder: Path) -> Path:
        """What is removed as one: a job, or a base model."""
        return self.storage.root.joinpath(*folder.relative_to(self.storage.root).parts[:2])

    def _tidy(self) -> None:
        before = time.time() - _UNUSED_SECONDS
        for entry in (path for kind in ("jobs", "models", "files") for path in (self.storage.root / kind).glob("*")):
            inside = entry.iterdir() if entry.is_dir() else ()
            if max(path.stat().st_mtime for path in (entry, *inside)) < before:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Of several that want it at once the first one fetches it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


Place = Shared | Apart


def open_place(storage: str, work: Path | None) -> Place:
    """`work`: a folder of this host's own disk. Without one the storage is a folder that the service and all hosts mount."""
    return Shared(Path(storage)) if work is None else Apart(open_store(storage), work)
