import json
import os
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tunewright_trainer import hub

from .support import job, small_storage

REPOSITORY, MODEL_REPOSITORY = "lab/tunewright", "lab/tunewright-x-1"


class Hub:
    """What the machine asks of the hub, with what was pushed in the order in which it came."""

    def __init__(self, storage: Path) -> None:
        self._storage = storage
        self.failures = 0
        self.pushed: list[tuple[str, dict[str, bytes]]] = []
        self.kept: dict[str, dict[str, bytes]] = {}
        """Checkpoints, by their repository."""
        self.on_checkpoint: Callable[[], None] = lambda: None

    def hf_hub_download(self, repository: str, path: str, *, repo_type: str, local_dir: Path) -> str:
        to = local_dir / path
        to.parent.mkdir(parents=True, exist_ok=True)
        if repository.endswith("-checkpoint"):
            if repository not in self.kept:
                raise OSError("404")
            to.write_bytes(self.kept[repository][path])
            return str(to)
        assert (repository, repo_type) == (REPOSITORY, "dataset")
        # Each attempt calls its data by its own key.
        return str(shutil.copy(self._storage / "files" / path.rpartition("-")[2].removeprefix("files/"), to))

    def snapshot_download(self, name: str, *, local_dir: Path | None = None) -> str:
        if local_dir is not None:
            for path, content in self.kept[name].items():
                (local_dir / path).parent.mkdir(parents=True, exist_ok=True)
                (local_dir / path).write_bytes(content)
            return str(local_dir)
        folder = self._storage / "models" / name
        if not folder.is_dir():
            raise OSError("404")
        return str(folder)

    def create_repo(self, name: str, *, private: bool, exist_ok: bool) -> None:
        assert name == MODEL_REPOSITORY or name.startswith("lab/tunewright-")
        assert (private, exist_ok) == (True, True)

    def delete_repo(self, name: str, *, missing_ok: bool) -> None:
        assert missing_ok
        self.kept.pop(name, None)

    def upload_folder(self, *, repo_id: str, folder_path: Path, allow_patterns: list[str] | None = None, **_: Any) -> None:
        folder = Path(folder_path)
        names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
        files = {name: (folder / name).read_bytes() for name in names if name in (allow_patterns or names)}
        if "result.json" in files and self.failures > 0:
            self.failures -= 1
            raise OSError("503")
        if repo_id.endswith("-checkpoint"):
            self.kept[repo_id] = files
            self.on_checkpoint()
        else:
            self.pushed.append((repo_id, files))

    def last(self, name: str) -> bytes:
        return next(files[name] for repo, files in reversed(self.pushed) if repo == REPOSITORY and name in files)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.last("events.jsonl").splitlines()]

    def losses(self) -> dict[int, float]:
        told = [event["metrics"] for event in self.events() if "metrics" in event]
        return {metrics["step"]: metrics["trainLoss"] for metrics in told if "trainLoss" in metrics}


@pytest.fixture
def there(tmp_path: Path) -> Hub:
    return Hub(small_storage(tmp_path).root)


@pytest.fixture
def run(there: Hub, monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(job_id: str = "tunewright-x-1", ended: Sequence[str] = (), **changes: Any) -> int:
        monkeypatch.setattr(hub, "HfApi", lambda: there)
        monkeypatch.setattr(hub.time, "sleep", lambda _: None)
        monkeypatch.setenv("TUNEWRIGHT_JOB", json.dumps(job(job_id, **{"epochs": 1, **changes})))
        monkeypatch.setenv("TUNEWRIGHT_ENDED_JOBS", json.dumps(ended))
        monkeypatch.setenv("TUNEWRIGHT_REPOSITORY", REPOSITORY)
        monkeypatch.setenv("TUNEWRIGHT_MODEL_REPOSITORY", MODEL_REPOSITORY)
        monkeypatch.delenv("TUNEWRIGHT_JOB_FOLDER", raising=False)
        return hub.main()

    return run


def test_the_model_is_pushed_before_the_result_says_that_there_is_one(run: Any, there: Hub) -> None:
    code = run()
    assert code == 0
    models = [at for at, (repo, _) in enumerate(there.pushed) if repo == MODEL_REPOSITORY]
    results = [at for at, (_, files) in enumerate(there.pushed) if "result.json" in files]
    assert models and models[0] < results[0]
    assert "model.safetensors" in there.pushed[models[0]][1]
    assert json.loads(there.last("result.json"))["trainedTokens"] > 0
    assert json.loads(there.last("events.jsonl").splitlines()[-1])["message"] == "The model is pushed."


def test_a_job_that_cannot_succeed_leaves_its_reason(run: Any, there: Hub) -> None:
    code = run(model="nowhere")
    assert code == 1
    assert json.loads(there.last("result.json"))["error"]["code"] == "model_not_found"
    assert [repo for repo, _ in there.pushed if repo == MODEL_REPOSITORY] == []


def test_the_result_is_pushed_again_where_the_hub_did_not_take_it(run: Any, there: Hub) -> None:
    there.failures = 2
    code = run()
    assert code == 0
    assert "trainedTokens" in json.loads(there.last("result.json"))


def test_another_job_that_trains_the_same_goes_on_from_the_checkpoint_with_the_same_losses(run: Any, there: Hub) -> None:
    assert run(epochs=15) == 0
    undisturbed = there.losses()
    # The machine is told to go, once one is pushed.
    there.on_checkpoint = lambda: os.kill(os.getpid(), signal.SIGTERM)
    assert run(epochs=15) == 128 + signal.SIGTERM
    before = there.losses()
    [left] = there.kept.values()
    kept = json.loads(left["checkpoint.json"])["step"]
    assert 0 < kept < 120
    there.on_checkpoint = lambda: None
    assert run("tunewright-y-2", ["tunewright-x-1"], epochs=15, trainingFile="tunewright-y-2-data.jsonl", runName="again") == 0
    assert f"Training begins at step {kept} of 120." in [event["message"] for event in there.events()]
    after = there.losses()
    assert min(after) > kept
    # What is told is a mean over steps; the first one told again may be of fewer.
    losses = {**before, **after}
    assert losses == pytest.approx(undisturbed | {min(after): after[min(after)]}, abs=1e-4)
    # Nobody goes on from it any more.
    assert there.kept == {}


@pytest.mark.parametrize("changes", [{"seed": 2}, {"trainingFile": "chance.jsonl"}, {"epochs": 16}])
def test_one_that_trains_otherwise_begins_anew(run: Any, there: Hub, changes: dict[str, Any]) -> None:
    there.on_checkpoint = lambda: os.kill(os.getpid(), signal.SIGTERM)
    assert run(epochs=15) == 128 + signal.SIGTERM
    assert run("tunewright-y-2", ["tunewright-x-1"], **{"epochs": 15, **changes}) == 128 + signal.SIGTERM
    assert [event["message"] for event in there.events()][1].startswith("Training begins at step 0 of")
    assert len(there.kept) == 2


def test_one_that_still_trains_the_same_keeps_its_checkpoint_to_itself(run: Any, there: Hub) -> None:
    there.on_checkpoint = lambda: os.kill(os.getpid(), signal.SIGTERM)
    assert run(epochs=15) == 128 + signal.SIGTERM
    living = dict(there.kept)
    there.on_checkpoint = lambda: None
    # Nobody has told it that the other has ended.
    assert run("tunewright-y-2", epochs=15) == 0
    assert "Training begins at step 0 of 120." in [event["message"] for event in there.events()]
    assert there.kept == living
