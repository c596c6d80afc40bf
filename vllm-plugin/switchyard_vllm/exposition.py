"""The counts as series on vLLM's own /metrics.

A single-process vLLM answers /metrics from prometheus_client's default registry; with PROMETHEUS_MULTIPROC_DIR it
builds a registry that only reads that directory. So the same families are added in both places.
"""

import sys
from collections.abc import Iterable, Iterator
from time import time
from types import ModuleType
from typing import Any

from .counts import BATCH_BUCKETS, SWAP_BUCKETS
from .report import STALE_SECONDS, read_reports
from .switch import VERSION, Switch, log

_collector: "Collector | None" = None


def install(multiprocess: ModuleType, switch: Switch, directory: str) -> None:
    """Called with the module prometheus_client.multiprocess."""
    global _collector
    if _collector is not None:
        return
    from prometheus_client import REGISTRY

    _collector = collector = Collector(switch, directory)
    REGISTRY.register(collector)
    original = multiprocess.MultiProcessCollector.collect

    def collect(self: Any) -> Iterable[Any]:
        yield from original(self)
        yield from collector.collect()

    multiprocess.MultiProcessCollector.collect = collect


class Collector:
    def __init__(self, switch: Switch, directory: str) -> None:
        self._switch = switch
        self._directory = directory

    def describe(self) -> Iterable[Any]:
        return families(None)

    def collect(self) -> Iterator[Any]:
        try:
            reports = [] if not self._switch.is_on else read_reports(self._directory)
            status, reason = judge(self._switch, reports, time())
            found = families(merge(reports) if status == "active" else None)
        except Exception as error:  # a scrape must answer, whatever we do
            log.exception("switchyard-vllm could not read its counts")
            status, reason, found = "disabled", f"error:collect:{type(error).__name__}", []
        yield info(self._switch.vllm_version, status, reason)
        yield from found


def judge(switch: Switch, reports: list[dict[str, Any]], now: float) -> tuple[str, str]:
    """Whether what the workers say is whole and fresh. Anything less is told as disabled, without counts."""
    if not switch.is_on:
        return "disabled", switch.reason
    if not reports:
        return "disabled", "no_worker_report"  # LoRA is not enabled, or the workers run on another machine
    for report in reports:
        if report["status"] != "active":
            return "disabled", str(report["reason"])
        if now - float(report["writtenAt"]) > STALE_SECONDS:
            return "disabled", "worker_report_stale"
    return "active", ""


def merge(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """One engine has one reporting worker; with data parallelism the engines' counts add up."""
    merged: dict[str, Any] = {}
    for report in reports:
        counts = report["counts"]
        merged = counts if not merged else _add(merged, counts)
    return merged


def _add(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    def sums(x: dict[str, float], y: dict[str, float]) -> dict[str, float]:
        return {key: x[key] + y[key] for key in x}

    def histograms(x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
        return {"counts": [i + j for i, j in zip(x["counts"], y["counts"], strict=True)], "sum": x["sum"] + y["sum"]}

    on_gpu = {name: tier for each in (a, b) for name, tier in each["residency"].items() if tier == "gpu"}
    return {
        "slots": a["slots"],  # the engines of one server share their limits
        "maxRank": a["maxRank"],
        "evictions": sums(a["evictions"], b["evictions"]),
        "swaps": sums(a["swaps"], b["swaps"]),
        "swapSeconds": {key: histograms(a["swapSeconds"][key], b["swapSeconds"][key]) for key in a["swapSeconds"]},
        "batch": histograms(a["batch"], b["batch"]),
        "residency": {**a["residency"], **b["residency"], **on_gpu},
    }


def info(vllm_version: str, status: str, reason: str) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(
        "switchyard_lora_plugin_info",
        "Switchyard's plugin: its version, whether it counts and if not, why, and what the engine computes on.",
        labels=["version", "vllm_version", "status", "reason", "device"],
    )
    family.add_metric([VERSION, vllm_version, status, reason, device()], 1)
    return family


def device() -> str:
    """What vLLM says the engine computes on, such as cuda or cpu; "" when it does not say. Nothing else tells."""
    try:
        platform = getattr(sys.modules.get("vllm.platforms"), "current_platform", None)
        return str(getattr(platform, "device_type", None) or "")
    except Exception:  # a platform that cannot be found out must not cost the scrape its counts
        return ""


def families(counts: dict[str, Any] | None) -> list[Any]:
    """The series of one scrape. None = their names only."""
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    evictions = CounterMetricFamily(
        "switchyard_lora_evictions",
        "Adapters a tier dropped because another needed the room.",
        labels=["tier"],
    )
    swaps = CounterMetricFamily(
        "switchyard_lora_swaps",
        "Adapters put into a slot, by the tier their weights came from; gpu = entered a batch from its own slot.",
        labels=["source"],
    )
    seconds = HistogramMetricFamily(
        "switchyard_lora_swap_seconds", "How long the engine stood still for one adapter.", labels=["source"]
    )
    residency = GaugeMetricFamily(
        "switchyard_lora_residency", "1 for the highest tier that holds the adapter.", labels=["lora_name", "tier"]
    )
    slots = GaugeMetricFamily("switchyard_lora_slots", "Adapters a tier has room for.", labels=["tier"])
    rank = GaugeMetricFamily("switchyard_lora_max_rank", "The rank every slot is padded to.", labels=[])
    batch = HistogramMetricFamily("switchyard_lora_batch_adapters", "Distinct adapters of an engine step.", labels=[])
    if counts is not None:
        for tier, value in counts["evictions"].items():
            evictions.add_metric([tier], value)
        for source, value in counts["swaps"].items():
            swaps.add_metric([source], value)
        for source, histogram in counts["swapSeconds"].items():
            seconds.add_metric([source], _cumulative(SWAP_BUCKETS, histogram["counts"]), histogram["sum"])
        for name, tier in sorted(counts["residency"].items()):
            residency.add_metric([name, tier], 1)
        for tier, value in counts["slots"].items():
            slots.add_metric([tier], value)
        rank.add_metric([], counts["maxRank"])
        batch.add_metric([], _cumulative(BATCH_BUCKETS, counts["batch"]["counts"]), counts["batch"]["sum"])
    return [evictions, swaps, seconds, residency, slots, rank, batch]


def _cumulative(bounds: tuple[float, ...], counts: list[int]) -> list[tuple[str, float]]:
    total = 0
    buckets = []
    for bound, count in zip([*map(str, bounds), "+Inf"], counts, strict=True):
        total += count
        buckets.append((bound, float(total)))
    return buckets
