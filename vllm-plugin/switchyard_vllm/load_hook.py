"""In the API process: no adapter of Switchyard's is handed to the engine before its bytes are proven on this node.

Unlike the counters this fails closed. It is only there when SWITCHYARD_ADAPTER_DIR is set, it only concerns paths below
that directory, and whatever goes wrong refuses that one load; the engine never sees it.
"""

import asyncio
import inspect
import os
from collections.abc import Mapping
from http import HTTPStatus
from types import ModuleType
from typing import Any

from .artifact import Refused
from .download import Source
from .fetch import ensure_adapter
from .switch import VERSION, log

CLASS = "OpenAIServingModels"
MARK = "__switchyard__"


def root_of(env: Mapping[str, str]) -> str | None:
    return env.get("SWITCHYARD_ADAPTER_DIR") or None


def source_of(env: Mapping[str, str]) -> Source | None:
    """
    Read anew for each load, since a node's key can only be made when the node is known: a key from a file arrives, and
    is replaced, without a restart of the engine.
    """
    url, key, file = (env.get(f"SWITCHYARD_{name}", "") for name in ("URL", "NODE_KEY", "NODE_KEY_FILE"))
    if not key and file:
        try:
            with open(file, encoding="utf-8") as opened:
                key = opened.read(1000).strip()
        except OSError:
            key = ""
    return Source(url, key) if url and key else None


def ensure(root: str, lora_path: str) -> str | None:
    return ensure_adapter(root, source_of(os.environ), lora_path)


def install(module: ModuleType) -> None:
    root = root_of(os.environ)
    if root is None:
        return
    problem = shape_problem(module)
    if problem:
        log.error("switchyard-vllm %s does not verify adapters: %s. Do not use delivery `fetch` here.", VERSION, problem)
        return
    cls = getattr(module, CLASS)
    if getattr(cls.load_lora_adapter, MARK, False):
        return
    original, error_response = cls.load_lora_adapter, module.create_error_response

    async def load_lora_adapter(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            digest = await asyncio.to_thread(ensure, root, request.lora_path)
        except Refused as refused:
            log.warning("refused to load %s: %s", request.lora_name, refused)
            return _refusal(error_response, refused)
        except Exception as error:
            log.exception("could not verify %s", request.lora_name)
            return _refusal(error_response, Refused("switchyard_fetch_failed", type(error).__name__, 500))
        result = await original(self, request, *args, **kwargs)
        # tells Switchyard whose view of the bytes this load went by
        return f"{result} switchyard_verified={digest}" if digest and isinstance(result, str) else result

    setattr(load_lora_adapter, MARK, True)
    cls.load_lora_adapter = load_lora_adapter
    log.info("switchyard-vllm %s verifies every adapter below %s before it is loaded", VERSION, root)
    if source_of(os.environ) is None:
        log.warning("SWITCHYARD_URL or SWITCHYARD_NODE_KEY is not set (yet): adapters are verified, but not fetched")


def shape_problem(module: ModuleType) -> str | None:
    cls = getattr(module, CLASS, None)
    load = getattr(cls, "load_lora_adapter", None)
    if load is None or not inspect.iscoroutinefunction(load):
        return f"{CLASS}.load_lora_adapter is not as expected"
    if list(inspect.signature(load).parameters)[:2] != ["self", "request"]:
        return f"{CLASS}.load_lora_adapter has other arguments"
    build = getattr(module, "create_error_response", None)
    if build is None or not {"message", "err_type", "status_code"} <= set(inspect.signature(build).parameters):
        return "create_error_response is not as expected"
    return None


def _refusal(error_response: Any, refused: Refused) -> Any:
    kind = "NotFoundError" if refused.status == 404 else "BadRequestError" if refused.status < 500 else "InternalServerError"
    return error_response(message=str(refused), err_type=kind, status_code=HTTPStatus(refused.status))
