"""A stand-in for vllm.lora.worker_manager: the same two LRU tiers, the same calls, numbers instead of weights."""

from collections import OrderedDict
from types import ModuleType, SimpleNamespace
from typing import Any


class Request(SimpleNamespace):
    def __init__(self, number: int, name: str, inplace: bool = False) -> None:
        super().__init__(lora_int_id=number, lora_name=name, load_inplace=inplace)

    def __hash__(self) -> int:
        return hash(self.lora_name)


class Tiers:
    def __init__(self, slots: int, capacity: int) -> None:
        self.lora_slots, self.capacity = slots, capacity
        self._active_adapters: OrderedDict[int, None] = OrderedDict()
        self._registered_adapters: OrderedDict[int, None] = OrderedDict()

    def drop(self, number: int) -> None:
        self._active_adapters.pop(number, None)
        self._registered_adapters.pop(number, None)

    def activate(self, number: int) -> None:
        if number not in self._active_adapters:
            if len(self._active_adapters) >= self.lora_slots:
                self._active_adapters.popitem(last=False)
            self._active_adapters[number] = None
        self._active_adapters.move_to_end(number)


def make_module(broken: set[str] = frozenset()) -> Any:
    """A fresh module each time, since its class is changed. `broken` names are adapters whose files are bad."""

    class WorkerLoRAManager:
        def set_active_adapters(self, requests: Any, mapping: Any) -> None:
            for request in requests:
                self.add_adapter(request)  # type: ignore[attr-defined]

        def remove_adapter(self, adapter_id: int) -> bool:
            self._adapter_manager.drop(adapter_id)  # type: ignore[attr-defined]
            return True

        def remove_all_adapters(self) -> None:
            self._adapter_manager._active_adapters.clear()  # type: ignore[attr-defined]
            self._adapter_manager._registered_adapters.clear()  # type: ignore[attr-defined]

    class LRUCacheWorkerLoRAManager(WorkerLoRAManager):
        def create_lora_manager(self, model: Any, vllm_config: Any) -> Any:
            config = vllm_config.lora_config
            self._adapter_manager = Tiers(config.max_loras, config.max_cpu_loras)
            return model

        def add_adapter(self, lora_request: Any) -> bool:
            tiers, number = self._adapter_manager, lora_request.lora_int_id
            if number not in tiers._registered_adapters or lora_request.load_inplace:
                if lora_request.lora_name in broken:
                    raise ValueError("bad adapter")
                tiers.drop(number)
                if len(tiers._registered_adapters) + 1 > tiers.capacity:
                    oldest = next(iter(tiers._registered_adapters))
                    tiers.drop(oldest)
                tiers._registered_adapters[number] = None
            tiers._registered_adapters.move_to_end(number)
            tiers.activate(number)
            return True

    module = ModuleType("vllm.lora.worker_manager")
    module.LRUCacheWorkerLoRAManager = LRUCacheWorkerLoRAManager  # type: ignore[attr-defined]
    return module


def config(slots: int = 2, capacity: int = 3, rank: int = 0) -> Any:
    return SimpleNamespace(
        lora_config=SimpleNamespace(max_loras=slots, max_cpu_loras=capacity, max_lora_rank=16),
        parallel_config=SimpleNamespace(rank=rank),
    )
