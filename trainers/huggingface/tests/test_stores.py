import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tunewright_trainer.carrying import NotWhole, fetch_folder, send_folder
from tunewright_trainer.stores import Missing, Store, StoreAway, open_store
from tunewright_trainer.whole import WHOLE

from .stores import empty_store


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with empty_store(request.param, tmp_path / "storage") as made:
        yield made


def folder_of(at: Path, **files: str) -> Path:
    for name, text in files.items():
        path = at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return at


class Breaking:
    """A storage that goes away before it has taken the weights."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def send(self, path: Path, name: str) -> None:
        if path.name == "weights":
            raise StoreAway("away")
        self._store.send(path, name)


def put(store: Store, name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_text(text)
    store.send(path, name)


def test_a_file_is_sent_listed_fetched_and_removed(store: Store, tmp_path: Path) -> None:
    put(store, "files/a", "first", tmp_path)
    put(store, "files/deep/b", "other", tmp_path)
    before = store.listing("files/")
    assert {name: size for name, (size, _) in before.items()} == {"a": 5, "deep/b": 5}
    store.fetch("files/a", tmp_path / "here/a")
    assert (tmp_path / "here/a").read_text() == "first"
    put(store, "files/a", "again", tmp_path)
    assert store.listing("files/")["a"] != before["a"]
    for _ in range(2):
        store.remove(["files/a", "files/deep/b"])
    assert store.listing("files/") == {}
    with pytest.raises(Missing):
        store.fetch("files/a", tmp_path / "here/a")


def test_a_folder_arrives_as_it_was_sent_and_is_fetched_once(store: Store, tmp_path: Path) -> None:
    send_folder(store, folder_of(tmp_path / "made", weights="w" * 1000, config="{}"), "jobs/x/model")
    here = tmp_path / "here/model"
    assert fetch_folder(store, "jobs/x/model", here, sent=True)
    assert {path.name for path in here.iterdir()} == {"weights", "config", WHOLE}
    assert (here / "weights").read_text() == "w" * 1000
    made = (here / "weights").stat().st_ino
    assert fetch_folder(store, "jobs/x/model", here, sent=True)
    assert (here / "weights").stat().st_ino == made
    # Without what is not wanted, and anew where it is another one there.
    assert fetch_folder(store, "jobs/x/model", tmp_path / "less", sent=True, without=("weig*",))
    assert not (tmp_path / "less/weights").exists()
    send_folder(store, folder_of(tmp_path / "made", weights="v" * 1000), "jobs/x/model")
    assert fetch_folder(store, "jobs/x/model", here, sent=True)
    assert (here / "weights").read_text() == "v" * 1000


def test_what_was_sent_by_half_or_altered_does_not_count(store: Store, tmp_path: Path) -> None:
    made = folder_of(tmp_path / "made", weights="w", config="{}")
    with pytest.raises(StoreAway):
        send_folder(Breaking(store), made, "jobs/x/model")
    assert set(store.listing("jobs/x/model/")) == {"config"}
    assert not fetch_folder(store, "jobs/x/model", tmp_path / "here", sent=True)
    send_folder(store, tmp_path / "made", "jobs/x/model")
    put(store, "jobs/x/model/weights", "W", tmp_path)
    with pytest.raises(NotWhole):
        fetch_folder(store, "jobs/x/model", tmp_path / "here", sent=True)
    store.remove(["jobs/x/model/weights"])
    with pytest.raises(NotWhole):
        fetch_folder(store, "jobs/x/model", tmp_path / "here", sent=True)
    assert not (tmp_path / "here").exists()


def test_a_model_that_a_person_has_put_there_is_taken_as_it_is(store: Store, tmp_path: Path) -> None:
    put(store, "models/own/config.json", "{}", tmp_path)
    assert fetch_folder(store, "models/own", tmp_path / "here", sent=False)
    assert (tmp_path / "here/config.json").read_text() == "{}"
    store.remove(["models/own/config.json"])
    assert not fetch_folder(store, "models/own", tmp_path / "here", sent=False)
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize("address", ["/nowhere/at/all", "s3://nobodys-bucket"])
def test_a_storage_that_is_away_says_so(address: str, tmp_path: Path) -> None:
    with empty_store("bucket", tmp_path):
        store = open_store(address)
        for asked in (
            lambda: store.listing("files/"),
            lambda: store.fetch("files/a", tmp_path / "a"),
            lambda: store.send(Path(os.__file__), "files/a"),
        ):
            with pytest.raises(StoreAway):
                asked()
