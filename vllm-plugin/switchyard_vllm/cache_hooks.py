"""Watches vLLM's two adapter tiers from inside a worker.

All moves between tiers happen in `LRUCacheWorkerLoRAManager.add_adapter`: once per load, and once per adapter of every
engine step. So one wrapper that looks before and after tells the source and who had to go; vLLM's caches are never
touched. A step is `set_active_adapters`. Reference for the rules: the two LRU tiers of vllm/lora/model_manager.py.
"""

import inspect
import re
from collections.abc import Callable
from time import perf_counter
from types import ModuleType
from typing import Any, NamedTuple

from .counts import Counts
from .report import Report
from .switch import VERSION, Switch, log

# vLLM warms up with adapters of these names, then clears both tiers
WARM_UP = re.compile(r"^warmup_\d+$")
MANAGER = "LRUCacheWorkerLoRAManager"
# what is called on it, with the number of arguments besides self
EXPECTED = {
    "create_lora_manager": 2,
    "add_adapter": 1,
    "set_active_adapters": 2,
    "remove_adapter": 1,
    "remove_all_adapters": 0,
}
MARK = "__switchyard__"


class Before(NamedTuple):
    """The tiers right before vLLM moves an adapter."""

    source: str
    gpu: set[int]
    cpu: set[int]
    at: float


def install(module: ModuleType, switch: Switch, directory: str) -> None:
    """Wraps the manager's methods, or turns the switch off when they are not what this was written for."""
    problem = shape_problem(module)
    if problem:
        switch.off(problem)
        Report(directory, switch).publish_once()
        return
    cls = getattr(module, MANAGER)
    if getattr(cls.add_adapter, MARK, False):
        return
    for name, wrap in WRAPPERS.items():
        wrapper = wrap(getattr(cls, name), switch, directory)
        setattr(wrapper, MARK, True)
        setattr(cls, name, wrapper)


def shape_problem(module: ModuleType) -> str | None:
    """What of vLLM's manager is not as expected, as a short word; None = all is."""
    cls = getattr(module, MANAGER, None)
    if cls is None:
        return f"class_missing:{MANAGER}"
    for name, arguments in EXPECTED.items():
        method = getattr(cls, name, None)
        if method is None:
            return f"method_missing:{name}"
        parameters = list(inspect.signature(method).parameters.values())
        if len(parameters) != arguments + 1 or any(p.kind is not p.POSITIONAL_OR_KEYWORD for p in parameters):
            return f"signature:{name}"
    return None


class Recorder:
    """Counts for one manager. Its methods are called under the switch's guard."""

    def __init__(self, manager: Any, config: Any, switch: Switch, directory: str) -> None:
        tiers = manager._adapter_manager
        # read once: a missing one shows here, before anything is counted
        self.counts = Counts({"gpu": int(tiers.lora_slots), "cpu": int(tiers.capacity)}, int(config.max_lora_rank))
        len(tiers._active_adapters), len(tiers._registered_adapters)
        self.tiers = tiers
        self.names: dict[int, str] = {}
        self.step: frozenset[int] | set[int] = frozenset()
        self.entering: frozenset[int] | set[int] = frozenset()
        self.report = Report(directory, switch, self.counts)
        switch.when_off(self.report.changed)
        self.report.changed()

    def before_add(self, request: Any) -> Before | None:
        """None = nothing will move: a hit, which only counts when it entered this step's batch."""
        tiers, number = self.tiers, request.lora_int_id
        known, in_slot = number in tiers._registered_adapters, number in tiers._active_adapters
        if WARM_UP.match(request.lora_name):
            return None
        if known and in_slot and not request.load_inplace:
            if number in self.entering:
                self.counts.swaps["gpu"] += 1
                self.report.changed()
            return None
        source = "cpu" if known and not request.load_inplace else "disk"
        return Before(source, set(tiers._active_adapters), set(tiers._registered_adapters), perf_counter())

    def after_add(self, request: Any, before: Before) -> None:
        """Also called when the load failed: room may have been made for it all the same."""
        seconds = perf_counter() - before.at
        gpu, cpu = set(self.tiers._active_adapters), set(self.tiers._registered_adapters)
        number = request.lora_int_id
        if number in gpu:
            self.names[number] = request.lora_name
            self.counts.swaps[before.source] += 1
            self.counts.swap_seconds[before.source].observe(seconds)
        # who left host memory took its slot along: that is one eviction, of the cpu tier
        for tier, left in (("gpu", (before.gpu - gpu) & cpu), ("cpu", before.cpu - cpu)):
            self.counts.evictions[tier] += sum(1 for each in left if each != number and each in self.names)
        self.refresh(gpu, cpu)

    def refresh(self, gpu: set[int], cpu: set[int]) -> None:
        if not gpu <= cpu:
            raise RuntimeError("an adapter is in a slot without a host copy")
        self.names = {number: name for number, name in self.names.items() if number in cpu}
        residency = {name: "cpu" for name in self.names.values()}
        residency.update({name: "gpu" for number, name in self.names.items() if number in gpu})
        self.counts.residency = residency  # replaced whole: the report's thread may be reading the old one
        self.report.changed()

    def removed(self) -> None:
        self.refresh(set(self.tiers._active_adapters), set(self.tiers._registered_adapters))

    def before_step(self, requests: Any, mapping: Any) -> None:
        kind = getattr(getattr(mapping, "type", None), "name", "LANGUAGE")
        if kind != "LANGUAGE":  # the other parts of a multimodal model, within the same step
            return
        wanted = [request for request in requests if request]
        if any(WARM_UP.match(request.lora_name) for request in wanted):
            return
        numbers = {request.lora_int_id for request in wanted}
        self.entering = numbers - self.step
        self.step = numbers
        # until the first adapter arrives an empty batch may as well be one of the warm-up's
        if numbers or self.names:
            self.counts.batch.observe(len(numbers))
            self.report.changed()

    def after_step(self) -> None:
        self.entering = frozenset()


def _recorder(manager: Any) -> Recorder | None:
    return getattr(manager, "_switchyard_recorder", None)


def _start(manager: Any, config: Any, switch: Switch, directory: str) -> None:
    # the rank within one engine; with data parallelism each engine has its own rank 0
    if config.parallel_config.rank != 0:
        return
    manager._switchyard_recorder = Recorder(manager, config.lora_config, switch, directory)
    log.info("switchyard-vllm %s counts evictions, swaps and residency on vLLM %s", VERSION, switch.vllm_version)


def _wrap_create(original: Callable[..., Any], switch: Switch, directory: str) -> Callable[..., Any]:
    def create_lora_manager(self: Any, model: Any, vllm_config: Any) -> Any:
        result = original(self, model, vllm_config)
        switch.guard("create_lora_manager", _start, self, vllm_config, switch, directory)
        if not switch.is_on:
            _tell(switch, directory)
        return result

    return create_lora_manager


def _tell(switch: Switch, directory: str) -> None:
    """Leaves word for the API process that nothing will be counted here; a failure to do so changes nothing."""
    try:
        Report(directory, switch).publish_once()
    except Exception:
        log.exception("switchyard-vllm could not leave its status")


def _wrap_add(original: Callable[..., Any], switch: Switch, _directory: str) -> Callable[..., Any]:
    def add_adapter(self: Any, lora_request: Any) -> Any:
        recorder = _recorder(self) if switch.is_on else None
        if recorder is None:
            return original(self, lora_request)
        before = switch.guard("add_adapter", Recorder.before_add, recorder, lora_request)
        if before is None:
            return original(self, lora_request)
        try:
            return original(self, lora_request)
        finally:
            switch.guard("add_adapter", Recorder.after_add, recorder, lora_request, before)

    return add_adapter


def _wrap_step(original: Callable[..., Any], switch: Switch, _directory: str) -> Callable[..., Any]:
    def set_active_adapters(self: Any, requests: Any, mapping: Any) -> Any:
        recorder = _recorder(self) if switch.is_on else None
        if recorder is None:
            return original(self, requests, mapping)
        switch.guard("set_active_adapters", Recorder.before_step, recorder, requests, mapping)
        try:
            return original(self, requests, mapping)
        finally:
            switch.guard("set_active_adapters", Recorder.after_step, recorder)

    return set_active_adapters


def _wrap_removal(original: Callable[..., Any], switch: Switch, _directory: str) -> Callable[..., Any]:
    def remove(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        recorder = _recorder(self) if switch.is_on else None
        if recorder is not None:
            switch.guard("remove", Recorder.removed, recorder)
        return result

    return remove


WRAPPERS: dict[str, Callable[[Callable[..., Any], Switch, str], Callable[..., Any]]] = {
    "create_lora_manager": _wrap_create,
    "add_adapter": _wrap_add,
    "set_active_adapters": _wrap_step,
    "remove_adapter": _wrap_removal,
    "remove_all_adapters": _wrap_removal,
}
