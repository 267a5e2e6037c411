"""Runs a command that does not outlive the process that started it: `python -m tunewright_trainer.leash PARENT COMMAND...`"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    parent = int(sys.argv[1])
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # It may have died before the kernel was told.
    if os.getppid() != parent:
        sys.exit("The process that started this one is gone.")
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
