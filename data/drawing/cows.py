"""Three cows: a black and white face, a black and white cow standing in a meadow, a brown cow lying down."""

from functools import partial

from drawing.canvas import Canvas, Mask, mirrored, points


def draw_all() -> list[Canvas]:
    """The three pictures, in order."""
    return [spotted_face(), standing_cow(), lying_cow()]


def spotted_face() -> Canvas:
    c = Canvas(176, 176, "#a9d8f5", "#d7eefb")
    c.paint(c.blob("-20,190 -10,128 60,118 130,126 200,120 200,190"), fill="#6fb34a")
    neck = c.blob("46,190 56,120 88,104 120,120 130,190")
    c.paint(neck, fill="#f4f1ea", line="#2b2622", width=1.6)
    c.paint(c.blob("100,116 128,122 140,190 112,190 104,150"), fill="#2f2b2b", inside=neck)
    cow_head(c, 88, 86, 1.0, coat="#f7f4ee", patch="#2f2b2b", ears="#2f2b2b", line="#2b2622")
    return c


def standing_cow() -> Canvas:
    c = Canvas(228, 168, "#7fc4ee", "#e4f4fb")
    c.paint(c.blob("-20,200 -20,96 60,84 140,94 260,82 260,200"), fill="#8fc857")
    c.paint(c.blob("-20,200 -20,132 80,124 160,132 260,122 260,200"), fill="#6fae3f")
    coat, line = "#fbf9f4", "#2b2622"
    c.paint(c.limb("35,62 22,72 20,98 24,112", 5, 3.5), fill=coat, line=line)
    c.paint(c.blob("20,108 29,108 30,122 24,130 18,120"), fill="#2f2b2b")
    far = [_leg(c, x, 104) for x in (64, 136)]
    c.paint(*far, fill="#d9d4ca", line=line)
    udder = [c.ellipse(82, 113, 16, 11), c.ellipse(76, 123, 3, 5), c.ellipse(88, 123, 3, 5)]
    c.paint(*udder, fill="#f4a6b0", line="#9c5560", width=0.9)
    trunk = c.blob("34,62 50,50 100,54 150,48 172,60 174,90 158,112 100,114 46,108 34,90")
    near = [_leg(c, x, 98) for x in (46, 156)]
    body = c.paint(trunk, *near, fill=coat, line=line, width=1.5)
    for patch in _patches():
        c.paint(c.blob(patch), fill="#2f2b2b", inside=body)
    for x in (46, 64, 136, 156):
        hoof = c.polygon([(x - 7, 148), (x + 7, 148), (x + 9, 157), (x - 9, 157)])
        c.paint(hoof, fill="#4a3f38", line=line, width=0.8)
    cow_head(c, 178, 58, 0.56, coat=coat, patch="#2f2b2b", ears="#2f2b2b", line=line)
    c.paint(c.limb("162,92 178,100 194,92", 3.5, 3.5), fill="#8a4b2a", line="#3b1f10", width=0.6)
    c.paint(c.blob("172,100 184,100 188,115 168,115"), fill="#f2c230", line="#7c5a06", width=0.8)
    return c


def lying_cow() -> Canvas:
    c = Canvas(208, 160, "#f7a072", "#fde2b3")
    c.paint(c.ellipse(48, 40, 20, 20), fill="#fff0c2")
    c.paint(c.blob("-20,190 -20,100 70,92 150,100 230,94 230,190"), fill="#d8b04a")
    c.paint(c.blob("-20,190 -20,134 70,128 150,136 230,130 230,190"), fill="#b98f33")
    coat, line, white = "#9a5b34", "#43230f", "#fbeedd"
    c.paint(c.limb("184,104 198,116 196,134 184,140", 5, 4), fill=coat, line=line)
    c.paint(c.ellipse(181, 140, 9, 5, turn=-15), fill="#43230f")
    trunk = c.blob("62,84 90,68 140,66 178,80 192,108 188,136 150,142 90,142 62,130 52,104")
    body = c.paint(trunk, fill=coat, line=line, width=1.5)
    for patch in ["110,58 146,60 150,84 128,94 108,82", "164,92 196,98 196,124 172,122"]:
        c.paint(c.blob(patch), fill=white, inside=body)
    thigh = c.blob("138,128 146,106 168,102 182,116 182,138 150,146")
    c.paint(thigh, fill="#8c5230", line=line)
    legs = [c.limb("160,140 126,143", 12, 9), c.limb("82,132 62,144 96,146", 15, 10)]
    c.paint(*legs, fill=coat, line=line)
    c.paint(c.ellipse(122, 143.5, 7, 5), c.ellipse(101, 146.5, 7, 5), fill="#3a2a20", line=line, width=0.7)
    cow_head(c, 60, 78, 0.6, coat=coat, patch=white, ears="#8c5230", line=line, blaze=True)
    return c


def cow_head(
    c: Canvas,
    x: float,
    y: float,
    s: float,
    *,
    coat: str,
    patch: str,
    ears: str,
    line: str,
    blaze: bool = False,
) -> Mask:
    """A face seen from the front, about 150 * s pixels wide with the ears that stand out sideways."""
    at = partial(points, x=x, y=y, scale=s)
    _horns_and_ears(c, x, y, s, ears, line)
    skull = c.blob(at("0,-46 -28,-44 -40,-18 -34,16 -28,44 0,60 28,44 34,16 40,-18 28,-44"))
    c.paint(skull, fill=coat, line=line, width=0.7 + s)
    marks = ["-14,-50 -44,-50 -50,4 -26,12 -12,-10", "20,-50 48,-46 46,-4 24,2 14,-22"]
    if blaze:
        marks = ["-7,-50 7,-50 11,-10 16,34 -16,34 -11,-10"]
    c.paint(*[c.blob(at(mark)) for mark in marks], fill=patch, inside=skull)
    c.paint(c.blob(at("-9,-52 9,-52 13,-38 4,-30 0,-36 -6,-28 -12,-38")), fill=patch)
    for side in (-1, 1):
        _eye(c, x + side * 22 * s, y - 7 * s, s, side, line)
    _muzzle(c, x, y, s)
    return skull


def _eye(c: Canvas, x: float, y: float, s: float, side: int, line: str) -> None:
    c.paint(c.ellipse(x + side * s, y - s, 7.5 * s, 8.5 * s), fill="#ffffff", line=line, width=0.8)
    c.paint(c.ellipse(x, y, 4.8 * s, 6.4 * s), fill="#1b1512")
    c.paint(c.ellipse(x - 1.5 * s, y - 3 * s, 1.7 * s, 1.7 * s), fill="#ffffff")


def _horns_and_ears(c: Canvas, x: float, y: float, s: float, ears: str, line: str) -> None:
    at = partial(points, x=x, y=y, scale=s)
    horn = at("-20,-40 -36,-50 -40,-66 -32,-78")
    horns = [c.limb(side, 14 * s, 4 * s) for side in (horn, mirrored(horn, x))]
    c.paint(*horns, fill="#e9dcb8", line="#6d5c35", width=0.9)
    ear = at("-30,-32 -52,-42 -76,-34 -70,-18 -50,-12 -32,-18")
    c.paint(c.blob(ear), c.blob(mirrored(ear, x)), fill=ears, line=line, width=0.6 + 0.6 * s)
    hollow = at("-42,-28 -56,-33 -67,-29 -60,-22 -46,-20")
    c.paint(c.blob(hollow), c.blob(mirrored(hollow, x)), fill="#eda6a6")


def _muzzle(c: Canvas, x: float, y: float, s: float) -> None:
    at = partial(points, x=x, y=y, scale=s)
    snout = c.blob(at("0,22 -26,24 -40,40 -34,58 -14,66 0,67 14,66 34,58 40,40 26,24"))
    c.paint(snout, fill="#f5b5b0", line="#8c4f4c", width=0.5 + 0.7 * s)
    for side in (-1, 1):
        c.paint(c.ellipse(x + side * 17 * s, y + 38 * s, 6.5 * s, 5 * s, turn=side * 25), fill="#7c3f40")
    c.paint(c.limb(at("-20,53 -8,58 8,58 20,53"), 2.2 * s + 0.3, 2.2 * s + 0.3), fill="#8c4f4c")


def _leg(c: Canvas, x: float, top: float) -> Mask:
    return c.limb([(x, top), (x + 1, 128), (x, 150)], 20, 12)


def _patches() -> list[str]:
    shoulder = "128,40 160,44 158,76 140,92 124,76"
    flank = "78,44 108,48 112,72 96,88 80,74"
    rump = "28,56 56,46 64,72 52,92 30,86"
    belly = "104,100 126,94 134,108 120,122 104,116"
    return [shoulder, flank, rump, belly]
