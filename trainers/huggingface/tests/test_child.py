import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tunewright_trainer.child import child
from tunewright_trainer.training import _failures

# A parent that starts a server, which starts a process of its own.
PARENT = """
import asyncio, sys
from pathlib import Path
from tunewright_trainer.child import child

async def main():
    script = f"sleep 300 & echo $! > {sys.argv[1]}/inner; echo $$ > {sys.argv[1]}/outer; wait"
    async with child(["sh", "-c", script], Path(sys.argv[1]) / "log") as process:
        await process.wait()

asyncio.run(main())
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"


def until(so, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_what_a_child_has_started_ends_with_a_killed_parent_too(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    until(lambda: (tmp_path / "outer").exists() and (tmp_path / "outer").read_text().strip() != "")
    pids = [int((tmp_path / name).read_text()) for name in ("inner", "outer")]
    assert all(alive(pid) for pid in pids)
    parent.kill()
    parent.wait()
    until(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.parametrize(("script", "status"), [("exit 7", 7), ("kill -9 $$", -signal.SIGKILL), ("kill -TERM $$", -signal.SIGTERM)])
def test_how_a_child_ends_is_seen_through_its_leash(tmp_path: Path, script: str, status: int) -> None:
    async def ended() -> int | None:
        async with child(["sh", "-c", script], tmp_path / "log") as process:
            return await process.wait()

    assert asyncio.run(ended()) == status


def test_failures_are_counted_since_the_last_checkpoint(tmp_path: Path) -> None:
    assert [_failures(tmp_path), _failures(tmp_path)] == [1, 2]
    checkpoint = tmp_path / "checkpoints/checkpoint-10"
    checkpoint.mkdir(parents=True)
    (checkpoint / "whole.json").write_text("{}")
    assert [_failures(tmp_path), _failures(tmp_path)] == [1, 2]
