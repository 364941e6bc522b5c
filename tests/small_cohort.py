"""A cohort of two dozen made-up patients from a few lines of text."""

from compendium.data import cohort, intake

BOOK_HEADER = (
    "name,label,role,block,type,unit,worse,levels,hard_min,hard_max,soft_min,soft_max,"
    "sides,derive,per_device,eligible,source"
)
HEADER = "id,mt_mm_l,mt_mm_r,ei_au,sex,grade,points"


def text(*rows: str, n: int = 24) -> str:
    """The rows given, then ordinary patients up to n."""
    plain = [
        f"P{i:03d},{20 + i % 5},{22 + i % 3},{60 + i},female,4,40" for i in range(len(rows), n)
    ]
    return "\n".join([HEADER, *rows, *plain]) + "\n"


def built(book, *rows: str, max_missing: float = 0.2, n: int = 24) -> cohort.Cohort:
    return cohort.from_table(intake.parse(text(*rows, n=n), book, "a.csv"), book, max_missing)
