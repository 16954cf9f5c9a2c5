"""The contract is made of what the code declares, and nothing in the code is undeclared."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from aiohttp import hdrs

from monitor.access import is_on
from monitor.config import Settings
from monitor.probe import Field
from monitor.sampler import Sampler
from monitor.web import documents, query
from monitor.web.contract import page, schemas, typescript
from monitor.web.contract.contract import Contract
from monitor.web.contract.openapi import refusals
from monitor.web.errors import CODES, EVERYWHERE
from monitor.web.live import CLOSE_CODES
from monitor.web.operation import Tag
from monitor.web.routes import ROUTES
from tests.conftest import Client, Connect
from tests.fakes import Scripted
from tests.test_web_api import first_frame

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "monitor" / "web"
DOCUMENTS = ("/api/openapi.json", "/api/asyncapi.json", "/api/schema", "/api/docs")


class Table(Scripted):
    """A probe with a value of each shape."""

    fields = (
        Field("value", "count", "A number."),
        Field("cores", "percent", "A list.", per="core", warning=75, critical=90.5),
        Field("mounts", "GB", "A table */.", kind="counter", per="mount", keyed=True),
    )


def contract(*, authentication: bool = False) -> Contract:
    return Contract(ROUTES, Sampler([Scripted("cpu"), Table("disk")], 1.0), "1.0", authentication)


async def document(client: Client, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status == 200
    return json.loads(await answer.read())


# What the code has, the declarations have.


async def test_every_route_of_the_router_is_declared_and_described(connect: Connect) -> None:
    client = await connect()
    assert client.app is not None
    served = {
        (route.method, route.resource.canonical)
        for route in client.app.router.routes()
        if route.resource is not None and route.method != hdrs.METH_HEAD
    }
    described = (await document(client, "/api/openapi.json"))["paths"]
    assert served == {(route.method, route.path) for route in ROUTES}
    assert served == {(method.upper(), path) for path, item in described.items() for method in item}


def codes_in_the_code() -> set[tuple[int, str]]:
    """Return status and code of every Refusal that is made in the web layer, with these written out."""
    found: set[tuple[int, str]] = set()
    for file in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
                status, code = node.args[:2]
                written = (getattr(status, "value", None), getattr(code, "value", None))
                if isinstance(written[0], int) and isinstance(written[1], str):
                    found.add((written[0], written[1]))
    return found


def test_every_code_of_a_refusal_is_declared_with_its_status() -> None:
    found = codes_in_the_code()
    assert len(found) > 10
    for status, code in found:
        assert code in CODES, f"{code} is not in CODES of monitor/web/errors.py"
        assert CODES[code].status == status


def test_every_declared_code_is_one_that_some_route_has() -> None:
    used = {code for route in ROUTES for codes in refusals(route.operation).values() for code in codes}
    # These two are of addresses and methods that are no route's, and of pages of others at any.
    assert CODES.keys() - used <= {"not_found", "method_not_allowed", "foreign_origin"}


def test_the_reference_of_the_docs_has_the_same_codes_with_the_same_statuses() -> None:
    text = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d{3}) \| `(\w+)` \|", text, re.MULTILINE)
    assert sorted((int(status), code) for status, code in rows) == sorted(
        (each.status, code) for code, each in CODES.items()
    )


def test_every_close_code_of_the_code_is_declared() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in WEB.glob("*.py"))
    assert set(re.findall(r"WSCloseCode\.(\w+)", text)) == {code.name for code in CLOSE_CODES}


def test_every_tag_has_operations_and_a_description() -> None:
    tags = {tag["name"]: tag["description"] for tag in contract().openapi([])["tags"]}
    assert set(tags) == set(get_args(Tag))
    assert all(tags.values())


@pytest.mark.parametrize(
    "parameter", [*query.OF_STREAM, *query.OF_PAST, query.LAST_EVENT_ID], ids=lambda each: each.name
)
def test_the_example_of_a_parameter_is_read_as_one(parameter: Any) -> None:
    sampler = Sampler([Scripted("cpu"), Scripted("fan")], 0.5)
    for example in parameter.reader.schema(sampler)["examples"]:
        text = ",".join(example) if isinstance(example, list) else str(example)
        assert parameter.reader.read(text, sampler) is not None


# What the documents say.


async def test_the_frame_is_described_with_the_probes_that_are_installed(connect: Connect) -> None:
    client = await connect(Scripted("cpu"), Table("disk"))
    frame = await first_frame(client)
    answer = await client.get("/api/schema")
    assert answer.content_type == "application/schema+json"
    schema = await document(client, "/api/schema")
    assert schema["$schema"] == schemas.DIALECT
    assert schema["required"] == ["timestamp", "cpu", "disk"] == list(frame)
    disk = schema["properties"]["disk"]
    assert disk["required"] == ["value", "cores", "mounts"]
    assert disk["properties"]["value"] == {
        "type": ["number", "null"],
        "description": "A number.",
        "x-unit": "count",
        "x-kind": "gauge",
        "x-shape": "number",
    }
    assert disk["properties"]["cores"]["type"] == ["array", "null"]
    assert disk["properties"]["cores"]["x-per"] == "core"
    assert (disk["properties"]["cores"]["x-warning"], disk["properties"]["cores"]["x-critical"]) == (75, 90.5)
    mounts = disk["properties"]["mounts"]
    assert (mounts["x-shape"], mounts["x-kind"]) == ("table", "counter")
    assert mounts["additionalProperties"] == {"type": ["number", "null"]}
    assert list(schema["properties"]["stale"]["properties"]) == ["cpu", "disk"]


def test_the_first_message_of_the_stream_is_described_by_what_it_is() -> None:
    described = contract().asyncapi({})["components"]["schemas"]["Welcome"]["properties"]
    assert described["type"] == {"const": "connection"}
    assert described["message"] == {"const": "Streaming des métriques démarré"}


def test_the_streams_tell_their_query_their_messages_and_why_they_close() -> None:
    channels = contract().asyncapi({})["channels"]
    asked = channels["metrics"]["bindings"]["ws"]["query"]
    assert list(asked["properties"]) == ["interval", "fields", "history", "since"]
    assert asked["properties"]["fields"]["items"]["enum"][:2] == ["cpu", "cpu.value"]
    assert asked["not"] == {"required": ["history", "since"]}
    assert {each["code"] for each in channels["metrics"]["x-close-codes"]} >= {1000, 1001, 1008, 1009}
    assert list(channels["stream"]["messages"]) == ["welcome", "frame", "part"]
    assert list(channels["stream"]["x-headers"]) == ["Last-Event-ID"]
    assert list(channels["answers"]["messages"]) == ["facts", "token", "done", "error"]


def test_an_operation_names_its_refusals_by_status_and_code() -> None:
    api = contract().openapi([])
    responses = api["paths"]["/api/ask"]["post"]["responses"]
    assert {"200", "400", "413", "415", "421", "429", "500", "503", "504"} <= responses.keys()
    shared = api["components"]["responses"]["no_frame.no_model.too_many_clients"]
    assert responses["503"] == {"$ref": "#/components/responses/no_frame.no_model.too_many_clients"}
    (_, code) = shared["content"]["application/json"]["schema"]["allOf"]
    assert code["properties"]["error"]["properties"]["code"]["enum"] == ["no_frame", "no_model", "too_many_clients"]
    assert "Retry-After" in shared["headers"]


def test_a_question_has_its_bounds_and_its_defaults() -> None:
    asked = contract().openapi([])["components"]["schemas"]["Question"]
    assert asked["additionalProperties"] is False
    assert asked["properties"]["prompt"]["maxLength"] == documents.LONGEST
    tokens = asked["properties"]["max_tokens"]
    assert (tokens["type"], tokens["minimum"], tokens["maximum"], tokens["default"]) == ("integer", 1, 512, 128)


def test_who_one_is_has_to_be_said_only_where_authentication_is_on() -> None:
    for each in (contract().openapi([]), contract().asyncapi({})):
        assert set(each["components"]["securitySchemes"]) == {"bearer", "cookie", "token", "ticket"}
    free, locked = contract().openapi([])["paths"], contract(authentication=True).openapi([])["paths"]
    assert all(not operation["security"] for item in free.values() for operation in item.values())
    assert locked["/healthz"]["get"]["security"] == []
    assert locked["/api/ask"]["post"]["security"] == [{"bearer": ["ask"]}, {"cookie": ["ask"]}]
    assert {"ticket": ["read"]} in locked["/api/stream"]["get"]["security"]
    operations = contract(authentication=True).asyncapi({})["operations"]
    assert {"$ref": "#/components/securitySchemes/token"} in operations["metrics.send"]["security"]


# How they are served.


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_a_document_is_revalidated_by_its_tag(connect: Connect, path: str) -> None:
    client = await connect()
    answer = await client.get(path)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = await client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert (await client.head(path)).headers["ETag"] == answer.headers["ETag"]
    assert (await client.post(path)).headers["Allow"] == "GET,HEAD"


async def test_the_servers_of_a_document_are_those_that_the_client_came_to(connect: Connect) -> None:
    client = await connect(allowed_host=("mon.example",))
    api = await document(client, "/api/openapi.json")
    assert api["servers"] == [{"url": "/", "description": "This server"}]
    answer = await client.get("/api/asyncapi.json", headers={"Host": "mon.example:8000"})
    assert json.loads(await answer.read())["servers"] == {
        "websocket": {"host": "mon.example:8000", "protocol": "ws"},
        "http": {"host": "mon.example:8000", "protocol": "http"},
    }


@pytest.mark.parametrize(
    "way",
    [{"tokens": {"a": {}}}, {"jwt_algorithm": "hs256"}, {"proxy_user_header": "X-User"}],
)
def test_authentication_is_on_as_soon_as_there_is_a_way_to_say_who_one_is(way: dict[str, Any]) -> None:
    assert not is_on(Settings())
    assert is_on(Settings(**way))


def test_a_server_that_nobody_asks_does_not_load_what_makes_the_documents() -> None:
    code = "import sys, monitor.app; sys.exit(any(name.startswith('monitor.web.contract') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False).returncode == 0


# What people and compilers read.


async def test_the_page_shows_every_operation_message_and_document(connect: Connect) -> None:
    client = await connect(Scripted("cpu"), Table("disk"))
    text = await (await client.get("/api/docs")).text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text)
    for route in ROUTES:
        assert f'id="{route.name}"' in text
    for name in ("Frame", "PartOfFrame", "Welcome", "Question", "Answer", "Problem"):
        assert f'id="shape-{name}"' in text
    assert "disk.mounts" in text
    assert "one per mount" in text
    assert "1008" in text
    targets, places = set(re.findall(r'href="#([^"]+)"', text)), re.findall(r'\bid="([^"]+)"', text)
    assert targets <= set(places)
    assert len(places) == len(set(places))


async def test_what_a_probe_says_of_itself_is_text_on_the_page_and_no_markup(connect: Connect) -> None:
    class Evil(Scripted):
        fields = (Field("value", "count", "A <img src=x onerror=alert(1)> sentence."),)

    text = await (await (await connect(Evil("cpu"))).get("/api/docs")).text()
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


def test_the_page_tells_the_scope_that_an_operation_needs() -> None:
    api = contract(authentication=True)
    shown = page.read(api.openapi([]), api.asyncapi({}))
    scopes = {entry.name: entry.scopes for group in shown.groups for entry in group.entries}
    assert (scopes["ask"], scopes["healthz"], scopes["metrics"]) == (["ask"], [], ["read"])


def test_the_types_that_are_checked_in_are_those_of_the_declarations() -> None:
    made = (WEB / "static" / "monitor.d.ts").read_text(encoding="utf-8")
    assert made == typescript.built_in(), "make types"


def test_a_table_and_a_list_are_types_that_may_be_null() -> None:
    made = typescript.typescript(contract().openapi([]), contract().asyncapi({}))
    assert "mounts: { [name: string]: number | null } | null;" in made
    assert "cores: (number | null)[] | null;" in made
    assert "A table * /. Unit: GB, one per mount. */" in made


def test_what_every_route_may_refuse_is_said_once() -> None:
    shown = page.read(contract().openapi([]), contract().asyncapi({}))
    assert [each.status for each in shown.everywhere] == [str(CODES[code].status) for code in EVERYWHERE]
