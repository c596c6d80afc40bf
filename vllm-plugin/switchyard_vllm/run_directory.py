"""Where workers leave their counts for the API process: one private directory per vLLM run.

The first process that loads the plugin is the root of the run's process tree. It makes the directory and names it in
its environment, which every process it starts inherits.
"""

import atexit
import os
import shutil
import tempfile

VARIABLE = "SWITCHYARD_PLUGIN_RUN_DIR"


def ensure() -> str:
    known = os.environ.get(VARIABLE)
    if known:
        return known
    directory = tempfile.mkdtemp(prefix=f"switchyard-vllm-{os.getpid()}-")  # mode 0700
    os.environ[VARIABLE] = directory
    atexit.register(_remove, directory, os.getpid())
    return directory


def _remove(directory: str, owner: int) -> None:
    if os.getpid() == owner:  # a forked child inherits the exit handler, not the directory
        shutil.rmtree(directory, ignore_errors=True)
