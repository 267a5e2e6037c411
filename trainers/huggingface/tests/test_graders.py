import json
from pathlib import Path
from typing import Any

import pytest

from tunewright_trainer.graders import ALLOW_PYTHON, grader
from tunewright_trainer.job import Refused

# What the service's own graders give for them: test/evaluation/graders/trainers.test.ts reads the same file.
CASES = [json.loads(line) for line in (Path(__file__).parent / "grades.jsonl").read_text().splitlines()]
STRING = {"type": "string_check", "operation": "eq", "input": "{{sample.output_text}}", "reference": "{{item.intent}}"}
SCRIPT = {"type": "python", "source": "def grade(sample, item):\n    return item['score']"}


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_an_answer_has_the_score_that_the_service_gives_it(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW_PYTHON, "allow")
    assert grader(case["grader"])(case["item"], case["answer"]) == pytest.approx(case["score"], abs=1e-6)


@pytest.mark.parametrize(
    "config",
    [
        SCRIPT,
        {"type": "score_model", "model": "m", "input": []},
        {"type": "text_similarity", "evaluation_metric": "cosine"},
        {"type": "multi", "graders": {"a": STRING, "b": {"type": "regex", "pattern": "a"}}, "calculate_output": "a + b"},
    ],
)
def test_what_is_not_known_or_not_allowed_is_refused_before_any_answer(config: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        grader(config)
    assert refused.value.code == "grader_not_allowed"


@pytest.mark.parametrize(
    ("config", "item"),
    [
        (STRING, {"topic": "refunds"}),
        (SCRIPT, {"score": "none"}),
        (SCRIPT, {"score": "nan"}),
        ({"type": "multi", "graders": {"a": STRING}, "calculate_output": "1 / a"}, {"intent": "billing"}),
        ({"type": "multi", "graders": {"a": STRING}, "calculate_output": "a ^ -1"}, {"intent": "billing"}),
        ({"type": "multi", "graders": {"a": STRING}, "calculate_output": "a.real"}, {"intent": "billing"}),
    ],
)
def test_what_gives_no_score_ends_the_job_with_a_reason(config: dict[str, Any], item: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW_PYTHON, "allow")
    with pytest.raises(Refused) as refused:
        grader(config)(item, "something else")
    assert refused.value.code == "grader_failed"
