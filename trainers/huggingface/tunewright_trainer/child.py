"""Child processes that end with this one, and never after what they were started for."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@asynccontextmanager
async def child(
    command: list[str], log: Path, *, env: dict[str, str] | None = None, pass_fds: tuple[int, ...] = ()
) -> AsyncIterator[asyncio.subprocess.Process]:
    """It and all that it starts are gone on leaving. What it prints is appended to `log`."""
    leashed = [sys.executable, "-m", "tunewright_trainer.leash", str(os.getpid()), *command]
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *leashed,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**os.environ, **(env or {})},
            pass_fds=pass_fds,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        await process.wait()


async def meanwhile(doing: Callable[[], T], beat: Callable[[], None]) -> T:
    """What takes long, in a thread, while the host is still heard of. It may go on for a while where it is cancelled."""
    running = asyncio.get_running_loop().run_in_executor(None, doing)
    while True:
        done, _ = await asyncio.wait([running], timeout=1)
        if done:
            return running.result()
        beat()


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, for a person who reads why something failed."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8_192))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
