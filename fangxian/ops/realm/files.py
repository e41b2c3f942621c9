"""The file store: whatever was uploaded or issued, kept once, sealed, under the name of its content."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from fangxian.core.refusal import Refusal

from .keys import Keyring, Purpose

BOUND_TO = b"realm.files"
NAME = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """Content-addressed files of one realm.

    A file's name is a keyed digest of its content: the same content twice is one file, and the name tells
    an outsider nothing. Content is sealed with the realm's column key. Erasing a file is deleting it.
    """

    def __init__(self, folder: Path, keys: Keyring) -> None:
        self._folder, self._keys = folder, keys

    def name_of(self, content: bytes) -> str:
        return blake2b(
            content, key=self._keys.current(Purpose.INDEX).secret, digest_size=32, person=b"files"
        ).hexdigest()

    def put(self, content: bytes) -> str:
        """Keep `content`, durable when this returns; gives its name (64 hex characters)."""
        name = self.name_of(content)
        target = self._path(name)
        with suppress(FileNotFoundError):
            os.utime(target)  # kept already: from now on, so that it is not erased as left over before a row names it
            return name
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f"{name}.{uuid4().hex}.new")  # two putting the same content do not meet
        with draft.open("wb") as file:
            file.write(self._keys.seal(content, bound_to=BOUND_TO))
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
        _sync_folder(target.parent)
        return name

    def get(self, name: str) -> bytes:
        """The content under `name`.

        Refuses
        -------
        files.missing
            Nothing is kept under that name (any more).
        """
        try:
            return self._keys.unseal(self._path(name).read_bytes(), bound_to=BOUND_TO)
        except FileNotFoundError:
            raise Refusal(
                "files.missing",
                zh="文件 {name} 不在本数据域里：它可能已按期清除，或属于别的数据域。请从原始来源重新取得。",
                en="File {name} is not in this realm: it may have been erased at its term, or belong to another realm. "
                "Get it again from where it came from.",
                name=name[:12],
            ) from None

    def erase(self, name: str) -> bool:
        """Delete the file; whether there was one."""
        try:
            self._path(name).unlink()
        except FileNotFoundError:
            return False
        return True

    def kept_before(self, moment: float) -> Iterator[str]:
        """The names of the files put for the last time before a moment, in seconds since 1970 by the machine's clock.

        Drafts of that age, which a crash left half written, are deleted on the way.
        """
        for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            for entry in list(os.scandir(folder)):
                if not _is_older(entry, moment):
                    continue
                if NAME.fullmatch(entry.name):
                    yield entry.name
                elif entry.name.endswith(".new"):
                    Path(entry.path).unlink(missing_ok=True)

    def erase_if_before(self, name: str, moment: float) -> bool:
        """Delete the file unless somebody has put it again since that moment; whether it is gone."""
        path = self._path(name)
        return _is_older(path, moment) and self.erase(name)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError(f"a file's name is 64 hex characters, not {len(name)} characters of something else")
        return self._folder / name[:2] / name


def _is_older(file: Path | os.DirEntry, moment: float) -> bool:
    try:
        return file.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
