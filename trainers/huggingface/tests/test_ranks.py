import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tunewright_trainer.job import Storage
from tunewright_trainer.ranks import _free_port
from tunewright_trainer.train import REFUSED, STOPPED

from .support import TrainingProcess, job, small_storage

RIGHT = {"type": "string_check", "operation": "like", "input": "{{sample.output_text}}", "reference": "{{item.intent}}"}


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Storage:
    return small_storage(tmp_path_factory.mktemp("storage"))


def by_two(job_id: str, **changes: Any) -> dict[str, Any]:
    return job(job_id, **{"epochs": 3, "validationFile": "data.jsonl", "tuning": {"processes": 2}, **changes})


@pytest.fixture(scope="module")
def undisturbed(storage: Storage) -> TrainingProcess:
    training = TrainingProcess(storage, by_two("undisturbed"))
    assert training.ended() == 0
    return training


def ranks(training: TrainingProcess) -> list[int]:
    """The processes that it has started, the first one first."""
    children = Path(f"/proc/{training.process.pid}/task/{training.process.pid}/children").read_text().split()
    return sorted(map(int, children))


def gone(pids: list[int]) -> bool:
    def states() -> Iterator[str]:
        for pid in pids:
            try:
                yield Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0]
            except OSError:
                yield "gone"

    until = time.monotonic() + 30
    while time.monotonic() < until:
        if all(state in ("gone", "Z") for state in states()):
            return True
        time.sleep(0.05)
    return False


def test_they_meet_at_a_port_that_the_system_gives_to_nobody() -> None:
    given = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    assert _free_port() < int(given[0])


def test_two_learn_together_what_one_learns_alone(storage: Storage, undisturbed: TrainingProcess) -> None:
    alone = TrainingProcess(storage, by_two("alone", tuning={"processes": 1}))
    assert alone.ended() == 0
    # The same examples a step, each step once, told by one of them.
    told = [said["step"] for said in undisturbed.said if said["kind"] == "metrics" and "trainLoss" in said]
    assert told == list(range(1, 25))
    assert undisturbed.said[-1] == alone.said[-1]
    # In another order, so that only the whole is alike.
    valid, expected = (list(one.told("validLoss").values()) for one in (undisturbed, alone))
    assert valid == pytest.approx(expected, rel=0.1)
    assert valid[-1] < valid[0] / 1.5


@pytest.mark.parametrize(("how", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, STOPPED)])
def test_both_end_together_and_their_successors_go_on_with_the_same_losses(
    storage: Storage, undisturbed: TrainingProcess, how: signal.Signals, status: int
) -> None:
    told = by_two(f"ended-{how.name}")
    first = TrainingProcess(storage, told)
    first.until("checkpoint", 9)
    both = ranks(first)
    assert len(both) == 2
    first.process.send_signal(how)
    assert first.ended() == status
    assert gone(both)
    second = TrainingProcess(storage, told)
    assert second.until("begun")["step"] >= 9
    assert second.ended() == 0
    assert {**first.losses(), **second.losses()} == pytest.approx(undisturbed.losses(), abs=1e-4)


def test_where_one_of_them_is_killed_all_end_and_it_is_told(storage: Storage) -> None:
    training = TrainingProcess(storage, by_two("one-killed", epochs=50))
    training.until("checkpoint")
    both = ranks(training)
    os.kill(both[1], signal.SIGKILL)
    assert training.ended() == -signal.SIGKILL
    assert gone(both)


def test_answers_to_one_question_are_compared_across_processes(storage: Storage) -> None:
    changes = {"objective": "reinforcement", "trainingFile": "questions.jsonl", "validationFile": "questions.jsonl", "epochs": 1}
    reinforcement = {"grader": RIGHT, "answers": 4, "answerTokens": 4}
    training = TrainingProcess(storage, by_two("rewarded", reinforcement=reinforcement, **changes))
    assert training.ended() == 0
    assert list(training.told("trainReward")) == list(range(1, 9))
    assert list(training.told("validReward")) == [8]


def test_what_is_refused_is_told_once(storage: Storage) -> None:
    training = TrainingProcess(storage, by_two("refused", model="none"))
    assert training.ended() == REFUSED
    assert [said["code"] for said in training.said] == ["model_not_found"]
