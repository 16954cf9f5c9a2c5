"""The docs do not rot: what the code has, they name."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from monitor import hookspecs
from monitor.config import Settings, resolve
from monitor.distribution import plugin_entry_points
from monitor.frame import RESERVED
from monitor.health import State
from monitor.probe import UNITS
from monitor.registry import load
from monitor.web.guard import POLICY
from tests.conftest import Connect

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
PROBES = (ROOT / "docs" / "probes.md").read_text(encoding="utf-8")
DEPLOY = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_every_setting_is_in_the_reference_with_its_default_and_help(setting: Any) -> None:
    (row,) = re.findall(rf"^\| `{setting.name}` \|.*$", REFERENCE, re.MULTILINE)
    assert setting.metadata["help"] in row
    default = getattr(Settings(), setting.name)
    shown = str(default).lower() if isinstance(default, bool) else default
    shown = ", ".join(shown) if isinstance(shown, tuple) else shown
    assert (f"`{shown}`" if shown else "none") in row


async def test_every_route_is_in_the_readme_and_no_other(connect: Connect) -> None:
    client = await connect()
    assert client.app is not None
    parts = ("/static/", "/manifest.webmanifest")  # what pages are made of, and what nobody calls by himself
    routes = {each.canonical for each in client.app.router.resources() if not each.canonical.startswith(parts)}
    section = README.split("## Addresses")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| \w+ \| `([^`]+)`", section, re.MULTILINE)) == routes


def test_every_field_of_the_built_in_probes_is_in_the_reference_with_its_unit() -> None:
    registry = load(plugin_entry_points("monitor"))
    expected = {
        f"{probe.name}.{field.name}": field.unit for probe in registry.probes.values() for field in probe.fields
    }
    rows = dict(re.findall(r"^\| `(\w+\.\w+)` \| ([\w/]+)", REFERENCE, re.MULTILINE))
    assert rows == expected


def test_the_frame_in_the_readme_is_the_golden_one() -> None:
    golden = json.loads((ROOT / "tests" / "golden_frame.json").read_text(encoding="utf-8"))
    assert json.loads(blocks(README, "json")[0]) == golden


def test_every_hook_is_in_the_manual() -> None:
    hooks = [name for name, value in vars(hookspecs).items() if hasattr(value, "monitor_spec")]
    assert hooks == ["monitor_probes"]
    for hook in hooks:
        assert f"def {hook}(" in PROBES


def test_every_unit_state_and_reserved_name_is_in_the_manual() -> None:
    for name in (*UNITS, *RESERVED, *(state for state in State if state is not State.STARTING)):
        assert f"`{name}`" in PROBES


def test_every_error_code_is_in_the_reference() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "monitor" / "web").glob("*.py"))
    codes = set(re.findall(r'Refusal\(\s*\d+, "(\w+)"', sources))
    assert len(codes) >= 6
    for code in codes:
        assert f"`{code}`" in REFERENCE


def test_the_policy_of_the_pages_is_in_the_reference() -> None:
    assert POLICY in REFERENCE


def test_the_configuration_of_the_readme_is_right(tmp_path: Path) -> None:
    (configuration,) = [block for block in blocks(README, "toml") if "allowed_host" in block]
    path = tmp_path / "monitor.toml"
    path.write_text(configuration, encoding="utf-8")
    settings = resolve(file=str(path)).settings
    assert (settings.port, settings.disable, settings.tables) == (8080, ("network",), {"disk": {"path": "/home"}})


@pytest.mark.parametrize("configuration", blocks(DEPLOY, "toml"))
def test_the_configurations_for_the_internet_are_right(configuration: str, tmp_path: Path) -> None:
    path = tmp_path / "monitor.toml"
    path.write_text(configuration, encoding="utf-8")
    assert resolve(file=str(path)).settings.allowed_host == ("mon.example.org",)


@pytest.mark.parametrize("document", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]), ids=lambda path: path.name)
def test_links_between_the_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_every_target_of_the_makefile_that_the_docs_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert named <= targets
    assert {"help", "install", "run", "test", "lint", "bench", "clean"} <= targets
