"""Switchyard's plugin for vLLM. `register` is its entry point (group `vllm.general_plugins`).

vLLM calls it in every process it starts, sometimes twice: the API server, the engine, each worker, and short-lived
helpers that only look at a model class. So it must be cheap, re-entrant and free of side effects; what it adds happens
when vLLM itself imports the module in question.
"""

import os
import sys

from .switch import VERSION, Switch, log

__version__ = VERSION
__all__ = ["register"]

# Below: the reference's floor for nodes. Not above 1.0: a major release may mean anything. In between the shapes of
# the classes decide, see cache_hooks.py.
OLDEST = (0, 20)
BEFORE = (1, 0)

_registered = False


def register() -> None:
    """Adds the counters and, where it is configured, the fetching of adapters. Never raises."""
    global _registered
    if _registered or os.environ.get("SWITCHYARD_PLUGIN", "").lower() == "off":
        return
    _registered = True
    try:
        _register()
    except Exception:  # a plugin that raises here keeps vLLM from starting
        log.exception("switchyard-vllm could not start; vLLM goes on without it")


def _register() -> None:
    from . import cache_hooks, exposition, load_hook, run_directory
    from .when_imported import when_imported

    switch = Switch(vllm_version())
    reason = version_problem(switch.vllm_version)
    if reason:
        switch.off(reason)
    directory = run_directory.ensure()
    when_imported("prometheus_client.multiprocess", lambda module: exposition.install(module, switch, directory))
    if not switch.is_on:
        return
    when_imported("vllm.lora.worker_manager", lambda module: cache_hooks.install(module, switch, directory))
    when_imported("vllm.entrypoints.openai.models.serving", load_hook.install)


def vllm_version() -> str:
    return str(getattr(sys.modules.get("vllm"), "__version__", "unknown"))


def version_problem(version: str) -> str | None:
    """Why this release is not for us; None when it is, or cannot be told (development builds)."""
    parts = version.split("+")[0].split(".")
    if len(parts) < 2 or not (parts[0].isdigit() and parts[1].isdigit()):
        return None
    number = (int(parts[0]), int(parts[1]))
    if number == (0, 0):
        return None
    if number < OLDEST:
        return "vllm_too_old"
    return "vllm_unknown_release" if number >= BEFORE else None
