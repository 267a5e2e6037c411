import json
from pathlib import Path

from tunewright_trainer.examples import answers


def test_each_answer_that_counts_is_learned_after_what_was_said_before_it(tmp_path: Path) -> None:
    system, user = {"role": "system", "content": "s"}, {"role": "user", "content": "u"}
    first = {"role": "assistant", "content": "a", "weight": 0}
    last = {"role": "assistant", "content": "b", "weight": 1}
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps({"messages": [system, user, first, user, last]}) + "\n\n", encoding="utf-8-sig")
    plain = {"role": "assistant", "content": "a"}
    assert list(answers(path)) == [
        {"prompt": [system, user, plain, user], "completion": [{"role": "assistant", "content": "b"}]}
    ]
