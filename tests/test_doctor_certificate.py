"""The doctor on certificates."""

import subprocess
import time
from pathlib import Path

import pytest

from monitor.doctor.certificate import good
from tests.doctor import certificate, states


def test_a_good_one_is_shown_with_its_names_and_its_end(tmp_path: Path) -> None:
    key, found = good(*certificate(tmp_path, "mon.example"))
    assert (key.check, str(key.state)) == ("key file", "ok")
    assert str(found.state) == "ok"
    assert "for mon.example, good for 90 more days" in found.text


def test_one_that_ends_soon_is_a_warning(tmp_path: Path) -> None:
    files = certificate(tmp_path)
    _, found = good(*files, now=time.time() + 80 * 86_400)
    assert (str(found.state), "renew" in found.remedy) == ("warning", True)


def test_one_that_has_ended_is_a_problem(tmp_path: Path) -> None:
    _, found = good(*certificate(tmp_path, made_on="2020-01-01"))
    assert (str(found.state), "certificate has expired" in found.text) == ("problem", True)
    assert "renew" in found.remedy


def test_a_key_of_another_certificate_is_a_problem(tmp_path: Path) -> None:
    one, _ = certificate(tmp_path, "one")
    _, other = certificate(tmp_path, "other")
    _, found = good(one, other)
    assert "another certificate's" in found.text
    assert "tls_key" in found.remedy


def test_a_key_with_a_password_asks_nobody_for_it(tmp_path: Path) -> None:
    one, key = certificate(tmp_path, "one")
    locked = tmp_path / "locked.key"
    command = ["openssl", "ec", "-aes256", "-passout", "pass:x", "-in", key, "-out", str(locked)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    locked.chmod(0o600)
    _, found = good(one, str(locked))
    assert "has a password" in found.text


@pytest.mark.parametrize("content", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_a_problem(content: str, tmp_path: Path) -> None:
    _, key = certificate(tmp_path)
    path = tmp_path / "wrong.pem"
    path.write_text(content)
    assert states(good(str(path), key))[1] == ("certificate", "problem")
    assert states(good(str(tmp_path / "none.pem"), key))[1] == ("certificate", "problem")


def test_a_file_with_both_is_looked_at_as_a_key(tmp_path: Path) -> None:
    one, key = certificate(tmp_path)
    both = tmp_path / "both.pem"
    both.write_text(Path(one).read_text() + Path(key).read_text())
    both.chmod(0o644)
    assert states(good(str(both), "")) == [("key file", "problem"), ("certificate", "ok")]
