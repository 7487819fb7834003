"""The table of epochs: names stay over their values, and what a run does not have is left out."""

from distnet_store.cli.epoch_table import EpochTable

VALUES = {"loss": 1.25, "edm_loss": 0.5, "wait_share": 0.087, "seconds": 3725.4}


def lines_of(n_epochs, values):
    lines = []
    table = EpochTable(lines.append)
    for epoch in range(1, n_epochs + 1):
        table.add(epoch, values)
    return lines


def test_values_stand_under_their_names():
    header, row = lines_of(1, {**VALUES, "val_segmentation_errors": 12.34})
    assert header.split("  ") != row.split("  ")
    for title, text in (("loss", "1.250"), ("EDM", "0.500"), ("time", "1:02:05")):
        assert header.index(title) + len(title) == row.index(text) + len(text)
    assert header.index("seg. err. %") + len("seg. err. %") == row.index("12.3") + len("12.3")
    assert header.index("waited %") + len("waited %") == row.index("8.7") + len("8.7")


def test_values_that_a_run_does_not_have_take_no_place():
    header, _ = lines_of(1, VALUES)
    assert "held back" not in header
    assert "err" not in header


def test_names_come_again_in_a_long_run():
    assert sum(line.startswith("epoch") for line in lines_of(45, VALUES)) == 3
