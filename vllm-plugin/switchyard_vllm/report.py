"""A worker's counts as a small file that the API process reads when it is scraped.

Written by a thread of its own, so that an engine step never waits for a disk: at most five times a second while
something changes, and every ten seconds otherwise, which tells the reader that the worker still counts.
"""

import json
import os
import threading
from time import time
from typing import Any

from .counts import Counts
from .switch import VERSION, Switch, log

FORMAT = 1
PAUSE_SECONDS = 0.2
BEAT_SECONDS = 10.0
STALE_SECONDS = 60.0


class Report:
    def __init__(self, directory: str, switch: Switch, counts: Counts | None = None) -> None:
        self._directory = directory
        self._switch = switch
        self._counts = counts
        self._news = threading.Event()
        self._thread_pid = 0

    def changed(self) -> None:
        """Cheap: it is called in engine steps."""
        if not self._news.is_set():
            self._news.set()
            if self._thread_pid != os.getpid():  # threads do not survive a fork
                self._thread_pid = os.getpid()
                threading.Thread(target=self._run, name="switchyard-report", daemon=True).start()

    def _run(self) -> None:
        failed = False
        while True:
            self._news.wait(BEAT_SECONDS)
            self._news.clear()
            try:
                self.publish_once()
                failed = False
            except Exception:
                if not failed:  # a full disk, say: the reader sees the report grow stale
                    log.exception("switchyard-vllm could not write its counts")
                failed = True
            if not self._switch.is_on:
                return
            threading.Event().wait(PAUSE_SECONDS)

    def publish_once(self) -> None:
        body: dict[str, Any] = {
            "format": FORMAT,
            "pid": os.getpid(),
            "writtenAt": time(),
            "version": VERSION,
            "vllmVersion": self._switch.vllm_version,
            "status": self._switch.status,
            "reason": self._switch.reason,
        }
        if self._counts is not None and self._switch.is_on:
            body["counts"] = self._counts.view()
        os.makedirs(self._directory, mode=0o700, exist_ok=True)
        path = os.path.join(self._directory, f"worker-{os.getpid()}.json")
        part = f"{path}.part"
        with open(part, "w", encoding="utf-8") as file:
            json.dump(body, file)
        os.replace(part, path)


def read_reports(directory: str) -> list[dict[str, Any]]:
    """What living workers left; a file that cannot be read or is of another format is left out."""
    reports = []
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    for name in names:
        if not (name.startswith("worker-") and name.endswith(".json")):
            continue
        try:
            with open(os.path.join(directory, name), encoding="utf-8") as file:
                body = json.load(file)
            if body["format"] == FORMAT and _lives(int(body["pid"])):
                reports.append(body)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return reports


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
