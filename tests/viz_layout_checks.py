"""What has to hold for every picture: nothing covers anything, and every line ends where it should."""

from itertools import combinations, pairwise

from tinygrad_cnn.viz.layout.compose import compose
from tinygrad_cnn.viz.layout.metrics import width_of
from tinygrad_cnn.viz.layout.scene import Box, Image, Stroke, Words
from tinygrad_cnn.viz.layout.theme import TYPES

CELLS = ("forward", "gradient", "parameter")


def cells(scene):
    """The boxes of items: kind, item, box."""
    return [
        (p.kind, p.item, p.shapes[0])
        for p in scene.parts
        if p.kind in CELLS and isinstance(p.shapes[0], Box) and p.shapes[0].style != "paper"
    ]


def extent(shape):
    """Left, top, right and bottom of a shape, of text by its estimate."""
    if isinstance(shape, Box | Image):
        return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    if isinstance(shape, Stroke):
        xs, ys = zip(*shape.points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)
    face = TYPES[shape.style]
    width = width_of(shape.text, face.size) * (1.07 if face.bold else 1)
    left = shape.x - {"start": 0, "middle": width / 2, "end": width}[shape.anchor]
    return left, shape.y - 0.72 * face.size, left + width, shape.y + 0.2 * face.size


def overlap(a, b, by=0.01):
    return min(a[2], b[2]) - max(a[0], b[0]) > by and min(a[3], b[3]) - max(a[1], b[1]) > by


def check(graph, heat="gradient"):
    scene = compose(graph, heat)
    check_boxes(scene)
    check_inside(scene)
    check_edges(graph, scene)
    check_lanes(scene)
    check_frames(graph, scene)
    check_words(scene)
    return scene


def check_boxes(scene):
    found = sorted(cells(scene), key=lambda c: c[2].y)
    for i, (kind, item, box) in enumerate(found):
        for other_kind, other, below in found[i + 1 :]:
            if below.y >= box.y + box.height:
                break
            assert not overlap(extent(box), extent(below)), (kind, item, other_kind, other)


def check_inside(scene):
    for part in scene.parts:
        for shape in part.shapes:
            left, top, right, bottom = extent(shape)
            assert -0.01 <= left <= right <= scene.width + 0.01, (part.kind, part.item, shape)
            assert -0.01 <= top <= bottom <= scene.height + 0.01, (part.kind, part.item, shape)


def check_edges(graph, scene):
    boxes = {(kind, item): box for kind, item, box in cells(scene) if kind != "parameter"}
    rows = {row.item for row in scene.rows}
    for direction, kind in (("down", "forward"), ("up", "gradient")):
        wanted = sorted(
            (use.source, item.id)
            for item in graph.items.values()
            for use in item.uses
            if use.source in rows and (direction == "down" or (use.tracked and item.tracked))
        )
        drawn = [p for p in scene.parts if p.direction == direction and p.source]
        ends = [(p.source, p.target) if direction == "down" else (p.target, p.source) for p in drawn]
        assert sorted(ends) == wanted
        for part in drawn:
            stroke = next(s for s in part.shapes if isinstance(s, Stroke))
            assert touches(boxes[kind, part.source], stroke.points[0]), part
            if direction == "down":
                assert touches(boxes[kind, part.target], stroke.points[-1]), part
            else:
                assert reaches(scene, boxes[kind, part.target], part.target, stroke.points[-1]), part


def touches(box, point):
    """Whether a point lies on the outline of a box."""
    x, y = point
    left, top, right, bottom = extent(box)
    within = left - 0.01 <= x <= right + 0.01 and top - 0.01 <= y <= bottom + 0.01
    return within and (min(x - left, right - x) < 0.01 or min(y - top, bottom - y) < 0.01)


def reaches(scene, box, item, point):
    """Whether a gradient arrives at a box, or at the circle below it where gradients are added."""
    circles = [
        s
        for p in scene.parts
        if p.kind == "gradient" and p.item == item
        for s in p.shapes
        if isinstance(s, Box) and s.style == "plus"
    ]
    if not circles:
        return touches(box, point)
    left, top, right, bottom = extent(circles[0])
    x, y = point
    radius, middle = (right - left) / 2, ((left + right) / 2, (top + bottom) / 2)
    return ((x - middle[0]) ** 2 + (y - middle[1]) ** 2) ** 0.5 <= radius * 1.45


def check_lanes(scene):
    """No two vertical lines of different edges lie on each other, unless they carry the same value down."""
    found = {}
    for part in scene.parts:
        if part.kind != "edge" or not part.direction:
            continue
        for stroke in (s for s in part.shapes if isinstance(s, Stroke)):
            for a, b in pairwise(stroke.points):
                if a[0] == b[0] and a[1] != b[1]:
                    key = round(a[0], 3)
                    found.setdefault(key, []).append((min(a[1], b[1]), max(a[1], b[1]), part))
    for spans in found.values():
        for (low, high, a), (low2, high2, b) in combinations(spans, 2):
            if min(high, high2) - max(low, low2) > 0.01:
                assert a is b or (a.direction == b.direction == "down" and a.source == b.source), (a, b)


def check_frames(graph, scene):
    rows = {row.item: (row.top, row.bottom) for row in scene.rows}
    frames = [(p.item, p.shapes[0]) for p in scene.parts if p.kind == "frame" and len(p.shapes) == 1]
    assert len({name for name, _ in frames}) == len(frames), "a frame was closed and opened again"
    for (name, a), (other, b) in combinations(frames, 2):
        if overlap(extent(a), extent(b)):
            inner, outer = (a, b) if a.height < b.height else (b, a)
            assert outer.x < inner.x and outer.y < inner.y, (name, other)
            assert outer.x + outer.width > inner.x + inner.width, (name, other)
            assert outer.y + outer.height > inner.y + inner.height, (name, other)
    for name, box in frames:
        within = {i for i, (top, bottom) in rows.items() if top >= box.y and bottom <= box.y + box.height}
        across = {i for i, (top, bottom) in rows.items() if top < box.y + box.height and bottom > box.y}
        assert within == across
        ops = {i.id for i in graph.ops() if name in graph.ancestry(i.module)}
        assert {i for i in within if graph.items[i].is_op} == ops


def check_words(scene):
    """Text lies in its box, and on no other text of its part."""
    for part in scene.parts:
        words = [s for s in part.shapes if isinstance(s, Words) and s.text]
        for a, b in combinations(words, 2):
            assert not overlap(extent(a), extent(b), 0.5), (part.kind, a, b)
        if part.kind in CELLS and isinstance(part.shapes[0], Box):
            left, top, right, bottom = extent(part.shapes[0])
            for text in (w for w in words if w.style != "badge"):
                x, y, end, low = extent(text)
                assert x >= left and end <= right + 0.01, (part.kind, text)
                assert y >= top - 0.01 and low <= bottom + 0.01, (part.kind, text)
