"""Every notebook says the same four things of what it publishes."""

from compendium.report.sentences import NOTEBOOKS
from compendium.run.results import STEPS


def test_every_step_says_the_same_four_things():
    assert list(NOTEBOOKS) == list(STEPS)
    for says in NOTEBOOKS.values():
        assert all(callable(getattr(says, name)) for name in
                   ("answer", "evidence", "conclusion", "headline"))
