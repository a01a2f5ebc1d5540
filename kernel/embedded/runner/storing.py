"""Writes files atomically."""
import contextlib
import hashlib
import os
import re
import stat
import tempfile


class Changed(Exception):
    """A file that somebody else has changed since it was read."""


def digest(path):
    """The digest of a file's contents, None if it cannot be read."""
    try:
        with open(path, "rb") as f:
            return hashlib.sha256(f.read()).hexdigest()
    except OSError:
        return None


def replace(path, text, source, was):
    """Like write, but raises Changed if path is a file whose digest is not was."""
    def unchanged():
        if digest(path) not in (None, was):
            raise Changed("the file was changed while the notebook ran, and is left as it is")

    write(path, text, source, unchanged)


def write(path, text, source, ready=lambda: None):
    """Writes text to a new file of a random name next to path, and renames it to path.

    The file keeps the mode and owner of the file that it replaces. A new file is
    as private as source, the notebook that was read. ready is called just before
    the renaming; if it raises, nothing is replaced.
    """
    folder, name = os.path.split(path)
    os.makedirs(folder, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=f".{name}-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as f:
            f.write(encoded(text))
            settle(f.fileno(), path, source)
            os.fsync(f.fileno())
        ready()
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(aside)
        raise


def settle(handle, path, source):
    """Gives an open file its mode and owner."""
    was = regular(path)
    if was is None:
        like = os.stat(source).st_mode if os.path.exists(source) else 0o600
        umask = os.umask(0)
        os.umask(umask)
        os.fchmod(handle, like & 0o666 & ~umask | 0o600)
        return
    mode = stat.S_IMODE(was.st_mode) & 0o777
    now = os.fstat(handle)
    with contextlib.suppress(PermissionError):
        os.fchown(handle, was.st_uid if was.st_uid != now.st_uid else -1, -1)
    try:
        os.fchown(handle, -1, was.st_gid if was.st_gid != now.st_gid else -1)
    except PermissionError:
        mode &= ~0o070  # one group's permissions are not meant for another
    os.fchmod(handle, mode)


def regular(path):
    """The stat result of a regular file, None for anything else."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def encoded(text):
    """JSON or HTML in UTF-8. Half a surrogate pair, which UTF-8 cannot hold, is
    written as JSON's escape."""
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text).encode("utf-8")


def rescue(name, text):
    """Writes text to a new file in the system's folder for temporary files, if it cannot
    be written to its place. Returns the path."""
    stem, extension = os.path.splitext(name)
    handle, path = tempfile.mkstemp(prefix=f"{stem}-", suffix=extension)
    with os.fdopen(handle, "wb") as f:
        f.write(encoded(text))
    return path
