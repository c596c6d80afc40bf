"""What an adapter directory must be: names, digests, and whether the bytes on this node's disk are the true ones."""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable
from typing import NamedTuple

BLOCK_BYTES = 1 << 20
MAX_FILES = 32
MAX_BYTES = 8 << 30

FILE_NAME = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")
FOLDER_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,199}$")
DIGEST_NAME = re.compile(r"^[0-9a-f]{12,64}$")
SHA256 = re.compile(r"^[0-9a-f]{64}$")


class Refused(Exception):
    """A load that must not happen. `code` is a stable word that Switchyard reads out of vLLM's error message."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(f"{code}: {message}.")
        self.code = code
        self.status = status


class FileEntry(NamedTuple):
    path: str
    size_bytes: int
    sha256: str


def manifest_digest(files: Iterable[FileEntry]) -> str:
    """SHA-256 over one line a file, `<sha256>  <sizeBytes>  <path>`, sorted by path: Switchyard's digest of a version."""
    # by UTF-16 code units, as in JavaScript; the names are ASCII, where that is the plain order
    lines = [f"{f.sha256}  {f.size_bytes}  {f.path}\n" for f in sorted(files, key=lambda f: f.path)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def locate(root: str, lora_path: str) -> tuple[str, str] | None:
    """
    The directory and the start of its digest for a path below the adapter directory; None for a path elsewhere.
    Refuses a path below it that is not `<root>/<folder>/<digest12>`, or that leads out of it.
    """
    root = os.path.abspath(root)
    target = os.path.abspath(os.path.expanduser(lora_path))
    if os.path.commonpath([root, target]) != root and os.path.commonpath([root, os.path.realpath(target)]) != root:
        return None
    parts = os.path.relpath(target, root).split(os.sep)
    if len(parts) != 2 or not FOLDER_NAME.match(parts[0]) or not DIGEST_NAME.match(parts[1]):
        raise Refused("switchyard_path_refused", "the path is not <folder>/<digest> below the adapter directory", 400)
    if os.path.realpath(target) != os.path.join(os.path.realpath(root), *parts):
        raise Refused("switchyard_path_refused", "the path leads over a symbolic link", 400)
    return target, parts[1]


def hash_file(path: str) -> tuple[int, str]:
    """Size and SHA-256 of a regular file; a link in its place is an error."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        digest = hashlib.sha256()
        size = 0
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def digest_on_disk(directory: str) -> str | None:
    """The digest of what stands in a directory now; None where there is none, or something in it is no plain file."""
    try:
        names = os.listdir(directory)
        if not names or len(names) > MAX_FILES:
            return None
        return manifest_digest(FileEntry(name, *hash_file(os.path.join(directory, name))) for name in names)
    except OSError:
        return None


def check_manifest(body: object, wanted: str) -> tuple[str, list[FileEntry]]:
    """A manifest as Switchyard answers it, proven against the digest that was asked for; refused otherwise."""
    try:
        digest = body["digest"]  # type: ignore[index]
        files = [FileEntry(f["path"], f["sizeBytes"], f["sha256"]) for f in body["files"]]  # type: ignore[index]
    except (KeyError, TypeError) as error:
        raise Refused("switchyard_fetch_failed", "Switchyard's manifest is not understood", 502) from error
    names = {f.path for f in files}
    sound = (
        0 < len(files) <= MAX_FILES
        and len(names) == len(files)
        and all(isinstance(f.path, str) and FILE_NAME.match(f.path) for f in files)
        and all(isinstance(f.size_bytes, int) and f.size_bytes >= 0 for f in files)
        and all(isinstance(f.sha256, str) and SHA256.match(f.sha256) for f in files)
        and sum(f.size_bytes for f in files) <= MAX_BYTES
    )
    if not sound:
        raise Refused("switchyard_fetch_failed", "Switchyard's manifest has names or sizes that are not taken", 502)
    true_digest = manifest_digest(files)
    if true_digest != digest or not true_digest.startswith(wanted):
        raise Refused("switchyard_digest_mismatch", f"the manifest of {wanted} has the digest {true_digest[:12]}", 400)
    return true_digest, files
