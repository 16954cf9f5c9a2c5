"""What answers questions, and room for a model that is fetched."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from monitor.doctor.finding import Finding
from monitor.doctor.place import Place
from monitor.llama.fetch import cache_folder, is_reference, source
from monitor.llama.model import INSTALL, NoModel, find

CHECK: Final = "model"
GB: Final = 2**30
#: Bytes that a fetched model may need.
ROOM: Final = 4 * GB


def answering(model: str, url: str) -> Iterator[Finding]:
    """Look at what answers questions: `llama_model` and `llama_url`, as they are set."""
    if url:
        yield _remote(url)
        return
    path = Path(model) if model and not is_reference(model) else None
    if is_reference(model):
        path = source(model).path
        if not path.is_file():
            yield Finding.ok(CHECK, f"{model} is fetched when the server starts")
            return
    try:
        file = find(path)
    except NoModel as error:
        remedy = INSTALL if INSTALL in str(error) else "set llama_model to a GGUF file that this user may read"
        yield Finding.warning(CHECK, f"questions are answered 503: {error}", remedy)
    else:
        yield Finding.ok(CHECK, f"{file.name}, {file.size / 2**20:.0f} MB, and llama.cpp to run it")


def room(model: str, folder: Path | None = None) -> Iterator[Finding]:
    """Look at the folder in which fetched models are kept."""
    folder = folder or cache_folder()
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(there).free
    text = f"{folder}: {free / GB:.1f} GB free"
    if is_reference(model) and free < ROOM and not source(model).path.is_file():
        yield Finding.warning("cache", text, "make room for the model, or set XDG_CACHE_HOME to a folder that has some")
    else:
        yield Finding.ok("cache", text)


def _remote(url: str) -> Finding:
    try:
        status = Place.of(url).get("/models").status
    except (OSError, ValueError) as error:
        return Finding.problem(CHECK, f"nothing answers at {url}: {error}", "start it, or mend llama_url")
    if status in (401, 403):
        return Finding.problem(
            CHECK, f"{url} wants to be paid or known (HTTP {status})", "name a server that needs no key"
        )
    if status >= 500:
        return Finding.problem(CHECK, f"{url} answers HTTP {status}", "look into its log")
    return Finding.ok(CHECK, f"{url} answers (HTTP {status})")
