"""The owner's document, in French, does not rot either: what it names exists, and what exists it names."""

import json
import re
import shlex
import tomllib
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest

from monitor.access import check_exposure
from monitor.cli import parser
from monitor.config import CLIENT_TOKEN, ENVIRONMENT, Settings, resolve
from monitor.distribution import plugin_entry_points
from monitor.health import State
from monitor.llama.grounding.kinds import Aggregate, Kind
from monitor.registry import load
from monitor.sampler import Sampler
from monitor.web import documents
from monitor.web.contract.contract import Contract
from monitor.web.errors import CODES
from monitor.web.live import CLOSE_CODES
from monitor.web.routes import ROUTES
from tests.french import (
    APOSTROPHE,
    DOCUMENT,
    NO_BREAK,
    ROOT,
    TEXT,
    block,
    blocks,
    commands,
    languages,
    plain,
    prose,
    rows,
)

#: What each JSON example is, in their order.
EXAMPLES = ("Welcome", "Frame", "PartOfFrame", "Columns", "Problem", "Answer")
#: How the document writes the units that the built-in probes have.
UNITS = {"percent": "%", "count": "nombre", "MHz": "MHz", "MB": "MB", "GB": "GB"}
#: Where docs/performance.md has what the document tells rounded: section, figure, and what stands before its number.
MEASURED = {
    "Démarrage, de la commande à la première trame": (
        "The server by itself",
        "Start: from the command to the first frame",
        " ",
    ),
    "Serveur sans client, à une trame par seconde : CPU": ("The server by itself", "Idle server, 1 Hz: CPU", " "),
    "Serveur sans client : mémoire résidente": ("The server by itself", "Idle server, 1 Hz: resident memory", " "),
    "Taille d'une trame": ("10,000 clients", "CPU a delivered frame: server", "included; "),
    "CPU par trame envoyée, avec 1 000 clients": ("1,000 clients", "CPU a delivered frame: server", " "),
    "CPU par trame envoyée, avec 10 000 clients": ("10,000 clients", "CPU a delivered frame: server", " "),
    "Le même, rapporté au serveur le moins coûteux possible, écrit en C": (
        "10,000 clients",
        "CPU a delivered frame: server / floor",
        " ",
    ),
    "Mémoire par client, avec 10 000 clients": ("10,000 clients", "Memory a client", " "),
    "Retard d'une trame au 99e centile, avec 1 000 clients": ("1,000 clients", "Lateness p99: server", " "),
    "Retard d'une trame au 99e centile, avec 10 000 clients": ("10,000 clients", "Lateness p99: server", " "),
}
#: How far a rounded figure may be from the measured one: the bench is run again, and shared machines differ.
ROUGHLY = 0.25


def code(cell: str) -> str:
    """Return what stands between backticks in a cell that is nothing else."""
    return cell.strip("`")


def test_every_block_is_in_a_language_whose_blocks_are_tested() -> None:
    assert languages() == {"", "sh", "console", "python", "javascript", "jsx", "vue", "json", "toml"}
    assert blocks("") == ["http://localhost:4000/demo\n"]


def test_every_route_is_in_the_list_and_no_other() -> None:
    listed = {(method, code(path)) for method, path, _ in rows("Points d" + APOSTROPHE + "accès")}
    served = {("WS" if route.name == "metrics" else route.method, route.path) for route in ROUTES}
    assert listed == served


def test_every_setting_is_in_the_list_with_its_default_and_no_other() -> None:
    listed = {code(key): code(default) for key, default, _ in rows("Configuration") if "." not in key}
    assert listed == {setting.name: shown(getattr(Settings(), setting.name)) for setting in fields(Settings)}


def shown(default: Any) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return ", ".join(default) or "aucun" if isinstance(default, tuple) else str(default or "aucun")


def test_the_keys_of_plugins_are_keys_that_they_take() -> None:
    entry_points = plugin_entry_points("monitor")
    for key, _, _ in rows("Configuration"):
        if "." in key:
            _, plugin, name = code(key).split(".")
            wrong = load(entry_points, {plugin: {name: 1}}).left_out
            assert f"{name} is 1" in wrong[0].reason


def test_every_flag_and_variable_that_is_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("serve", "doctor", "bench", "token new"):
        with pytest.raises(SystemExit):
            parser().parse_args([*command.split(), "--help"])
    flag = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
    known = {*flag.findall(capsys.readouterr().out), "--count"}  # the last one is of tests/test_websocket.py
    assert set(flag.findall(TEXT)) <= known
    variables = {ENVIRONMENT + setting.name.upper() for setting in fields(Settings)}
    assert set(re.findall(r"\bMONITOR_[A-Z_]+", TEXT)) <= variables | {CLIENT_TOKEN, ENVIRONMENT + "CONFIG"}


def test_every_field_of_the_built_in_probes_is_in_the_list_with_its_unit() -> None:
    registry = load(plugin_entry_points("monitor"))
    expected = {
        f"{probe.name}.{each.name}": UNITS[each.unit] for probe in registry.probes.values() for each in probe.fields
    }
    listed = {code(name): unit for name, unit, _ in rows("Trames (envoyées chaque seconde)")}
    assert listed == {"timestamp": "s", **expected}


@pytest.mark.parametrize(("name", "example"), [*zip(EXAMPLES, blocks("json"), strict=True)], ids=EXAMPLES)
def test_an_example_is_what_the_contract_says(name: str, example: str) -> None:
    sampler = Sampler(load(plugin_entry_points("monitor")).probes.values(), 1.0)
    contract = Contract(ROUTES, sampler, "1.0", False)
    components = contract.openapi([])["components"]["schemas"] | contract.asyncapi({})["components"]["schemas"]
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": components}}
    document = json.loads(example)
    jsonschema_rs.Draft202012Validator(schema).validate(document)
    assert set(document) <= set(components[name]["properties"])


def test_the_frame_is_the_golden_one() -> None:
    golden = json.loads((ROOT / "tests" / "golden_frame.json").read_text(encoding="utf-8"))
    assert json.loads(blocks("json")[EXAMPLES.index("Frame")]) == golden


@pytest.mark.parametrize("configuration", [text for text in blocks("toml") if "build-system" not in text])
def test_a_configuration_is_right(configuration: str, tmp_path: Path) -> None:
    path = tmp_path / "monitor.toml"
    path.write_text(configuration, encoding="utf-8")
    resolved = resolve(file=str(path))
    assert {key for key, source in resolved.sources.items() if source == f"file {path}"} >= {
        *tomllib.loads(configuration)
    }
    check_exposure(resolved)


def check_make(words: list[str]) -> None:
    target, *arguments = words
    assert target in re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for each in arguments:
        parser().parse_args(["serve", *shlex.split(each.removeprefix("ARGS="))])


def check_monitor(words: list[str]) -> None:
    if words not in (["ask"], ["token", "new"], ["serve", "--help"]):  # whose names stand alone, or which end there
        parser().parse_args(words)


def check_pip(words: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [f".[{extra}]" for extra in project["optional-dependencies"]]
    assert words[0] == "install"
    assert words[1] in (".", "./monitor-depot", *extras)


def check_python(words: list[str]) -> None:
    if words[0] == "-m":
        assert find_spec(words[1])
    else:
        assert (ROOT / words[0]).exists()


CHECKS = {
    "make": check_make,
    "monitor": check_monitor,
    "pip": check_pip,
    "python": check_python,
    "python3": check_python,
    "curl": len,  # tests/e2e/test_french.py runs them
}


def test_every_command_is_one_that_there_is() -> None:
    lines = [line for text in blocks("sh") for line in text.splitlines()]
    lines += [command for text in blocks("console") for command, _ in commands(text)]
    lines += re.findall(r"`((?:make|monitor|\.venv/bin/\w+) [^`…]+)`", prose())
    seen = set()
    for line in lines:
        words = shlex.split(line.partition(" | ")[0])
        program, *rest = words[1:] if re.match("[A-Z_]+=", words[0]) else words
        seen.add(program := program.removeprefix(".venv/bin/"))
        CHECKS[program](rest)
    assert seen == set(CHECKS)


def test_every_code_of_an_error_has_its_status_and_exists() -> None:
    listed = re.findall(r"^\| (\d{3}) \| `(\w+)` \|", TEXT, re.MULTILINE)
    assert len(listed) >= 10
    for status, name in listed:
        assert CODES[name].status == int(status)


def test_every_close_code_is_in_the_list() -> None:
    listed = {int(number) for number, _ in rows("Clients lents, clients disparus")}
    assert listed == {int(number) for number in CLOSE_CODES} - {1000}


def test_every_state_kind_and_bound_is_told() -> None:
    section = "Des valeurs ne bougent plus (`stale`)"
    assert {code(name) for name, _ in rows(section)} == {str(state) for state in State}
    for name in (*Kind, *get_args(Aggregate)):
        assert f"`{name}`" in TEXT
    asked = {code(key): plain(text) for key, _, text in rows("Questions")}
    assert set(asked) == set(documents.Question.__struct_fields__)
    assert str(documents.LONGEST) in asked["prompt"].replace(" ", "")
    assert str(documents.MOST_TOKENS) in asked["max_tokens"]


def test_what_is_told_of_speed_was_measured() -> None:
    performance = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    told = {plain(what): plain(value) for what, value in rows("Performance")}
    assert told.keys() == MEASURED.keys()
    for what, (section, figure, before) in MEASURED.items():
        figures = performance.split(f"### {section}\n")[1].split("\n### ")[0]
        (row,) = re.findall(rf"^\| {re.escape(figure)} +\|(.*)$", figures, re.MULTILINE)
        measured = number(row.partition(before)[2])
        assert number(told[what].replace(",", ".")) == pytest.approx(measured, rel=ROUGHLY), f"{what}: {measured}"
    assert re.search(r"^\| Frames missed by healthy clients +\| 0 ", performance, re.MULTILINE)
    assert re.search(r"^\| Stuck clients evicted +\| 50 .* of 50 ", performance, re.MULTILINE)


def number(text: str) -> float:
    """Return the first number of a text."""
    found = re.search(r"\d[\d.]*", text.replace(",", ""))
    assert found, text
    return float(found[0])


def anchors(document: Path) -> set[str]:
    """Return what the headings of a document are called in addresses, as GitHub makes it of them."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_to_a_file_and_to_a_heading_in_it() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", TEXT)
    assert len(links) > 20
    for target, anchor in links:
        document = (DOCUMENT.parent / target) if target else DOCUMENT
        assert document.exists(), target
        assert not anchor or anchor in anchors(document), f"{target}#{anchor}"


def test_the_readme_leads_here() -> None:
    assert "(docs/fr.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_typography_is_french() -> None:
    """No-break spaces before double punctuation and inside quotation marks; the apostrophe of a printer."""
    text = re.sub(r"`[^`\n]+`|\]\([^)\s]*\)|<https?:[^>]+>", "`", prose())
    text = re.sub(r"^\|(?: --- \|)+$", "", text, flags=re.MULTILINE)
    assert re.findall(r".{0,20}(?<!\|) [:;!?»%](?!\S).{0,5}", text) == []
    assert re.findall(r".{0,20}[^\s\u00a0\u202f:][;!?»]", text) == []
    assert re.findall(r".{0,20}[^\s\u00a0\u202f]:(?=\s)", text) == []
    assert re.findall(rf"«(?!{NO_BREAK})", text) == []
    assert re.findall(r".{0,20}'.{0,5}", text) == []


def test_the_package_of_the_document_names_its_module() -> None:
    package = tomllib.loads(block("toml", "build-system"))
    assert package["project"]["entry-points"]["monitor"] == {"depot": "monitor_depot"}
