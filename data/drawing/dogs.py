"""Three dogs: a brown spaniel's face, a golden retriever sitting, a beagle running after a ball."""

from functools import partial

from drawing.canvas import Canvas, mirrored, points


def draw_all() -> list[Canvas]:
    """The three pictures, in order."""
    return [spaniel_face(), sitting_retriever(), running_beagle()]


def spaniel_face() -> Canvas:
    c = Canvas(160, 176, "#3d6fb6", "#a9c9ec")
    coat, dark, light, line = "#a9672f", "#7a4219", "#f6e3c5", "#3d1f0b"
    body = c.blob("26,190 40,142 80,126 120,142 134,190")
    c.paint(body, fill=coat, line=line, width=1.6)
    c.paint(c.ellipse(80, 172, 22, 24), fill=light, inside=body, soft=2)
    c.paint(c.limb("46,142 80,154 114,142", 9, 9), fill="#d62839", line="#6b0f1a")
    c.paint(c.ellipse(80, 161, 7, 7), fill="#f7c948", line="#7c5a06", width=0.9)
    skull = c.blob("80,26 52,32 38,60 40,90 52,116 80,130 108,116 120,90 122,60 108,32")
    c.paint(skull, fill=coat, line=line, width=1.6)
    c.paint(c.blob("74,24 86,24 90,62 98,84 62,84 70,62"), fill=light, inside=skull, soft=1)
    ear = "54,32 36,40 18,72 14,108 26,126 42,118 48,88 54,58"
    c.paint(c.blob(ear), fill=dark, line=line, width=1.5)
    c.paint(c.blob(mirrored(ear, 80)), fill=dark, line=line, width=1.5)
    _front_face(c, light, line)
    return c


def _front_face(c: Canvas, light: str, line: str) -> None:
    for side in (-1, 1):
        c.paint(c.ellipse(80 + side * 20, 66, 9, 9.5), fill="#3b2110", line=line, width=0.9)
        c.paint(c.ellipse(80 + side * 20, 67, 5.5, 6), fill="#120a05")
        c.paint(c.ellipse(77 + side * 20, 62.5, 2.6, 2.6), fill="#ffffff")
        c.paint(c.limb([(80 + side * 13, 47), (80 + side * 22, 46), (80 + side * 30, 51)], 3, 2), fill=line)
    tongue = c.blob("70,112 90,112 92,132 86,144 74,144 68,132")
    c.paint(tongue, fill="#f0708a", line="#8c2f45", width=1.1)
    c.paint(c.limb("80,116 80,136", 1.6, 1.2), fill="#c04a66")
    jowls = [c.ellipse(80 + side * 15, 104, 18, 15, turn=side * 12) for side in (-1, 1)]
    c.paint(*jowls, c.ellipse(80, 94, 15, 16), fill=light, line=line, width=1)
    c.paint(c.limb("80,96 80,112", 2, 2), fill=line)
    c.paint(c.blob("80,98 68,90 68,82 80,79 92,82 92,90"), fill="#1d1513")
    c.paint(c.ellipse(76, 84, 4, 2), fill="#8a7f7a")
    for side in (-1, 1):
        for u, v in ((10, 104), (16, 109), (18, 101)):
            c.paint(c.ellipse(80 + side * u, v, 1.1, 1.1), fill="#7a5a3c")


def sitting_retriever() -> Canvas:
    c = Canvas(168, 192, "#f6c6c6", "#fbe9e1")
    c.paint(c.polygon("0,150 168,150 168,192 0,192"), fill="#8d6cab")
    c.paint(c.ellipse(84, 176, 72, 12), fill="#7c5b9a")
    coat, dark, line = "#e9b65c", "#c88d35", "#5e3b0c"
    c.paint(c.limb("46,164 22,170 10,156 12,138", 13, 7), fill=coat, line=line)
    trunk = c.blob("70,80 98,84 110,112 108,150 94,176 52,178 36,160 42,124")
    body = c.paint(trunk, fill=coat, line=line, width=1.5)
    c.paint(c.blob("102,96 112,112 108,146 96,130 94,108"), fill="#f7dca4", inside=body, soft=2)
    legs = [c.limb("98,116 100,150 98,174", 18, 13), c.ellipse(104, 177, 12, 6.5)]
    c.paint(*legs, fill=coat, line=line)
    thigh = [c.ellipse(60, 156, 24, 21, turn=-20), c.ellipse(76, 178, 16, 6.5)]
    c.paint(*thigh, fill=dark, line=line, width=1.1)
    dog_profile(c, 82, 60, 1.0, coat=coat, ear=dark, muzzle="#f7dca4", line=line)
    c.paint(c.limb("66,90 84,97 101,90", 8, 8), fill="#2a7de1", line="#0d2f5c")
    c.paint(c.ellipse(92, 102, 6, 6), fill="#f7c948", line="#7c5a06", width=0.9)
    return c


def running_beagle() -> Canvas:
    c = Canvas(224, 160, "#d7f0f7", "#f5fbee")
    c.paint(c.blob("-20,200 -20,112 80,104 160,112 250,102 250,200"), fill="#7cc36a")
    c.paint(c.blob("-30,116 -12,70 22,60 46,84 44,112"), fill="#4c9a57")
    c.paint(c.ellipse(210, 140, 9, 9), fill="#e63946", line="#7a1119", width=1)
    c.figure = None  # the ball is no part of the dog
    white, tan, black, line = "#fdfaf3", "#c77b3b", "#3a3230", "#2a1a10"
    tail = c.limb("42,76 26,62 20,44 26,30", 9, 5)
    c.paint(tail, fill=black, line=line)
    c.paint(c.limb("21,44 26,30", 7, 5), fill=white, inside=tail)
    far = [c.limb("54,92 66,116 56,136", 15, 9), c.limb("132,96 122,120 108,134", 13, 9)]
    c.paint(*far, c.ellipse(60, 138, 8, 4.5), c.ellipse(111, 137, 8, 4.5), fill="#d8cfc0", line=line)
    trunk = c.blob("38,80 48,66 92,68 140,60 156,74 150,104 124,110 86,100 52,106")
    near = [c.limb("52,90 38,116 22,134", 21, 9), c.limb("140,94 160,114 176,128", 18, 9)]
    paws = [c.ellipse(24, 136, 8, 5), c.ellipse(180, 129, 8, 5)]
    body = c.paint(trunk, *near, *paws, fill=white, line=line, width=1.5)
    c.paint(c.blob("30,56 92,52 136,48 128,80 96,88 60,86 36,100"), fill=black, inside=body)
    c.paint(c.blob("30,84 60,82 66,100 48,118 30,112"), fill=tan, inside=body, soft=1)
    dog_profile(c, 152, 50, 0.8, coat=tan, ear="#8a4b1f", muzzle=white, line=line)
    c.paint(c.limb("138,72 152,79 166,76", 7, 7), fill="#d62839", line="#6b0f1a")
    return c


def dog_profile(
    c: Canvas, x: float, y: float, s: float, *, coat: str, ear: str, muzzle: str, line: str
) -> None:
    """A head seen from the side, looking right, with snout, hanging ear and tongue; x, y is mid-skull."""
    at = partial(points, x=x, y=y, scale=s)
    neck = at("-24,4 18,20 22,40 0,46 -22,40")
    tongue = at("34,22 46,20 52,34 47,45 39,40")
    jaw = at("6,20 30,18 50,16 48,24 28,30 8,30")
    skull = at("-28,4 -20,-22 4,-30 22,-22 32,-8 58,-2 66,6 62,16 36,20 14,26 -14,26")
    c.paint(c.blob(tongue), fill="#f0708a", line="#8c2f45", width=1)
    head = c.paint(c.blob(neck), c.blob(jaw), c.blob(skull), fill=coat, line=line, width=0.6 + 0.9 * s)
    snout = at("24,4 40,-4 70,-2 70,20 40,22 10,34 16,16")
    c.paint(c.blob(snout), fill=muzzle, inside=head, soft=1)
    c.paint(c.limb(at("62,14 44,19 26,18"), 2 * s, 1.4 * s), fill=line)
    c.paint(c.ellipse(*at("63,0")[0], 7 * s, 6 * s), fill="#1d1513")
    c.paint(c.ellipse(*at("62,-2.5")[0], 2.4 * s, 1.4 * s), fill="#9a8f8a")
    c.paint(c.ellipse(*at("17,-8")[0], 5.2 * s, 6 * s), fill="#20130a", line=line, width=0.4)
    c.paint(c.ellipse(*at("18.5,-10")[0], 1.8 * s, 1.8 * s), fill="#ffffff")
    flap = at("-14,-22 2,-18 4,4 -2,30 -16,40 -28,28 -28,0")
    c.paint(c.blob(flap), fill=ear, line=line, width=0.5 + 0.8 * s)
