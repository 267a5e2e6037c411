import signal
from pathlib import Path

import pytest

from tunewright_trainer.job import Job, Refused, Storage
from tunewright_trainer.merge import whole_model
from tunewright_trainer.train import REFUSED, STOPPED, lighten

from .support import TrainingProcess, job, small_storage


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Storage:
    return small_storage(tmp_path_factory.mktemp("storage"))


@pytest.fixture(scope="module")
def undisturbed(storage: Storage) -> TrainingProcess:
    training = TrainingProcess(storage, job("undisturbed"))
    assert training.ended() == 0
    return training


def answer(storage: Storage, model: str, question: str) -> str:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = storage.model(model)
    tokenizer, loaded = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    asked = tokenizer.apply_chat_template(
        [{"role": "user", "content": question}], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    said = loaded.generate(**asked, max_new_tokens=8, do_sample=False)
    return tokenizer.decode(said[0, asked["input_ids"].shape[1] :], skip_special_tokens=True)


def test_a_model_learns_from_the_examples(storage: Storage, undisturbed: TrainingProcess) -> None:
    ended = undisturbed.said[-1]
    assert ended["kind"] == "ended"
    assert ended["step"] == ended["totalSteps"] == 120
    losses = list(undisturbed.losses().values())
    assert losses[-1] < losses[0] / 3
    model = "tiny:tunewright-x"
    (storage.job("undisturbed")).rename(storage.job("tunewright-x"))
    assert answer(storage, model, "please refund order 7") == "billing"
    assert answer(storage, model, "where is my parcel 7") == "shipping"


@pytest.mark.parametrize(("how", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, STOPPED)])
def test_one_that_was_ended_goes_on_with_the_same_losses(
    storage: Storage, undisturbed: TrainingProcess, how: signal.Signals, status: int
) -> None:
    told = job(f"ended-{how.name}")
    first = TrainingProcess(storage, told)
    first.until("checkpoint", 36)
    first.process.send_signal(how)
    assert first.ended() == status
    second = TrainingProcess(storage, told)
    assert second.until("begun")["step"] >= 36
    assert second.ended() == 0
    losses = {**first.losses(), **second.losses()}
    # What is told is a mean over steps; the first one told again may be of fewer.
    expected = undisturbed.losses() | {step: losses[step] for step in list(second.losses())[:1]}
    assert losses == pytest.approx(expected, abs=1e-4)


def test_nobody_writes_beside_another(storage: Storage) -> None:
    told = job("locked")
    first = TrainingProcess(storage, told)
    first.until("checkpoint")
    second = TrainingProcess(storage, told)
    assert first.ended() == 0
    # It waited, and found all done.
    assert second.until("begun")["step"] == 120
    assert second.ended() == 0


def test_an_adapter_is_merged_before_it_is_saved(storage: Storage) -> None:
    training = TrainingProcess(storage, job("tunewright-lora", epochs=1, tuning={"method": "lora"}))
    assert training.ended() == 0
    names = {path.name for path in Path(storage.model("tiny:tunewright-lora")).iterdir()}
    assert "model.safetensors" in names
    assert not {name for name in names if name.startswith("adapter")}


def test_a_checkpoint_of_an_adapter_is_merged_once_and_is_a_model_as_any_other(storage: Storage) -> None:
    learns = {"method": "lora", "loraRank": 32, "learningRate": 3e-2, "checkpoints": 4}
    assert TrainingProcess(storage, job("tunewright-steps", tuning=learns)).ended() == 0
    with pytest.raises(Refused):
        storage.model("tiny:tunewright-steps:120")
    folder = Path(whole_model(storage, "tiny:tunewright-steps:120"))
    assert not list(folder.glob("adapter*"))
    made = (folder / "model.safetensors").stat().st_mtime_ns
    assert whole_model(storage, "tiny:tunewright-steps:120") == storage.model("tiny:tunewright-steps:120") == str(folder)
    assert (folder / "model.safetensors").stat().st_mtime_ns == made
    # Of the last step it is what the job has saved.
    [question, last] = ["where is my parcel 7", "tiny:tunewright-steps"]
    assert answer(storage, f"{last}:120", question) == answer(storage, last, question)
    # What was tuned is a base as any other.
    onward = TrainingProcess(storage, job("tunewright-onward", model=f"{last}:90", epochs=1))
    assert onward.ended() == 0
    assert (storage.job("tunewright-steps") / "merged/checkpoint-90").is_dir()


def test_what_has_ended_is_not_trained_again_and_keeps_no_more_than_its_models(storage: Storage) -> None:
    told = job("tunewright-over", epochs=1)
    assert TrainingProcess(storage, told).ended() == 0
    checkpoints = storage.job("tunewright-over") / "checkpoints"
    assert len(list(checkpoints.glob("checkpoint-*"))) == 2
    heavy = sum(path.stat().st_size for path in checkpoints.rglob("*") if path.is_file())
    lighten(storage, Job.from_json(told))
    assert sum(path.stat().st_size for path in checkpoints.rglob("*") if path.is_file()) < heavy / 2
    # Nobody has heard of its end: it is told again.
    again = TrainingProcess(storage, told)
    assert again.ended() == 0
    assert [said["kind"] for said in again.said] == ["begun", "ended"]
    step = max(int(path.name.rpartition("-")[2]) for path in checkpoints.glob("checkpoint-*"))
    assert answer(storage, f"tiny:tunewright-over:{step}", "where is my parcel 7") is not None


def test_one_that_has_not_ended_keeps_what_it_goes_on_from(storage: Storage) -> None:
    told = job("tunewright-half")
    half = TrainingProcess(storage, told)
    half.until("checkpoint", 36)
    half.process.send_signal(signal.SIGKILL)
    half.ended()
    lighten(storage, Job.from_json(told))
    assert list(storage.job("tunewright-half").glob("checkpoints/*/optimizer.pt"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"model": "none"}, "model_not_found"),
        ({"tuning": {"learningRate": 1e30}}, "diverged"),
    ],
)
def test_what_cannot_succeed_says_why(storage: Storage, changes: dict[str, object], code: str) -> None:
    training = TrainingProcess(storage, job(f"refused-{code}", **changes))
    assert training.ended() == REFUSED
    assert training.said[-1]["code"] == code
