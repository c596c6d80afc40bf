import hashlib
import json
import logging
import os
import tempfile
import threading
import unittest
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from switchyard_vllm.artifact import FileEntry, Refused, digest_on_disk, manifest_digest
from switchyard_vllm.download import Source
from switchyard_vllm.fetch import INCOMING, ensure_adapter

logging.disable(logging.CRITICAL)
KEY = "sy_node_key"
FILES = {"adapter_config.json": b'{"r": 16}', "adapter_model.safetensors": os.urandom(300_000), "empty.txt": b""}


def entries(files: dict[str, bytes]) -> list[FileEntry]:
    return [FileEntry(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in files.items()]


class Switchyard:
    """The two routes, over real HTTP, with faults to order."""

    def __init__(self) -> None:
        self.files = dict(FILES)
        self.manifest: Any = None
        self.asked: list[tuple[str, str | None]] = []
        self.faults: list[Callable[[BaseHTTPRequestHandler], bool]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers.get("range")))
                if outer.faults and outer.faults.pop(0)(self):
                    return
                if self.headers.get("authorization") != f"Bearer {KEY}":
                    return self.answer(401, b"{}")
                parts = self.path.split("/")[4:]
                if not outer.digest.startswith(parts[0]):
                    return self.answer(404, b"{}")
                if len(parts) == 1:
                    return self.answer(200, json.dumps(outer.manifest or outer.true_manifest()).encode())
                data = outer.files.get(parts[2])
                if data is None:
                    return self.answer(404, b"{}")
                start = int((self.headers.get("range") or "bytes=0-")[6:-1])
                self.answer(206 if start else 200, data[start:])

            def answer(self, status: int, body: bytes, **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.digest = manifest_digest(entries(FILES))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def true_manifest(self) -> dict[str, Any]:
        files = [{"path": f.path, "sizeBytes": f.size_bytes, "sha256": f.sha256} for f in entries(FILES)]
        return {"digest": self.digest, "files": files}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Fetching(unittest.TestCase):
    def setUp(self) -> None:
        self.switchyard = Switchyard()
        self.addCleanup(self.switchyard.close)
        self.root = os.path.realpath(tempfile.mkdtemp())
        self.path = os.path.join(self.root, "acme--bot", self.switchyard.digest[:12])

    def ensure(self, path: str | None = None, key: str = KEY, url: str | None = None) -> str | None:
        source = Source(url or self.switchyard.url, key, sleep=lambda _seconds: None)
        return ensure_adapter(self.root, source, path or self.path)

    def refused(self, code: str, **kwargs: Any) -> Refused:
        with self.assertRaises(Refused) as caught:
            self.ensure(**kwargs)
        self.assertEqual(caught.exception.code, code)
        self.assertTrue(str(caught.exception).startswith(code))
        # nothing half-made stays, neither in its place nor beside it
        incoming = os.path.join(self.root, INCOMING)
        self.assertEqual(os.listdir(incoming) if os.path.isdir(incoming) else [], [])
        return caught.exception

    def on_disk(self) -> dict[str, bytes]:
        found = {}
        for name in os.listdir(self.path):
            with open(os.path.join(self.path, name), "rb") as file:
                found[name] = file.read()
        return found

    def put(self, files: dict[str, bytes]) -> None:
        os.makedirs(self.path)
        for name, data in files.items():
            with open(os.path.join(self.path, name), "wb") as file:
                file.write(data)


class Works(Fetching):
    def test_fetches_what_is_missing_and_proves_it(self) -> None:
        self.assertEqual(self.ensure(), self.switchyard.digest)
        self.assertEqual(self.on_disk(), FILES)
        self.assertEqual(os.stat(os.path.join(self.path, "adapter_config.json")).st_mode & 0o777, 0o444)

    def test_a_true_directory_needs_nobody(self) -> None:
        self.put(FILES)
        self.assertEqual(ensure_adapter(self.root, None, self.path), self.switchyard.digest)
        self.assertEqual(self.switchyard.asked, [])

    def test_a_broken_download_goes_on_where_it_stopped(self) -> None:
        def break_off(handler: BaseHTTPRequestHandler) -> bool:
            data = FILES["adapter_model.safetensors"]
            handler.send_response(200)
            handler.send_header("content-length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data[:100_000])
            handler.close_connection = True
            return True

        self.switchyard.faults = [lambda _h: False, lambda _h: False, break_off]
        self.assertEqual(self.ensure(), self.switchyard.digest)
        self.assertIn("bytes=100000-", [wanted for _path, wanted in self.switchyard.asked])

    def test_passing_errors_are_tried_again(self) -> None:
        self.switchyard.faults = [lambda h: h.answer(503, b"") or True] * 2  # type: ignore[attr-defined]
        self.assertEqual(self.ensure(), self.switchyard.digest)

    def test_only_what_is_wrong_is_replaced_and_strangers_go(self) -> None:
        self.put({**FILES, "adapter_config.json": b"changed", "adapter_model.bin": b"a pickle"})
        self.assertEqual(self.ensure(), self.switchyard.digest)
        self.assertEqual(self.on_disk(), FILES)
        self.assertEqual([path.rsplit("/", 1)[1] for path, _ in self.switchyard.asked[1:]], ["adapter_config.json"])

    def test_a_link_in_a_files_place_is_replaced_not_followed(self) -> None:
        secret = os.path.join(self.root, "secret")
        with open(secret, "wb") as file:
            file.write(FILES["adapter_config.json"])
        self.put({name: data for name, data in FILES.items() if name != "adapter_config.json"})
        os.symlink(secret, os.path.join(self.path, "adapter_config.json"))
        self.assertEqual(self.ensure(), self.switchyard.digest)
        self.assertFalse(os.path.islink(os.path.join(self.path, "adapter_config.json")))

    def test_what_a_crash_left_half_fetched_goes(self) -> None:
        left = os.path.join(self.root, INCOMING, "left")
        os.makedirs(left)
        os.utime(left, (0, 0))
        self.ensure()
        self.assertEqual(os.listdir(os.path.join(self.root, INCOMING)), [])

    def test_loads_at_once_fetch_once(self) -> None:
        found: list[str | None] = []
        threads = [threading.Thread(target=lambda: found.append(self.ensure())) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [self.switchyard.digest] * 5)
        self.assertEqual(len(self.switchyard.asked), 1 + len(FILES))

    def test_paths_elsewhere_are_none_of_our_business(self) -> None:
        for path in ("/somewhere/else", "org/model-on-a-hub", f"{self.root}-other/a/0123456789ab"):
            self.assertIsNone(self.ensure(path=path))
        self.assertEqual(self.switchyard.asked, [])


class Refuses(Fetching):
    def test_bytes_that_are_not_what_the_manifest_says(self) -> None:
        self.switchyard.files["adapter_model.safetensors"] = b"x" * 300_000
        self.assertEqual(self.refused("switchyard_digest_mismatch").status, 400)
        self.assertFalse(os.path.exists(self.path))

    def test_more_bytes_than_announced(self) -> None:
        self.switchyard.files["adapter_config.json"] = b'{"r": 16} and more'
        self.refused("switchyard_digest_mismatch")

    def test_fewer_bytes_than_announced(self) -> None:
        self.switchyard.files["adapter_config.json"] = b"{"
        self.refused("switchyard_unreachable")

    def test_a_manifest_of_other_bytes(self) -> None:
        other = {**FILES, "adapter_config.json": b"{}"}
        files = [{"path": f.path, "sizeBytes": f.size_bytes, "sha256": f.sha256} for f in entries(other)]
        for digest in (self.switchyard.digest, manifest_digest(entries(other))):
            self.switchyard.manifest = {"digest": digest, "files": files}
            self.refused("switchyard_digest_mismatch")
        self.assertEqual(len(self.switchyard.asked), 2)  # not a byte was downloaded

    def test_manifests_that_are_not_understood(self) -> None:
        true = self.switchyard.true_manifest()

        def with_file(**change: Any) -> Any:
            return {**true, "files": [{**true["files"][0], **change}, *true["files"][1:]]}

        bad: list[Any] = [[], {}, {"digest": 1, "files": 2}, {**true, "files": []}, {**true, "files": true["files"] * 20}]
        bad += [with_file(path=path) for path in ("../x", "/etc/passwd", "a/b", "", ".", "..", ".hidden", "a\nb", 7)]
        bad += [with_file(sizeBytes=size) for size in (-1, "1", 1 << 40)] + [with_file(sha256="zz")]
        for manifest in bad:
            self.switchyard.manifest = manifest
            if manifest in ([], {}):
                self.switchyard.manifest = manifest or {"nothing": True}
            self.refused("switchyard_fetch_failed")

    def test_a_key_that_does_not_work(self) -> None:
        self.assertEqual(self.refused("switchyard_key_refused", key="wrong").status, 403)
        self.assertEqual(len(self.switchyard.asked), 1)  # asking again would not help

    def test_what_is_not_placed_here(self) -> None:
        path = os.path.join(self.root, "acme--bot", "0" * 12)
        self.assertEqual(self.refused("switchyard_not_placed", path=path).status, 404)

    def test_a_switchyard_that_is_not_there(self) -> None:
        self.assertEqual(self.refused("switchyard_unreachable", url="http://127.0.0.1:9").status, 503)

    def test_redirects_are_not_followed(self) -> None:
        self.switchyard.faults = [lambda h: h.answer(302, b"", location="http://127.0.0.1:9/") or True]  # type: ignore[attr-defined]
        self.refused("switchyard_fetch_failed")

    def test_paths_that_are_not_ours_to_fill(self) -> None:
        for tail in ("", "x", "a/b", "a/b/c", "a/../../etc/0123456789ab", f"a/{'0' * 12}/x", f"A B/{'0' * 12}", f"../{'0' * 12}"):
            path = os.path.join(self.root, tail)
            if os.path.abspath(path).startswith(self.root):
                self.refused("switchyard_path_refused", path=path)
            else:
                self.assertIsNone(self.ensure(path=path))
        self.assertEqual(self.switchyard.asked, [])

    def test_a_folder_that_leads_elsewhere(self) -> None:
        elsewhere = tempfile.mkdtemp()
        os.symlink(elsewhere, os.path.join(self.root, "acme--bot"))
        self.refused("switchyard_path_refused")
        self.assertEqual(os.listdir(elsewhere), [])

    def test_without_settings_a_wrong_directory_is_refused(self) -> None:
        with self.assertRaises(Refused) as caught:
            ensure_adapter(self.root, None, self.path)
        self.assertEqual(caught.exception.code, "switchyard_not_configured")

    def test_a_directory_that_cannot_be_written(self) -> None:
        open(os.path.join(self.root, "acme--bot"), "w").close()
        with self.assertRaises(Refused) as caught:
            self.ensure()
        self.assertEqual(caught.exception.code, "switchyard_disk_failed")


class Formula(unittest.TestCase):
    def test_is_the_same_as_switchyards(self) -> None:
        # what manifestDigest of lib/registry/store-layout.ts says of a committed adapter
        adapter = os.path.join(os.path.dirname(__file__), "../../e2e/fixtures/adapters/billing-helper")
        self.assertEqual(digest_on_disk(adapter), "922a00e3c13231fa00e6dc7b90d67eeae7dd91246ff2ab1a2ec2e37cf03e5beb")


if __name__ == "__main__":
    unittest.main()
