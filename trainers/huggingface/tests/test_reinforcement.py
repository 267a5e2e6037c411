import signal
from typing import Any

import pytest

from tunewright_trainer.job import Storage
from tunewright_trainer.train import REFUSED, STOPPED

from .support import TrainingProcess, job, small_storage

# Both intents are as likely after any question.
GUESSES = "tiny:tunewright-guesses"
RIGHT = {"type": "string_check", "operation": "eq", "input": "{{sample.output_text}}", "reference": "{{item.intent}}"}


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Storage:
    found = small_storage(tmp_path_factory.mktemp("storage"))
    assert TrainingProcess(found, job("tunewright-guesses", trainingFile="chance.jsonl", epochs=6)).ended() == 0
    return found


def rewarded(job_id: str, **changes: Any) -> dict[str, Any]:
    tuning = {"learningRate": 2e-3, **changes.pop("tuning", {})}
    reinforcement = {"grader": RIGHT, "answers": 4, "answerTokens": 6, **changes.pop("reinforcement", {})}
    told = {"model": GUESSES, "objective": "reinforcement", "trainingFile": "questions.jsonl", "epochs": 5, **changes}
    return job(job_id, reinforcement=reinforcement, tuning=tuning, **told)


@pytest.fixture(scope="module")
def undisturbed(storage: Storage) -> TrainingProcess:
    training = TrainingProcess(storage, rewarded("undisturbed", validationFile="questions.jsonl"))
    assert training.ended() == 0
    return training


def test_answers_that_the_grader_likes_become_likelier(undisturbed: TrainingProcess) -> None:
    rewards = list(undisturbed.told("trainReward").values())
    assert len(rewards) == 40
    first, last = (sum(some) / len(some) for some in (rewards[:8], rewards[-8:]))
    assert first < 0.45
    assert last > first + 0.2
    valid = undisturbed.told("validReward")
    # Once an epoch, and with the last step.
    assert list(valid) == [8, 16, 24, 32, 40]
    assert valid[40] > 0.6


def test_tokens_of_all_questions_and_answers_are_counted(storage: Storage, undisturbed: TrainingProcess) -> None:
    from transformers import AutoTokenizer

    from tunewright_trainer.examples import supervised_rows

    rows = supervised_rows(storage.file("data.jsonl"), AutoTokenizer.from_pretrained(storage.model("tiny")), 64).rows
    asked = sum(row["completion_mask"].count(0) for row in rows) * 5 * 4
    answers = len(rows) * 5 * 4
    assert asked + answers < undisturbed.said[-1]["trainedTokens"] <= asked + 6 * answers


@pytest.mark.parametrize(("how", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, STOPPED)])
def test_one_that_was_ended_goes_on_with_the_same_rewards(
    storage: Storage, undisturbed: TrainingProcess, how: signal.Signals, status: int
) -> None:
    told = rewarded(f"ended-{how.name}", validationFile="questions.jsonl")
    first = TrainingProcess(storage, told)
    first.until("checkpoint", 20)
    first.process.send_signal(how)
    assert first.ended() == status
    second = TrainingProcess(storage, told)
    assert second.until("begun")["step"] >= 20
    assert second.ended() == 0
    for metric in ("trainReward", "validReward"):
        assert {**first.told(metric), **second.told(metric)} == pytest.approx(undisturbed.told(metric))
    assert second.said[-1] == undisturbed.said[-1]


def test_an_adapter_learns_so_too_and_is_merged(storage: Storage) -> None:
    training = TrainingProcess(storage, rewarded("tunewright-lora", epochs=1, tuning={"method": "lora"}))
    assert training.ended() == 0
    names = {path.name for path in (storage.job("tunewright-lora") / "model").iterdir()}
    assert "model.safetensors" in names
    assert not {name for name in names if name.startswith("adapter")}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reinforcement": {"answerTokens": 60}}, "examples_too_long"),
        ({"reinforcement": {"grader": {"type": "label_model"}}}, "grader_not_allowed"),
        ({"batchSize": 64, "epochs": 1, "tuning": {"gradientAccumulation": 2}}, "too_few_examples"),
    ],
)
def test_what_cannot_succeed_says_why(storage: Storage, changes: dict[str, Any], code: str) -> None:
    training = TrainingProcess(storage, rewarded(f"refused-{code}", **changes))
    assert training.ended() == REFUSED
    assert training.said[-1]["code"] == code
