"""Certificates and keys: which are taken, and what is said of those that are not."""

import ssl
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.app import identity_of
from monitor.cli import main
from monitor.config import Settings
from monitor.web.selfsigned import GOOD_FOR, self_signed
from monitor.web.tls import Identity, Unusable, doubt_about, from_files, made_now
from tests.conftest import Connect

DAY = 86_400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files with a certificate, its key, both, another key, an encrypted one, and neither."""
    both = self_signed(["mon.example"]).decode()
    certificate, mark, key = both.partition("-----BEGIN PRIVATE KEY-----")
    other = self_signed(["mon.example"]).decode().partition(mark)[2]
    files = {
        "both": both,
        "certificate": certificate,
        "key": mark + key,
        "other": mark + other,
        "encrypted": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nx\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "old-encrypted": "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nx\n",
        "garbled": both.replace("\n", "\nAAAA", 1),
        "neither": "hello\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.pem").write_text(text)
    return tmp_path


def test_only_strong_suites_are_spoken(folder: Path) -> None:
    context, _ = from_files(str(folder / "both.pem"), "")
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    for suite in context.get_ciphers():
        assert suite["aead"], suite["name"]
        assert suite["protocol"] == "TLSv1.3" or suite["kea"] == "kx-ecdhe", suite["name"]


def test_a_certificate_is_taken_with_its_key_beside_it_or_in_the_same_file(folder: Path) -> None:
    _, beside = from_files(str(folder / "certificate.pem"), str(folder / "key.pem"))
    _, together = from_files(str(folder / "both.pem"), "")
    assert beside == together
    assert beside.names == ("mon.example",)


@pytest.mark.parametrize(
    ("files", "setting", "says"),
    [
        (("missing", ""), "tls_certificate", "cannot be read (No such file or directory)"),
        (("neither", ""), "tls_certificate", "holds no certificate"),
        (("certificate", ""), "tls_certificate", "name that in tls_key"),
        (("garbled", ""), "tls_certificate", "cannot be used"),
        (("certificate", "missing"), "tls_key", "cannot be read"),
        (("certificate", "neither"), "tls_key", "holds no key"),
        (("certificate", "other"), "tls_key", "not that of the certificate in"),
        (("certificate", "encrypted"), "tls_key", "encrypted"),
        (("certificate", "old-encrypted"), "tls_key", "encrypted"),
    ],
)
def test_files_that_cannot_be_used_are_refused_in_one_line(
    folder: Path, files: tuple[str, str], setting: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    named = dict(zip(("tls_certificate", "tls_key"), files, strict=True))
    flags = [f"--{name.replace('_', '-')}={folder / value}.pem" for name, value in named.items() if value]
    assert main(["serve", "--port", "0", *flags]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"monitor: {setting} = '{folder / named[setting]}.pem' (command line, --")
    assert says in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"tls_key": "key.pem"}, "tls_key"),
        ({"tls_self_signed": True, "tls_certificate": "c.pem"}, "tls_certificate"),
        ({"tls_self_signed": True, "tls_key": "key.pem"}, "tls_key"),
        ({"tls_certificate": "\0"}, "tls_certificate"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(settings: dict[str, Any], setting: str) -> None:
    with pytest.raises(Unusable) as raised:
        identity_of(Settings(**settings))
    assert raised.value.setting == setting


def test_without_a_setting_nothing_is_encrypted() -> None:
    assert identity_of(Settings()) is None


def test_a_certificate_made_now_is_for_loopback_the_host_and_the_allowed_names() -> None:
    settings = Settings(tls_self_signed=True, host="192.0.2.7", allowed_host=("mon.example", "2001:db8::1"))
    identity = identity_of(settings)
    assert identity is not None
    names = ("localhost", "127.0.0.1", "::1", "mon.example", "2001:db8::1", "192.0.2.7")
    assert identity.certificate.names == names
    assert identity.certificate.begins < time.time() - 60, "clocks differ"
    assert abs(identity.certificate.ends - time.time() - GOOD_FOR * DAY) < 60
    assert len(identity.certificate.fingerprint) == 32 * 3 - 1
    before = identity.certificate
    identity.renew()
    assert identity.certificate != before


def test_without_cryptography_it_is_said_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "monitor.web.selfsigned", raising=False)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(Unusable, match=r"realtime-monitor\[tls\]"):
        made_now([])


def test_cryptography_is_not_loaded_for_a_certificate_from_a_file(folder: Path) -> None:
    script = (
        "import sys; from monitor.web.tls import from_files; from_files(sys.argv[1], '');"
        "sys.exit('cryptography' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(folder / "both.pem")], check=True, timeout=60)


def test_dates_are_doubted_in_time(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    _, certificate = from_files(str(folder / "both.pem"), "")
    assert not caplog.records
    ends = certificate.ends
    date = datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%d")
    assert doubt_about(certificate, ends - 20 * DAY) is None
    assert doubt_about(certificate, ends - 5 * DAY) == f"it expires on {date}, in 5 days"
    assert doubt_about(certificate, ends) == f"it has expired on {date}: clients will refuse it"
    assert "not good before" in str(doubt_about(certificate, certificate.begins - 1))
    assert doubt_about(replace(certificate, begins=0.0), 0.0) is None


def test_files_that_have_become_unusable_change_nothing(folder: Path) -> None:
    certificate = folder / "both.pem"
    identity = Identity(lambda: from_files(str(certificate), ""))
    before = identity.context, identity.certificate
    for wrong in ("hello", (folder / "certificate.pem").read_text() + (folder / "other.pem").read_text()):
        certificate.write_text(wrong)
        with pytest.raises(Unusable):
            identity.renew()
        assert (identity.context, identity.certificate) == before
    certificate.write_bytes(self_signed(["new.example"]))
    identity.renew()
    assert identity.certificate.names == ("new.example",)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        ({"port": 443}, None),
        ({"tls_certificate": "c.pem"}, None),
        ({"tls_certificate": "c.pem", "port": 443}, "max-age=31536000"),
        ({"tls_self_signed": True, "port": 443}, None),
    ],
)
async def test_browsers_are_held_to_https_only_where_the_whole_name_is_ours(
    connect: Connect, settings: dict[str, Any], expected: str | None
) -> None:
    client = await connect(**settings)
    for path in ("/", "/healthz", "/nothing"):
        assert (await client.get(path)).headers.get("Strict-Transport-Security") == expected
