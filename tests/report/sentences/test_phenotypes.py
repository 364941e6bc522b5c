"""How many are in each phenotype, and what their differences are worth beside a cut continuum."""

import numpy as np
import pandas as pd
import pytest

from compendium.report.sentences import phenotypes as words


def rows(*smds, block="thickness"):
    """Differences beside bands of 0.8 to 1.2 on their side of zero."""
    return [
        {"label": f"Muscle {i}", "block": block, "unit": "mm", "mildest": 20.0, "severest": 20 + g,
         "smd": g, "null_low": sign - 0.2, "null_high": sign + 0.2, "note": ""}
        for i, (g, sign) in enumerate(zip(smds, np.sign(smds), strict=True))
    ]


def phenotypes(*sizes, names=("Mild", "Moderate", "Severe"), published=(None,) * 8):
    return [{"name": name, "n": n, "share": n / sum(sizes), "published": share}
            for name, n, share in zip(names, sizes, published, strict=False)]


TWO = phenotypes(281, 173, names=("Mild", "Severe"), published=(0.634, 0.366))
FOUND = {
    "n_clusters": 2, "n_init": 50, "share_at_best": 0.62, "too_few": "", "n": 454, "n_near": 26,
    "phenotypes": TWO, "differences": rows(1, -1.2, 1.1, -2),
    "bootstraps": {"n_replicates": 200, "failed": 0},
}
FEW = "Severe holds fewer than five patients, outliers rather than a phenotype; profiles and " \
    "centroids, which would be nearly their own values, are neither shown nor kept."
OUTLIERS = {"too_few": FEW, "phenotypes": phenotypes(452, 2, names=("Mild", "Severe")),
            "differences": [], "n_near": 0}
THREE = {"n_clusters": 3, "phenotypes": phenotypes(180, 150, 124)}
SIZES = "k-means splits the 454 patients into Mild (281, 61.9 %; published 63.4 %) and Severe " \
    "(173, 38.1 %; published 36.6 %)."


@pytest.mark.parametrize(
    ("changes", "first", "second"),
    [
        ({}, SIZES, "One severity continuum cut in two would differ as much in 3 of 4 features."),
        ({"differences": rows(1, -1)}, SIZES,
         "One severity continuum cut in two would differ as much in both features."),
        ({"differences": rows(1, -1, 1)}, SIZES,
         "One severity continuum cut in two would differ as much in all 3 features."),
        ({"differences": rows(2, -3, 1)}, SIZES,
         "In 2 of 3 features they differ more than one severity continuum cut in two would."),
        ({"differences": []}, SIZES, "Features that made the phenotypes differ between them by "
         "construction, and no continuum could be simulated to compare with."),
        (THREE, "k-means splits the 454 patients into Mild (180, 39.6 %), Moderate (150, 33.0 %) "
         "and Severe (124, 27.3 %).",
         "One severity continuum cut in three would differ as much in 3 of 4 features."),
        ({"phenotypes": phenotypes(100, 120, 90, 144, names="abcd"), "n_clusters": 4},
         "k-means splits the 454 patients into four phenotypes of 90 to 144.",
         "One severity continuum cut in four would differ as much in 3 of 4 features."),
        (OUTLIERS, "k-means splits the 454 patients into Mild and Severe.", FEW),
    ],
)
def test_the_answer_follows_the_results_in_at_most_46_words(changes, first, second):
    said = words.answer(FOUND | changes)
    assert said == [first, second]
    assert len(" ".join(said).replace(" %", "%").split()) <= 46


def test_the_one_feature_compared_is_said_in_the_singular():
    assert words.beyond_band(FOUND | {"differences": rows(1)}).endswith(
        "would differ as much in the one feature compared.")
    assert words.beyond_band(FOUND | {"differences": rows(2)}).startswith("In 1 of 1 feature they")


def test_a_difference_without_a_band_is_not_counted_and_none_is_not_told():
    none = rows(5)[0] | {"null_low": float("nan"), "null_high": None}
    assert "3 of 4 features" in words.beyond_band(FOUND | {"differences": [*FOUND["differences"],
                                                                           none]})
    assert words.beyond_band(FOUND | {"differences": [none]}) == ""


def test_a_difference_nearer_to_zero_than_the_band_is_not_more():
    assert "in both features" in words.beyond_band(FOUND | {"differences": rows(0.1, -0.1)})


def test_the_evidence_names_the_features_that_differ_more_and_where_most():
    table = dict(words.evidence(FOUND).itertuples(index=False))
    assert table == {
        "How many starts reach the best division?": "62 % of 50",
        "Where do Mild and Severe differ most?":
            "Muscle 3, means 20.0 and 18.0 mm (Hedges' g −2.00)",
        "Which features differ more than a continuum that is cut?": "Muscle 3",
        "How many lie within half an SD of a border?": "26 (5.7 %)",
    }


def test_of_phenotypes_of_few_the_evidence_has_no_size_and_no_difference():
    table = words.evidence(FOUND | OUTLIERS)
    assert list(table["result"]) == ["62 % of 50"]
    said = [*words.conclusion(FOUND | OUTLIERS), words.sizes(FOUND | OUTLIERS),
            words.headline(FOUND | OUTLIERS)]
    assert not any("452" in text for text in said)


@pytest.mark.parametrize(
    ("differences", "said"),
    [(rows(1, -1), "alone are no sign of groups."), (rows(2, -3), "not yet a sign of groups.")],
)
def test_the_conclusion_says_what_the_differences_are_worth(differences, said):
    concluded = words.conclusion(FOUND | {"differences": differences})
    assert concluded[1].endswith(said) and 2 <= len(concluded) <= 4


def test_the_headline_is_the_sizes():
    assert words.headline(FOUND | THREE).startswith("Mild (180, 39.6 %), Moderate")


@pytest.mark.parametrize(
    ("failed", "said"),
    [(0, "All 200 bootstraps gave phenotypes."), (3, "3 of 200 bootstraps gave no phenotypes.")],
)
def test_bootstraps_without_phenotypes_are_counted(failed, said):
    assert words.failed(FOUND | {"bootstraps": {"n_replicates": 200, "failed": failed}})[-1] == said


def test_the_median_difference_is_given_by_type_of_measure():
    two = [*rows(1, 1.2, 1.1), *rows(-0.5, block="nerve_csa")]
    assert words.medians(FOUND | {"differences": two}) == (
        "The median difference, Severe minus Mild, is 1.10 SD in thickness and −0.50 SD in nerve "
        "CSA (Hedges' g).")
    many = [row for i, block in enumerate("abcd", 1) for row in rows(i, block=block)]
    assert words.medians(FOUND | {"differences": many}) == (
        "The median difference, Severe minus Mild, is 1.00 SD in a at the lowest and 4.00 SD in d "
        "at the highest (Hedges' g).")
    assert words.medians(FOUND | OUTLIERS) == ""


def placed(n, refused=0, near=0):
    margin = np.where(np.arange(n) < near, 0.1, 2.0)
    return pd.DataFrame({"refused": ["No."] * refused + [""] * (n - refused), "margin": margin})


@pytest.mark.parametrize(
    ("table", "start"),
    [(placed(40), ["All 40 patients get", "None lies within"]),
     (placed(40, near=10), ["All 40 patients get", "10 (25.0 %) lie within"]),
     (placed(40, near=2), ["All 40 patients get", "Fewer than five lie within"]),
     (placed(40, refused=10), ["30 (75.0 %) patients can be judged, and all of them get", "None"]),
     (placed(40, refused=40), ["No phenotyper is kept"])],
)
def test_how_many_get_their_phenotype_back_is_told(table, start):
    said = words.assigned(table)
    assert len(said) == len(start)
    assert all(text.startswith(begin) for text, begin in zip(said, start, strict=True))


@pytest.mark.parametrize(("share", "said"), [(0.0, "0 %"), (0.62, "62 %")])
def test_how_rugged_the_search_was_is_told(share, said):
    told = words.search(FOUND | {"share_at_best": share})
    assert told == f"{said} of 50 starts reach the best solution found."
