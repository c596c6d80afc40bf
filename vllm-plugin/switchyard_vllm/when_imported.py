"""Calls back when a module is imported by somebody else, so that the plugin itself imports nothing of vLLM early."""

import importlib.util
import sys
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .switch import log

Callback = Callable[[ModuleType], None]
_waiting: dict[str, list[Callback]] = {}


def when_imported(name: str, callback: Callback) -> None:
    """At once where the module is there already, else right after its import. Errors of the callback stay here."""
    module = sys.modules.get(name)
    if module is not None:
        _call(callback, module)
        return
    _waiting.setdefault(name, []).append(callback)
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def _call(callback: Callback, module: ModuleType) -> None:
    try:
        callback(module)
    except Exception:
        log.exception("switchyard-vllm could not attach to %s", module.__name__)


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        callbacks = _waiting.pop(fullname, None)  # popped first: the search below passes here again
        if callbacks is None:
            return None
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return None
        spec.loader = _Loader(spec.loader, callbacks)
        return spec


class _Loader(Loader):
    def __init__(self, inner: Any, callbacks: list[Callback]) -> None:
        self._inner = inner
        self._callbacks = callbacks

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._inner
        module.__loader__ = self._inner
        self._inner.exec_module(module)
        for callback in self._callbacks:
            _call(callback, module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
