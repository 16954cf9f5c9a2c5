"""The built-in probes: their arithmetic with recorded inputs, and each of them once for real."""

import math
import os
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from monitor import NoData, Probe
from monitor.frame import checked
from probes import cpu, disk, memory, network, process

Row = namedtuple("Row", "user nice system idle iowait irq softirq steal guest guest_nice")

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and runs df")


def section(probe: Probe) -> Mapping[str, Any]:
    return checked(probe.fields, probe.sample())


# CPU


def core(**seconds: float) -> cpu.Times:
    return cpu.times_of(Row(**{**dict.fromkeys(Row._fields, 0.0), **seconds}))


def test_idle_and_waiting_for_io_are_not_busy_and_guests_are_not_counted_twice() -> None:
    times = core(user=10, nice=1, system=5, idle=70, iowait=4, irq=1, softirq=2, steal=3, guest=6, guest_nice=1)
    assert times == (22, 96)


def test_systems_without_iowait_have_a_busy_share_too() -> None:
    Mac = namedtuple("Mac", "user nice system idle")
    assert cpu.times_of(Mac(10.0, 0.0, 5.0, 85.0)) == (15, 100)


def test_usage_is_the_busy_share_between_two_readings() -> None:
    before = [core(user=100, idle=900), core(user=0, idle=1000)]
    after = [core(user=101, idle=900), core(user=0.25, idle=1000.75)]
    assert cpu.usage(before, after) == {"percent_total": 62.5, "percent_per_core": [100.0, 25.0], "count": 2}


def test_counters_that_run_backwards_never_leave_the_bounds() -> None:
    assert cpu.percent(core(user=5, iowait=10), core(user=5.5, iowait=9.9)) == 100
    assert cpu.percent(core(user=5, iowait=1), core(user=4.9, iowait=2)) == 0


def test_without_time_between_there_is_no_usage() -> None:
    same = [core(user=5, idle=5)]
    with pytest.raises(NoData, match="no time has passed"):
        cpu.usage(same, same)


def test_one_core_that_stood_still_is_unknown_and_the_others_are_not() -> None:
    usage = cpu.usage([core(idle=1), core(idle=1)], [core(idle=1), core(user=1, idle=1)])
    assert usage["percent_per_core"] == [None, 100.0]


def test_after_a_core_came_or_went_only_the_count_is_known() -> None:
    assert cpu.usage([core(idle=1)], [core(idle=2), core(idle=2)]) == {"count": 2}


def test_each_cpu_sample_is_measured_from_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter([[Row(*[0.0] * 10)], [Row(1, 0, 0, 3, 0, 0, 0, 0, 0, 0)], [Row(2, 0, 0, 3, 0, 0, 0, 0, 0, 0)]])
    monkeypatch.setattr(psutil, "cpu_times", lambda percpu: next(readings))
    monkeypatch.setattr(psutil, "cpu_freq", lambda: None)
    probe = cpu.CpuProbe()
    probe.open()
    assert section(probe) == {"percent_total": 25.0, "percent_per_core": [25.0], "count": 1, "frequency_mhz": None}
    assert section(probe)["percent_total"] == 100.0


class SlowFrequency:
    """A machine on which reading the frequency takes `seconds`."""

    def __init__(self, seconds: float, reading: Any) -> None:
        self.now, self.calls = 100.0, 0
        self._seconds, self._reading = seconds, reading

    def read(self) -> Any:
        self.calls += 1
        self.now += self._seconds
        if isinstance(self._reading, Exception):
            raise self._reading
        return self._reading


Frequency = namedtuple("Frequency", "current min max")


def frequency_over(machine: SlowFrequency, ticks: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(psutil, "cpu_freq", machine.read)
    monkeypatch.setattr("probes.cpu.time.monotonic", lambda: machine.now)
    monkeypatch.setattr(psutil, "cpu_times", lambda percpu: [Row(machine.now, *[0.0] * 9)])
    probe = cpu.CpuProbe()
    probe.open()
    for _ in range(ticks):
        machine.now += 1
        sample = section(probe)
    return sample["frequency_mhz"]


def test_the_frequency_is_read_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = SlowFrequency(0.00005, Frequency(2400.0, 0.0, 0.0))
    assert frequency_over(machine, 60, monkeypatch) == 2400.0
    assert 10 <= machine.calls <= 13


def test_a_frequency_that_is_slow_to_read_is_read_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = SlowFrequency(1.3, Frequency(2400.0, 0.0, 0.0))
    assert frequency_over(machine, 600, monkeypatch) == 2400.0
    assert machine.calls == 1


@pytest.mark.parametrize("reading", [None, Frequency(0.0, 0.0, 0.0), OSError("gone"), NotImplementedError()])
def test_a_frequency_that_the_machine_does_not_tell_is_null(reading: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert frequency_over(SlowFrequency(0.0, reading), 2, monkeypatch) is None


# Memory


def test_used_memory_is_total_minus_available_and_percent_is_its_share() -> None:
    sample = checked(memory.MemoryProbe.fields, memory.usage(16384 * 2**20, 5700 * 2**20))
    assert sample == {"percent": 65.21, "total_mb": 16384.0, "available_mb": 5700.0, "used_mb": 10684.0}


# Disk


def test_blocks_kept_for_root_count_as_neither_used_nor_free() -> None:
    sample = checked(disk.DiskProbe.fields, disk.usage(512 * 2**30, 232 * 2**30, 254 * 2**30))
    assert sample == {"percent": 47.74, "total_gb": 512.0, "used_gb": 232.0, "free_gb": 254.0}


def test_a_file_system_without_blocks_has_no_data() -> None:
    with pytest.raises(NoData, match="no blocks"):
        disk.DiskProbe("/proc").sample()


@linux
def test_the_disk_percentage_is_what_df_prints() -> None:
    printed = subprocess.run(["df", "--output=pcent", "/"], capture_output=True, text=True, check=True).stdout
    assert abs(math.ceil(section(disk.DiskProbe("/"))["percent"]) - int(printed.split()[1].rstrip("%"))) <= 1


def test_a_path_that_is_not_there_is_a_failure() -> None:
    with pytest.raises(FileNotFoundError):
        disk.DiskProbe("/no/such/path").sample()


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ({"path": 5}, "path is 5; it must be an absolute path"),
        ({"path": "srv"}, "path is 'srv'"),
        ({"pth": "/"}, "unknown key 'pth'; the only one is path"),
    ],
)
def test_a_wrong_disk_table_is_refused(config: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        disk.monitor_probes(config)


def test_the_disk_path_can_be_configured(tmp_path: Path) -> None:
    (probe,) = disk.monitor_probes({"path": str(tmp_path)})
    assert isinstance(probe, disk.DiskProbe)
    assert probe.path == str(tmp_path)


# Network


def interfaces(root: Path, layout: dict[str, list[str]]) -> Path:
    """Make a /sys/class/net with these files in these interfaces."""
    for name, files in layout.items():
        (root / name).mkdir(parents=True)
        for file in files:
            (root / name / file).touch()
    return root


@pytest.mark.parametrize(
    ("layout", "chosen"),
    [
        ({"lo": [], "eth0": ["device"], "docker0": ["bridge"], "veth1": []}, {"eth0"}),
        ({"lo": [], "eth0": ["device"], "eth1": ["device"], "bond0": ["lower_eth0", "lower_eth1"]}, {"eth0", "eth1"}),
        ({"lo": [], "wlan0": ["device"], "wlan0.7": ["lower_wlan0"], "wg0": [], "tun0": []}, {"wlan0"}),
        ({"lo": [], "eth0": []}, {"eth0"}),
        ({"lo": [], "eth0": [], "br0": ["bridge", "lower_eth0"]}, {"eth0"}),
        ({"lo": []}, set()),
    ],
    ids=["docker host", "bond", "vlan and tunnels", "container", "container with a bridge", "nothing"],
)
def test_each_byte_is_counted_once(tmp_path: Path, layout: dict[str, list[str]], chosen: set[str]) -> None:
    assert network.physical(layout.keys(), interfaces(tmp_path, layout)) == chosen


def test_without_sysfs_names_have_to_do(tmp_path: Path) -> None:
    names = ["lo0", "en0", "en1", "bridge100", "utun3", "awdl0", "Loopback Pseudo-Interface 1", "Ethernet", "Wi-Fi"]
    assert network.physical(names, tmp_path / "missing") == {"en0", "en1", "Ethernet", "Wi-Fi"}


def test_totals_never_fall_when_an_interface_vanishes_or_begins_again() -> None:
    totals = network.Totals()
    assert totals.add({"eth0": network.Bytes(10, 100), "usb0": network.Bytes(5, 50)}) == (15, 150)
    assert totals.add({"eth0": network.Bytes(20, 200)}) == (25, 250)
    assert totals.add({"eth0": network.Bytes(3, 30)}) == (28, 280)
    assert totals.add({"eth0": network.Bytes(4, 30), "usb0": network.Bytes(1, 1)}) == (30, 281)


Counters = namedtuple("Counters", "bytes_sent bytes_recv")


def test_the_interfaces_can_be_configured_by_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    counters = {name: Counters(2**20 * number, 2**21 * number) for number, name in enumerate(["lo", "eth0", "eth1"])}
    monkeypatch.setattr(psutil, "net_io_counters", lambda pernic, nowrap: counters)
    (probe,) = network.monitor_probes({"interfaces": ["eth*"]})
    assert section(probe) == {"bytes_sent_mb": 3.0, "bytes_recv_mb": 6.0}
    (probe,) = network.monitor_probes({"interfaces": ["lo", "eth0"]})
    assert section(probe) == {"bytes_sent_mb": 1.0, "bytes_recv_mb": 2.0}


def test_interfaces_are_chosen_anew_only_when_one_comes_or_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    counters = {"eth0": Counters(2**20, 2**20)}
    asked: list[frozenset[str]] = []

    def physical(names: frozenset[str]) -> frozenset[str]:
        asked.append(names)
        return names

    monkeypatch.setattr(psutil, "net_io_counters", lambda pernic, nowrap: counters)
    monkeypatch.setattr(network, "physical", physical)
    (probe,) = network.monitor_probes({})
    section(probe)
    section(probe)
    counters = {"eth0": Counters(2**20, 2**20), "usb0": Counters(2**20, 0)}
    assert section(probe) == {"bytes_sent_mb": 2.0, "bytes_recv_mb": 1.0}
    assert asked == [{"eth0"}, {"eth0", "usb0"}]


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ({"interfaces": "eth0"}, "it must be a list of names or patterns"),
        ({"interfaces": [1]}, "it must be a list of names or patterns"),
        ({"interface": ["eth0"]}, "unknown key 'interface'; the only one is interfaces"),
    ],
)
def test_a_wrong_network_table_is_refused(config: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        network.monitor_probes(config)


# Process


def test_the_servers_cpu_time_is_a_share_of_one_core() -> None:
    assert process.cpu_percent(0.025, 1.0) == 2.5
    assert process.cpu_percent(3.0, 2.0) == 150.0
    with pytest.raises(NoData):
        process.cpu_percent(0.0, 0.0)


# All of them, for real


@pytest.mark.parametrize("module", [cpu, memory, disk, network, process])
def test_each_probe_reads_this_machine(module: Any) -> None:
    (probe,) = module.monitor_probes({}) if module in (disk, network) else module.monitor_probes()
    probe.open()
    time.sleep(0.1)
    values = section(probe)
    assert {field.name for field in probe.fields} - {"frequency_mhz"} <= {k for k, v in values.items() if v is not None}
    probe.close()


def test_a_busy_process_is_seen_as_busy() -> None:
    probe = process.ProcessProbe()
    probe.open()
    end = os.times().user + 0.2
    while os.times().user < end:
        pass
    sample = section(probe)
    assert sample["cpu_percent"] > 10
    assert 5 < sample["memory_mb"] < 4096
