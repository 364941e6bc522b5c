"""The comparison with the paper: every verdict, in both directions."""

from __future__ import annotations

import copy

import pytest
from agreeing import AGREEING, SHIPPED, site

from compendium.report import published


@pytest.fixture
def ours() -> dict:
    """Results that agree with the paper in every claim; a test changes what it is about."""
    return copy.deepcopy(AGREEING)


def row(results: dict, claim: str, ledger: str = "original"):
    return published.compare_claims(SHIPPED, results, ledger).set_index("id").loc[claim]


def test_every_shipped_claim_has_a_counterpart(ours):
    table = published.compare_claims(SHIPPED, ours, "original")
    assert set(table["verdict"]) == {"match", "within rounding"}
    assert list(table) == ["id", "claim", "published", "ours", "tolerance", "unit", "built_in",
                           "verdict", "note"]


def test_every_number_has_its_tolerance_with_a_reason():
    named = {c["tolerance"] for c in SHIPPED["claims"] if "tolerance" in c}
    assert named == set(SHIPPED["tolerances"])
    assert all(t["reason"] for t in SHIPPED["tolerances"].values())


@pytest.mark.parametrize(
    ("estimate", "verdict"),
    [(-3.84, "within rounding"), (-3.8449, "within rounding"), (-3.8351, "within rounding"),
     (-3.846, "match"), (-5.44, "match"), (-5.45, "differs"), (-2.23, "differs"),
     (3.84, "differs")],
)
def test_a_number_is_judged_by_rounding_then_by_tolerance(ours, estimate, verdict):
    ours["05_regression"]["models"][2]["estimate"] = estimate
    assert row(ours, "beta_adjusted")["verdict"] == verdict


@pytest.mark.parametrize(
    ("n", "verdict"), [(166, "within rounding"), (186, "match"), (146, "match"), (187, "differs")]
)
def test_a_count_is_judged_at_its_tolerance(ours, n, verdict):
    ours["02_clustering"]["phenotypes"][1]["n"] = n
    assert row(ours, "n_severe")["verdict"] == verdict


@pytest.mark.parametrize(("p", "verdict"), [(0.0009, "match"), (0.001, "differs")])
def test_a_p_value_is_judged_by_its_bound(ours, p, verdict):
    ours["05_regression"]["models"][2]["p"] = p
    assert row(ours, "beta_p")[["published", "verdict"]].tolist() == ["< 0.001", verdict]


@pytest.mark.parametrize(("silhouette", "verdict"), [(0.19, "within rounding"), (0.21, "differs")])
def test_the_number_of_groups_is_that_with_the_highest_silhouette(ours, silhouette, verdict):
    ours["03_stability"]["by_k"][1]["silhouette"] = silhouette
    assert row(ours, "k_reported")["verdict"] == verdict


@pytest.mark.parametrize(
    ("sites", "verdict", "shown"),
    [([(-1, -0.5), (-0.9, -0.1)], "match", "2 of 2 sites"),
     ([(-1, -0.5), (-0.9, -0.1), (-0.5, 0.5)], "match", "2 of 3 sites"),
     ([(-1, -0.5)], "match", "1 of 1 sites"),
     ([(-1, -0.5), (-0.9, 0.1)], "differs", "1 of 2 sites"),
     ([(-1, -0.5), (-0.9, -0.1), (0.1, 0.5)], "differs", "2 of 3 sites"),
     ([(0.1, 0.5), (0.1, 0.5)], "differs", "0 of 2 sites"),
     ([(-1, -0.5), (-0.9, 0.0), (None, None)], "differs", "1 of 2 sites")],
)
def test_a_sign_needs_two_sites_and_none_against(ours, sites, verdict, shown):
    others = [s for s in ours["02_clustering"]["differences"] if s["block"] != "thickness"]
    ours["02_clustering"]["differences"] = others + [site("thickness", *s) for s in sites]
    assert row(ours, "severe_thinner")[["verdict", "ours"]].tolist() == [verdict, shown]


def test_a_positive_sign_is_judged_the_other_way(ours):
    for record in ours["02_clustering"]["differences"]:
        record["low"], record["high"] = -record["high"], -record["low"]
    assert row(ours, "severe_brighter")["verdict"] == "differs"


def test_validators_are_judged_by_their_correlation(ours):
    for record in ours["04_validation"]["validators"]:
        record["r_low"], record["r_high"] = 0.1, 0.3
    assert row(ours, "mmt_negative")["verdict"] == "differs"
    assert row(ours, "cmap_negative")["verdict"] == "differs"


@pytest.mark.parametrize(
    ("missing", "claim"),
    [("01_cohort", "n_analysed"), ("02_clustering", "n_mild"), ("03_stability", "k_reported"),
     ("04_validation", "cmap_negative"), ("05_regression", "beta_high")],
)
@pytest.mark.parametrize("ledger", ["none", "calibrated", "original"])
def test_a_notebook_that_has_not_run_is_not_run_on_any_ledger(ours, missing, claim, ledger):
    ours[missing] = None
    found = row(ours, claim, ledger)
    assert found[["verdict", "note"]].tolist() == ["not run", f"{missing} has not run"]


def test_with_three_phenotypes_nothing_about_two_is_compared(ours):
    ours["02_clustering"]["n_clusters"] = 3
    table = published.compare_claims(SHIPPED, ours, "original").set_index("id")
    judged = table.index[table["verdict"] != "not comparable"]
    assert list(judged) == ["n_analysed", "k_reported"]
    assert table.loc["n_mild", "note"] == "3 phenotypes, the paper has two"


def test_phenotypes_without_the_papers_names_are_not_compared(ours):
    for phenotype, name in zip(ours["02_clustering"]["phenotypes"], "AB", strict=True):
        phenotype["name"] = name
    assert row(ours, "n_severe")["note"] == "no phenotype is called Severe"


def test_where_a_phenotype_holds_too_few_nothing_about_the_two_is_compared(ours):
    for phenotype in ours["02_clustering"]["phenotypes"]:
        phenotype["n"] = phenotype["share"] = None
    table = published.compare_claims(SHIPPED, ours, "original").set_index("id")
    judged = table.index[table["verdict"] != "not comparable"]
    assert list(judged) == ["n_analysed", "k_reported"]
    assert table.loc["share_severe", "note"] == "a phenotype holds too few patients"


def test_a_block_that_is_not_there_is_not_compared(ours):
    ours["04_validation"]["validators"] = []
    found = row(ours, "mmt_negative")[["verdict", "note"]]
    assert found.tolist() == ["not comparable", "no variables in the block mmt"]


UNFITTED = {"model": "adjusted", "primary": True} | dict.fromkeys(("estimate", "low", "high", "p"))


@pytest.mark.parametrize("models", [[], [UNFITTED]])
def test_a_model_that_could_not_be_fitted_is_not_compared(ours, models):
    ours["05_regression"]["models"] = models
    assert row(ours, "beta_adjusted")["note"] == "no adjusted model of the primary outcome"


def test_results_that_lost_a_number_are_an_error_not_a_verdict(ours):
    del ours["01_cohort"]["n_analysed"]
    with pytest.raises(KeyError):
        published.compare_claims(SHIPPED, ours, "original")


def test_what_was_built_in_is_said_only_of_patients_simulated_to_match(ours):
    kinds = {"calibrated": set(published.BUILT_IN), "original": {""}, "none": {""}}
    for whose, said in kinds.items():
        assert set(published.compare_claims(SHIPPED, ours, whose)["built_in"]) == said


def test_without_a_ledger_nothing_is_comparable_and_nothing_stands_beside(ours):
    table = published.compare_claims(SHIPPED, ours, "none")
    assert set(table["verdict"]) == {"not comparable"}
    assert table["ours"].isna().all()


def test_the_tally_counts_verdicts(ours):
    ours["01_cohort"]["n_analysed"] = 100
    ours["03_stability"] = None
    counts = published.tally(published.compare_claims(SHIPPED, ours, "calibrated"))
    assert counts == {"differs": 1, "within rounding": 6, "match": 5, "not run": 1}


def test_an_unknown_claim_is_refused(ours, refusal):
    facts = {**SHIPPED, "claims": [{"id": "n_milde", "claim": "x", "value": 1}]}
    assert refusal(published.compare_claims, facts, ours, "original") == (
        "claim 'n_milde' is not known; did you mean 'n_mild'?",
    )


def test_the_published_coefficient_is_read_from_the_claims():
    found = published.coefficient(SHIPPED)
    assert (found["estimate"], found["low"], found["high"]) == (-3.84, -5.41, -2.27)


@pytest.mark.parametrize(
    ("ledger", "scenario", "synthetic", "expected"),
    [("auto", "two_groups", True, "calibrated"), ("auto", "continuum", True, "calibrated"),
     ("auto", "no_effect", True, "none"), ("auto", "", False, "none"),
     ("none", "two_groups", True, "none"), ("original", "", False, "original"),
     ("calibrated", "two_groups", True, "calibrated")],
)
def test_the_ledger_follows_whose_patients_they_are(ledger, scenario, synthetic, expected):
    found = published.whose(ledger, scenario=scenario, synthetic=synthetic)
    assert found == expected


@pytest.mark.parametrize(
    ("ledger", "synthetic", "sentence"),
    [("original", True, "ledger 'original' is for the paper's own data; these are simulated."),
     ("calibrated", False, "ledger 'calibrated' is for simulated patients; use none or original.")],
)
def test_a_ledger_that_would_mislead_is_refused(refusal, ledger, synthetic, sentence):
    arguments = {"scenario": "", "synthetic": synthetic}
    assert refusal(published.whose, ledger, **arguments) == (sentence,)


def test_every_claim_says_whether_it_was_built_into_the_simulation():
    assert all(claim["built_in"] in published.BUILT_IN for claim in SHIPPED["claims"])
    clustered = [c for c in SHIPPED["claims"] if c.get("block") in ("thickness", "echogenicity")]
    assert clustered and {c["built_in"] for c in clustered} == {published.BUILT_IN[1]}
