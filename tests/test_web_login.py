"""The login page: a cookie for a token, and the end of it."""

import asyncio

import aiohttp
import pytest
from aiohttp import WSCloseCode, WSMsgType, web

from monitor.web.caller import Caller
from monitor.web.identity import AUTHENTICATOR
from tests.conftest import Client, Connect
from tests.tokens import ADMIN, ASKER, LATE, READER, TOKENS, bearer

STREAM_PATH = "/api/ws/metrics"


async def log_in(client: Client, token: str = READER, path: str = "/login") -> aiohttp.ClientResponse:
    return await client.post(path, data={"token": token}, allow_redirects=False)


async def test_a_login_opens_pages_api_and_stream_and_a_logout_closes_them(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    answer = await log_in(client, path="/login?next=/demo%3Fa=b")
    assert (answer.status, answer.headers["Location"]) == (303, "/demo?a=b")
    for path in ("/demo", "/", "/api/probes"):
        assert (await client.get(path, allow_redirects=False)).status == 200
    assert 'action="/logout"' in await (await client.get("/demo")).text()
    assert (await client.get("/login", allow_redirects=False)).status == 303, "there already"
    async with client.ws_connect(STREAM_PATH) as socket:
        await socket.receive_json()
        answer = await client.post("/logout", allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
        async with asyncio.timeout(5):
            while (message := await socket.receive()).type is WSMsgType.TEXT:
                pass
        assert (message.type, message.data) == (WSMsgType.CLOSE, WSCloseCode.POLICY_VIOLATION)
    assert (await client.get("/demo", allow_redirects=False)).status == 303
    assert (await client.get("/api/probes")).status == 401


async def test_the_cookie_is_for_this_server_alone_and_no_script_reads_it(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    answer = await log_in(client)
    (header,) = answer.headers.getall("Set-Cookie")
    parts = {part.strip().partition("=")[0].lower() for part in header.split(";")}
    assert {"httponly", "samesite", "max-age", "path"} <= parts
    assert "SameSite=Strict" in header
    assert "Path=/;" in header + ";"
    assert "domain" not in parts
    assert 0 < int(answer.cookies["monitor-session"]["max-age"]) <= 12 * 3600
    assert READER not in header


@pytest.mark.parametrize(
    ("scheme", "prefix", "name"),
    [
        ("http", "", "monitor-session"),
        ("http", "/a", "monitor-session"),
        ("https", "", "__Host-monitor-session"),
        ("https", "/a", "__Secure-monitor-session"),
    ],
)
async def test_the_cookie_is_called_by_the_safest_name_there_is(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, scheme: str, prefix: str, name: str
) -> None:
    def caller_of(request: web.Request) -> Caller:
        return Caller("10.0.0.1", scheme, prefix)

    for module in ("credentials", "login", "mount"):
        monkeypatch.setattr(f"monitor.web.{module}.caller_of", caller_of)
    client = await connect(tokens=TOKENS)
    answer = await log_in(client, path="/login?next=/demo")
    assert answer.headers["Location"] == f"{prefix}/demo"
    cookie = answer.cookies[name]
    assert (cookie["path"], bool(cookie["secure"])) == (prefix or "/", scheme == "https")
    client.session.cookie_jar.clear()
    assert (await client.get("/", headers={"Cookie": f"{name}={cookie.value}"}, allow_redirects=False)).status == 200
    answer = await client.get("/demo", allow_redirects=False)
    assert answer.headers["Location"] == f"{prefix}/login?next=/demo"


@pytest.mark.parametrize(
    ("token", "status", "says"),
    [
        ("no-such-token", 401, "not valid"),
        ("", 401, "not valid"),
        (LATE, 401, "not valid"),
        (ASKER, 403, "no scope read"),
    ],
)
async def test_a_token_that_opens_nothing_is_said_to(connect: Connect, token: str, status: int, says: str) -> None:
    client = await connect(tokens=TOKENS)
    answer = await log_in(client, token)
    text = await answer.text()
    assert answer.status == status
    assert says in text
    assert 'role="alert"' in text
    assert token not in text or not token
    assert "Set-Cookie" not in answer.headers


async def test_what_is_no_form_is_refused(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    assert (await client.post("/login", json={"token": READER})).status == 415
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("token", READER)
    assert (await client.post("/login", data=form)).status == 415
    assert (await client.post("/login", data={"other": READER})).status == 400


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=no-such", "; charset=base64", "; charset=idna"])
async def test_a_form_in_whatever_charset_is_no_fault_of_ours(
    connect: Connect, charset: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = await connect(tokens=TOKENS)
    headers = {"Content-Type": f"application/x-www-form-urlencoded{charset}"}
    answer = await client.post("/login", data=b"token=\xff\xfe", headers=headers)
    assert answer.status == 415
    assert not caplog.records


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/demo", "/demo"),
        ("/?a=b", "/?a=b"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/a\\..\\b", "/"),
        ("https://evil.example", "/"),
        ("https:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("/é", "/"),
        ("", "/"),
        ("/" + "a" * 3000, "/"),
    ],
)
async def test_a_login_leads_to_a_page_of_ours_and_nowhere_else(connect: Connect, wanted: str, location: str) -> None:
    client = await connect(tokens=TOKENS)
    answer = await client.post("/login", params={"next": wanted}, data={"token": ADMIN}, allow_redirects=False)
    assert answer.headers["Location"] == location
    assert "Set-Cookie" in answer.headers


async def test_what_a_person_gets_to_see_stays_in_no_cache(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    assert (await client.get("/login")).headers["Cache-Control"] == "no-store"
    assert (await client.get("/demo", headers=bearer(READER))).headers["Cache-Control"] == "no-store"


async def test_forms_are_sent_with_their_origin(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    for path in ("/login", "/demo"):
        answer = await client.get(path, headers=bearer(READER))
        assert answer.headers["Referrer-Policy"] == "same-origin", "with no-referrer browsers send Origin: null"
    assert (await client.get("/api/probes", headers=bearer(READER))).headers["Referrer-Policy"] == "no-referrer"


async def test_a_session_ends_with_its_token(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    assert client.app is not None
    await log_in(client)
    assert (await client.get("/api/probes")).status == 200
    client.app[AUTHENTICATOR].replace_tokens([TOKENS["admin"]])
    assert (await client.get("/api/probes")).status == 401


async def test_what_is_shown_on_purpose_counts_more_than_a_cookie(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    await log_in(client)
    assert (await client.post("/api/ask", headers=bearer(ASKER))).status == 415
    assert (await client.get("/api/probes", headers=bearer("wrong"))).status == 401


async def test_nobody_who_has_no_session_can_log_anybody_out(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    answer = await log_in(client)
    client.session.cookie_jar.clear()
    other = {"Cookie": "monitor-session=wrong"}
    assert (await client.post("/logout", headers=other, allow_redirects=False)).status == 303
    assert client.app is not None
    assert len(client.app[AUTHENTICATOR].sessions) == 1
    assert answer.status == 303
