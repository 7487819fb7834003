"""Event files hold what TensorBoard draws, and say what is missing where it cannot be written."""

import sys

import pytest

from distnet_store.errors import MissingExtraError
from distnet_store.pipeline.tensorboard_log import TensorBoardLog

events = pytest.importorskip("tensorboardX.event_file_writer", reason="tensorboardX is optional")


def scalars(folder):
    """The values in the event files of a folder, as TensorBoard's own format has them."""
    import struct

    from tensorboardX.proto.event_pb2 import Event

    found = []
    for file in folder.iterdir():
        data = file.read_bytes()
        while data:
            (length,) = struct.unpack("<Q", data[:8])
            event = Event.FromString(data[12 : 12 + length])
            found += [(v.tag, event.step, v.simple_value) for v in event.summary.value]
            data = data[16 + length :]
    return found


def test_each_value_of_each_epoch_is_there(tmp_path):
    log = TensorBoardLog(tmp_path / "runs")
    log.begin([{"loss": 4.0}])
    log.add(2, {"loss": 2.0, "val_loss": 3.0})
    log.close()
    assert sorted(scalars(tmp_path / "runs")) == [
        ("loss", 1, 4.0),
        ("loss", 2, 2.0),
        ("val_loss", 2, 3.0),
    ]


def test_without_the_package_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(MissingExtraError, match="tensorboard"):
        TensorBoardLog(tmp_path / "runs")
