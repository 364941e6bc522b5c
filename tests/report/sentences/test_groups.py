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
        {"k": k, "null": null, "statistic": s, "observed": given[s] - 0.01 * k,
         "mean": 0.5 - k / 99, "low": 0.4, "high": 0.6, "n_draws": 79}
        for k in ks for null in "CL" for s in NAMES
    ])


def verdict(**changes):
    return {"rung": 3, "sentence": "Groups.", "alpha": 0.05, "rung_strict": 3,
            "sentence_strict": "Groups.", "alpha_strict": 0.01} | changes


def test_a_verdict_that_is_the_same_at_the_strict_level_is_said_once():
    assert words.verdict_lines(verdict(), 999) == [
        "Rung 3 of 3 at α = 0.05. Groups.", "At α = 0.01: the same."
    ]


def test_a_strict_level_without_a_rung_is_told_as_out_of_reach():
    said = words.verdict_lines(verdict(rung_strict=None, sentence_strict=None), 99)
    assert said[-1].startswith("At α = 0.01 no rung above 0 can be reached")


def test_a_caveat_at_the_strict_level_is_told_though_the_rung_is_the_same():
    said = words.verdict_lines(verdict(sentence_strict="Groups, or a spike."), 999)
    assert said[-1] == "At α = 0.01: rung 3. Groups, or a spike."


def test_a_level_that_the_draws_cannot_reach_is_told_instead_of_a_rung():
    assert words.verdict_lines(verdict(), 99)[-1] == (
        "At α = 0.01 no rung above 0 can be reached: the smallest p that 99 draws can give is 0.02."
    )
    said = words.verdict_lines(verdict(rung=0), 19)
    assert said[1].startswith("At α = 0.05 no rung above 0") and len(said) == 2


def test_a_verdict_at_the_strict_level_itself_is_said_once():
    assert len(words.verdict_lines(verdict(alpha=0.01), 999)) == 1


DIP = pd.DataFrame({
    "axis": ["main course", "centroid axis"], "p": [0.4, 0.001], "p_holm": [0.4, 0.002],
    "n_draws": [10_000, 999], "valley_to_peak": [1.0, 0.54],
})


def test_the_four_p_values_stand_with_what_each_decides():
    table = words.evidence({"b": 0.002, "l": 0.03, "c": 0.018, "gap": 0.002}, DIP, 999)
    assert table["p"].tolist() == [0.002, 0.03, 0.002, 0.018]
    assert table["p_in_words"].tolist() == [
        "p ≤ 0.002 (999 draws)", "p = 0.030", "p ≤ 0.002 (999 draws)", "p = 0.018"
    ]
    assert [d.partition(":")[0] for d in table["decides"]] == ["rung 1", "rung 2", "rung 3",
                                                              "no rung"]
    assert words.deciding(table) == (
        "What decides: null B p ≤ 0.002 (999 draws), null L p = 0.030, the dips p ≤ 0.002 (999 "
        "draws) and null C p = 0.018."
    )


def test_the_dips_are_told_with_and_without_a_valley():
    first, second = words.valleys(DIP)
    assert first == "Dip on the main course: p = 0.40, Holm over two axes; no valley in the " \
        "smoothed density."
    assert second == "Dip on the centroid axis: p ≤ 0.002 (999 draws), Holm over two axes; " \
        "density at the valley 0.54 of the lower peak."


def p_values(**changes):
    rows = [("B", "cluster index", 0.001, 2), ("C", "silhouette", 0.018, 4),
            ("C", "cut of a component", 0.3, 1)]
    return pd.DataFrame(rows, columns=["null", "statistic", "p", "at"]).assign(**changes)


def test_every_p_value_says_where_it_stands_out():
    table = words.p_table(p_values(), 999)
    assert table.loc["silhouette", "C"] == "0.018 (k = 4)"
    assert table.loc["cluster index", "B"] == "≤ 0.001 (k = 2)"
    assert table.loc["cut of a component", "C"] == "0.30 (component 1)"


def test_an_index_that_speaks_for_another_k_is_named():
    said = words.elsewhere(p_values(), 2, 0.05)
    assert said.endswith("another k than the chosen 2: the silhouette under null C (at k = 4).")


def test_indices_that_all_speak_for_the_chosen_k_are_said_to():
    assert "stands out most at the chosen k = 2." in words.elsewhere(p_values(at=2), 2, 0.05)


def test_an_index_that_speaks_alone_is_named_and_decides_nothing():
    assert words.elsewhere(p_values(p=[0.035, 0.5, 0.6]), 2, 0.05) == (
        "Only one index has p ≤ 0.05: the cluster index under null B; alone it decides nothing, "
        "both must speak. What speaks stands out most at the chosen k = 2."
    )


def test_indices_that_speak_together_are_said_to():
    said = words.elsewhere(p_values(null="B", at=2), 2, 0.05)
    assert said.startswith("Both indices have p ≤ 0.05 under null B. What") and "lone" not in said


def test_indices_that_say_nothing_are_told_to():
    said = words.elsewhere(p_values(p=0.5), 2, 0.05)
    assert said == "No index has p ≤ 0.05 under nulls B, C and L."


def test_beyond_is_above_all_bands_and_for_the_cluster_index_below():
    out = words.beyond(bands(silhouette=0.9, index=0.9).query("k == 2"))
    assert out["silhouette"] and not out["cluster index"]
    assert words.beyond(bands(index=0.1).query("k == 2"))["cluster index"]


def test_what_stands_out_and_what_does_not_is_listed():
    assert words.standing_out(bands(silhouette=0.9), 2) == (
        "At k = 2 beyond the bands of all cohorts without groups: silhouette; not beyond: cluster "
        "index, resampled ARI, smallest Jaccard and prediction strength."
    )
    assert "no index lies beyond" in words.standing_out(bands(), 2)
    assert "all indices lie beyond" in words.standing_out(bands(0.9, index=0.1), 2)


@pytest.mark.parametrize(
    ("ari", "words_of_it"), [(0.9, "above the"), (0.5, "within the"), (0.3, "below the")]
)
def test_repeatability_is_told_beside_what_a_continuum_gives(ari, words_of_it):
    said = words.repeatable_beside(bands(ari=ari).query("k == 2").to_dict("records"))
    assert words_of_it in said and ("no sign of groups" in said) is (ari < 0.9)


def test_the_most_repeatable_null_is_the_one_compared_with():
    records = bands(ari=0.5).query("k == 2").to_dict("records")
    for record in records:
        record["high"] += 0.1 * (record["null"] == "L")
    assert "one smooth severity continuum (null L)" in words.repeatable_beside(records)


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
        "the bands of all nulls: nothing."
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
    assert said.endswith("Two also fit one skewed hill, so neither is evidence for groups.")


def came_back(*status):
    schemes = ["bootstrap_oob", "subsample_80", "bootstrap_oob"]
    summary = pd.DataFrame({"k": [2, 2, 3], "mean": [0.8, 0.99, 0.9], "scheme": schemes})
    return words.comes_back(summary, pd.DataFrame({"k": [2, 2, 3, 3, 3], "status": status}))


def test_which_division_comes_back_best_and_which_clusters_dissolve():
    said = came_back("recovered", "recovered", "dissolved", "recovered", "dissolved")
    assert said.startswith("Of k = 2 to 3, the division into 3 comes back best (mean ARI 0.90 ")
    assert "clusters that dissolve: 2 of 3 at k = 3." in said
    assert "clusters that dissolve: none." in came_back(*["recovered"] * 5)
