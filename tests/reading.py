"""What a reader of an executed notebook meets: its sentences made from results, one by one."""

import html
import re
from pathlib import Path

from compendium.run.built import read_notebook

LONGEST, NUMBERS = 30, 5  # words, numbers in a sentence; an interval counts once
PRIVATE = re.compile(
    r"\b(rungs?|draws?|drawn|twins?|main course|labels?|core|border patients|hills?|valleys?"
    r"|nulls?|spiked?|thins? out|made anew|validators?|blocks?|like covariates|ledger|calibrated"
    r"|tuned)\b", re.IGNORECASE)
_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9−])")
_NUMBER = re.compile(r"(?<![\w.])[−-]?\d[\d,.]*\d|(?<![\w.])[−-]?\d")
_SHARE = re.compile(r"\d[\d,]*(, | \()\d+\.\d %")
_INTERVAL = re.compile(r"([−-]?\d[\d,.]*( %)?) (to) ([−-]?\d[\d,.]*)")


def said_by(path: Path) -> list[str]:
    """The sentences that the code of a notebook shows as text; tables are no sentences."""
    shown = [
        "".join(output["data"]["text/markdown"])
        for cell in read_notebook(path).cells if cell.cell_type == "code"
        for output in cell.outputs if "text/markdown" in output.get("data", {})
    ]
    return [sentence for text in shown for sentence in sentences(text)]


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, without its tables and marks."""
    text = re.sub(r"<table.*?</table>", "", text, flags=re.DOTALL)
    text = html.unescape(re.sub(r"\*\*|\\(?=[\W_])", "", text))
    parts = [part for line in text.split("\n") for part in _END.split(line)]
    return [part.strip() for part in parts if part.strip()]


def plain(sentence: str) -> str:
    """The sentence with every interval, and every count with its share, as one number, and without
    the codebook's own words."""
    sentence = re.sub(r"\(role \w+\)", "", sentence.replace("95 % CI", ""))
    return _SHARE.sub("1", _INTERVAL.sub("1", sentence))


def trouble(sentence: str) -> str:
    """What is wrong with a sentence; "" where nothing is."""
    once = plain(sentence)
    words, numbers = len(once.split()), len(_NUMBER.findall(once))
    private = PRIVATE.search(once)
    return (f"{words} words" if words > LONGEST else f"{numbers} numbers" if numbers > NUMBERS
            else private[0] if private else "")
