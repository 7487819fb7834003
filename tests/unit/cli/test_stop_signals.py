"""The first Ctrl-C asks to stop; the second stops."""

import signal

import pytest

from distnet_store.cli.stop_signals import SIGNALS, stop_signals


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_asks_to_stop_and_says_so(number, capsys):
    with stop_signals() as is_asked:
        assert not is_asked()
        signal.raise_signal(number)
        assert is_asked()
    assert "stopping after this step" in capsys.readouterr().err


def test_a_second_one_interrupts():
    with stop_signals():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_handlers_from_before_come_back():
    before = [signal.getsignal(number) for number in SIGNALS]
    with stop_signals():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before
