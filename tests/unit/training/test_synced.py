"""What has its final name is on the disk, so that not even the death of the machine leaves half of it."""

from ftkernel.runs.folder import RunFolder
from ftkernel.training.checkpoints import write_checkpoint, write_result
from tests.disk import Disk


def parts(folder):
    (folder / "adapter_config.json").write_bytes(b"{}")
    (folder / "adapter_model.safetensors").write_bytes(b"weights")


def more(folder):
    (folder / "optimizer.pt").write_bytes(b"states")


def test_a_checkpoint_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    disk = Disk(monkeypatch)
    path = write_checkpoint(RunFolder(tmp_path), 3, [parts, more]).checkpoint.path
    assert len(list(path.iterdir())) == 4
    assert disk.not_synced_before_named(path) == []
    assert disk.has_synced_name(path)


def test_a_result_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    disk, folder = Disk(monkeypatch), RunFolder(tmp_path)
    write_result(folder, [parts, more])
    assert disk.not_synced_before_named(folder.result) == []
    assert disk.has_synced_name(folder.result)
