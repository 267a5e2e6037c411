import signal
from typing import Any

import pytest

from tunewright_trainer.job import Storage

from .support import TrainingProcess, job, small_storage


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Storage:
    return small_storage(tmp_path_factory.mktemp("storage"))


def dpo(job_id: str, **changes: Any) -> dict[str, Any]:
    return job(job_id, objective="dpo", trainingFile="pairs.jsonl", **{"epochs": 8, **changes})


@pytest.fixture(scope="module")
def undisturbed(storage: Storage) -> TrainingProcess:
    training = TrainingProcess(storage, dpo("tunewright-undisturbed", validationFile="pairs.jsonl"))
    assert training.ended() == 0
    return training


def likelihoods(storage: Storage, model: str, question: str) -> dict[str, float]:
    """Of both intents, as logarithms."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = storage.model(model)
    tokenizer, loaded = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    asked = tokenizer.apply_chat_template([{"role": "user", "content": question}], add_generation_prompt=True, return_dict=True)["input_ids"]

    def of(answer: str) -> float:
        said = tokenizer(answer + tokenizer.eos_token)["input_ids"]
        with torch.no_grad():
            logits = loaded(torch.tensor([asked + said])).logits[0, len(asked) - 1 : -1].log_softmax(-1)
        return float(logits.gather(1, torch.tensor(said).unsqueeze(1)).sum())

    return {answer: of(answer) for answer in ("billing", "shipping")}


def test_what_is_preferred_becomes_the_likelier_answer(storage: Storage, undisturbed: TrainingProcess) -> None:
    told = [said for said in undisturbed.said if said["kind"] == "metrics"]
    losses = [said["trainLoss"] for said in told if "trainLoss" in said]
    # At the start it is the model that it is compared with: the logarithm of two.
    assert losses[0] == pytest.approx(0.693, abs=0.02)
    assert losses[-1] < losses[0] / 2
    assert [said["validAccuracy"] for said in told if "validAccuracy" in said][-1] == 1
    question = "please refund order 7"
    before, after = (likelihoods(storage, model, question) for model in ("tiny", "tiny:tunewright-undisturbed"))
    assert after["billing"] - after["shipping"] > before["billing"] - before["shipping"] + 5


def test_tokens_of_both_sides_are_counted(storage: Storage, undisturbed: TrainingProcess) -> None:
    from transformers import AutoTokenizer

    from tunewright_trainer.examples import pair_rows

    tokenizer = AutoTokenizer.from_pretrained(storage.model("tiny"))
    rows = pair_rows(storage.file("pairs.jsonl"), tokenizer, 64).rows
    both = sum(len(row["prompt_ids"]) * 2 + len(row["chosen_ids"]) + len(row["rejected_ids"]) for row in rows)
    assert undisturbed.said[-1]["trainedTokens"] == both * 8


def test_one_that_was_killed_goes_on_with_the_same_losses(storage: Storage, undisturbed: TrainingProcess) -> None:
    told = dpo("killed", validationFile="pairs.jsonl")
    first = TrainingProcess(storage, told)
    first.until("checkpoint", 12)
    first.process.send_signal(signal.SIGKILL)
    assert first.ended() == -signal.SIGKILL
    second = TrainingProcess(storage, told)
    assert second.until("begun")["step"] >= 12
    assert second.ended() == 0
    losses = {**first.losses(), **second.losses()}
    # What is told is a mean over steps; the first one told again may be of fewer.
    expected = undisturbed.losses() | {step: losses[step] for step in list(second.losses())[:1]}
    assert losses == pytest.approx(expected, abs=1e-4)


def test_an_adapter_on_a_tuned_model_is_compared_with_that_model_and_merged(storage: Storage, undisturbed: TrainingProcess) -> None:
    model = "tiny:tunewright-undisturbed"
    training = TrainingProcess(storage, dpo("tunewright-again", model=model, tuning={"method": "lora"}))
    assert training.ended() == 0
    assert list(training.losses().values())[0] == pytest.approx(0.693, abs=0.02)
    question = "please refund order 1001"
    before, after = (likelihoods(storage, name, question) for name in (model, f"{model}:tunewright-again"))
    assert after["billing"] - after["shipping"] > before["billing"] - before["shipping"]
