"""What browsers need to know to install the dashboard."""

import re
from typing import Any

import pytest
from yarl import URL

from tests.conftest import Connect
from tests.tokens import TOKENS


@pytest.mark.parametrize("base", ["", "/a/b"])
async def test_the_manifest_leads_to_the_dashboard_and_to_icons_wherever_it_stands(connect: Connect, base: str) -> None:
    client = await connect(base_path=base)
    text = await (await client.get(f"{base}/demo")).text()
    (address,) = re.findall(r'<link rel="manifest" href="([^"]+)"', text)
    answer = await client.get(address)
    assert answer.content_type == "application/manifest+json"
    manifest: dict[str, Any] = await answer.json(content_type=None)
    assert manifest["name"]
    assert manifest["display"] == "standalone"
    here = URL("http://host").join(URL(address))
    assert here.join(URL(manifest["start_url"])).path == f"{base}/demo"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        found = await client.get(here.join(URL(icon["src"])).path)
        assert (found.status, found.content_type, icon["sizes"]) == (200, icon["type"], "any")


async def test_the_manifest_is_revalidated_by_its_tag(connect: Connect) -> None:
    client = await connect()
    answer = await client.get("/manifest.webmanifest")
    again = await client.get("/manifest.webmanifest", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, answer.headers["Cache-Control"]) == (304, "no-cache")


async def test_where_the_server_asks_who_comes_the_login_page_names_no_manifest_and_its_icons_are_open(
    connect: Connect,
) -> None:
    client = await connect(tokens=TOKENS)
    assert "manifest" not in await (await client.get("/login")).text()
    assert (await client.get("/manifest.webmanifest")).status == 401
    for name in ("icon.svg", "icon-maskable.svg"):
        assert (await client.get(f"/static/{name}")).status == 200
