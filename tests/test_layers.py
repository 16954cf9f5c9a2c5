"""Imports point down only, as the design says."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: From the ground up. A module may import those of lower layers, and those of its own that do not import it back.
LAYERS = (
    {
        "monitor.text",
        "monitor.distribution",
        "monitor.worker",
        "monitor.selection",
        "monitor.loop",
        "monitor.files",
        "monitor.certificate",
        "monitor.logs",
        "monitor.notify",
        "monitor.readers",
        "monitor.masks",
        "monitor.load",
        "monitor.asking",
    },
    {"monitor.probe", "monitor.reload"},
    {"monitor.hookspecs", "monitor.frame"},
    {"monitor", "monitor.health"},
    {"monitor.runner"},
    {"monitor.encoder", "monitor.registry", "monitor.sampler"},
    {
        "monitor.hub",
        "monitor.history",
        "monitor.machine",
        "monitor.report",
        "monitor.llama",
        "monitor.auth",
        "monitor.doctor",
    },
    {"monitor.web"},
    {"monitor.config"},
    {"monitor.access"},
    {"monitor.app"},
    {"monitor.diagnosis"},
    {"monitor.cli"},
    {"monitor.__main__"},
)


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted([*ROOT.glob("monitor/**/*.py"), *ROOT.glob("probes/*.py")]):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules()


def imports(path: Path) -> Iterator[str]:
    """Yield every module the file imports, inside functions too; `from a import b` is a.b where that is a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where they point"
            assert node.module
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module


def layer(module: str) -> int:
    name = next(
        (
            each
            for each in ("monitor.web", "monitor.load", "monitor.llama", "monitor.auth", "monitor.doctor")
            if module.startswith(each)
        ),
        module,
    )
    places = [number for number, names in enumerate(LAYERS) if name in names]
    assert len(places) == 1, f"{module} has no place in the layers"
    return places[0]


MONITOR = [name for name in MODULES if name.startswith("monitor")]


@pytest.mark.parametrize("module", MONITOR)
def test_a_module_imports_only_downwards(module: str) -> None:
    for imported in set(imports(MODULES[module])) & MODULES.keys():
        assert not imported.startswith("probes"), "probes come by entry point"
        assert layer(imported) <= layer(module), f"{module} imports {imported}, which stands above it"


def test_there_are_no_circles() -> None:
    graph = {name: set(imports(path)) & MODULES.keys() - {name} for name, path in MODULES.items()}
    while leaves := [name for name, needs in graph.items() if not needs]:
        for leaf in leaves:
            del graph[leaf]
        for needs in graph.values():
            needs.difference_update(leaves)
    assert graph == {}, "each of these is on a circle, or above one"


@pytest.mark.parametrize("module", MONITOR)
def test_only_the_web_and_the_top_know_aiohttp_and_only_the_top_knows_the_settings(module: str) -> None:
    roots = {name.partition(".")[0] for name in imports(MODULES[module])}
    if not module.startswith("monitor.web") and module != "monitor.app":
        assert not {name for name in roots if name.startswith("aiohttp")}
    if module not in ("monitor.access", "monitor.app", "monitor.diagnosis", "monitor.cli"):
        assert "monitor.config" not in set(imports(MODULES[module]))


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("probes.")])
def test_a_probe_imports_what_any_author_may(module: str) -> None:
    roots = {name.partition(".")[0] for name in imports(MODULES[module])}
    assert roots - sys.stdlib_module_names <= {"monitor", "psutil"}
    inside = {name for name in imports(MODULES[module]) if name.startswith("monitor")}
    assert inside == {"monitor"}, "the public surface is enough"
