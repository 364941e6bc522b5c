from itertools import product

import pytest

from compendium.groups import verdict
from compendium.groups.known_truth import Limit
from compendium.groups.ladder import Evidence

SMALL, LARGE = 0.001, 0.6


def found(b=LARGE, c=LARGE, l=LARGE, gap=LARGE, b_indices=LARGE, **options):  # noqa: E741
    return verdict(Evidence(b, c, l, gap, b_indices), **options)


@pytest.mark.parametrize(
    ("b", "c", "l", "gap", "rung"),
    [
        (LARGE, LARGE, LARGE, LARGE, 0),
        (LARGE, LARGE, LARGE, SMALL, 0),
        (LARGE, SMALL, LARGE, LARGE, 0),
        (SMALL, LARGE, LARGE, LARGE, 1),
        (SMALL, LARGE, LARGE, SMALL, 1),
        (SMALL, SMALL, LARGE, SMALL, 1),
        (LARGE, SMALL, SMALL, SMALL, 1),
        (SMALL, LARGE, SMALL, LARGE, 2),
        (SMALL, SMALL, SMALL, LARGE, 2),
        (SMALL, LARGE, SMALL, SMALL, 3),
        (SMALL, SMALL, SMALL, SMALL, 3),
    ],
)
def test_each_rung_needs_those_below_it(b, c, l, gap, rung):  # noqa: E741
    assert found(b, c, l, gap).rung == rung


@pytest.mark.parametrize(
    ("b_indices", "c", "gap", "rung"),
    [
        (LARGE, LARGE, SMALL, 0),
        (SMALL, LARGE, SMALL, 1),
        (LARGE, SMALL, SMALL, 1),
        (SMALL, SMALL, LARGE, 2),
        (SMALL, SMALL, SMALL, 3),
    ],
)
def test_the_rung_of_the_two_indices_alone_comes_from_nulls_b_and_c(b_indices, c, gap, rung):
    assert found(b_indices=b_indices, c=c, gap=gap).rung_indices == rung


def test_a_continuum_that_fails_where_correlations_suffice_is_said_to_be_so():
    said = found(b=0.2, c=SMALL, l=SMALL, gap=SMALL)
    assert said.rung == 1 and "margins and correlations alone could" in said.sentence


def test_groups_that_only_a_smooth_severity_law_excludes_are_said_to_be_so():
    assert "broad shoulder" in found(SMALL, LARGE, SMALL).sentence
    assert "broad shoulder" not in found(SMALL, SMALL, SMALL).sentence


def test_whether_one_hill_of_any_shape_is_rejected_is_said_in_either_case():
    assert "rejected too (null C)" in found(SMALL, SMALL, SMALL).sentence
    assert "could still explain the grouping (null C)" in found(SMALL, LARGE, SMALL).sentence


def test_rung_three_says_that_patients_thin_out_and_how_much():
    said = found(SMALL, LARGE, SMALL, SMALL, valley=0.561).sentence
    assert "thin out between the groups (density at the valley 0.56 of the lower peak)" in said
    assert "thin out" not in found(SMALL, SMALL, SMALL, LARGE, valley=0.561).sentence


@pytest.mark.parametrize("valley", [None, 1.0])
def test_without_a_valley_in_the_density_none_is_measured(valley):
    said = found(SMALL, LARGE, SMALL, SMALL, valley=valley).sentence
    assert "thin out between the groups;" in said and "valley" not in said


def test_the_lowest_rung_says_how_close_groups_would_go_unseen():
    limit = Limit(distance=3.42, n=1454, p=20, draws=99, alpha=0.05)
    assert found(detection_limit=limit).sentence == (
        "These data do not distinguish groups from one severity continuum; two groups closer than "
        "about 3.4 SD (within a group, along the line between centres) are missed in more "
        "than 20 % of cohorts (simulated near this size: 1,454 patients, 20 features, "
        "α = 0.05)."
    )
    assert "not known at this size" in found().sentence


def test_no_sentence_claims_that_a_split_is_a_cut_of_a_continuum():
    said = {found(*p).sentence for p in product((SMALL, LARGE), repeat=4)}
    assert len(said) == 7 and not any("cut of" in sentence for sentence in said)


def test_the_strict_level_stands_beside():
    said = found(0.03, 0.02, 0.02)
    assert (said.rung, said.rung_strict, said.alpha_strict) == (2, 0, 0.01)


def test_a_strict_level_that_the_draws_cannot_reach_has_no_rung():
    few, enough = (found(0.02, 0.02, 0.02, n_draws=n) for n in (99, 199))
    assert (few.rung, few.rung_strict, few.sentence_strict) == (2, None, None)
    assert enough.rung_strict == 0 and enough.sentence_strict.startswith("These data do not")


def test_a_detection_limit_is_said_at_its_own_level_only():
    limit = Limit(distance=3.42, n=454, p=20, draws=99, alpha=0.05)
    said = found(detection_limit=limit)
    assert "3.4 SD" in said.sentence and "not known at this size and level" in said.sentence_strict
    strict = found(detection_limit=Limit(3.9, 454, 20, 99, 0.01), alpha=0.01)
    assert "3.9 SD" in strict.sentence == strict.sentence_strict


def test_alpha_is_inclusive_and_a_parameter():
    assert found(0.05, 0.05, 0.05).rung == 2
    assert found(0.05, 0.05, 0.05, alpha=0.04).rung == 0
