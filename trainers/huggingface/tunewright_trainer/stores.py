"""Where the storage lies: a folder that hosts mount, or a bucket of S3. Names are paths below it, with slashes."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

Listing = dict[str, list[Any]]
"""By name below the prefix that was asked for: bytes, and a mark that changes with the content."""


class StoreAway(Exception):
    """The storage does not answer, or refuses: it is asked again."""


class Missing(StoreAway):
    """It answers that there is no such file."""


class Store(Protocol):
    def listing(self, prefix: str) -> Listing: ...

    def fetch(self, name: str, to: Path) -> None:
        """All of it, or nothing. Throws `Missing`."""

    def send(self, path: Path, name: str) -> None:
        """All of it, or nothing."""

    def remove(self, names: list[str]) -> None:
        """In this order; what is gone already is no failure."""


def open_store(address: str) -> Store:
    """`s3://BUCKET/PREFIX`, or the path of a folder."""
    return Bucket(address) if address.startswith("s3://") else Folder(Path(address))


class Folder:
    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def listing(self, prefix: str) -> Listing:
        with self._answers():
            # A mount that is away is an empty place, not an empty storage.
            self._root.stat()
            files = [path for path in (self._root / prefix).rglob("*") if path.is_file()]
            found = {path: path.stat() for path in files}
        return {path.relative_to(self._root / prefix).as_posix(): [at.st_size, at.st_mtime_ns] for path, at in found.items()}

    def fetch(self, name: str, to: Path) -> None:
        with self._answers():
            self._root.stat()
            if not (self._root / name).is_file():
                raise Missing(f"The storage {self._root} holds no {name}.")
            _copy(self._root / name, to, to.with_name(f"{to.name}.part"))

    def send(self, path: Path, name: str) -> None:
        with self._answers():
            self._root.stat()
            _copy(path, self._root / name, self._root / "incoming" / uuid.uuid4().hex)

    def remove(self, names: list[str]) -> None:
        with self._answers():
            for name in names:
                (self._root / name).unlink(missing_ok=True)
            for folder in {(self._root / name).parent for name in names}:
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()

    @contextmanager
    def _answers(self) -> Iterator[None]:
        try:
            yield
        except OSError as reason:
            raise StoreAway(f"The storage {self._root} does not answer: {reason}") from reason


def _copy(source: Path, to: Path, beside: Path) -> None:
    beside.parent.mkdir(parents=True, exist_ok=True)
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, beside)
    with beside.open("rb+") as file:
        # A power cut must not leave the name with half of its content.
        os.fsync(file.fileno())
    beside.replace(to)


class Bucket:
    """Credentials and region are those that the AWS SDK finds: variables, a profile, a role."""

    def __init__(self, address: str) -> None:
        # It takes a second to import, and who mounts a folder has no use for it.
        import boto3
        from botocore.config import Config

        at = urlsplit(address)
        self._address = address
        self._bucket = at.netloc
        self._root = "".join(f"{part}/" for part in at.path.split("/") if part)
        # Other stores than AWS's seldom have a host name for each bucket.
        other = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        self._s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"} if other else {}))

    def listing(self, prefix: str) -> Listing:
        with self._answers():
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._root + prefix)
            objects = [one for page in pages for one in page.get("Contents", [])]
        names = {one["Key"].removeprefix(self._root + prefix): [one["Size"], one["ETag"]] for one in objects}
        # Consoles make an object of no bytes where a person makes a folder.
        return {name: about for name, about in names.items() if name and not name.endswith("/")}

    def fetch(self, name: str, to: Path) -> None:
        to.parent.mkdir(parents=True, exist_ok=True)
        with self._answers():
            try:
                # Under another name until all of it is there, by boto3 itself.
                self._s3.download_file(self._bucket, self._root + name, str(to))
            except self._s3.exceptions.ClientError as reason:
                if reason.response["Error"]["Code"] != "404":
                    raise
                raise Missing(f"The storage {self._address} holds no {name}.") from reason

    def send(self, path: Path, name: str) -> None:
        with self._answers():
            # In parts where it is large, which are removed when one of them fails.
            self._s3.upload_file(str(path), self._bucket, self._root + name)

    def remove(self, names: list[str]) -> None:
        with self._answers():
            for name in names:
                self._s3.delete_object(Bucket=self._bucket, Key=self._root + name)

    @contextmanager
    def _answers(self) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as reason:
            raise StoreAway(f"The storage {self._address} does not answer: {reason}") from reason
