"""Scripts, styles and icons: their names, what stands in them, and how they are sent."""

import asyncio
import gzip
import re
from pathlib import Path

import aiohttp
import pytest

from monitor.web.assets import ASSETS, FOLDER, FOR_EVER, STAND_INS, Asset, Assets, load
from monitor.web.assets import is_asset as is_static
from tests.conftest import Client, Connect
from tests.fakes import Scripted

PLAIN = {"Accept-Encoding": "identity"}
GZIP = {"Accept-Encoding": "gzip"}
#: Of all scripts, styles and fonts together.
BUDGET = 120 * 1024


def assets(**files: str) -> Assets:
    """Return files of these names, with `_` for a slash and `__` for a dot."""
    return Assets({name.replace("__", ".").replace("_", "/"): text.encode() for name, text in files.items()})


def text_of(found: Assets, name: str) -> str:
    return found.named(name).body.plain.decode()


def assets_of(client: Client) -> Assets:
    assert client.app is not None
    return client.app[ASSETS]


async def raw(
    client: Client, path: str, accepted: str | None, method: str = "GET"
) -> tuple[aiohttp.ClientResponse, bytes]:
    """Ask for a file, and return its answer with the bytes as they came."""
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    async with (
        aiohttp.ClientSession(auto_decompress=False, skip_auto_headers=["Accept-Encoding"]) as session,
        session.request(method, client.make_url(path), headers=headers) as answer,
    ):
        return answer, await answer.read()


# Names and references.


def test_a_hashed_name_is_the_same_for_the_same_content_and_another_for_another() -> None:
    names = {Asset("chart.js", body).hashed for body in (b"a", b"a", b"b")}
    assert len(names) == 2
    assert all(re.fullmatch(r"chart\.[0-9a-f]{8}\.js", name) for name in names)
    assert re.fullmatch(r"vendor/a\.d\.[0-9a-f]{8}\.ts", Asset("vendor/a.d.ts", b"").hashed)


@pytest.mark.parametrize(
    "statement",
    [
        'import { a } from "./b.js";',
        "import { a } from './b.js'",
        'import a, { b as c } from "./b.js";',
        'import * as all from "./b.js";',
        'import {\n  a,\n  b,\n} from "./b.js";',
        'import "./b.js";',
        'import{a}from"./b.js";',
        'export { a } from "./b.js";',
        'export * from "./b.js";',
        'export * as b from "./b.js";',
        'const b = await import("./b.js");',
        'const b = await import( "./b.js", { with: {} });',
    ],
)
def test_every_form_of_import_names_the_hashed_file(statement: str) -> None:
    found = assets(a__js=statement, b__js="export const a = 1;")
    assert text_of(found, "a.js") == statement.replace("./b.js", f"./{found.named('b.js').hashed}")
    assert found.preloads("a.js") == ([] if "import(" in statement.replace(" ", "") else [found.named("b.js").hashed])


@pytest.mark.parametrize(
    "text",
    [
        '/** @import {Frame} from "./b.js" */',
        '/** @type {import("./b.js").Frame} */',
        '// import "./b.js";',
        "const text = `import './b.js';`;",
        "const text = 'import \"./b.js\";';",
        'const from = "./b.js";',
        'const url = new URL("../api/stats", import.meta.url);',
        'import react from "react";',
        'import remote from "/elsewhere.js";',
    ],
)
def test_what_is_no_import_of_ours_stays_as_it_is_and_is_nothing_to_load(text: str) -> None:
    found = assets(a__js=text, b__js="")
    assert text_of(found, "a.js") == text
    assert found.preloads("a.js") == []


def test_a_change_at_the_bottom_gives_all_above_it_new_names_and_nothing_else() -> None:
    above = {"a__js": 'import "./b.js";', "b__js": 'import "./vendor/c.js";', "d__js": ""}
    old, new = (assets(**above, vendor_c__js=text) for text in ("1", "2"))
    changed = {each.name for each in old if new.named(each.name).hashed != each.hashed}
    assert changed == {"a.js", "b.js", "vendor/c.js"}


def test_a_page_is_told_all_modules_that_it_needs_each_once_and_in_an_order_in_which_they_run() -> None:
    found = assets(
        a__js='import "./b.js"; import "./c.js";',
        b__js='import "./vendor/d.js";',
        c__js='import "./b.js"; import("./e.js");',
        e__js="",
        vendor_d__js='import "../f.js";',
        f__js="",
    )
    assert found.preloads("a.js") == [found.named(name).hashed for name in ("f.js", "vendor/d.js", "b.js", "c.js")]


def test_a_style_names_hashed_files_too() -> None:
    found = assets(
        a__css='@import url("b.css"); a { background: url(./i.svg) } b { background: url(#x) } /* url(no.svg) */',
        b__css="i { background: url(data:image/png;base64,AA) }",
        i__svg="<svg/>",
    )
    names = {name: found.named(name).hashed for name in ("b.css", "i.svg")}
    assert text_of(found, "a.css").startswith(
        f'@import url("{names["b.css"]}"); a {{ background: url(./{names["i.svg"]})'
    )
    assert text_of(found, "b.css") == "i { background: url(data:image/png;base64,AA) }"


def test_a_circle_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match=r"circle: (\w\.js <- ){3}\w\.js$"):
        assets(a__js='import "./b.js";', b__js='export * from "./c.js";', c__js='import("./a.js");', d__js="")


@pytest.mark.parametrize("specifier", ["./no.js", "../b.js", "./vendor/b.js"])
def test_an_import_of_what_is_not_there_is_an_error_that_names_it(specifier: str) -> None:
    with pytest.raises(ValueError, match=rf"static/a\.js refers to {re.escape(specifier)}, which is not there"):
        assets(a__js=f'import "{specifier}";', b__js="")


def test_no_relative_import_of_our_own_scripts_is_left_without_a_hash() -> None:
    for asset in load():
        if asset.name.endswith(".js") and not asset.name.startswith("vendor/"):
            code = re.sub(r"/\*[\s\S]*?\*/|//.*", "", asset.body.plain.decode())
            for specifier in re.findall(r"""\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""", code):
                assert re.search(r"\.[0-9a-f]{8}\.js$", specifier), f"{asset.name}: {specifier}"


def test_a_script_has_its_comments_for_those_who_read_it_and_none_for_browsers() -> None:
    found = assets(
        a__js='/** Why. */\nimport { b } from "./b.js"; // how\n/*! licence */\nconst c = /[/*]/.test(`// ${b}`);\n',
        b__js="export const b = 1;",
        c__css="/* kept */ a {}",
    )
    asset = found.named("a.js")
    assert b"Why" in asset.body.plain
    name = found.named("b.js").hashed
    assert asset.slim.plain == (f'import{{b}}from"./{name}";/*! licence */const c=/[/*]/.test(`// ${{b}}`);'.encode())
    assert found.named("c.css").slim is found.named("c.css").body


# What the build brings.


def test_without_what_the_build_brings_something_stands_in_and_the_log_says_once_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for path in FOLDER.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "chart.js").write_text('import uPlot from "./vendor/uplot.js";', encoding="utf-8")
    found = load(tmp_path)
    for name, other in STAND_INS.items():
        assert found.named(name).body.plain == found.named(other).body.plain
    assert found.preloads("chart.js") == [found.named("vendor/uplot.js").hashed]
    (message,) = caplog.messages
    assert "make install" in message
    caplog.clear()
    (tmp_path / "vendor").mkdir()
    for name in STAND_INS:
        (tmp_path / name).write_bytes(b"/* real */")
    assert load(tmp_path).named("vendor/uplot.js").body.plain == b"/* real */"
    assert caplog.messages == []


def test_all_scripts_styles_and_fonts_together_are_small() -> None:
    if not (FOLDER / "vendor").exists():
        pytest.skip("uPlot is not here: nothing has been built")
    sizes = {each.name: len(each.slim.packed) for each in load() if each.name.endswith((".js", ".css", ".woff2"))}
    for name, size in sorted(sizes.items(), key=lambda each: -each[1]):
        print(f"{size:7,} {name}")
    print(f"{sum(sizes.values()):7,} bytes in gzip, of {BUDGET:,}")
    assert sum(sizes.values()) <= BUDGET


# How they are sent.


@pytest.mark.parametrize("base", ["", "/a/b"])
async def test_each_file_is_served_by_both_names_and_kept_for_ever_by_the_hashed_one(
    connect: Connect, base: str
) -> None:
    client = await connect(base_path=base)
    for asset in assets_of(client):
        plain = await client.get(f"{base}/static/{asset.name}")
        hashed = await client.get(f"{base}/static/{asset.hashed}")
        assert await plain.read() == asset.body.plain
        assert await hashed.read() == asset.slim.plain
        assert plain.headers["Cache-Control"] == "no-cache"
        assert hashed.headers["Cache-Control"] == FOR_EVER
        assert plain.headers["ETag"].replace("-gzip", "") == f'"{asset.body.etag}"'
        assert hashed.headers["ETag"].replace("-gzip", "") == f'"{asset.slim.etag}"'
        assert plain.content_type == asset.media_type


@pytest.mark.parametrize(
    "path", ["home.00000000.js", "vendor/uplot.00000000.js", "uplot.js", "vendor/home.js", "vendor/"]
)
async def test_a_hash_of_another_day_and_another_folder_are_nothing(connect: Connect, path: str) -> None:
    client = await connect()
    answer = await client.get(f"/static/{path}")
    assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-cache")


async def test_text_is_compressed_for_those_who_take_it(connect: Connect) -> None:
    client = await connect()
    for asset in assets_of(client):
        path = f"/static/{asset.name}"
        (packed, packed_body), (plain, plain_body) = await raw(client, path, "gzip, br"), await raw(client, path, None)
        assert plain_body == asset.body.plain
        assert "Content-Encoding" not in plain.headers
        if asset.is_text:
            assert packed.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(packed_body) == asset.body.plain
            assert packed.headers["ETag"] != plain.headers["ETag"]
            assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
            assert packed.headers["Content-Length"] == str(len(packed_body))
    assert (await raw(client, "/static/home.js", "gzip;q=0"))[0].headers.get("Content-Encoding") is None


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
async def test_head_tells_what_get_sends(connect: Connect, accepted: str) -> None:
    client = await connect()
    path = f"/static/{assets_of(client).named('home.js').hashed}"
    (got, body), (head, nothing) = await raw(client, path, accepted), await raw(client, path, accepted, "HEAD")
    assert nothing == b""
    assert head.headers["Content-Length"] == str(len(body))
    told = ("ETag", "Vary", "Content-Encoding", "Cache-Control", "Content-Type")
    assert [head.headers.get(name) for name in told] == [got.headers.get(name) for name in told]


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
async def test_who_has_it_in_this_encoding_hears_304_and_who_has_the_other_gets_it(
    connect: Connect, accepted: str
) -> None:
    client = await connect()
    asset = assets_of(client).named("home.js")
    for path, body in ((asset.name, asset.body), (asset.hashed, asset.slim)):
        mine, other = (f'"{body.etag}-gzip"', f'"{body.etag}"')[:: 1 if accepted == "gzip" else -1]
        for known in (mine, f"W/{mine}", f'"x", {mine}', "*"):
            answer = await client.get(f"/static/{path}", headers={"Accept-Encoding": accepted, "If-None-Match": known})
            assert (answer.status, await answer.read()) == (304, b"")
            assert answer.headers["ETag"] == mine
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert answer.headers["Cache-Control"] == (FOR_EVER if path == asset.hashed else "no-cache")
            assert "Content-Encoding" not in answer.headers
        answer = await client.get(f"/static/{path}", headers={"Accept-Encoding": accepted, "If-None-Match": other})
        assert answer.status == 200


@pytest.mark.parametrize("headers", [PLAIN, GZIP])
async def test_a_range_is_answered_with_the_whole(connect: Connect, headers: dict[str, str]) -> None:
    client = await connect()
    answer = await client.get("/static/home.js", headers={**headers, "Range": "bytes=0-3"})
    assert answer.status == 200
    assert await answer.read() == assets_of(client).named("home.js").body.plain
    assert "Content-Range" not in answer.headers


async def test_nothing_is_compressed_before_somebody_asks(connect: Connect) -> None:
    client = await connect()
    assert not [asset for asset in assets_of(client) if "packed" in vars(asset.body)]
    await asyncio.gather(*(client.get("/static/home.js", headers=GZIP) for _ in range(5)))
    assert [asset.name for asset in assets_of(client) if "packed" in vars(asset.body)] == ["home.js"]


async def test_a_page_of_a_listed_origin_imports_scripts_and_no_other_does(connect: Connect) -> None:
    client = await connect(cors_origin=("https://app.example",))
    for path in ("/static/home.js", "/static/vendor/uplot.js"):
        answer = await client.get(path, headers={"Origin": "https://app.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"
        assert answer.headers.getall("Vary") == ["Accept-Encoding", "Origin"]
        answer = await client.get(path, headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert (
        "Access-Control-Allow-Origin" not in (await client.get("/", headers={"Origin": "https://app.example"})).headers
    )
    assert is_static("/static/home.js")
    assert not is_static("/statics")


async def test_without_listed_origins_nobody_elsewhere_imports_anything(connect: Connect) -> None:
    answer = await (await connect()).get("/static/home.js", headers={"Origin": "https://app.example"})
    assert not {name for name in answer.headers if name.startswith("Access-Control")}
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


# What pages name.


@pytest.mark.parametrize("base", ["", "/a/b"])
@pytest.mark.parametrize("path", ["/", "/demo", "/api/docs", "/nothing", "/login"])
async def test_a_page_names_files_by_hashed_names_alone(connect: Connect, base: str, path: str) -> None:
    client = await connect(Scripted("cpu"), base_path=base)
    text = await (await client.get(f"{base}{path}")).text()
    named = re.findall(r'(?:src|href)="([^"]*/static/[^"]*)"', text)
    assert len(named) >= 3
    for address in named:
        assert address.startswith(f"{base}/static/")
        assert re.search(r"\.[0-9a-f]{8}\.\w+$", address), address
        assert (await client.get(address)).headers["Cache-Control"] == FOR_EVER


@pytest.mark.parametrize("path", ["/", "/demo"])
async def test_a_page_preloads_what_its_scripts_import(connect: Connect, path: str) -> None:
    client = await connect()
    text = await (await client.get(path)).text()
    preloaded = set(re.findall(r'rel="modulepreload" href="/static/([^"]+)"', text))
    scripts = set(re.findall(r'<script type="module" src="/static/([^"]+)"', text))
    assert scripts
    for script in scripts:
        asset = assets_of(client).find(script)
        assert asset is not None
        assert set(assets_of(client).preloads(asset.name)) <= preloaded
