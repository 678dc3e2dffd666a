"""The page in a real browser: it runs without a word on the console, and does what its keys say."""

import os
import re
import shutil

import pytest
from viz_graphs import ALL, shared_parameter, with_nan
from viz_hostile import hostile_names, named
from viz_pages import Read, recorded
from viz_random import random_graph

from tinygrad_cnn.viz.layout.rungs import framed_groups
from tinygrad_cnn.viz.page import to_page
from tinygrad_cnn.viz.write.words import number

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install .[browser]"
)
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")

# What is seen, in pixels of the screen: boxes, and lines by their ends.
SEEN = """() => {
  const shown = (el) => el.getClientRects().length && !el.closest(".off,.far");
  const part = (el) => el.getBoundingClientRect();
  const boxes = [...document.querySelectorAll("g.f,g.g,g.p")].filter(shown).map((g) => {
    const r = part(g.firstElementChild);
    return [r.left, r.top, r.right, r.bottom];
  });
  const plus = [...document.querySelectorAll("g.plus rect")].filter(shown).map((el) => {
    const r = part(el);
    return [r.left, r.top, r.right, r.bottom];
  });
  const ends = [...document.querySelectorAll("path.d,path.u,path.s")].filter(shown).map((p) => {
    const m = p.getScreenCTM();
    return [0, p.getTotalLength()].map((n) => {
      const q = p.getPointAtLength(n);
      return [q.x * m.a + m.e, q.y * m.d + m.f];
    }).concat(p.getAttribute("class"));
  });
  return { boxes, plus, ends };
}"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Open the page of a graph from disk; whatever it says, asks for or pops up fails the test."""
    bad: list[str] = []
    contexts = []

    def opened(graph, hash_="", **options):
        place = tmp_path / "page.html"
        place.write_text(to_page(graph, **options), encoding="utf-8")
        context = browser.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda m: bad.append(f"console: {m.text}"))
        page.on("pageerror", lambda e: bad.append(f"error: {e}"))
        page.on("dialog", lambda d: (bad.append(f"dialog: {d.message}"), d.dismiss()))
        page.on("request", lambda r: r.url.startswith(place.as_uri()) or bad.append(f"request: {r.url[:80]}"))
        page.on("popup", lambda _: bad.append("a window opened"))
        page.goto(place.as_uri() + hash_)
        assert page.evaluate("document.documentElement.dataset.ready")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not bad


def texts(page, selector):
    return page.locator(selector).all_text_contents()


def settled(page):
    """Wait until the browser has drawn what the last key asked for."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def check_geometry(page):
    """Boxes do not overlap, and every line ends at a box, a sum or, of the loss, in the open."""
    seen = page.evaluate(SEEN)
    boxes = seen["boxes"]
    for i, (left, top, right, bottom) in enumerate(boxes):
        for l2, t2, r2, b2 in boxes[i + 1 :]:
            assert right <= l2 + 1 or r2 <= left + 1 or bottom <= t2 + 1 or b2 <= top + 1
    open_ends = 0
    for *points, kind in seen["ends"]:
        for x, y in points:
            open_ends += not any(_at_edge(x, y, box) for box in boxes + seen["plus"])
            assert open_ends <= 1, (kind, points)
    return seen


def _at_edge(x, y, box, near=5.0):
    left, top, right, bottom = box
    inside = left - near <= x <= right + near and top - near <= y <= bottom + near
    deep = left + near < x < right - near and top + near < y < bottom - near
    return inside and not deep


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_every_graph_opens_and_takes_all_keys(visit, make):
    page = visit(make())
    moves = [
        "ArrowDown",
        "ArrowDown",
        "Shift+ArrowRight",
        "c",
        "c",
        "End",
        "ArrowLeft",
        "Home",
        "Enter",
        "Escape",
    ]
    for key in [*moves, *"hhhd+-0"]:
        page.keyboard.press(key)
    settled(page)


def test_replay_by_keys_reaches_the_last_step(visit):
    graph = recorded()
    page = visit(graph)
    turns = sorted((i for i in graph.items.values() if i.turn is not None), key=lambda i: i.turn)
    page.keyboard.press("ArrowRight")
    assert page.locator("#step").text_content().startswith(f"0/{len(turns)} the loss enters")
    for n, item in enumerate(turns, 1):
        page.keyboard.press("ArrowRight")
        assert page.locator("#step").text_content().startswith(f"{n}/{len(turns)} {item.name}")
        settled(page)
        assert item.id in texts(page, "#panel h2")
        assert page.locator("g.now.g").count() >= 1
    assert page.locator(".future").count() == 0
    page.keyboard.press("ArrowRight")
    assert page.locator("#step").text_content().startswith(f"{len(turns)}/{len(turns)} ")
    page.keyboard.press("Home")
    assert page.locator("g.future.g").count() > len(turns) - 2
    assert page.locator("#slider").get_attribute("aria-valuetext") == f"step 0 of {len(turns)}"


def test_a_step_says_rule_share_and_a_worked_number(visit):
    graph = recorded()
    page = visit(graph)
    order = sorted((i for i in graph.items.values() if i.turn is not None), key=lambda i: i.turn)
    relu = next(i for i in order if i.name == "relu")
    n = order.index(relu) + 1
    for _ in range(n + 1):
        page.keyboard.press("ArrowRight")
    use = relu.uses[0]
    share = round(100 * (use.contribution.size - use.contribution.zeros) / use.contribution.size)
    where = f"{n}/{len(order)} relu ({relu.module})"
    assert page.locator("#step").text_content() == f"{where}: dX = dY * 1[X > 0]; {share}% of dX is not 0"
    worked, entry = use.worked, ",".join(map(str, use.worked.entry))
    _, dy, slope = worked.terms[0]
    product = f"{number(dy)} * {number(slope)} = {number(worked.difference)}"
    sentence = f"x[{entry}] reaches 1 output: {product} by difference"
    assert page.locator("#worked").text_content() == f"{sentence}; backward gave {number(worked.backward)}"


def test_play_goes_on_by_itself_and_the_slider_goes_anywhere(visit):
    page = visit(ALL["zero"]())
    page.keyboard.press(" ")
    assert page.locator("#play").text_content() == "pause"
    page.wait_for_timeout(1200)
    assert page.locator("#step").text_content().startswith("1/")
    page.keyboard.press(" ")
    page.locator("#slider").fill("3")
    assert page.locator("#step").text_content().startswith("3/")
    page.locator("#stop").click()
    assert page.locator(".future,.now").count() == 0


def test_pointing_at_a_box_shows_its_numbers_and_neighbours(visit):
    graph = recorded()
    page = visit(graph)
    place = list(graph.items).index("conv/conv2d")
    page.locator(f"svg[data-i='{place}'] > g.f").hover()
    panel = page.locator("#panel").inner_text()
    item = graph.items["conv/conv2d"]
    facts = ["conv/conv2d", item.source, item.code, "2x4x8x6 float32", "mean", "std", "rms", "NaN", "zeros"]
    for words in facts:
        assert words in panel
    assert page.locator("#panel .histogram").count() == 2
    assert page.locator("#panel .histogram rect").count() == 40
    assert page.locator("#panel figure").count() == 8  # four channels, and four of the gradient
    kept = page.evaluate("[...document.querySelectorAll('g.keep')].map((g) => g.textContent)")
    assert any("a: conv2d" in text for text in kept) and not any("linear" in text for text in kept)
    assert page.evaluate("getComputedStyle(document.querySelectorAll('g.f:not(.keep)')[3]).opacity") == "0.22"
    page.mouse.move(5, 5)
    assert page.locator(".dim").count() == 0


def test_a_click_keeps_the_details(visit):
    graph = recorded()
    page = visit(graph)
    boxes = page.locator("svg.r > g.f")
    boxes.nth(1).click()
    title = texts(page, "#panel h2")
    boxes.nth(2).hover()
    assert texts(page, "#panel h2") == title and page.locator(".pinned").count() == 1
    assert page.evaluate("location.hash").startswith("#item=")
    page.keyboard.press("Escape")
    boxes.nth(1).hover()
    boxes.nth(2).hover()
    assert texts(page, "#panel h2") != title and page.evaluate("location.hash") == ""


def test_uses_and_sums_are_told(visit):
    page = visit(shared_parameter())
    page.keyboard.press("/")
    page.keyboard.type("w")
    page.keyboard.press("Enter")
    assert any("gradients are added up" in text for text in texts(page, "#panel h3"))
    page.locator("#panel .link").first.click()
    assert "computed from" in texts(page, "#panel h3")


def test_search_finds_and_opens_what_is_closed(visit):
    graph = recorded()
    page = visit(graph, collapsed=["blocks", "blocks.0", "blocks.0.norm", "blocks.1"])
    page.keyboard.press("/")
    page.keyboard.type("blocks.0.norm/sqrt")
    assert page.locator("#found").text_content() == "1 found"
    page.keyboard.press("Enter")
    assert (
        texts(page, "#panel h2") == ["blocks.0.norm/sqrt"]
        and page.locator("#found").text_content() == "1 of 1"
    )
    assert page.locator(".pinned").is_visible()
    page.locator("#search").fill("conv2d")
    assert page.locator("#found").text_content() == "5 found"
    for n in (1, 2, 3, 4, 5, 1):
        page.keyboard.press("Enter")
        assert page.locator("#found").text_content() == f"{n} of 5"
    page.keyboard.press("Shift+Enter")
    assert page.locator("#found").text_content() == "5 of 5"
    page.locator("#search").fill("<no such thing>")
    assert page.locator("#found").text_content() == "nothing found"


def test_modules_close_and_open(visit):
    graph = recorded()
    page = visit(graph)
    before = check_geometry(page)
    page.locator("#close-all").click()
    after = check_geometry(page)
    assert len(after["boxes"]) < len(before["boxes"]) / 2
    inside = [n for n, i in enumerate(graph.items.values()) if "blocks" in graph.ancestry(i.module)]
    assert all(page.locator(f"svg.r[data-i='{n}']:not(.off)").count() == 0 for n in inside)
    assert page.locator("svg.fold:not(.off)").count() == 1
    assert "34 operations" in page.locator("svg.fold:not(.off)").text_content()
    page.locator("svg.fold:not(.off) > g.f").click()  # opens the outer module; those in it stay closed
    check_geometry(page)
    assert page.locator("svg.fold:not(.off)").count() == 2
    page.locator("#open-all").click()
    again = check_geometry(page)
    assert again["boxes"] == before["boxes"] and len(again["ends"]) == len(before["ends"])


def test_a_title_and_a_key_close_a_module_too(visit):
    page = visit(recorded())
    page.locator(".label", has_text="blocks.0.norm").click()
    assert page.locator("svg.fold:not(.off)").count() == 1
    page.locator("svg.fold:not(.off) > g.g").hover()
    assert "a closed module" in page.locator("#panel").inner_text()
    page.locator("svg.fold:not(.off) > g.g").focus()
    page.keyboard.press("Enter")
    assert page.locator("svg.fold:not(.off)").count() == 0
    page.keyboard.press("c")
    assert page.locator("svg.fold:not(.off)").count() == 1
    assert page.evaluate("document.activeElement.parentElement.classList.contains('fold')")
    page.keyboard.press("c")
    assert page.locator("svg.fold:not(.off)").count() == 0
    check_geometry(page)


@pytest.mark.parametrize("seed", range(12))
def test_any_modules_closed_give_a_right_picture(visit, seed):
    graph = random_graph(25, seed)
    names = list(graph.groups)
    collapsed = names[seed % 3 :: 2]
    page = visit(graph, collapsed=collapsed)
    check_geometry(page)
    hiding = framed_groups(graph) & set(collapsed)
    for n, item in enumerate(graph.items.values()):
        if item.is_op:
            open_ = not hiding & set(graph.ancestry(item.module))
            assert (page.locator(f"svg.r[data-i='{n}']:not(.off) > g.f").count() == 1) == open_
    for n, part in enumerate(Read(to_page(graph)).data["folds"]):
        open_ = not hiding & set(graph.ancestry(names[part["g"]]))
        assert (page.locator(f".label[data-f='{n}']:not(.off)").count() == 1) == open_
        assert (page.locator("rect.frame,rect.frame2").nth(n).is_visible()) == open_
    page.locator("#open-all").click() if names else None
    check_geometry(page)


def test_replay_shows_a_closed_module_as_one(visit):
    page = visit(recorded(), collapsed=["blocks"])
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert page.locator("svg.fold:not(.off) g.now").count() == 1
    page.keyboard.press("End")
    assert page.locator("svg.fold:not(.off) g.past").count() == 1


def test_a_sum_is_at_work_from_its_first_part_to_its_last(visit):
    graph = shared_parameter()
    page = visit(graph)
    place = list(graph.items).index("w")
    assert [i.turn for i in graph.ops() if any(use.source == "w" for use in i.uses)] == [2, 1]
    for step, state in enumerate(["future", "future", "now", "now"]):
        page.locator("#slider").fill(str(step))
        assert state in page.locator(f"svg.r[data-i='{place}'] > g.g").get_attribute("class").split()


def test_deep_links_restore_and_harmless_nonsense_is_ignored(visit):
    graph = recorded()
    page = visit(graph, "#item=blocks.0.norm%2Fsqrt&step=7", collapsed=["blocks"])
    assert texts(page, "#panel h2") == ["blocks.0.norm/sqrt"]
    assert page.locator("#step").text_content().startswith("7/")
    assert page.evaluate("location.hash") == "#item=blocks.0.norm%2Fsqrt&step=7"
    page = visit(graph, "#item=%3Cscript%3Ealert(1)%3C/script%3E&step=-3")
    for nonsense in (
        "#step=1e9",
        "#item=__proto__",
        "#%zz&=&&",
        "#item=conv&item=x&step=",
        "#" + "x" * 10_000,
    ):
        page.evaluate("(hash) => { location.hash = hash; }", nonsense)
        settled(page)
        assert page.locator("#panel .hint").count() == 1
        assert page.locator("#step").text_content().startswith("39 steps")
    assert visit(graph, "#step=99999").locator("#step").text_content().startswith("39/39 ")


def test_heat_recolours_and_prints_numbers(visit):
    page = visit(recorded())
    gradient = page.locator("rect[class*=' h']").count()
    assert gradient > 40 and page.locator(".gauge").count() == gradient + 0
    words = {}
    for kind in ("update", "dead", "memory"):
        page.keyboard.press("h")
        assert page.locator("#heat").input_value() == kind and page.locator(".bars span:visible").count() == 1
        words[kind] = texts(page, ".bar-words")
    assert all(w.startswith("update ") for w in words["update"]) and len(words["update"]) >= 14
    assert all(w.endswith("dead") for w in words["dead"]) and words["dead"]
    assert any(w.endswith("kB") for w in words["memory"]) and len(words["memory"]) > 30
    page.locator("#heat").select_option("gradient")
    assert page.locator("rect[class*=' h']").count() == gradient and not texts(page, ".bar-words")


def test_dark_is_a_choice(visit):
    page = visit(recorded())
    colour = "getComputedStyle(document.querySelector('g.f rect')).fill"
    light = page.evaluate(colour)
    page.keyboard.press("d")
    dark = page.evaluate(colour)
    assert "rgb(" in light and all(int(part) > 200 for part in re.findall(r"\d+", light))
    assert all(int(part) < 80 for part in re.findall(r"\d+", dark))
    assert page.locator("#dark").get_attribute("aria-pressed") == "true"
    page.keyboard.press("d")
    assert page.evaluate(colour) == light
    page.emulate_media(color_scheme="dark")
    page.evaluate("delete document.documentElement.dataset.theme")
    assert page.evaluate(colour) == dark


def test_keys_move_along_the_ladder(visit):
    graph = recorded()
    page = visit(graph)
    page.keyboard.press("ArrowDown")
    seen = []
    for _ in range(5):
        seen.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("ArrowDown")
    assert len(set(seen)) == 5 and seen[1].startswith("conv: conv2d; ")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("gradient: dY")
    assert page.evaluate("document.querySelectorAll('#picture [tabindex=\"0\"]').length") == 1
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()


def test_zoom_and_drag(visit):
    page = visit(recorded())
    width = page.locator("#picture").bounding_box()["width"]
    page.keyboard.press("+")
    assert page.locator("#picture").bounding_box()["width"] == pytest.approx(1.2 * width, rel=0.01)
    page.mouse.move(500, 500)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    assert page.locator("#picture").bounding_box()["width"] > 1.4 * width
    page.mouse.down()
    page.mouse.move(450, 300, steps=4)
    page.mouse.up()
    assert page.evaluate("document.getElementById('stage').scrollTop") > 150
    assert page.locator(".pinned").count() == 0  # a drag is no click
    page.keyboard.press("0")
    assert page.locator("#picture").bounding_box()["width"] <= page.evaluate("stage.clientWidth")
    assert page.locator("header .legend").is_visible()


def test_hostile_names_do_nothing(visit):
    for name in hostile_names()[::60]:
        page = visit(named(name, "<img src=x onerror=alert(1)>"))
        page.locator("g.f").first.hover(position={"x": 4, "y": 12})
        page.keyboard.press("End")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("c")
        assert page.evaluate("document.querySelectorAll('img,iframe,object,a,b:not(.legend b)').length") == 0
        assert page.evaluate("document.scripts.length") == 4


def test_a_wrong_number_can_be_found(visit):
    page = visit(with_nan())
    assert any("first " in text for text in texts(page, "#picture text"))
    assert page.locator("path.bad").count() > 0


def test_a_large_network_is_soon_ready_and_steps_fast(visit):
    graph = recorded(blocks=42)
    page = visit(graph)
    assert (
        float(page.evaluate("document.documentElement.dataset.ready")) < 2000
    )  # 0.4 s where nothing else runs
    assert page.locator("svg.r.far").count() > 500
    page.keyboard.press("End")
    settled(page)
    assert page.locator("g.now.g").first.is_visible()
    took = page.evaluate(
        "() => { const t = performance.now(), back = document.getElementById('back');"
        " for (let n = 0; n < 50; n++) back.click(); return (performance.now() - t) / 50; }"
    )
    assert took < 40
    page.locator("#close-all").click()
    assert page.locator("svg.fold:not(.off)").count() == 1


def test_without_scripts_the_picture_is_there(browser, tmp_path):
    place = tmp_path / "page.html"
    place.write_text(to_page(recorded(), collapsed=["blocks"]), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(place.as_uri())
    assert page.locator("noscript").is_visible() and page.locator("svg.r > g.f").first.is_visible()
    assert page.locator("text=linear").first.is_visible() and not page.locator("svg.fold").first.is_visible()
    context.close()
