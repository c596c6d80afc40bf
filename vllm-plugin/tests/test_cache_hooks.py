import logging
import os
import random
import tempfile
import unittest
from collections import OrderedDict
from typing import Any

from switchyard_vllm import cache_hooks
from switchyard_vllm.report import read_reports
from switchyard_vllm.switch import Switch

from .fake_vllm import Request, config, make_module

logging.disable(logging.CRITICAL)


class Hooked(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = tempfile.mkdtemp()
        self.switch = Switch("0.32.0")

    def manager(self, module: Any = None, **limits: int) -> Any:
        module = module or make_module()
        cache_hooks.install(module, self.switch, self.directory)
        manager = module.LRUCacheWorkerLoRAManager()
        self.assertEqual(manager.create_lora_manager("the model", config(**limits)), "the model")
        return manager

    def counts(self, manager: Any) -> dict[str, Any]:
        return manager._switchyard_recorder.counts.view()


class Counting(Hooked):
    def test_a_trace_with_loads_steps_and_all_three_sources(self) -> None:
        manager = self.manager()
        a, b, c, d = (Request(number, name) for number, name in enumerate("abcd", 1))
        for request in (a, b, c, d):
            manager.add_adapter(request)
        for request in (d, b, a):  # its slot; host memory; disk
            manager.set_active_adapters({request}, None)
        counts = self.counts(manager)
        self.assertEqual(counts["swaps"], {"gpu": 1, "cpu": 1, "disk": 5})
        self.assertEqual(counts["evictions"], {"gpu": 4, "cpu": 2})
        self.assertEqual(counts["residency"], {"a": "gpu", "b": "gpu", "d": "cpu"})
        self.assertEqual(counts["slots"], {"gpu": 2, "cpu": 3})
        self.assertEqual([sum(counts["swapSeconds"][s]["counts"]) for s in ("cpu", "disk")], [1, 5])
        self.assertEqual(sum(counts["batch"]["counts"]), 3)

    def test_an_adapter_enters_a_batch_once_however_many_steps_it_stays(self) -> None:
        manager = self.manager()
        a, b = Request(1, "a"), Request(2, "b")
        for batch in ({a}, {a}, {a, b}, {a, b}, {b}, set(), {b}):
            manager.set_active_adapters(batch, None)
        counts = self.counts(manager)
        self.assertEqual(counts["swaps"], {"gpu": 1, "cpu": 0, "disk": 2})  # gpu: b comes back after the empty batch
        self.assertEqual(counts["batch"]["counts"][:3], [1, 4, 2])  # none, one, two

    def test_warm_up_is_not_counted(self) -> None:
        manager = self.manager()
        for number in (1, 2):
            manager._adapter_manager._registered_adapters[number] = None
        manager.set_active_adapters({Request(1, "warmup_1"), Request(2, "warmup_2")}, None)
        manager.set_active_adapters(set(), None)
        manager.remove_all_adapters()
        counts = self.counts(manager)
        self.assertEqual((counts["swaps"], counts["evictions"]), ({"gpu": 0, "cpu": 0, "disk": 0}, {"gpu": 0, "cpu": 0}))
        self.assertEqual((counts["residency"], sum(counts["batch"]["counts"])), ({}, 0))

    def test_a_slot_freed_with_its_host_copy_is_one_eviction_of_the_cpu_tier(self) -> None:
        manager = self.manager(slots=2, capacity=2)
        for number, name in enumerate("abc", 1):
            manager.add_adapter(Request(number, name))
        self.assertEqual(self.counts(manager)["evictions"], {"gpu": 0, "cpu": 1})

    def test_a_refused_load_counts_nothing_and_raises_as_before(self) -> None:
        manager = self.manager(make_module(broken={"bad"}))
        manager.add_adapter(Request(1, "a"))
        with self.assertRaisesRegex(ValueError, "bad adapter"):
            manager.add_adapter(Request(2, "bad"))
        self.assertEqual(self.counts(manager)["swaps"]["disk"], 1)
        self.assertTrue(self.switch.is_on)

    def test_removal_by_the_engine_is_no_eviction(self) -> None:
        manager = self.manager()
        for number, name in enumerate("ab", 1):
            manager.add_adapter(Request(number, name))
        manager.remove_adapter(1)
        self.assertEqual(self.counts(manager)["residency"], {"b": "gpu"})
        manager.remove_all_adapters()
        counts = self.counts(manager)
        self.assertEqual((counts["residency"], counts["evictions"]), ({}, {"gpu": 0, "cpu": 0}))

    def test_in_place_loads_read_from_disk_each_time(self) -> None:
        manager = self.manager()
        for _ in range(3):
            manager.add_adapter(Request(1, "a", inplace=True))
        counts = self.counts(manager)
        self.assertEqual((counts["swaps"]["disk"], counts["evictions"]), (3, {"gpu": 0, "cpu": 0}))

    def test_two_numbers_of_one_name_show_its_highest_tier(self) -> None:
        manager = self.manager()
        for request in (Request(1, "a"), Request(2, "b"), Request(3, "a")):  # a was unloaded and loaded again
            manager.add_adapter(request)
        self.assertEqual(self.counts(manager)["residency"], {"a": "gpu", "b": "gpu"})

    def test_other_parts_of_a_multimodal_step_are_no_steps(self) -> None:
        manager = self.manager()
        kind = type("Mapping", (), {"type": type("Kind", (), {"name": "TOWER"})})
        manager.set_active_adapters({Request(1, "a")}, kind)
        self.assertEqual(sum(self.counts(manager)["batch"]["counts"]), 0)

    def test_only_rank_0_counts(self) -> None:
        manager = self.manager(rank=1)
        manager.add_adapter(Request(1, "a"))
        self.assertNotIn("_switchyard_recorder", manager.__dict__)

    def test_random_traces_agree_with_one_lru_stack(self) -> None:
        for seed in range(20):
            draw = random.Random(seed)
            slots = draw.randint(1, 4)
            capacity = slots + draw.randint(0, 4)
            manager = self.manager(slots=slots, capacity=capacity)
            stack: OrderedDict[int, None] = OrderedDict()
            swaps, evictions = {"cpu": 0, "disk": 0}, {"gpu": 0, "cpu": 0}
            for _ in range(200):
                number = draw.randint(1, 9)
                order = list(reversed(stack))
                depth = order.index(number) if number in stack else len(order)
                if number not in stack or depth >= slots:
                    swaps["cpu" if number in stack else "disk"] += 1
                    full_cpu = number not in stack and len(stack) == capacity
                    if full_cpu:
                        evictions["cpu"] += 1
                        stack.popitem(last=False)
                    if len(order) >= slots and not (full_cpu and slots == capacity):
                        evictions["gpu"] += 1
                stack[number] = None
                stack.move_to_end(number)
                manager.add_adapter(Request(number, f"n{number}"))
            counts = self.counts(manager)
            self.assertEqual(counts["evictions"], evictions, seed)
            self.assertEqual({key: counts["swaps"][key] for key in swaps}, swaps, seed)
            self.directory = tempfile.mkdtemp()


class Guarding(Hooked):
    def test_an_error_of_ours_switches_us_off_and_the_engine_goes_on(self) -> None:
        manager = self.manager()
        manager.add_adapter(Request(1, "a"))
        del manager._switchyard_recorder.names
        manager.add_adapter(Request(2, "b"))
        manager.set_active_adapters({Request(2, "b")}, None)
        self.assertEqual(list(manager._adapter_manager._active_adapters), [1, 2])
        self.assertEqual(self.switch.reason, "error:add_adapter:AttributeError")
        manager.remove_all_adapters()

    def test_every_hook_survives_a_recorder_that_only_raises(self) -> None:
        class Bad:
            def __getattr__(self, name: str) -> Any:
                raise RuntimeError(name)

        for call in ("add", "step", "remove"):
            self.switch = Switch("0.32.0")
            manager = self.manager()
            manager._switchyard_recorder = Bad()
            if call == "add":
                self.assertTrue(manager.add_adapter(Request(1, "a")))
            elif call == "step":
                manager.set_active_adapters({Request(1, "a")}, None)
            else:
                manager.remove_all_adapters()
            self.assertFalse(self.switch.is_on, call)

    def test_a_state_that_cannot_be_switches_off(self) -> None:
        manager = self.manager()
        manager._adapter_manager._active_adapters[9] = None  # in a slot, but not in host memory
        manager.add_adapter(Request(1, "a"))
        self.assertFalse(self.switch.is_on)

    def test_tiers_of_another_shape_switch_off_at_the_start_and_leave_word(self) -> None:
        module = make_module()
        inner = module.LRUCacheWorkerLoRAManager.create_lora_manager

        def create_lora_manager(self: Any, model: Any, vllm_config: Any) -> Any:
            result = inner(self, model, vllm_config)
            del self._adapter_manager._active_adapters
            return result

        module.LRUCacheWorkerLoRAManager.create_lora_manager = create_lora_manager
        self.manager(module)
        self.assertEqual(self.switch.reason, "error:create_lora_manager:AttributeError")
        (report,) = read_reports(self.directory)
        self.assertEqual((report["status"], report["reason"]), ("disabled", self.switch.reason))

    def test_a_class_of_another_shape_is_left_alone(self) -> None:
        def with_(**methods: Any) -> Any:
            module = make_module()
            for name, method in methods.items():
                setattr(module.LRUCacheWorkerLoRAManager, name, method)
            return module

        gone = make_module()
        del gone.LRUCacheWorkerLoRAManager
        cases = {
            "class_missing:LRUCacheWorkerLoRAManager": gone,
            "signature:add_adapter": with_(add_adapter=lambda self, request, pin: True),
            "signature:set_active_adapters": with_(set_active_adapters=lambda self, *args: None),
            "method_missing:remove_adapter": with_(remove_adapter=None),
        }
        for reason, module in cases.items():
            switch = Switch("0.99.0")
            before = dict(vars(getattr(module, "LRUCacheWorkerLoRAManager", object)))
            cache_hooks.install(module, switch, self.directory)
            self.assertEqual(switch.reason, reason)
            self.assertEqual(dict(vars(getattr(module, "LRUCacheWorkerLoRAManager", object))), before)

    def test_installing_twice_wraps_once(self) -> None:
        module = make_module()
        cache_hooks.install(module, self.switch, self.directory)
        first = module.LRUCacheWorkerLoRAManager.add_adapter
        cache_hooks.install(module, self.switch, self.directory)
        self.assertIs(module.LRUCacheWorkerLoRAManager.add_adapter, first)

    def test_a_full_disk_costs_the_report_and_nothing_else(self) -> None:
        self.directory = os.path.join(self.directory, "file")
        open(self.directory, "w").close()  # no directory can be made in its place
        manager = self.manager()
        manager.add_adapter(Request(1, "a"))
        self.assertTrue(self.switch.is_on)
        self.assertEqual(self.counts(manager)["swaps"]["disk"], 1)


if __name__ == "__main__":
    unittest.main()
