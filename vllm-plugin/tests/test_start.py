"""How the plugin starts, and what stands on /metrics."""

import importlib
import json
import logging
import os
import sys
import tempfile
import time
import unittest
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

import switchyard_vllm
from switchyard_vllm import exposition, when_imported
from switchyard_vllm.counts import Counts
from switchyard_vllm.report import Report, read_reports
from switchyard_vllm.switch import Switch

logging.disable(logging.CRITICAL)


class Family:
    """As much of prometheus_client's families as is used."""

    def __init__(self, name: str, _help: str, labels: list[str] | None = None) -> None:
        self.name, self.labels, self.rows = name, labels or [], []

    def add_metric(self, labels: list[str], *value: Any) -> None:
        self.rows.append((tuple(labels), *value))


def prometheus(registered: list[Any]) -> dict[str, ModuleType]:
    client, core, multiprocess = (ModuleType(n) for n in ("prometheus_client", "core", "multiprocess"))
    client.REGISTRY = SimpleNamespace(register=registered.append)  # type: ignore[attr-defined]
    for name in ("Counter", "Gauge", "Histogram"):
        setattr(core, f"{name}MetricFamily", Family)

    class MultiProcessCollector:
        def collect(self) -> list[str]:
            return ["theirs"]

    multiprocess.MultiProcessCollector = MultiProcessCollector  # type: ignore[attr-defined]
    return {"prometheus_client": client, "prometheus_client.core": core, "prometheus_client.multiprocess": multiprocess}


class Series(unittest.TestCase):
    def setUp(self) -> None:
        self.registered: list[Any] = []
        modules = prometheus(self.registered)
        self.enterContext(mock.patch.dict(sys.modules, modules))
        self.enterContext(mock.patch.object(exposition, "_collector", None))
        self.directory = tempfile.mkdtemp()
        self.switch = Switch("0.32.0")
        self.multiprocess = modules["prometheus_client.multiprocess"]
        exposition.install(self.multiprocess, self.switch, self.directory)

    def scrape(self) -> dict[str, Any]:
        return {family.name: family.rows for family in self.registered[0].collect()}

    def status(self) -> tuple[str, str]:
        ((labels, value),) = self.scrape()["switchyard_lora_plugin_info"]
        self.assertEqual((labels[:2], value), ((switchyard_vllm.__version__, "0.32.0"), 1))
        return labels[2:4]

    def worker(self, **change: Any) -> Counts:
        counts = Counts({"gpu": 2, "cpu": 3}, 16)
        counts.residency = {"a": "gpu", "b": "cpu"}
        counts.evictions["gpu"] = 4
        counts.swaps["disk"] = 2
        counts.swap_seconds["disk"].observe(0.02)
        counts.swap_seconds["disk"].observe(9)
        counts.batch.observe(2)
        Report(self.directory, self.switch, counts).publish_once()
        path = os.path.join(self.directory, f"worker-{os.getpid()}.json")
        with open(path) as file:
            body = json.load(file)
        with open(path, "w") as file:
            json.dump({**body, **change}, file)
        return counts

    def test_the_series_of_the_contract(self) -> None:
        self.worker()
        found = self.scrape()
        self.assertEqual(self.status(), ("active", ""))
        self.assertEqual(found["switchyard_lora_evictions"], [(("gpu",), 4), (("cpu",), 0)])
        self.assertEqual(found["switchyard_lora_swaps"], [(("gpu",), 0), (("cpu",), 0), (("disk",), 2)])
        self.assertEqual(found["switchyard_lora_residency"], [(("a", "gpu"), 1), (("b", "cpu"), 1)])
        self.assertEqual(found["switchyard_lora_slots"], [(("gpu",), 2), (("cpu",), 3)])
        self.assertEqual(found["switchyard_lora_max_rank"], [((), 16)])
        _labels, buckets, total = found["switchyard_lora_swap_seconds"][1]
        self.assertEqual([value for _bound, value in buckets], [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2])
        self.assertEqual([bound for bound, _value in buckets][-2:], ["5.0", "+Inf"])
        self.assertAlmostEqual(total, 9.02)
        ((_none, buckets, total),) = found["switchyard_lora_batch_adapters"]
        self.assertEqual(([value for _bound, value in buckets][:4], total), ([0, 0, 1, 1], 2))

    def test_both_kinds_of_registry_have_them(self) -> None:
        self.worker()
        both = list(self.multiprocess.MultiProcessCollector().collect())  # type: ignore[attr-defined]
        self.assertEqual((both[0], both[1].name), ("theirs", "switchyard_lora_plugin_info"))

    def test_what_the_engine_computes_on_is_told_as_vllm_says_it(self) -> None:
        def told() -> str:
            ((labels, _),) = self.scrape()["switchyard_lora_plugin_info"]
            return labels[4]

        self.assertEqual(told(), "")
        platforms = ModuleType("vllm.platforms")
        with mock.patch.dict(sys.modules, {"vllm.platforms": platforms}):
            self.assertEqual(told(), "")
            platforms.current_platform = SimpleNamespace(device_type="cpu")  # type: ignore[attr-defined]
            self.assertEqual(told(), "cpu")

    def test_engines_of_one_server_add_up(self) -> None:
        self.worker()
        (report,) = read_reports(self.directory)
        other = {**report, "counts": {**report["counts"], "residency": {"b": "gpu"}}}
        merged = exposition.merge([report, other])
        self.assertEqual((merged["evictions"]["gpu"], merged["slots"]["gpu"]), (8, 2))
        self.assertEqual(merged["residency"], {"a": "gpu", "b": "gpu"})
        self.assertEqual(merged["swapSeconds"]["disk"]["counts"][-1], 2)

    def test_anything_less_than_whole_and_fresh_is_disabled_without_counts(self) -> None:
        self.assertEqual(self.status(), ("disabled", "no_worker_report"))
        cases: list[tuple[dict[str, Any], str]] = [
            ({"status": "disabled", "reason": "signature:add_adapter"}, "signature:add_adapter"),
            ({"writtenAt": time.time() - 61}, "worker_report_stale"),
            ({"format": 99}, "no_worker_report"),
            ({"pid": 2**22 + 1}, "no_worker_report"),
            ({"counts": {"nothing": 1}}, "error:collect:KeyError"),
        ]
        for change, reason in cases:
            self.worker(**change)
            self.assertEqual(self.status(), ("disabled", reason))
            self.assertFalse(self.scrape().get("switchyard_lora_residency"))
        with open(os.path.join(self.directory, f"worker-{os.getpid()}.json"), "w") as file:
            file.write("{half")
        self.assertEqual(self.status(), ("disabled", "no_worker_report"))

    def test_switching_off_in_this_process_shows(self) -> None:
        self.switch.off("vllm_too_old")
        self.assertEqual(self.status(), ("disabled", "vllm_too_old"))


class Register(unittest.TestCase):
    def setUp(self) -> None:
        self.enterContext(mock.patch.object(switchyard_vllm, "_registered", False))
        self.enterContext(mock.patch.dict(when_imported._waiting, clear=True))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD")}
        self.enterContext(mock.patch.dict(os.environ, environment, clear=True))

    def test_waits_for_vllms_own_imports_and_may_be_called_twice(self) -> None:
        switchyard_vllm.register()
        waiting = {name: list(calls) for name, calls in when_imported._waiting.items()}
        self.assertIn("vllm.lora.worker_manager", waiting)
        self.assertIn("vllm.entrypoints.openai.models.serving", waiting)
        self.assertTrue(os.path.isdir(os.environ["SWITCHYARD_PLUGIN_RUN_DIR"]))
        switchyard_vllm.register()
        self.assertEqual(when_imported._waiting, waiting)

    def test_on_a_release_it_was_not_made_for_it_only_says_so(self) -> None:
        for version in ("0.19.1", "1.0.0"):
            switchyard_vllm._registered = False
            when_imported._waiting.clear()
            with mock.patch.object(switchyard_vllm, "vllm_version", return_value=version):
                switchyard_vllm.register()
            self.assertEqual(set(when_imported._waiting) - {"prometheus_client.multiprocess"}, set())

    def test_can_be_turned_off(self) -> None:
        os.environ["SWITCHYARD_PLUGIN"] = "off"
        switchyard_vllm.register()
        self.assertEqual(when_imported._waiting, {})

    def test_never_raises(self) -> None:
        with mock.patch.object(switchyard_vllm, "_register", side_effect=RuntimeError("bug")):
            switchyard_vllm.register()

    def test_versions(self) -> None:
        found = {v: switchyard_vllm.version_problem(v) for v in ("0.6.3", "0.20.0", "0.32.0+cpu", "0.0.dev1", "dev", "2.1")}
        self.assertEqual([v for v, problem in found.items() if problem], ["0.6.3", "2.1"])


class Importing(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.mkdtemp()
        with open(os.path.join(directory, "imported_later.py"), "w") as file:
            file.write("value = 1\n")
        self.enterContext(mock.patch.object(sys, "path", [directory, *sys.path]))
        self.addCleanup(sys.modules.pop, "imported_later", None)

    def test_calls_back_after_the_import_and_leaves_no_trace_in_the_module(self) -> None:
        seen: list[int] = []
        when_imported.when_imported("imported_later", lambda module: seen.append(module.value))
        self.assertEqual(seen, [])
        module = importlib.import_module("imported_later")
        self.assertEqual(seen, [1])
        self.assertEqual(type(module.__loader__).__name__, "SourceFileLoader")
        when_imported.when_imported("imported_later", lambda module: seen.append(2))
        self.assertEqual(seen, [1, 2])

    def test_an_error_of_the_callback_does_not_break_the_import(self) -> None:
        def bad(_module: ModuleType) -> None:
            raise RuntimeError("bug")

        when_imported.when_imported("imported_later", bad)
        self.assertEqual(importlib.import_module("imported_later").value, 1)

    def test_a_module_that_does_not_exist_still_does_not(self) -> None:
        when_imported.when_imported("no_such_module_anywhere", lambda module: None)
        with self.assertRaises(ModuleNotFoundError):
            importlib.import_module("no_such_module_anywhere")


if __name__ == "__main__":
    unittest.main()
