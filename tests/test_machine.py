"""What this machine is."""

import platform
from pathlib import Path

import pytest

from monitor import machine

X86 = "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC   7R13 Processor\n\nprocessor\t: 1\n"
RASPBERRY = "processor\t: 0\nBogoMIPS\t: 38.40\n\nHardware\t: BCM2711\nModel\t: Raspberry Pi 4\n"


@pytest.mark.parametrize(("cpuinfo", "model"), [(X86, "AMD EPYC 7R13 Processor"), (RASPBERRY, "BCM2711"), ("", None)])
def test_the_cpu_model_is_found_where_there_is_one(cpuinfo: str, model: str | None) -> None:
    assert machine.cpu_model(cpuinfo) == model


def test_this_machine_is_described() -> None:
    this = machine.this_machine()
    assert this.host
    assert this.system
    assert this.cpu
    assert this.cores >= 1
    assert this.boot_time > 0


def test_without_os_release_the_platform_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> dict[str, str]:
        raise OSError

    monkeypatch.setattr(platform, "freedesktop_os_release", missing)
    assert platform.release() in machine.this_machine().system


def test_without_cpuinfo_the_platform_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "CPUINFO", Path("/no/such/file"))
    assert machine.this_machine().cpu
