"""What a drawing gives to whoever measures it: ends of axes, lengths of bars, numbers of marks.

An SVG holds every coordinate. From two ticks with numbers the scale of an axis follows, and from it
the value at which the axis ends: with no room left beyond the data, or the room that was left there
known, that is the smallest and the largest value drawn. A series of as many marks as there are
patients is the patients. Only straight scales are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

GEOMETRY = ("d", "x", "y", "width", "height", "transform", "points", "viewBox", "clip-path")
_ROOM = (0, 0.05, 0.06)  # shares of the data's range that are left free beyond both ends
_XY = re.compile(r"[ML]\s*(-?[\d.]+)[\s,]+(-?[\d.]+)")
_PLACE = re.compile(r"(?:translate|rotate)\((?:-?[\d.]+ )??(-?[\d.]+)[ ,]+(-?[\d.]+)\)")


@dataclass(frozen=True)
class Panel:
    """One axes, or the rest of a drawing (place "drawing"): its ``texts``; ``ends``, smallest and
    largest value of an axis by every reading; ``series``, the number of marks in each group;
    ``bars``, the lengths of those that stand on zero."""

    place: str
    texts: tuple[str, ...]
    ends: tuple[tuple[float, float], ...] = ()
    series: tuple[int, ...] = ()
    bars: tuple[float, ...] = ()


def panels(drawing: Element) -> Iterator[Panel]:
    """The axes of an SVG, each with the texts in it and those that stand nearest to it outside,
    then all other texts, title and description among them."""
    found = [node for node in drawing.iter() if _name(node).startswith("axes_")]
    boxes = {_name(node): box for node in found if (box := _box(node)) is not None}
    within = {id(part) for node in found for part in node.iter()}
    near: dict[str, list[str]] = {}
    for node in drawing.iter():
        if id(node) not in within and _name(node).startswith("text_"):
            near.setdefault(_nearest_box(node, boxes), []).append(_words(node))
    for node in found:
        name, own = _name(node), [_words(n) for n in node.iter() if _name(n).startswith("text_")]
        ends = tuple(_ends(node, boxes[name])) if name in boxes else ()
        texts = (*own, *near.get(name, ()))
        yield Panel(name, texts, ends, tuple(_series(node)), tuple(_bars(node)))
    about = [node.text.strip() for node in drawing.iter()
             if not node.tag.endswith(("}text", "}tspan")) and (node.text or "").strip()]
    loose = [_words(node) for node in drawing.iter() if node.tag.endswith("}text")]
    yield Panel("drawing", tuple(about) if found else (*about, *loose))


def _name(node: Element) -> str:
    return node.get("id", "")


def _words(node: Element) -> str:
    return " ".join(" ".join(node.itertext()).split())


def _vertices(node: Element) -> np.ndarray:
    """Points of all paths below a node but those only defined there, (n, 2)."""
    defined = {id(p) for d in node.iter() if d.tag.endswith("}defs") for p in d.iter()}
    paths = [p for p in node.iter() if p.tag.endswith("}path") and id(p) not in defined]
    return np.array([xy for path in paths for xy in _XY.findall(path.get("d", ""))], float)


def _box(axes: Element) -> np.ndarray | None:
    """Corners of an axes, ((left, top), (right, bottom)): its first patch; None without one."""
    for node in axes:
        if _name(node).startswith("patch_") and len(corners := _vertices(node)):
            return np.array([corners.min(axis=0), corners.max(axis=0)])
    return None


def _nearest_box(node: Element, boxes: dict[str, np.ndarray]) -> str:
    """The axes to which a text outside of all stands nearest, as a title to its panel."""
    text = next((n for n in node.iter() if n.tag.endswith("}text")), None)
    if text is None or not boxes:
        return ""
    moved = _PLACE.search(text.get("transform", ""))
    at = [text.get("x"), text.get("y")] if text.get("x") else moved.groups() if moved else (0, 0)
    at = np.array(at, float)
    away = {name: np.abs(at - at.clip(box[0], box[1])).sum() for name, box in boxes.items()}
    return min(away, key=away.get)


def _ends(axes: Element, box: np.ndarray) -> Iterator[tuple[float, float]]:
    """Smallest and largest value of each axis, by every amount of room that may have been left, and
    of what is drawn within."""
    inside = np.vstack([np.empty((0, 2)), *[
        points for node in axes if not _name(node).startswith("matplotlib.axis")
        if len(points := _vertices(node))
    ]])
    for axis, letter in enumerate("xy"):
        scale = _scale(axes, letter)
        if scale is None:
            continue
        low, high = sorted(np.polyval(scale, box[:, axis]))
        for room in _ROOM[:1] if _is_round(low, high) else _ROOM:
            free = (high - low) * room / (1 + 2 * room)
            yield low + free, high - free
        drawn = inside[:, axis]
        drawn = drawn[(drawn > box[0, axis] + 0.01) & (drawn < box[1, axis] - 0.01)]
        if len(drawn):
            yield tuple(sorted(np.polyval(scale, [drawn.min(), drawn.max()])))


def _is_round(low: float, high: float) -> bool:
    """Whether an axis was cut at round numbers, twentieths of its power of ten, and no room left
    beyond what is drawn."""
    ends = np.array([low, high]) * 20 / 10 ** np.ceil(np.log10(high - low))
    return bool(np.abs(ends - ends.round()).max() < 1e-4)


def _scale(axes: Element, letter: str) -> np.ndarray | None:
    """From a coordinate to a value, as a line; None where ticks have no numbers or lie on none."""
    at, values = [], []
    for tick in axes.iter():
        mark = next((n for n in tick.iter() if n.tag.endswith("}use")), None)
        if _name(tick).startswith(f"{letter}tick_") and mark is not None:
            try:
                values.append(float(_words(tick).replace("\u2212", "-").replace(",", "")))
            except ValueError:
                continue
            at.append(float(mark.get(letter)))
    if len(set(at)) < 2:
        return None
    line = np.polyfit(at, values, 1)
    off = np.abs(np.polyval(line, at) - values).max()
    return line if off < 1e-3 * (max(values) - min(values)) else None


def _series(axes: Element) -> Iterator[int]:
    """Marks in every group of an axes, and corners of every line that is no curve on a grid."""
    ticks = {id(part) for node in axes if _name(node).startswith("matplotlib.axis")
             for part in node.iter()}
    for node in axes.iter():
        if id(node) in ticks:
            continue
        if (marks := sum(child.tag.endswith(("}use", "}path")) for child in node)) > 1:
            yield marks
        if node.tag.endswith("}path"):
            corners = np.array(_XY.findall(node.get("d", "")), float)
            if len(corners) > 2 and not _on_grid(corners[:, 0]):
                # the last corner may be drawn twice, and a line of steps has two a value
                yield from {len(np.unique(corners, axis=0)), len(np.unique(corners[:, 0]))}


def _bars(axes: Element) -> Iterator[float]:
    """Lengths of the rectangles that stand on the zero of an axis with a scale."""
    patches = [corners for node in axes if _name(node).startswith("patch_")
               if len(corners := _vertices(node)) == 4]
    for axis, letter in enumerate("xy"):
        if (scale := _scale(axes, letter)) is not None:
            hair = abs(scale[0]) / 20  # of the value, a twentieth of a point of the drawing
            for corners in patches[1:]:  # the first is the axes itself
                near, far = sorted(np.polyval(scale, corners[[0, 2], axis]))
                if abs(near) < hair < far:
                    yield far


def _on_grid(x: np.ndarray) -> bool:
    """Whether a line goes on by equal steps, as a curve or bars do, there or there and back."""
    steps = np.abs(np.diff(x))
    steps = steps[steps > 0]
    return len(steps) == 0 or np.mean(np.isclose(steps, np.median(steps), rtol=0.01)) > 0.8
