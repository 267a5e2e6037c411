import asyncio
import sys

from tunewright_trainer.training import _stopped

SAVES = """
import signal, sys, time

def save(*_):
    time.sleep(3)
    sys.exit(75)

signal.signal(signal.SIGTERM, save)
print("up", flush=True)
while True:
    time.sleep(1)
"""


def test_a_host_is_not_silent_while_a_checkpoint_is_saved() -> None:
    async def stop() -> tuple[int | None, int]:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", SAVES, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        await process.stdout.readline()
        beats: list[None] = []
        await _stopped(process, lambda: beats.append(None))
        return process.returncode, len(beats)

    status, beats = asyncio.run(stop())
    assert status == 75
    assert beats >= 2
