"""How often a card is drawn anew."""

import pytest

from ftkernel.notebook.live.card import pause_after


@pytest.mark.parametrize(("took", "pause"), [(0.0, 1.0), (0.05, 1.0), (0.3, 3.0), (2.0, 20.0)])
def test_a_redraw_takes_at_most_a_tenth_of_the_time_and_comes_at_most_once_a_second(took, pause):
    assert pause_after(took) == pause
