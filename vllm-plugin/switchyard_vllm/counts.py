"""What is counted, as plain numbers. No vLLM, no files, no clock."""

from bisect import bisect_left
from typing import Any

SWAP_BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
BATCH_BUCKETS = (0.0, 1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 64.0)


class Histogram:
    """Counts per bucket (not cumulative); the last one is everything above the last bound."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def view(self) -> dict[str, Any]:
        return {"counts": list(self.counts), "sum": self.sum}


class Counts:
    """The counts of one worker since its start."""

    def __init__(self, slots: dict[str, int], max_rank: int) -> None:
        self.slots = slots
        self.max_rank = max_rank
        self.evictions = {"gpu": 0, "cpu": 0}
        self.swaps = {"gpu": 0, "cpu": 0, "disk": 0}
        self.swap_seconds = {"cpu": Histogram(SWAP_BUCKETS), "disk": Histogram(SWAP_BUCKETS)}
        self.batch = Histogram(BATCH_BUCKETS)
        self.residency: dict[str, str] = {}

    def view(self) -> dict[str, Any]:
        return {
            "slots": dict(self.slots),
            "maxRank": self.max_rank,
            "evictions": dict(self.evictions),
            "swaps": dict(self.swaps),
            "swapSeconds": {source: histogram.view() for source, histogram in self.swap_seconds.items()},
            "batch": self.batch.view(),
            "residency": self.residency,
        }
