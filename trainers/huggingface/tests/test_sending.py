import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tunewright_trainer.job import Job, Refused
from tunewright_trainer.place import Apart
from tunewright_trainer.sending import Sending
from tunewright_trainer.stores import Store, StoreAway
from tunewright_trainer.whole import seal

from .stores import empty_store
from .support import job

ID = "tunewright-x-1"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with empty_store(request.param, tmp_path / "storage") as made:
        (tmp_path / "data").write_text("{}")
        made.send(tmp_path / "data", "files/data.jsonl")
        yield made


class Host:
    """With a disk of its own, and a training of which a test writes the checkpoints."""

    def __init__(self, store: Store, disk: Path) -> None:
        self.job = Job.from_json(job(ID, model="owner/of-the-hub"))
        self.place = Apart(store, disk)
        self.folder = self.place.storage.job(ID)

    def begin(self) -> Sending:
        assert self.place.begin(self.job) is None
        self.folder.mkdir(parents=True, exist_ok=True)
        return Sending(self.place._store, self.place.storage, self.job)

    def save(self, step: int) -> Path:
        checkpoint = self.folder / f"checkpoints/checkpoint-{step}"
        checkpoint.mkdir(parents=True)
        for name in ("model.safetensors", "optimizer.pt"):
            (checkpoint / name).write_text(f"{name} of {step}")
        seal(checkpoint)
        return checkpoint

    def steps(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("checkpoints/checkpoint-*"))


class Slow:
    """A storage that takes no checkpoint before it is let."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked = threading.Event()
        self.let = threading.Event()

    def send(self, path: Path, name: str) -> None:
        if "/checkpoints/" in name:
            self.asked.set()
            assert self.let.wait(60)
        self._store.send(path, name)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def there(store: Store) -> set[str]:
    return set(store.listing(f"jobs/{ID}/"))


def until(so: Callable[[], bool], seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_training_never_waits_for_the_storage_and_what_it_removes_meanwhile_is_sent_whole(store: Store, tmp_path: Path) -> None:
    slow = Slow(store)
    host = Host(slow, tmp_path / "one")
    sending = host.begin()
    first = host.save(10)
    sending.saved(10)
    assert slow.asked.wait(60)
    for step in (20, 30):
        host.save(step)
        sending.saved(step)
    # The one that is being sent, and the newest.
    assert sorted(path.name for path in (host.folder / "sending").iterdir()) == ["checkpoint-10", "checkpoint-30"]
    for path in first.iterdir():
        path.unlink()
    first.rmdir()
    slow.let.set()
    sending.hand_over()
    # Of those that came while it was busy the newest.
    assert {name.split("/")[1] for name in there(store) if "whole.json" in name} == {"checkpoint-10", "checkpoint-30"}
    other = Host(store, tmp_path / "two")
    other.begin().forget()
    assert other.steps() == ["checkpoint-30"]
    assert (other.folder / "checkpoints/checkpoint-30/optimizer.pt").read_text() == "optimizer.pt of 30"


def test_so_many_checkpoints_stay_as_are_kept_and_nothing_of_one_sent_by_half(store: Store, tmp_path: Path) -> None:
    (tmp_path / "half").write_text("half")
    store.send(tmp_path / "half", f"jobs/{ID}/checkpoints/checkpoint-5/model.safetensors")
    host = Host(store, tmp_path / "one")
    sending = host.begin()
    for step in (10, 20, 30):
        host.save(step)
        sending.saved(step)
        until(lambda: f"checkpoints/checkpoint-{step}/whole.json" in there(store))
    sending.hand_over()
    assert {name.split("/")[1] for name in there(store) if name.startswith("checkpoints/")} == {"checkpoint-20", "checkpoint-30"}


def test_a_host_that_is_told_to_end_hands_over_its_last_checkpoint_though_nobody_has_heard_of_it(store: Store, tmp_path: Path) -> None:
    host = Host(store, tmp_path / "one")
    sending = host.begin()
    host.save(10)
    sending.hand_over()
    other = Host(store, tmp_path / "two")
    other.begin().forget()
    assert other.steps() == ["checkpoint-10"]


def test_where_the_newest_was_altered_the_one_before_counts(store: Store, tmp_path: Path) -> None:
    host = Host(store, tmp_path / "one")
    sending = host.begin()
    for step in (10, 20):
        host.save(step)
        sending.saved(step)
        until(lambda: f"checkpoints/checkpoint-{step}/whole.json" in there(store))
    sending.hand_over()
    (tmp_path / "other").write_text("optimizer.pt of 2O")
    store.send(tmp_path / "other", f"jobs/{ID}/checkpoints/checkpoint-20/optimizer.pt")
    other = Host(store, tmp_path / "two")
    other.begin().forget()
    assert other.steps() == ["checkpoint-10"]


def test_events_go_on_on_the_next_host(store: Store, tmp_path: Path) -> None:
    for number, name in enumerate(("one", "two")):
        host = Host(store, tmp_path / name)
        sending = host.begin()
        with (host.folder / "events.jsonl").open("a") as file:
            file.write(f"{name}\n")
        sending.tell()
        store.fetch(f"jobs/{ID}/events.jsonl", tmp_path / "seen")
        assert (tmp_path / "seen").read_text().split() == ["one", "two"][: number + 1]


class Late:
    """A storage that the first events reach late."""

    def __init__(self, store: Store, copy: Path) -> None:
        self.asked = threading.Event()
        self.let = threading.Event()
        self.landed = threading.Event()
        self._store = store
        self._copy = copy

    def send(self, path: Path, name: str) -> None:
        if not name.endswith("/events.jsonl") or self.asked.is_set():
            return self._store.send(path, name)
        self._copy.write_bytes(path.read_bytes())
        self.asked.set()
        assert self.let.wait(60)
        self._store.send(self._copy, name)
        self.landed.set()

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def test_what_is_told_last_is_not_overtaken_by_what_was_being_sent(store: Store, tmp_path: Path) -> None:
    late = Late(store, tmp_path / "copy")
    host = Host(late, tmp_path / "one")
    sending = host.begin()
    events = host.folder / "events.jsonl"
    events.write_text("one\n")
    assert late.asked.wait(60)
    with events.open("a") as file:
        file.write("two\n")
    telling = threading.Thread(target=sending.tell)
    telling.start()
    # Time enough for one that does not wait.
    telling.join(0.5)
    late.let.set()
    assert late.landed.wait(60)
    telling.join(60)
    store.fetch(f"jobs/{ID}/events.jsonl", tmp_path / "seen")
    assert (tmp_path / "seen").read_text().split() == ["one", "two"]


def test_of_what_has_ended_the_models_stay_and_nobody_trains_it_again(store: Store, tmp_path: Path) -> None:
    host = Host(store, tmp_path / "one")
    sending = host.begin()
    for step in (10, 20, 30):
        host.save(step)
    sending.saved(30)
    (host.folder / "model").mkdir()
    (host.folder / "model/model.safetensors").write_text("tuned")
    (host.folder / "ended.json").write_text(json.dumps({"step": 30}))
    sending.models()
    assert Host(store, tmp_path / "early").place.begin(host.job) is None
    sending.ended()
    assert {name for name in there(store) if not name.endswith("whole.json")} == {
        "checkpoints/checkpoint-20/model.safetensors",
        "checkpoints/checkpoint-30/model.safetensors",
        "ended.json",
        "model/model.safetensors",
    }
    other = Host(store, tmp_path / "two")
    assert other.place.begin(host.job) == {"step": 30}
    for model, text in ((f"tiny:{ID}", "tuned"), (f"tiny:{ID}:20", "model.safetensors of 20")):
        other.place.bring(model)
        assert (Path(other.place.storage.model(model)) / "model.safetensors").read_text() == text
    with pytest.raises(Refused):
        other.place.bring("../elsewhere")


def test_data_that_is_not_there_is_waited_for(store: Store, tmp_path: Path) -> None:
    store.remove(["files/data.jsonl"])
    with pytest.raises(StoreAway):
        Host(store, tmp_path / "one").begin()


def test_what_nobody_has_used_for_long_is_removed_from_the_disk(store: Store, tmp_path: Path) -> None:
    host = Host(store, tmp_path / "one")
    old, new = (host.folder.with_name(f"tunewright-{name}") for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "events.jsonl").write_text("")
    month_ago = time.time() - 30 * 86_400
    for path in (old / "events.jsonl", old, new):
        os.utime(path, (month_ago, month_ago))
    host.begin().forget()
    assert (old.exists(), new.exists()) == (False, True)
