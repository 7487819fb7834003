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


@pytest.fixture
def usual_interrupt():
    """A program that was started in the background may ignore interrupts; here none does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_second_one_interrupts(usual_interrupt):
    with stop_signals():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_handlers_from_before_come_back():
    before = [signal.getsignal(number) for number in SIGNALS]
    with stop_signals():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before
