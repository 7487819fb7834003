"""One process writes a result; a second is told; one that died is recognised."""

import json
import os
import subprocess
import sys

import pytest

from distnet_store.errors import ConflictError, StorageError
from distnet_store.store import claim as claim_module
from distnet_store.store.claim import claimed
from distnet_store.store.location import locate

FOLDER = ".distnet/claims/labels/cells"


@pytest.fixture
def location(tmp_path):
    return locate(tmp_path, create=True)


def keys(location):
    return [key.rsplit("/", 1)[-1] for key in location.list_keys(FOLDER)]


def alter(location, **values):
    """Change the record of the only claim."""
    (key,) = location.list_keys(FOLDER)
    record = json.loads(location.read(key)) | values
    location.write(key, json.dumps(record).encode())


def test_a_second_writer_is_refused_with_the_first_one_s_name(location):
    with (
        claimed(location, FOLDER),
        pytest.raises(ConflictError, match=rf"process {os.getpid()} on "),
        claimed(location, FOLDER),
    ):
        pass


def test_a_claim_is_free_again_after_the_block_also_after_an_error(location):
    with pytest.raises(KeyError), claimed(location, FOLDER):
        raise KeyError
    with claimed(location, FOLDER) as claim:
        assert claim.number == 2
    assert keys(location) == ["000002.json"]


def test_a_claim_whose_release_could_not_be_written_is_free_for_its_own_process(
    location, monkeypatch
):
    def refuse(*_words, released=False):
        if released:
            raise StorageError("no space")

    with monkeypatch.context() as patch, claimed(location, FOLDER):
        patch.setattr(claim_module.Claim, "renew", refuse)
    with pytest.raises(ConflictError), claimed(location, FOLDER), claimed(location, FOLDER):
        pass


def test_other_results_can_be_written_meanwhile(location):
    with claimed(location, FOLDER), claimed(location, ".distnet/claims/labels/other"):
        pass


def test_the_claim_of_a_process_that_has_ended_is_taken_over(location):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with claimed(location, FOLDER):
        pass
    alter(location, released=False, process=ended.pid)
    with claimed(location, FOLDER):
        pass


def test_a_process_of_another_machine_is_believed_until_it_is_silent_for_long(location):
    with claimed(location, FOLDER):
        pass
    alter(location, released=False, machine="elsewhere", process=1 << 22)
    with pytest.raises(ConflictError), claimed(location, FOLDER):
        pass
    alter(location, renewed=0)
    with claimed(location, FOLDER):
        pass


def test_a_holder_is_heard_of_while_it_works(location, monkeypatch):
    monkeypatch.setattr(claim_module, "RENEWED_EVERY_S", 0.01)
    with claimed(location, FOLDER) as claim:
        alter(location, renewed=0)
        while json.loads(location.read(claim.key))["renewed"] == 0:  # else this test never ends
            pass


def test_a_holder_that_was_taken_for_dead_stops(location):
    with claimed(location, FOLDER) as claim:
        claim.check()
        alter(location, renewed=0)
        with claimed(location, FOLDER), pytest.raises(ConflictError, match="took over"):
            claim.check()


@pytest.mark.parametrize("listed", [[1], [2]])
def test_who_listed_before_others_went_further_begins_anew(location, monkeypatch, listed):
    """The number 1 was deleted since, and after 2 another one is free, though 3 counts."""
    for _ in range(3):
        with claimed(location, FOLDER):
            pass
    if listed == [2]:
        location.write(f"{FOLDER}/000002.json", location.read(f"{FOLDER}/000003.json"))
        location.move(f"{FOLDER}/000003.json", f"{FOLDER}/000004.json")
    answers = [listed]
    found = claim_module._numbers

    def late(*where):
        return answers.pop() if answers else found(*where)

    monkeypatch.setattr(claim_module, "_numbers", late)
    with claimed(location, FOLDER) as claim:
        assert claim.number == (4 if listed == [1] else 5)
        claim.check()
