"""Whether the system killed for memory is read from its own counters, in every layout of them."""

from ftkernel.runs.exit_watch import memory_kills


def lay(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_nothing_readable_counts_as_none(tmp_path):
    assert memory_kills(tmp_path) == 0


def test_the_one_tree_of_version_two(tmp_path):
    lay(
        tmp_path,
        {
            "proc/self/cgroup": "0::/user/run\n",
            "sys/fs/cgroup/user/run/memory.events": "low 0\nhigh 0\nmax 4\noom 2\noom_kill 1\n",
            "sys/fs/cgroup/memory.events": "oom_kill 3\n",
        },
    )
    assert memory_kills(tmp_path) == 4


def test_the_memory_tree_of_version_one(tmp_path):
    lay(
        tmp_path,
        {
            "proc/self/cgroup": "5:devices:/\n4:memory:/docker/abc\n",
            "sys/fs/cgroup/memory/docker/abc/memory.oom_control": "oom_kill_disable 0\noom_kill 2\n",
        },
    )
    assert memory_kills(tmp_path) == 2


def test_the_whole_machines_counter(tmp_path):
    lay(tmp_path, {"proc/vmstat": "nr_free_pages 3\noom_kill 5\n", "proc/self/cgroup": "0::/\n"})
    assert memory_kills(tmp_path) == 5


def test_this_machines_counters_are_readable():
    assert memory_kills() >= 0
