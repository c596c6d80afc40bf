"""On or off: what the rest of the plugin asks before it does anything."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

VERSION = "0.1.0"
# below "vllm", so that vLLM's own handlers print it
log = logging.getLogger("vllm.switchyard")

T = TypeVar("T")


class Switch:
    """One per process and concern. Turned off once, it stays off: half-true counts are worse than none."""

    def __init__(self, vllm_version: str) -> None:
        self.vllm_version = vllm_version
        self.reason = ""
        self.is_on = True
        self._listeners: list[Callable[[], None]] = []

    def when_off(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    @property
    def status(self) -> str:
        return "active" if self.is_on else "disabled"

    def off(self, reason: str) -> None:
        """`reason` is a short fixed word that ends up as a label."""
        if not self.is_on:
            return
        self.is_on = False
        self.reason = reason
        log.warning(
            "switchyard-vllm %s is off (%s) on vLLM %s; vLLM goes on without it", VERSION, reason, self.vllm_version
        )
        for listener in self._listeners:
            try:
                listener()
            except Exception:
                log.exception("switchyard-vllm could not tell that it is off")

    def guard(self, what: str, work: Callable[..., T], *args: Any) -> T | None:
        """Runs our own code: whatever it raises turns us off and goes no further."""
        if not self.is_on:
            return None
        try:
            return work(*args)
        except Exception as error:
            log.exception("switchyard-vllm failed in %s", what)
            self.off(f"error:{what}:{type(error).__name__}")
            return None
