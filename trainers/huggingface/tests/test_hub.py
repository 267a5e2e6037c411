import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tunewright_trainer import hub

from .support import job, small_storage

REPOSITORY, MODEL_REPOSITORY = "lab/tunewright", "lab/tunewright-x-1"


class Hub:
    """What the machine asks of the hub, with what was pushed in the order in which it came."""

    def __init__(self, storage: Path, failures: int = 0) -> None:
        self._storage = storage
        self._failures = failures
        self.pushed: list[tuple[str, dict[str, bytes]]] = []

    def hf_hub_download(self, repository: str, path: str, *, repo_type: str, local_dir: Path) -> str:
        assert (repository, repo_type) == (REPOSITORY, "dataset")
        to = local_dir / path
        to.parent.mkdir(parents=True, exist_ok=True)
        return str(shutil.copy(self._storage / path, to))

    def snapshot_download(self, name: str) -> str:
        folder = self._storage / "models" / name
        if not folder.is_dir():
            raise OSError("404")
        return str(folder)

    def create_repo(self, name: str, *, private: bool, exist_ok: bool) -> None:
        assert (name, private, exist_ok) == (MODEL_REPOSITORY, True, True)

    def upload_folder(self, *, repo_id: str, folder_path: Path, allow_patterns: list[str] | None = None, **_: Any) -> None:
        names = [path.name for path in Path(folder_path).iterdir() if path.is_file()]
        files = {name: (Path(folder_path) / name).read_bytes() for name in names if name in (allow_patterns or names)}
        if "result.json" in files and self._failures > 0:
            self._failures -= 1
            raise OSError("503")
        self.pushed.append((repo_id, files))

    def last(self, name: str) -> bytes:
        return next(files[name] for repo, files in reversed(self.pushed) if repo == REPOSITORY and name in files)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    storage = small_storage(tmp_path)

    def run(failures: int = 0, **changes: Any) -> tuple[int, Hub]:
        there = Hub(storage.root, failures)
        monkeypatch.setattr(hub, "HfApi", lambda: there)
        monkeypatch.setattr(hub.time, "sleep", lambda _: None)
        monkeypatch.setenv("TUNEWRIGHT_JOB", json.dumps(job("tunewright-x-1", epochs=1, **changes)))
        monkeypatch.setenv("TUNEWRIGHT_REPOSITORY", REPOSITORY)
        monkeypatch.setenv("TUNEWRIGHT_MODEL_REPOSITORY", MODEL_REPOSITORY)
        return hub.main(), there

    return run


def test_the_model_is_pushed_before_the_result_says_that_there_is_one(run: Any) -> None:
    code, there = run()
    assert code == 0
    models = [at for at, (repo, _) in enumerate(there.pushed) if repo == MODEL_REPOSITORY]
    results = [at for at, (_, files) in enumerate(there.pushed) if "result.json" in files]
    assert models and models[0] < results[0]
    assert "model.safetensors" in there.pushed[models[0]][1]
    assert json.loads(there.last("result.json"))["trainedTokens"] > 0
    assert json.loads(there.last("events.jsonl").splitlines()[-1])["message"] == "The model is pushed."


def test_a_job_that_cannot_succeed_leaves_its_reason(run: Any) -> None:
    code, there = run(model="nowhere")
    assert code == 1
    assert json.loads(there.last("result.json"))["error"]["code"] == "model_not_found"
    assert [repo for repo, _ in there.pushed if repo == MODEL_REPOSITORY] == []


def test_the_result_is_pushed_again_where_the_hub_did_not_take_it(run: Any) -> None:
    code, there = run(failures=2)
    assert code == 0
    assert "trainedTokens" in json.loads(there.last("result.json"))
