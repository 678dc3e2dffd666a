"""Three cats: a tabby's face, a black cat sitting at a window, a grey and white cat walking."""

from functools import partial

from drawing.canvas import Canvas, Mask, mirrored, points


def draw_all() -> list[Canvas]:
    """The three pictures, in order."""
    return [tabby_face(), sitting_black_cat(), walking_grey_cat()]


def tabby_face() -> Canvas:
    c = Canvas(168, 160, "#2a9d8f", "#8fd9c8")
    body = c.blob("34,175 48,128 84,116 120,128 134,175")
    c.paint(body, fill="#e08a2e", line="#5a2e0c", width=1.6)
    c.paint(c.ellipse(84, 158, 24, 26), fill="#fff1dc", inside=body, soft=3)
    line, inner, muzzle = "#5a2e0c", "#f7b7a3", "#fff1dc"
    head = cat_head(c, 84, 84, 1.0, coat="#f0a04b", line=line, inner=inner, eyes="#8bc34a", muzzle=muzzle)
    stripes = ["84,34 84,58", "70,36 74,57", "98,36 94,57"]
    stripes += ["28,82 45,85", "29,97 45,97", "140,82 123,85", "139,97 123,97"]
    for stripe in stripes:
        c.paint(c.limb(stripe, 6, 2), fill="#b85c1a", inside=head)
    return c


def sitting_black_cat() -> Canvas:
    c = Canvas(150, 192, "#46315f", "#7d5a99")
    c.paint(c.polygon("14,8 136,8 136,150 14,150"), fill="#f3e9d2")
    c.paint(c.polygon("20,14 130,14 130,150 20,150"), fill="#27406f")
    c.paint(c.ellipse(112, 36, 12, 12), fill="#fdf3c0")
    for x, y in points("32,28 52,22 96,66 28,62 120,84 36,108"):
        c.paint(c.ellipse(x, y, 1.2, 1.2), fill="#ffffff")
    c.paint(c.polygon("0,164 150,164 150,192 0,192"), fill="#c98f5a")
    c.paint(c.polygon("0,160 150,160 150,168 0,168"), fill="#e7b27c")
    tail = c.limb("92,164 122,168 134,150 124,128 132,112", 10, 6)
    c.paint(tail, fill="#3a3a44", line="#0e0e14")
    body = c.blob("62,84 88,84 100,116 108,150 100,170 75,173 50,170 42,150 50,116")
    c.paint(body, fill="#3a3a44", line="#0e0e14")
    for x in (66, 84):
        leg = c.limb([(x, 118), (x, 166)], 13, 12)
        paw = c.ellipse(x, 169, 9, 6)
        c.paint(leg, paw, fill="#474753", line="#0e0e14", width=0.9)
        c.paint(paw, fill="#f2f2f2")
    c.paint(c.blob("66,98 75,94 84,98 82,116 75,124 68,116"), fill="#f2f2f2", soft=0.6)
    coat, line, inner = "#3a3a44", "#0e0e14", "#a86f86"
    cat_head(c, 75, 68, 0.62, coat=coat, line=line, inner=inner, eyes="#ffd23f", muzzle="#f2f2f2")
    return c


def walking_grey_cat() -> Canvas:
    c = Canvas(208, 152, "#ffe3a3", "#ffcf6b")
    c.paint(c.polygon("0,116 208,116 208,152 0,152"), fill="#d9774f")
    coat, dark, line = "#9aa7b5", "#74818f", "#38424d"
    tail = c.limb("44,84 26,74 16,50 26,26 38,22", 10, 7)
    c.paint(tail, fill=coat, line=line)
    c.paint(c.limb("26,26 38,22", 7, 7), fill="#ffffff", inside=tail)
    far = [c.limb("60,96 72,114 70,136", 15, 9), c.limb("128,96 118,116 112,136", 13, 9)]
    c.paint(*far, c.ellipse(73, 137, 8, 4.5), c.ellipse(115, 137, 8, 4.5), fill=dark, line=line)
    trunk = c.blob("40,84 52,72 90,74 130,70 148,80 146,102 118,108 80,106 50,110")
    near = [c.limb("54,92 46,114 40,136", 21, 10), c.limb("138,92 142,114 148,136", 17, 10)]
    paws = [c.ellipse(44, 138, 9, 5), c.ellipse(152, 138, 9, 5)]
    body = c.paint(trunk, *near, *paws, fill=coat, line=line)
    c.paint(*paws, fill="#ffffff", inside=body)
    c.paint(c.ellipse(98, 108, 44, 9), fill="#ffffff", inside=body, soft=1.5)
    for x in (66, 82, 98, 114):
        c.paint(c.limb([(x, 68), (x - 5, 92)], 6, 2), fill=dark, inside=body)
    head = cat_head(c, 158, 62, 0.58, coat=coat, line=line, inner="#f4b6c2", eyes="#4fb3ff", muzzle="#ffffff")
    for x in (151, 158, 165):
        c.paint(c.limb([(x, 34), (x, 46)], 4, 1.5), fill=dark, inside=head)
    return c


def cat_head(
    c: Canvas, x: float, y: float, s: float, *, coat: str, line: str, inner: str, eyes: str, muzzle: str
) -> Mask:
    """A face seen from the front, about 112 * s pixels wide; returns the head without the ears."""
    at = partial(points, x=x, y=y, scale=s)
    ear, hollow = at("-52,-10 -50,-68 -10,-42"), at("-44,-22 -44,-54 -20,-40")
    skull = c.blob(at("0,-46 -34,-38 -54,-4 -48,24 -24,42 0,46 24,42 48,24 54,-4 34,-38"))
    c.paint(skull, c.polygon(ear), c.polygon(mirrored(ear, x)), fill=coat, line=line, width=0.6 + s)
    c.paint(c.polygon(hollow), c.polygon(mirrored(hollow, x)), fill=inner, soft=0.4)
    cheeks = [c.ellipse(x + side * 13 * s, y + 25 * s, 17 * s, 14 * s) for side in (-1, 1)]
    c.paint(*cheeks, c.ellipse(x, y + 34 * s, 12 * s, 10 * s), fill=muzzle, soft=0.5, inside=skull)
    for side in (-1, 1):
        _eye(c, x + side * 23 * s, y - 3 * s, s, side, eyes)
        _whiskers(c, x, y, s, side)
    c.paint(c.polygon(at("-7,10 7,10 0,18")), fill="#e8738a", line="#7a2f3d", width=0.5)
    mouth = at("0,18 0,25 -6,31 -14,29")
    c.paint(c.limb(mouth, 2 * s, 1.6 * s), c.limb(mirrored(mouth, x), 2 * s, 1.6 * s), fill="#4a2a2a")
    return skull


def _eye(c: Canvas, x: float, y: float, s: float, side: int, colour: str) -> None:
    c.paint(c.ellipse(x, y, 13 * s, 11 * s, turn=side * -12), fill=colour, line="#1c1410", width=0.9)
    c.paint(c.ellipse(x, y, 3.6 * s, 10 * s), fill="#111111")
    c.paint(c.ellipse(x - 3.5 * s, y - 4 * s, 2.6 * s, 2.6 * s), fill="#ffffff")


def _whiskers(c: Canvas, x: float, y: float, s: float, side: int) -> None:
    for rise, start in ((-8, 20), (2, 25), (12, 30)):
        hair = [(x + side * 20 * s, y + start * s), (x + side * 50 * s, y + (start + rise / 2) * s)]
        hair.append((x + side * 74 * s, y + (start + rise) * s))
        c.paint(c.limb(hair, 1.4, 0.7), fill="#fffdf5", line="#6b5a4a", width=0.25)
