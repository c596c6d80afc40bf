"""Makes sure that an adapter directory is there and true, before vLLM reads it.

A directory is named by the start of its digest, and the digest is made from the files alone. So a directory proves
itself, without a question to anybody; Switchyard is asked only when something is missing or wrong.
"""

import errno
import os
import shutil
import tempfile
import threading
from collections import defaultdict
from time import time

from .artifact import FileEntry, Refused, check_manifest, digest_on_disk, hash_file, locate
from .download import Source

INCOMING = ".switchyard-incoming"
# what a crash left behind goes after this long; no download takes as long
LEFTOVER_SECONDS = 86_400

_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def ensure_adapter(root: str, source: Source | None, lora_path: str) -> str | None:
    """
    The digest that the directory was proven to have; None for a path outside `root`, which is none of our business.
    Raises `Refused` otherwise.
    """
    located = locate(root, lora_path)
    if located is None:
        return None
    target, wanted = located
    with _locks[target]:  # two loads of one adapter fetch it once
        found = digest_on_disk(target)
        if found is not None and found.startswith(wanted):
            return found
        if source is None and found is not None:
            raise Refused("switchyard_digest_mismatch", f"what stands in {wanted} has the digest {found[:12]}", 400)
        if source is None:
            raise Refused("switchyard_not_configured", "it has to be fetched, but SWITCHYARD_URL or the node's key is missing", 500)
        try:
            return _fetch(os.path.abspath(root), source, target, wanted)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Refused("switchyard_disk_full", "this node's adapter directory has no room left", 507) from error
            name = errno.errorcode.get(error.errno or 0, "unknown")
            raise Refused("switchyard_disk_failed", f"this node's adapter directory cannot be written ({name})", 500) from error


def _fetch(root: str, source: Source, target: str, wanted: str) -> str:
    digest, files = check_manifest(source.manifest(wanted), wanted)
    incoming = os.path.join(root, INCOMING)
    os.makedirs(incoming, mode=0o755, exist_ok=True)
    _sweep(incoming)
    os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
    part = tempfile.mkdtemp(prefix=f"{wanted[:12]}-", dir=incoming)
    try:
        missing = [entry for entry in files if not _is_true(os.path.join(target, entry.path), entry)]
        for entry in missing:
            _download(source, digest, entry, os.path.join(part, entry.path))
        if os.path.isdir(target):
            _repair(target, part, files, missing)
        else:
            os.chmod(part, 0o755)
            _sync(part)
            os.rename(part, target)
        _sync(os.path.dirname(target))
    finally:
        shutil.rmtree(part, ignore_errors=True)
    if digest_on_disk(target) != digest:
        raise Refused("switchyard_digest_mismatch", f"what was written for {wanted} reads back differently", 500)
    return digest


def _sweep(incoming: str) -> None:
    for name in os.listdir(incoming):
        left = os.path.join(incoming, name)
        try:
            if time() - os.stat(left).st_mtime > LEFTOVER_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        except FileNotFoundError:
            continue  # another load has just finished with it


def _is_true(path: str, entry: FileEntry) -> bool:
    try:
        return hash_file(path) == (entry.size_bytes, entry.sha256)
    except OSError:
        return False


def _download(source: Source, digest: str, entry: FileEntry, path: str) -> None:
    with open(path, "x+b") as file:
        source.download(digest, entry.path, entry.size_bytes, file)
        file.flush()
        os.fsync(file.fileno())
    if not _is_true(path, entry):
        raise Refused("switchyard_digest_mismatch", f"{entry.path} is not what its manifest says", 400)
    os.chmod(path, 0o444)


def _repair(target: str, part: str, files: list[FileEntry], missing: list[FileEntry]) -> None:
    """
    File by file, each by one rename: vLLM may read an adapter again at any moment, and a directory that is gone for an
    instant would end its engine. What does not belong there is removed.
    """
    for entry in missing:
        os.replace(os.path.join(part, entry.path), os.path.join(target, entry.path))
    known = {entry.path for entry in files}
    for name in os.listdir(target):
        if name in known:
            continue
        if os.path.isdir(os.path.join(target, name)) and not os.path.islink(os.path.join(target, name)):
            raise Refused("switchyard_digest_mismatch", "a folder that does not belong there stands in the way", 400)
        os.unlink(os.path.join(target, name))
    _sync(target)


def _sync(directory: str) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
