"""TLS as the product speaks it: what a scanner says of it, certificates that are replaced, clients that use it."""

import asyncio
import hashlib
import json
import ssl
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import websockets
from playwright.async_api import Browser, expect

from monitor.web.selfsigned import self_signed
from tests.e2e.browser import LIVE
from tests.e2e.command import run
from tests.e2e.server import Server, wait_for

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = ["localhost", "127.0.0.1", "::1"]
#: What may be spoken; anything else is weak, or from before it.
SUITES = {
    "tls_1_2_cipher_suites": {
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    },
    "tls_1_3_cipher_suites": {
        "TLS_AES_256_GCM_SHA384",
        "TLS_AES_128_GCM_SHA256",
        "TLS_CHACHA20_POLY1305_SHA256",
    },
}
SSLYZE = Path(sysconfig.get_path("scripts")) / "sslyze"
SCANS = (
    *("sslv2", "sslv3", "tlsv1", "tlsv1_1", "tlsv1_2", "tlsv1_3"),
    *("compression", "early_data", "fallback", "heartbleed", "openssl_ccs", "reneg"),
)
PATIENCE = 60.0


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine with its key, in one file."""
    path = tmp_path / "certificate.pem"
    path.write_bytes(self_signed(LOOPBACK))
    return path


@pytest.fixture(params=["asyncio", "uvloop"])
def server(certificate: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server with that certificate, on each of the loops."""
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    environment = {"MONITOR_EVENT_LOOP": request.param}
    with Server("--tls-certificate", str(certificate), environment=environment) as server:
        yield server


def trusting(certificate: Path) -> ssl.SSLContext:
    """Return what a client speaks that trusts this certificate alone, and checks the name."""
    return ssl.create_default_context(cafile=str(certificate))


def shown_by(server: Server) -> str:
    """Return the SHA-256 of the certificate that a new connection is shown."""
    pem = ssl.get_server_certificate(("127.0.0.1", server.port))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest().hex(":").upper()


def replace(certificate: Path, content: bytes, server: Server, said: str) -> None:
    """Replace the file, send SIGHUP, and wait until the log says this."""
    certificate.write_bytes(content)
    server.hang_up()
    wait_for(lambda: said in server.log)


def test_a_scanner_finds_tls_1_2_and_1_3_alone_with_strong_suites_alone(server: Server, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    scans = [f"--{name}" for name in SCANS]
    flags = ["--quiet", "--mozilla_config", "disable", f"--json_out={report}"]
    run(str(SSLYZE), *flags, *scans, f"localhost:{server.port}", seconds=PATIENCE)
    (found,) = json.loads(report.read_text())["server_scan_results"]
    results = {name: each["result"] for name, each in found["scan_result"].items() if each}
    for version in ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3"):
        accepted = results[f"{version}_cipher_suites"]["accepted_cipher_suites"]
        names = {each["cipher_suite"]["name"] for each in accepted}
        assert names == SUITES.get(f"{version}_cipher_suites", set()), version
        print(f"{version}: {', '.join(sorted(names)) or 'refused'}")
    assert results["tls_compression"]["supports_compression"] is False
    assert results["tls_fallback_scsv"]["supports_fallback_scsv"] is True
    assert results["heartbleed"]["is_vulnerable_to_heartbleed"] is False
    assert results["openssl_ccs_injection"]["is_vulnerable_to_ccs_injection"] is False
    renegotiation = results["session_renegotiation"]
    assert renegotiation["supports_secure_renegotiation"] is True
    assert renegotiation["is_vulnerable_to_client_renegotiation_dos"] is False
    assert results["tls_1_3_early_data"]["supports_early_data"] is False


async def test_a_certificate_is_replaced_and_clients_that_are_there_notice_nothing(
    server: Server, certificate: Path
) -> None:
    first = shown_by(server)
    async with (
        asyncio.timeout(PATIENCE),
        websockets.connect(server.stream_url, ssl=trusting(certificate), proxy=None) as socket,
    ):
        await socket.recv()
        stamps = [await _stamp(socket)]

        await asyncio.to_thread(replace, certificate, b"broken", server, "certificate: not reloaded, the old one stays")
        stamps.append(await _stamp(socket))
        assert shown_by(server) == first

        new = self_signed(LOOPBACK)
        await asyncio.to_thread(replace, certificate, new, server, "new connections get the new certificate")
        second = shown_by(server)
        assert second != first
        assert second in server.log
        stamps += [await _stamp(socket) for _ in range(2)]
        assert [round(later - earlier) for earlier, later in pairwise(stamps)] == [1, 1, 1]
    async with websockets.connect(server.stream_url, ssl=trusting(certificate), proxy=None) as socket:
        assert json.loads(await socket.recv())["type"] == "connection"


async def test_the_end_is_said_over_tls(server: Server, certificate: Path) -> None:
    async with websockets.connect(server.stream_url, ssl=trusting(certificate), proxy=None) as socket:
        await socket.recv()
        await asyncio.to_thread(server.stop)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await _to_the_end(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001
    assert server.exit_code == 0


def test_our_own_clients_trust_a_fingerprint_and_no_other(server: Server) -> None:
    server.frame()
    fingerprint = shown_by(server)
    client = [sys.executable, str(ROOT / "tests" / "test_websocket.py"), "--url", server.stream_url, "--count", "1"]
    question = [sys.executable, "-m", "monitor", "ask", "--url", server.url, "how busy is the cpu?"]
    for command, said in ((client, "connected: "), (question, "CPU")):
        assert said in run(*command, "--fingerprint", fingerprint, seconds=PATIENCE)
        for wrong in ([], ["--fingerprint", fingerprint[:-2] + "zz"], ["--fingerprint", "00" * 32]):
            done = subprocess.run([*command, *wrong], capture_output=True, text=True, timeout=PATIENCE, check=False)
            assert done.returncode in (1, 2)
            assert done.stdout == ""
            assert "certificate" in done.stderr or "SHA-256" in done.stderr
            assert "Traceback" not in done.stderr


async def test_a_certificate_made_now_serves_the_live_page(chromium: Browser) -> None:
    with Server("--tls-self-signed", "--base-path", "/monitor") as server:
        context = await chromium.new_context(ignore_https_errors=True)
        page = await context.new_page()
        sockets: list[str] = []
        page.on("websocket", lambda socket: sockets.append(socket.url))
        await page.goto(f"{server.url}/demo")
        await expect(page.locator("#state")).to_have_text(LIVE)
        assert [url.split("?")[0] for url in sockets] == [server.stream_url]
        assert server.stream_url == f"wss://localhost:{server.port}/monitor/api/ws/metrics"
        await context.close()


async def _stamp(socket: Any) -> float:
    return float(json.loads(await socket.recv())["timestamp"])


async def _to_the_end(socket: Any) -> None:
    while True:
        await socket.recv()
