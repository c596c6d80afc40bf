import asyncio
import logging
import os
import tempfile
import unittest
from http import HTTPStatus
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

from switchyard_vllm import load_hook
from switchyard_vllm.artifact import digest_on_disk

logging.disable(logging.CRITICAL)


def make_module(load: Any = None) -> Any:
    """A stand-in for vllm.entrypoints.openai.models.serving."""

    class OpenAIServingModels:
        def __init__(self) -> None:
            self.loaded: list[str] = []

        async def load_lora_adapter(self, request: Any, base_model_name: str | None = None) -> Any:
            if request.lora_name in self.loaded:
                return SimpleNamespace(error="already loaded")
            self.loaded.append(request.lora_name)
            return f"Success: LoRA adapter '{request.lora_name}' added successfully."

    def create_error_response(
        message: str, err_type: str = "BadRequestError", status_code: HTTPStatus = HTTPStatus.BAD_REQUEST
    ) -> Any:
        return SimpleNamespace(message=message, type=err_type, code=int(status_code))

    module = ModuleType("vllm.entrypoints.openai.models.serving")
    module.OpenAIServingModels = OpenAIServingModels  # type: ignore[attr-defined]
    module.create_error_response = create_error_response  # type: ignore[attr-defined]
    if load is not None:
        OpenAIServingModels.load_lora_adapter = load  # type: ignore[method-assign]
    return module


class LoadHook(unittest.TestCase):
    def setUp(self) -> None:
        self.root = os.path.realpath(tempfile.mkdtemp())
        part = os.path.join(self.root, "acme--bot", "part")
        os.makedirs(part)
        with open(os.path.join(part, "adapter_config.json"), "w") as file:
            file.write("{}")
        self.digest = digest_on_disk(part) or ""
        self.path = os.path.join(self.root, "acme--bot", self.digest[:12])
        os.rename(part, self.path)

    def models(self, env: dict[str, str] | None = None, module: Any = None) -> Any:
        module = module or make_module()
        with mock.patch.dict(os.environ, {"SWITCHYARD_ADAPTER_DIR": self.root} if env is None else env):
            load_hook.install(module)
            load_hook.install(module)  # re-entrant
        return module.OpenAIServingModels()

    def load(self, models: Any, path: str, name: str = "n") -> Any:
        return asyncio.run(models.load_lora_adapter(SimpleNamespace(lora_name=name, lora_path=path)))

    def test_a_true_directory_is_loaded_and_the_answer_says_so(self) -> None:
        answer = self.load(self.models(), self.path)
        self.assertEqual(answer, f"Success: LoRA adapter 'n' added successfully. switchyard_verified={self.digest}")

    def test_a_changed_byte_never_reaches_the_engine(self) -> None:
        with open(os.path.join(self.path, "adapter_config.json"), "w") as file:
            file.write("{ }")
        models = self.models()
        answer = self.load(models, self.path)
        self.assertIn("switchyard_digest_mismatch", answer.message)
        self.assertEqual((answer.code, answer.type, models.loaded), (400, "BadRequestError", []))

    def test_a_directory_that_is_not_there_and_cannot_be_fetched_is_refused_in_our_words(self) -> None:
        models = self.models()
        answer = self.load(models, os.path.join(self.root, "0--inspection", "0123456789ab"))
        self.assertIn("switchyard_not_configured", answer.message)
        self.assertEqual((answer.code, models.loaded), (500, []))

    def test_refusals_of_vllm_itself_pass_unchanged(self) -> None:
        models = self.models()
        self.load(models, self.path)
        self.assertEqual(self.load(models, self.path).error, "already loaded")

    def test_other_paths_pass_untouched(self) -> None:
        self.assertEqual(self.load(self.models(), "/elsewhere"), "Success: LoRA adapter 'n' added successfully.")

    def test_an_error_of_ours_refuses_that_load_and_no_more(self) -> None:
        models = self.models()
        with mock.patch.object(load_hook, "ensure_adapter", side_effect=RuntimeError("bug")):
            answer = self.load(models, self.path)
        self.assertEqual((answer.message, models.loaded), ("switchyard_fetch_failed: RuntimeError.", []))
        self.assertIn("Success", self.load(models, self.path))

    def test_a_key_from_a_file_may_arrive_later(self) -> None:
        file = os.path.join(tempfile.mkdtemp(), "key")
        env = {"SWITCHYARD_URL": "http://x", "SWITCHYARD_NODE_KEY_FILE": file}
        self.assertIsNone(load_hook.source_of(env))
        with open(file, "w") as opened:
            opened.write("sy_key\n")
        source = load_hook.source_of(env)
        self.assertEqual(source and source._key, "sy_key")

    def test_without_the_setting_nothing_is_wrapped(self) -> None:
        module = make_module()
        before = module.OpenAIServingModels.load_lora_adapter
        self.models({"SWITCHYARD_ADAPTER_DIR": ""}, module)
        self.assertIs(module.OpenAIServingModels.load_lora_adapter, before)

    def test_another_shape_is_left_alone(self) -> None:
        async def other(self: Any, name: str) -> None:
            return None

        for load in (other, lambda self, request: None):
            module = make_module(load)
            self.models(None, module)
            self.assertIs(module.OpenAIServingModels.load_lora_adapter, load)


if __name__ == "__main__":
    unittest.main()
