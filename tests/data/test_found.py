"""Patients with their phenotypes: what is refused, and parts of them."""

import numpy as np
import pandas as pd
import pytest

from compendium.data.found import Found


@pytest.fixture
def found(small_book):
    data = pd.DataFrame({"points": [40.0, 38.0, 30.0]}, index=["a", "b", "c"])
    severity = pd.Series([-1.0, 0.0, 1.0], index=data.index)
    return Found(data, np.array([0.0, 0.0, 1.0]), ("Mild", "Severe"), severity, small_book)


def test_whole_numbers_stored_as_decimals_are_labels(found):
    assert found.labels.dtype.kind == "i" and found.labels.tolist() == [0, 0, 1]


@pytest.mark.parametrize("labels", [[0, 1, 2], [0, 1, -1], [0, 0.5, 1]])
def test_labels_that_name_no_phenotype_are_refused(found, labels):
    with pytest.raises(ValueError, match=r"labels must lie in 0 … 1, for two names or more\."):
        found.relabelled(labels)


def test_one_label_is_needed_for_every_patient(found):
    with pytest.raises(ValueError, match=r"shape \(2,\); one label for each of 3 patients\."):
        found.relabelled([0, 1])


def test_one_phenotype_alone_is_none(found):
    with pytest.raises(ValueError, match="for two names or more"):
        Found(found.data, np.zeros(3), ("All",), None, found.codebook)


@pytest.mark.parametrize("rows", [np.array([False, True, True]), np.array([1, 2])])
def test_a_part_keeps_the_order_of_everything(found, rows):
    part = found.where(rows)
    assert part.data.index.tolist() == part.severity.index.tolist() == ["b", "c"]
    assert part.labels.tolist() == [0, 1] and part.names == found.names


def test_a_patient_may_be_taken_twice(found):
    assert found.where(np.array([2, 2])).labels.tolist() == [1, 1]


def test_without_severity_a_part_has_none(found):
    bare = Found(found.data, found.labels, found.names, None, found.codebook)
    assert bare.where([0, 2]).severity is None


def test_without_a_device_column_nobody_has_a_device(found, read_book):
    assert found.device is None
    book = read_book(machine="machine,Machine,device,,category,,,A|B,,,,,,,,,")
    data = found.data.assign(machine=["A", "B", "A"])
    assert Found(data, found.labels, found.names, None, book).device.tolist() == ["A", "B", "A"]
