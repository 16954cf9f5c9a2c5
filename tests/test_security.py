"""What SECURITY.md says, where no other test shows it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.distribution import plugin_entry_points
from monitor.frame import checked
from monitor.registry import load

ROOT = Path(__file__).resolve().parent.parent
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
SOURCES = sorted([*ROOT.glob("monitor/**/*.py"), *ROOT.glob("probes/*.py")])
#: Parts of psutil, and files, that tell what a process was started with.
TELLTALE = {"cmdline", "environ", "exe", "open_files", "process_iter"}


def attributes(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each attribute that the file reads, with what it is read from."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node.value), node.attr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobodys_command_line_and_no_others_environment_is_read(path: Path) -> None:
    assert not {(source, name) for source, name in attributes(path) if name in TELLTALE and source != "os"}
    assert not re.search(r"/proc/[^\s\"']*(cmdline|environ)", path.read_text(encoding="utf-8"))


def test_no_field_can_hold_text() -> None:
    for probe in load(plugin_entry_points("monitor")).probes.values():
        for field in probe.fields:
            value = "--password=secret"
            with pytest.raises(Exception, match=field.name):
                checked(probe.fields, {field.name: [value] if field.per else value})


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_program_is_started_by_a_shell_or_by_what_came_from_outside(path: Path) -> None:
    starts = {"Popen", "create_subprocess_exec", "create_subprocess_shell"}
    modules = {("os", "system"), ("os", "popen"), ("os", "execv"), ("os", "spawnv"), ("subprocess", "run")}
    found = {name for source, name in attributes(path) if name in starts or (source, name) in modules}
    allowed = {
        "monitor/doctor/clock.py": {"run"},
        "monitor/llama/install.py": {"Popen"},
        "monitor/llama/pipes.py": {"create_subprocess_exec"},
        "monitor/load/load.py": {"Popen"},
    }
    assert found <= allowed.get(str(path.relative_to(ROOT)), set())
    assert "shell=True" not in path.read_text(encoding="utf-8")


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`(?:, `::(\w+)`)?", SECURITY)
    assert len(named) > 10
    for file, *functions in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        for function in filter(None, functions):
            assert f"def {function}(" in text
