"""What notebook 3 says follows its results, in both directions."""

import pandas as pd
import pytest

from compendium.report.sentences import groups as words
from compendium.stability import resampling

NAMES = ("silhouette", "cluster index", "resampled ARI", "smallest Jaccard", "prediction strength")


def bands(observed=0.5, ks=(2, 3), **by_statistic):
    """Every index at ``observed``, or as given by its first word, between bands of 0.4 to 0.6."""
    given = {name: by_statistic.get(name.split()[-1].lower(), observed) for name in NAMES}
    return pd.DataFrame([
        {"k": k, "statistic": s, "observed": given[s] - 0.01 * k, "mean": 0.5 - k / 99,
         "low": 0.4, "high": 0.6, "n_draws": 79}
        for k in ks for s in NAMES
    ])


LIMITS = [
    {"distance": 3.25, "farthest": 5.0, "share": 0.366, "n": 1454, "p": 20},
    {"distance": None, "farthest": 6.0, "share": 0.1, "n": 1454, "p": 20},
]


def verdict(**changes):
    return {
        "rung": 3, "p_smooth": 0.001, "n_draws": 999, "component": 1, "alpha": 0.05,
        "polarisation": {"D": 1.4, "found": False}, "p_one_peak": 0.01, "p_filled": 0.01,
        "n_path": 99, "density": 0.15, "density_low": 0.03, "density_high": 0.24, "within": {},
        "labels": {"device": "Scanner", "sex": "Sex"}, "limits": LIMITS,
    } | changes


TWO_ENDS = {"D": 1.04, "found": True}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Groups (verdict 3 of 3): a smooth continuum does not explain these patients (p ≤ "
             "0.001), and few lie between (15 % of an even spread, 95 % CI 3 % to 24 %)."),
        ({"p_smooth": 0.3, "polarisation": TWO_ENDS},
         "Groups (verdict 3 of 3): patients sit at two ends of one direction (polarisation 1.04), "
         "and few lie between (15 % of an even spread, 95 % CI 3 % to 24 %)."),
        ({"rung": 2, "density": 0.7, "density_low": 0.6, "density_high": 0.8},
         "Groups without a gap (verdict 2 of 3): a smooth continuum does not explain these "
         "patients (p ≤ 0.001), but they form peaks along one severity axis with patients between "
         "them (70 % of an even spread, 95 % CI 60 % to 80 %)."),
        ({"rung": 1, "p_filled": 0.4},
         "No groups shown (verdict 1 of 3): patients pile up at two ends of one severity axis, "
         "but the way between is filled (15 % of an even spread, 95 % CI 3 % to 24 %)."),
        ({"rung": 1, "p_one_peak": 0.34},
         "No groups shown (verdict 1 of 3): there is more structure than a smooth continuum "
         "explains (p ≤ 0.001), but one axis with a single peak still explains it (p = 0.34)."),
    ],
)
def test_every_verdict_says_what_it_rests_on(changes, sentence):
    assert words.verdict_sentences(verdict(**changes)) == [sentence]


def test_no_groups_come_with_what_could_have_been_missed():
    first, second = words.verdict_sentences(verdict(rung=0, p_smooth=0.6))
    assert first == ("No groups shown (verdict 0 of 3): a smooth continuum without groups cannot "
                     "be ruled out (p = 0.60).")
    assert second == (
        "To be seen in 80 % of cohorts, two groups must lie 3.2 SD apart if the smaller holds "
        "37 % and more than 6 SD apart if it holds 10 % (simulated: 1,454 patients, 20 features)."
    )


def test_groups_that_fall_within_a_category_are_told_first():
    said = words.verdict_sentences(verdict(within={"device": 0, "sex": 3}))
    assert said[0] == ("The groups go with scanner: among patients alike in scanner none are left.")
    assert said[1].startswith("Groups (verdict 3 of 3)") and len(said) == 2
    assert words.first(verdict(within={"device": 0})) == said[0]


def test_groups_that_stay_within_every_category_are_said_to():
    said = words.verdict_sentences(verdict(within={"device": 2, "sex": 3}))
    assert said[-1] == "They remain among patients alike in scanner and sex."


def test_too_few_simulated_cohorts_are_said_to_decide_nothing():
    said = words.verdict_sentences(verdict(rung=0, p_smooth=0.1, n_draws=9))
    assert said[1].startswith("9 simulated cohorts are too few for a p value of 0.05")


def test_the_evidence_is_a_question_a_row_with_its_answer_and_p():
    table = words.evidence(verdict(within={"sex": 3}))
    assert table["answer"].tolist() == [
        "yes", "no: 1.40", "no", "no", "15 % of an even spread, 95 % CI 3 % to 24 %",
        "verdict 3 of 3",
    ]
    assert table["p"].tolist() == ["≤ 0.001 (999 draws)", "–", "≤ 0.01 (99 draws)",
                                   "≤ 0.01 (99 draws)", "–", "–"]


def test_what_was_not_asked_is_said_not_to_be():
    nothing = {"D": None, "found": False}
    table = words.evidence(verdict(rung=0, p_smooth=0.6, p_filled=None, polarisation=nothing))
    assert table["answer"].tolist() == ["no", "no direction is reliable", "not asked"]


def test_beyond_is_above_the_band_and_for_the_cluster_index_below():
    out = words.beyond(bands(silhouette=0.9, index=0.9).query("k == 2"))
    assert out["silhouette"] and not out["cluster index"]
    assert words.beyond(bands(index=0.1).query("k == 2"))["cluster index"]


def test_what_stands_out_and_what_does_not_is_listed():
    assert words.standing_out(bands(silhouette=0.9), 2) == (
        "At k = 2 silhouette lies beyond what a smooth continuum gives; cluster index, resampled "
        "ARI, smallest Jaccard and prediction strength do not."
    )
    assert "no index lies beyond" in words.standing_out(bands(), 2)
    assert "all indices lie beyond" in words.standing_out(bands(0.9, index=0.1), 2)


@pytest.mark.parametrize(
    ("ari", "words_of_it"), [(0.9, "more so than"), (0.5, "but so is"), (0.3, "but so is")]
)
def test_repeatability_is_told_beside_what_a_continuum_gives(ari, words_of_it):
    said = words.repeatable_beside(bands(ari=ari).query("k == 2").to_dict("records"))
    assert said == (
        f"{words_of_it} a simulated continuum cut in the same way (0.40 to 0.60)")


def test_a_highest_silhouette_that_a_continuum_shares_is_no_sign():
    assert "at k = 2 too, so that is no sign of groups." in words.highest_without_groups(bands())
    turned = bands()
    turned.loc[turned["k"] == 3, "observed"] = 0.9
    assert words.highest_without_groups(turned).endswith("it is highest at k = 2.")
    assert words.highest_without_groups(bands(ks=(2,))) == ""


def test_two_cohorts_are_told_apart_by_thresholds_and_by_bands():
    first, second, so = words.told_apart(
        {"One": bands(0.9, index=0.1), "Two": bands(0.5).assign(observed=0.5)}, 2
    )
    assert first.startswith("One: 3 of 3 usual thresholds passed (smallest Jaccard ≥ 0.75, ")
    assert first.endswith("smallest Jaccard and prediction strength.")
    assert second == "Two: 1 of 3 usual thresholds passed (silhouette highest at k = 2); beyond " \
        "what a smooth continuum gives: nothing."
    assert so == "So the thresholds tell the cohorts apart, as do the bands."


@pytest.mark.parametrize(
    ("one", "two", "so"),
    [
        (bands(), bands(), "do not tell the cohorts apart, nor do the bands."),
        (bands(), bands(silhouette=0.9), "do not tell the cohorts apart; the bands do."),
        (bands(high=0.7).assign(high=1), bands(jaccard=0.8).assign(high=1),
         "tell the cohorts apart; the bands do not."),
    ],
)
def test_whether_thresholds_or_bands_tell_two_cohorts_apart_follows_them(one, two, so):
    assert words.told_apart({"One": one, "Two": two}, 2)[-1] == f"So the thresholds {so}"


def test_the_threshold_of_jaccard_is_that_of_the_stability_analysis():
    assert words.LEAST["smallest Jaccard"] == resampling.RECOVERED


@pytest.mark.parametrize(
    ("p", "bic", "so"),
    [
        (0.02, 9, "fit better than one (likelihood ratio, bootstrap: p = 0.020), but BIC {} one"),
        (0.02, -9, "fit better than one (likelihood ratio, bootstrap: p = 0.020), and BIC {} two"),
        (0.3, 9, "do not fit better than one (likelihood ratio, bootstrap: p = 0.30), and BIC {} "
                 "one"),
        (0.3, -9, "do not fit better than one (likelihood ratio, bootstrap: p = 0.30), but BIC "
                  "{} two"),
    ],
)
def test_two_gaussians_are_told_with_likelihood_and_bic_and_what_they_are_worth(p, bic, so):
    table = pd.DataFrame({"bic": [100, 100 + bic], "bic_lower_by": [bic, -bic], "p": [None, p],
                          "n_draws": 99})
    said = words.one_or_two(table, 0.05)
    assert said.startswith(f"Two Gaussians {so.format('prefers')}, by 9.0. ")
    assert said.endswith("Two also fit one skewed peak, so neither is evidence for groups.")


def came_back(*status):
    schemes = ["bootstrap_oob", "subsample_80", "bootstrap_oob"]
    summary = pd.DataFrame({"k": [2, 2, 3], "mean": [0.8, 0.99, 0.9], "scheme": schemes})
    return words.comes_back(summary, pd.DataFrame({"k": [2, 2, 3, 3, 3], "status": status}))


def test_which_division_comes_back_best_and_which_clusters_dissolve():
    said = came_back("recovered", "recovered", "dissolved", "recovered", "dissolved")
    assert said.startswith("Of k = 2 to 3, the division into 3 comes back best (mean ARI 0.90 ")
    assert "clusters that dissolve: 2 of 3 at k = 3." in said
    assert "clusters that dissolve: none." in came_back(*["recovered"] * 5)
