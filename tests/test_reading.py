"""The reader of sentences finds what it should find."""

import reading


def test_sentences_are_told_apart_and_tables_left_out():
    text = "**Answer.** Groups (p = 0.02). Few lie between.\n\n<table><tr>Long. One.</tr></table>"
    assert reading.sentences(text) == ["Answer.", "Groups (p = 0.02).", "Few lie between."]


def test_a_long_sentence_many_numbers_and_a_private_word_are_found():
    assert reading.trouble(" ".join(["word"] * 31)) == "31 words"
    assert reading.trouble("1, 2, 3, 4, 5 and 6 of them.") == "6 numbers"
    assert reading.trouble("The label adds nothing.") == "label"
    beside = "4.2 points lower (95 % CI −2.7 to 5.8; published 3.8, 2.3 to 5.4)."
    assert reading.trouble(beside) == ""
