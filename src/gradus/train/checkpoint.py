"""A run's state on disk, such that no crash at any moment can lose it.

    checkpoints/step-00004220/
        model.safetensors     weights
        optimizer.safetensors the optimiser's tensors
        best.safetensors      the best weights so far
        state.json            everything else: epoch, history, random state, the optimiser's numbers
        MANIFEST.json         size and SHA-256 of each of these, written last

A checkpoint is built in a hidden folder, every file is flushed to the disk, and one rename makes it appear whole. At
least two are kept. Reading verifies every byte against the manifest; a damaged checkpoint is passed over for the one
before it, named, and never deleted. (How such schemes fail: Pillai et al., "All File Systems Are Not Created Equal",
OSDI 2014.)
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradus._version import __version__
from gradus.errors import BadFile, Environment, IntegrityError
from gradus.io import safetensors, strict_json
from gradus.io.atomic import read_bytes, sync_folder, write_new

SCHEMA = 1
KEEP = 2
MANIFEST = "MANIFEST.json"
STATE = "state.json"

_STEP = re.compile(r"step-(\d{8,12})")
_TENSORS = re.compile(r"([a-z]+)\.safetensors")

Tensors = dict[str, dict[str, np.ndarray]]


class Snapshot(NamedTuple):
    """All that is needed to go on: groups of named arrays, and a JSON value with at least the step."""

    tensors: Tensors
    state: dict[str, Any]


class Loaded(NamedTuple):
    """The newest checkpoint that verifies, and the newer ones that do not, each with the reason."""

    path: Path
    snapshot: Snapshot
    damaged: list[tuple[Path, str]]


# ---------------------------------------------------------------------------------------------------------------------
# Writing.


def save(folder: Path, snapshot: Snapshot) -> Path:
    """Write a checkpoint below `folder` and return its path; older ones than the last two are removed afterwards.

    Raises:
        Environment: the disk is full, read-only or failing. The checkpoints that were there are untouched.
    """
    target = folder / f"step-{snapshot.state['step']:08d}"
    draft = folder / f".tmp-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        folder.mkdir(exist_ok=True)
        if _make_way(target):
            _write(draft, snapshot)
            draft.rename(target)
            sync_folder(folder)
        _prune(folder, target)
    except OSError as error:
        raise Environment(f"{target}: cannot save: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _write(draft: Path, snapshot: Snapshot) -> None:
    files = {f"{name}.safetensors": safetensors.dumps(group) for name, group in snapshot.tensors.items()}
    files[STATE] = strict_json.dumps(snapshot.state).encode()
    manifest = {
        "schema": SCHEMA,
        "gradus": __version__,
        "files": {name: {"bytes": len(content), "sha256": _digest(content)} for name, content in files.items()},
    }
    draft.mkdir()
    for name, content in files.items():
        write_new(draft / name, content)
    write_new(draft / MANIFEST, strict_json.dumps(manifest, indent=2).encode())
    sync_folder(draft)


def _make_way(target: Path) -> bool:
    """False when this very step is already saved and sound; a damaged one is set aside."""
    if not os.path.lexists(target):
        return True
    try:
        read(target)
    except BadFile:
        set_aside(target)
        return True
    return False


def set_aside(path: Path) -> Path:
    """Rename a damaged checkpoint, so that it is kept but not tried again."""
    aside = path.with_name(f"damaged-{path.name}-{secrets.token_hex(2)}")
    try:
        return path.rename(aside)
    except OSError as error:
        raise Environment(f"{path}: cannot rename: {error.strerror or error}") from error


def _prune(folder: Path, newest: Path) -> None:
    kept = [path for path in steps(folder) if path.name <= newest.name]
    drafts = folder.glob(".tmp-*")  # of processes that died: whoever saves holds the run's lock
    for path in (*kept[KEEP:], *drafts):
        shutil.rmtree(path, ignore_errors=True)


# ---------------------------------------------------------------------------------------------------------------------
# Reading.


def load(folder: Path) -> Loaded | None:
    """The newest sound checkpoint below `folder`; None when there is none at all.

    Raises:
        IntegrityError: there are checkpoints, and all of them are damaged; each is named with the reason.
    """
    damaged: list[tuple[Path, str]] = []
    for path in steps(folder):
        try:
            return Loaded(path, read(path), damaged)
        except BadFile as error:
            # Another process may have saved a newer one and removed this one since the folder was listed.
            if os.path.lexists(path):
                damaged.append((path, str(error)))
            elif any(newer.name > path.name for newer in steps(folder)):
                return load(folder)
    if damaged:
        raise IntegrityError("no usable checkpoint: " + "; ".join(reason for _, reason in damaged))
    return None


def steps(folder: Path) -> list[Path]:
    """The checkpoints below a folder, newest first."""
    try:
        found = [path for path in folder.iterdir() if _STEP.fullmatch(path.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise BadFile(f"{folder}: {error.strerror or error}") from error
    return sorted(found, key=lambda path: int(path.name[5:]), reverse=True)


def read(path: Path) -> Snapshot:
    """One checkpoint, every byte of it verified. Raises BadFile or IntegrityError, naming the file."""
    if path.is_symlink() or not path.is_dir():
        raise BadFile(f"{path}: expected a folder")
    listed = _read_manifest(path)
    _check_names(path, listed)
    files = {name: _verified(path / name, entry) for name, entry in listed.items()}
    state = strict_json.loads(files.pop(STATE), source=str(path / STATE), max_bytes=1 << 30)
    if not isinstance(state, dict) or type(state.get("step")) is not int or state["step"] != int(path.name[5:]):
        raise BadFile(f"{path / STATE}: does not belong to this folder's step")
    tensors = {
        name.removesuffix(".safetensors"): safetensors.loads(content, source=str(path / name))[0]
        for name, content in files.items()
    }
    return Snapshot(tensors, state)


def _read_manifest(path: Path) -> dict[str, dict]:
    source = path / MANIFEST
    manifest = strict_json.load(source)
    if not isinstance(manifest, dict) or type(manifest.get("schema")) is not int:
        raise BadFile(f"{source}: not a manifest")
    if manifest["schema"] > SCHEMA:
        raise BadFile(f"{source}: made by gradus {manifest.get('gradus')}, this is {__version__}: upgrade to read it")
    listed = manifest.get("files")
    if not isinstance(listed, dict) or not all(_is_entry(name, entry) for name, entry in listed.items()):
        raise BadFile(f"{source}: the list of files is malformed")
    return listed


def _is_entry(name: str, entry: Any) -> bool:
    return (
        (name == STATE or bool(_TENSORS.fullmatch(name)))
        and isinstance(entry, dict)
        and type(entry.get("bytes")) is int
        and isinstance(entry.get("sha256"), str)
    )


def _check_names(path: Path, listed: Mapping[str, Any]) -> None:
    present = {entry.name for entry in path.iterdir()} - {MANIFEST}
    if STATE not in listed or present != set(listed):
        wrong = sorted(present ^ set(listed)) or [STATE]
        raise IntegrityError(f"{path / wrong[0]}: {'not in the manifest' if wrong[0] in present else 'missing'}")


def _verified(path: Path, entry: Mapping[str, Any]) -> bytes:
    content = read_bytes(path, safetensors.MAX_FILE_BYTES)
    if len(content) != entry["bytes"]:
        raise IntegrityError(f"{path}: {len(content):,} bytes, the manifest says {entry['bytes']:,}")
    if _digest(content) != entry["sha256"]:
        raise IntegrityError(f"{path}: damaged: its SHA-256 differs from the manifest's")
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
