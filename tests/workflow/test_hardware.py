"""Limits that containers set, and a measurement that may fail without harm."""

from __future__ import annotations

import os

import pytest

from iatros.workflow.hardware import cores, free_disk, memory, quota, speed

GIB = 2**30


def written(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("DOT", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_cores_are_those_that_this_process_may_use(tmp_path):
    found = cores(written(tmp_path, cpuDOTmax="50000 100000\n"))
    assert found.allowed == len(os.sched_getaffinity(0))
    assert found.quota == found.usable == 0.5


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        ({"cpuDOTmax": "150000 100000"}, 1.5),
        ({"cpuDOTmax": "max 100000"}, None),
        ({"cpu__cpuDOTcfs_quota_us": "200000", "cpu__cpuDOTcfs_period_us": "100000"}, 2.0),
        ({"cpu__cpuDOTcfs_quota_us": "-1", "cpu__cpuDOTcfs_period_us": "100000"}, None),
        ({}, None),
    ],
)
def test_a_containers_share_of_time_is_read_from_both_versions_of_cgroups(files, limit, tmp_path):
    assert quota(written(tmp_path, **files)) == limit


def test_memory_is_the_machines_and_the_containers(tmp_path):
    facts = written(tmp_path, facts="MemTotal:  8388608 kB\nMemAvailable:  4194304 kB\n") / "facts"
    assert memory(tmp_path, facts) == memory(tmp_path / "nothing", facts)
    found = memory(written(tmp_path, memoryDOTmax=str(2 * GIB)), facts)
    assert (found.total, found.free, found.limit) == (8.0, 4.0, 2.0)
    assert memory(written(tmp_path, memoryDOTmax="max"), facts).limit is None


def test_disk_is_that_of_the_folder_above_where_there_is_none_yet(tmp_path):
    assert free_disk(tmp_path / "not" / "made" / "yet") == pytest.approx(free_disk(tmp_path), rel=0.1)


@pytest.mark.parametrize(
    ("program", "fault"),
    [
        ("raise ImportError('no torch here')", "ImportError: no torch here"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "torch ended the process (signal 9)"),
    ],
)
def test_a_torch_that_fails_is_reported_and_harms_nothing(program, fault):
    assert speed(program).fault == fault


def test_the_measurement_is_read_from_the_process_that_made_it():
    told = '{"torch": "2", "device": "cpu", "threads": 1, "precisions": {"float32": 1.0, "bfloat16": 2.0}, "devices": []}'
    found = speed(f"print({told!r})")
    assert found.precisions == {"float32": 1.0, "bfloat16": 2.0}
    assert not found.fault
