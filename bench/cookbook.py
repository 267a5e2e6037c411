"""The checks and the counting that OpenAI's cookbook describes for chat data, in plain Python: the baseline of `npm run bench data`.

Usage: cookbook.py FILE RANKS, where RANKS is the encoding as the npm package `tiktoken` ships it. Prints one line of
JSON: examples, problems and tokens; `ms` is the loop, `coldMs` with the loading of `tiktoken` and its encoding. Two
departures, without which the loop stops at ordinary data: special tokens are taken for text, and what is no text is not counted.
"""

import time

STARTED = time.monotonic(), time.process_time()

import base64
import json
import sys
from collections import defaultdict

import tiktoken


def encoding_of(path):
    with open(path, encoding="utf-8") as file:
        shipped = json.load(file)
    ranks = {}
    for line in shipped["bpe_ranks"].splitlines():
        _, first, *tokens = line.split(" ")
        for offset, token in enumerate(tokens):
            ranks[base64.b64decode(token)] = int(first) + offset
    return tiktoken.Encoding(
        "bench", pat_str=shipped["pat_str"], mergeable_ranks=ranks, special_tokens=shipped["special_tokens"]
    )


def check(dataset):
    errors = defaultdict(int)
    for example in dataset:
        if not isinstance(example, dict):
            errors["data_type"] += 1
            continue
        messages = example.get("messages", None)
        if not messages:
            errors["missing_messages_list"] += 1
            continue
        for message in messages:
            if "role" not in message or "content" not in message:
                errors["message_missing_key"] += 1
            if any(key not in ("role", "content", "name", "function_call", "weight") for key in message):
                errors["message_unrecognized_key"] += 1
            if message.get("role", None) not in ("system", "user", "assistant", "function"):
                errors["unrecognized_role"] += 1
            content = message.get("content", None)
            if (not content and not message.get("function_call", None)) or not isinstance(content, str):
                errors["missing_content"] += 1
        if not any(message.get("role", None) == "assistant" for message in messages):
            errors["example_missing_assistant_message"] += 1
    return errors


def count(messages, encoding, per_message=3, per_name=1):
    total = 0
    for message in messages:
        total += per_message
        for key, value in message.items():
            if isinstance(value, str):
                total += len(encoding.encode(value, disallowed_special=()))
            if key == "name":
                total += per_name
    return total + 3


def count_assistant(messages, encoding):
    return sum(
        len(encoding.encode(message["content"], disallowed_special=()))
        for message in messages
        if message["role"] == "assistant" and isinstance(message["content"], str)
    )


def main(data, ranks):
    encoding = encoding_of(ranks)
    began = time.monotonic()
    busy = time.process_time()
    with open(data, encoding="utf-8") as file:
        dataset = [json.loads(line) for line in file]
    errors = check(dataset)
    tokens = sum(count(example["messages"], encoding) for example in dataset)
    answers = sum(count_assistant(example["messages"], encoding) for example in dataset)
    ended, used = time.monotonic(), time.process_time()
    times = {
        "ms": (ended - began) * 1000,
        "busyMs": (used - busy) * 1000,
        "coldMs": (ended - STARTED[0]) * 1000,
        "coldBusyMs": (used - STARTED[1]) * 1000,
    }
    found = {"examples": len(dataset), "errors": sum(errors.values()), "tokens": tokens, "answerTokens": answers}
    print(json.dumps({**found, **times}))


main(sys.argv[1], sys.argv[2])
