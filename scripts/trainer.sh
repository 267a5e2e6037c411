#!/usr/bin/env bash
# The trainers' own virtual environment: .cache/trainer. 3 GB are downloaded, most of it PyTorch's build for NVIDIA GPUs.
set -euo pipefail
cd "$(dirname "$0")/.."
# What lies there would be taken for installed.
unset PYTHONPATH
python=${PYTHON:-python3}
if ! "$python" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11, 4))' 2>/dev/null; then
  echo "The trainers need Python 3.11.4 or newer with venv; set PYTHON to one." >&2
  exit 1
fi
"$python" -m venv .cache/trainer
.cache/trainer/bin/python -m pip install --quiet --disable-pip-version-check --editable 'trainers/huggingface[test]'
