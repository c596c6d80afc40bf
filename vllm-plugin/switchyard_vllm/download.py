"""HTTP to Switchyard: one key, no redirects, capped sizes and times, broken downloads resumed where they stopped."""

import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any, BinaryIO

from .artifact import BLOCK_BYTES, Refused

READ_SECONDS = 20.0
TOTAL_SECONDS = 600.0
ATTEMPTS = 4
MANIFEST_MAX_BYTES = 1 << 20
# what may pass by itself; anything else is final
PASSING = {408, 425, 429, 500, 502, 503, 504}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None  # the key must not travel to another host


_opener = urllib.request.build_opener(_NoRedirect)


class Source:
    """Switchyard's API as this node's key sees it."""

    def __init__(self, url: str, key: str, sleep: Any = time.sleep, clock: Any = time.monotonic) -> None:
        self._base = url.rstrip("/") + "/api/v1/artifacts"
        self._key = key
        self._sleep = sleep
        self._clock = clock

    def manifest(self, digest: str) -> Any:
        def read() -> Any:
            with self._open(f"{self._base}/{digest}", {}) as reply:
                body = reply.read(MANIFEST_MAX_BYTES + 1)
            if len(body) > MANIFEST_MAX_BYTES:
                raise Refused("switchyard_fetch_failed", "Switchyard's manifest is too large", 502)
            try:
                return json.loads(body)
            except ValueError as error:
                raise Refused("switchyard_fetch_failed", "Switchyard's manifest is not JSON", 502) from error

        return self._again(read)

    def download(self, digest: str, path: str, size: int, into: BinaryIO) -> None:
        """Writes exactly `size` bytes; asks for the rest of them when the connection breaks in between."""
        deadline = self._clock() + TOTAL_SECONDS

        def read() -> None:
            have = into.tell()
            if have == size and size > 0:
                return
            headers = {"Range": f"bytes={have}-"} if have else {}
            with self._open(f"{self._base}/{digest}/files/{path}", headers) as reply:
                if have and reply.status != 206:  # the range was not honoured: from the start
                    into.seek(0)
                    into.truncate()
                    have = 0
                while block := reply.read(BLOCK_BYTES):
                    have += len(block)
                    if have > size:
                        raise Refused("switchyard_digest_mismatch", f"{path} is longer than its manifest says", 400)
                    if self._clock() > deadline:
                        raise Refused("switchyard_unreachable", f"{path} took longer than {TOTAL_SECONDS:.0f} s", 503)
                    into.write(block)
            if have < size:
                raise ConnectionError(f"{path} broke off at byte {have} of {size}")

        self._again(read)

    def _open(self, url: str, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(url, headers={**headers, "Authorization": f"Bearer {self._key}"})
        return _opener.open(request, timeout=READ_SECONDS)

    def _again(self, work: Any) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return work()
            except urllib.error.HTTPError as error:
                if error.code not in PASSING or attempt == ATTEMPTS:
                    raise _refusal(error.code) from None
            except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
                if attempt == ATTEMPTS:
                    raise Refused("switchyard_unreachable", f"Switchyard cannot be reached ({_short(error)})", 503) from None
            self._sleep(0.2 * 2**attempt)
        raise AssertionError("unreachable")


def _refusal(status: int) -> Refused:
    if status in (401, 403):
        return Refused("switchyard_key_refused", f"Switchyard refuses this node's key ({status})", 403)
    if status == 404:
        return Refused("switchyard_not_placed", "Switchyard has no such adapter for this node", 404)
    if status in PASSING:
        return Refused("switchyard_unreachable", f"Switchyard answers {status}", 503)
    return Refused("switchyard_fetch_failed", f"Switchyard answers {status}", 502)


def _short(error: BaseException) -> str:
    reason = getattr(error, "reason", None)
    return type(reason if isinstance(reason, BaseException) else error).__name__
