import json
from pathlib import Path
from typing import Any

import pytest

from tunewright_trainer.examples import answers, pair_rows, supervised_rows
from tunewright_trainer.job import Refused


def write(path: Path, *examples: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(example) + "\n\n" for example in examples), encoding="utf-8-sig")
    return path


def test_each_answer_that_counts_is_learned_after_what_was_said_before_it(tmp_path: Path) -> None:
    system, user = {"role": "system", "content": "s"}, {"role": "user", "content": "u"}
    first = {"role": "assistant", "content": "a", "weight": 0}
    last = {"role": "assistant", "content": "b", "weight": 1}
    path = write(tmp_path / "data.jsonl", {"messages": [system, user, first, user, last]})
    plain = {"role": "assistant", "content": "a"}
    completion = {"role": "assistant", "content": "b"}
    assert list(answers(path)) == [(1, {"prompt": [system, user, plain, user], "completion": completion, "tools": None})]


def test_tools_parts_and_nothing_said_are_as_chat_templates_want_them(tmp_path: Path) -> None:
    tools = [{"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}]
    parts = {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    call = {"id": "1", "type": "function", "function": {"name": "find", "arguments": '{"city": "Oslo"}'}}
    calls = {"role": "assistant", "content": None, "tool_calls": [call]}
    plain = {"messages": [{"role": "user", "content": "u"}, {"role": "assistant", "content": "x"}]}
    path = write(tmp_path / "data.jsonl", plain, {"messages": [parts, calls], "tools": tools})
    (_, first), (line, second) = answers(path)
    assert first["tools"] is None
    assert "tool_calls" not in first["completion"]
    assert (line, second["tools"]) == (3, tools)
    assert second["prompt"] == [{"role": "user", "content": "ab"}]
    called = {**call, "function": {"name": "find", "arguments": {"city": "Oslo"}}}
    assert second["completion"] == {"role": "assistant", "content": "", "tool_calls": [called]}


class Letters:
    """A tokenizer whose tokens are letters."""

    def apply_chat_template(self, messages: list[dict[str, Any]], **options: Any) -> dict[str, list[int]]:
        said = "".join(f"<{message['role'][0]}>{message['content']}" for message in messages)
        if "!" in said:
            raise ValueError("no exclamation marks")
        return {"input_ids": [ord(letter) for letter in said + ("<a>" if options.get("add_generation_prompt") else "")]}


def example(user: str, assistant: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}]}


def test_the_answer_alone_is_learned_and_what_does_not_fit_is_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "data.jsonl", example("uu", "yes"), example("uuuu", "no, never"), example("u" * 20, "yes"))
    found = supervised_rows(path, Letters(), 16)
    texts = ["".join(map(chr, row["input_ids"])) for row in found.rows]
    assert texts == ["<u>uu<a>yes", "<u>uuuu<a>no, ne"]
    assert [row["completion_mask"] for row in found.rows] == [[0] * 8 + [1] * 3, [0] * 10 + [1] * 6]
    assert (found.cut, found.dropped) == (1, 1)


def test_what_the_template_cannot_say_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "data.jsonl", example("u", "a"), example("u!", "a"))
    with pytest.raises(Refused, match="line 3: no exclamation marks"):
        supervised_rows(path, Letters(), 16)


def pair(user: str, preferred: str, other: str) -> dict[str, Any]:
    sides = ({"role": "assistant", "content": said} for said in (preferred, other))
    names = ("preferred_output", "non_preferred_output")
    return {"input": {"messages": [{"role": "user", "content": user}]}, **{n: [side] for n, side in zip(names, sides, strict=True)}}


def test_of_a_pair_both_answers_follow_what_is_asked(tmp_path: Path) -> None:
    long, first = pair("u" * 20, "yes", "no"), pair("uu", "yes", "no, never")
    found = pair_rows(write(tmp_path / "pairs.jsonl", first, long), Letters(), 16)
    texts = [{name: "".join(map(chr, ids)) for name, ids in row.items()} for row in found.rows]
    assert texts == [{"prompt_ids": "<u>uu<a>", "chosen_ids": "yes", "rejected_ids": "no, neve"}]
    assert (found.cut, found.dropped) == (1, 1)


def test_a_pair_that_is_set_apart_only_by_what_does_not_fit_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "pairs.jsonl", pair("uu", "thousand and one", "thousand and two"), pair("uu", "yes", "no"))
    found = pair_rows(path, Letters(), 16)
    assert (len(found.rows), found.cut, found.dropped) == (1, 0, 1)


@pytest.mark.parametrize("refused", [pair("u!", "a", "b"), pair("u", "a!", "b"), pair("u", "a", "b!")])
def test_a_pair_that_the_template_cannot_say_is_refused_with_its_line(tmp_path: Path, refused: dict[str, Any]) -> None:
    path = write(tmp_path / "pairs.jsonl", pair("u", "a", "b"), refused)
    with pytest.raises(Refused, match="line 3: no exclamation marks") as reason:
        pair_rows(path, Letters(), 16)
    assert reason.value.code == "template_refuses"


def test_parts_tools_and_calls_stand_on_either_side_of_a_pair(tmp_path: Path) -> None:
    asked: list[tuple[list[dict[str, Any]], Any]] = []

    class Listening(Letters):
        def apply_chat_template(self, messages: list[dict[str, Any]], **options: Any) -> dict[str, list[int]]:
            asked.append((messages, options["tools"]))
            return super().apply_chat_template(messages, **options)

    tools = [{"type": "function", "function": {"name": "find"}}]
    call = {"id": "1", "type": "function", "function": {"name": "find", "arguments": '{"a": 1}'}}
    pair = {
        "input": {"messages": [{"role": "user", "content": [{"type": "text", "text": "u"}]}], "tools": tools},
        "preferred_output": [{"role": "assistant", "content": None, "tool_calls": [call]}],
        "non_preferred_output": [{"role": "assistant", "content": "no"}],
    }
    # Letters cannot say a call: nothing is left of that side.
    assert pair_rows(write(tmp_path / "pairs.jsonl", pair), Listening(), 16).dropped == 1
    called = {**call, "function": {"name": "find", "arguments": {"a": 1}}}
    user = {"role": "user", "content": "u"}
    assert asked == [
        ([user], tools),
        ([user, {"role": "assistant", "content": "", "tool_calls": [called]}], tools),
        ([user, {"role": "assistant", "content": "no"}], tools),
    ]
