"""Runs a command that does not outlive the process that started it: `python -m tunewright_trainer.leash PARENT COMMAND...`

It leads a process group. When the parent dies the kernel tells it, and it ends the whole group: what a server has started
holds a GPU too.
"""

import ctypes
import os
import signal
import subprocess
import sys
from typing import Any

_PR_SET_PDEATHSIG = 1


def main() -> None:
    parent = int(sys.argv[1])

    def end_all(*_: Any) -> None:
        os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGUSR1, end_all)
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGUSR1)
    # It may have died before the kernel was told.
    if os.getppid() != parent:
        sys.exit("The process that started this one is gone.")
    command = subprocess.Popen(sys.argv[2:], close_fds=False)
    signal.signal(signal.SIGTERM, lambda *_: command.send_signal(signal.SIGTERM))
    status = command.wait()
    if status < 0:
        # As whoever waits for the command would see it.
        if -status == signal.SIGTERM:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)


if __name__ == "__main__":
    main()
