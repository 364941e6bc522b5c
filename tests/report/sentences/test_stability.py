"""Whose the line is follows the agreement of other choices, in both directions."""

import pandas as pd
import pytest

from compendium.report.sentences import stability as words
from compendium.sensitivity import choices

CHOICES = pd.DataFrame({
    "kind": ["algorithm", "block left out", "adjustment"],
    "choice": ["Gaussian mixture, full covariances", "nerve_csa", "residuals on covariates"],
    "ari": [0.97, 0.85, 0.9], "moved": [0.01, 0.086, 0.02], "note": ["", "", "Age."],
})


def test_the_choice_that_moves_most_is_named_with_its_share():
    assert words.moved(CHOICES) == [
        "3 other choices move 1.0 % to 8.6 % of the patients, most when nerve CSA is left out.",
        "All draw the same line (ARI at least 0.8, a threshold of our own): it is easy to find, "
        "which a long cloud would grant as well.",
        "Residuals on covariates: Age.",
    ]
    assert words.moved(CHOICES[:1])[0].endswith(
        "1.0 % of the patients, most with Gaussian mixture (full covariances)."
    )


def test_where_no_choice_was_possible_it_is_said():
    none = CHOICES.assign(moved=float("nan"), ari=float("nan"))
    assert words.moved(none)[0] == "No other choice was possible."
    assert words.agree(none) == "" and words.agree(pd.DataFrame()) == ""


def test_a_line_that_another_way_of_analysing_moves_is_the_choices():
    assert words.whose_line(CHOICES.assign(ari=[0.5, 0.85, 0.9])) == [
        "Another line (ARI below 0.8, a threshold of our own) is drawn with Gaussian mixture (full "
        "covariances): there the line is the choice's.",
        "The same line is drawn by the other 2.",
    ]


def test_a_line_that_leaving_something_out_moves_rests_on_it():
    first, rest = words.whose_line(CHOICES.assign(ari=[0.9, 0.79, 0.9]))
    assert first.endswith("is drawn when nerve CSA is left out: the phenotypes rest on it.")
    assert rest == "The same line is drawn by the other 2."


def test_where_every_choice_draws_another_line_none_draws_the_same():
    said = words.whose_line(CHOICES.assign(ari=0.3))
    assert len(said) == 1 and "the choice's; when nerve" in said[0]


@pytest.mark.parametrize(
    ("ari", "said"),
    [
        ([0.5, 0.6, 0.9], "3 other choices agree with it to an index of 0.50 to 0.90; 2 of them "
         "draw another line (below 0.8), so it rests in part on what is chosen."),
        ([0.9, 0.95, None], "2 other choices agree with it to an index of 0.90 to 0.95; all draw "
         "the same line (at least 0.8)."),
    ],
)
def test_the_answer_gives_the_range_of_other_choices(ari, said):
    assert words.agree(CHOICES.assign(ari=ari)) == said


def test_every_kind_of_choice_has_its_words():
    assert set(words.HOW) == set(choices.KINDS_OF_CHOICE) > set(words.LEFT_OUT)
