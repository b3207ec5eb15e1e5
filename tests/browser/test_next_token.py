"""The next token by hand: sliders, strip, draws under mouse and keys, each number and sentence against Python's."""

import math
import random
from collections import Counter

import numpy as np
import pytest

from course.widgets import NextToken, gallery
from course.widgets import next_token_words as words
from tests.browser import by_hand
from tests.browser.by_hand import set_both, trait
from tests.browser.test_widgets import contrast
from tests.test_widgets_next_token import cases, made

STATE = ("temperature", "top_k", "top_p", "penalty", "position", "shown", "seed")


@pytest.fixture
def shown(clean_page, tmp_path):
    """Open a page; `page.truth` is the visualiser itself."""
    return lambda widget: by_hand.opened(clean_page, widget, tmp_path, ".ctr-next")


@pytest.fixture(scope="module")
def many():
    """Five positions of 300 words, a few of them equally likely, a few that cannot be."""
    logits = np.random.default_rng(3).normal(size=(5, 300)) * 2
    logits[:, 10:20] = logits[:, 10:11]
    logits[:, 290:] = -np.inf
    logits[3, :30] = -3.0
    return lambda **options: NextToken(logits, [f"w{i}" for i in range(300)], [4, 5, 4, 12, 200], **options)


def said(page):
    return page.locator(".ctr-next-about").text_content()


def drawn(page):
    return page.locator(".ctr-next-draws").text_content()


def bars(page):
    """For each bar its token, the widths of outline and filled bar in percent (None: there is none), whether it is cut, the texts, and what is below it."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".ctr-next-row")].map(tr => ({
          id: Number(tr.dataset.id), word: tr.querySelector("th").textContent,
          wide: ["own", "after"].map(one => tr.querySelector(`.ctr-next-${one}`)).map(one => one && parseFloat(one.style.width)),
          cut: tr.classList.contains("ctr-next-cut"), sign: tr.querySelector(".ctr-next-sign").textContent,
          note: tr.querySelector(".ctr-next-note").textContent,
          shares: [...tr.querySelectorAll(".ctr-next-count")].slice(0, 2).map(one => one.textContent),
          below: tr.nextElementSibling?.matches(".ctr-next-end, .ctr-next-rest") ? tr.nextElementSibling.textContent : "" }))"""
    )


def check(page):
    """The page says and draws what Python does."""
    truth = page.truth
    outcome = truth._outcome()
    assert said(page) == words.said(truth, outcome)
    assert page.locator(".ctr-next-title").text_content() == words.where(truth)
    want, found = words.rows(truth, outcome), bars(page)
    scale = words.scale(want)
    assert (
        page.locator(".ctr-next-table thead small").first.text_content() == f"bars: 0 to {100 * scale:.0f} %"
    )
    for row, bar in zip(want, found, strict=True):
        assert (bar["id"], bar["word"]) == (row.token, row.word)
        for width, share, there in zip(
            bar["wide"], (row.own, row.after), (row.possible, row.some), strict=True
        ):
            assert (
                (width == pytest.approx(100 * share / scale, rel=1e-4, abs=1e-3)) if there else width is None
            )
        assert (bar["cut"], bar["sign"]) == (not row.some, "" if row.some else "✕")
        assert bar["shares"] == [words.percent(row.own, row.possible), words.percent(row.after, row.some)]
        assert bar["note"] == ("" if row.token < 0 else row.note)
        assert bar["below"] == (row.note if row.token < 0 else "; ".join(row.lines))
    facts = page.evaluate(
        "[...document.querySelectorAll('.ctr-next-facts tbody')].map(one => [...one.querySelectorAll('th, td')].map(cell => cell.textContent))"
    )
    assert facts == [list(one) for one in words.facts(truth, outcome)]


def run(page, text, given):
    """What a JavaScript function of the module gives; `text` is its text, `given` its argument."""
    module = NextToken._esm.replace("export default { render };", f"return ({text});")
    return page.evaluate("([module, given]) => new Function(module)()(given)", [module, given])


OUTCOMES = """(cases) => cases.map(([logits, read, set]) => {
  const found = outcomeOf(preparedOf(logits.map((one) => one ?? -Infinity), read, set.penalty), set);
  const { why, order, ranked, kept, lastK, lastP } = found;
  return { own: [...found.own], after: [...found.after], why: [...why], order: [...order], ranked: [...ranked], kept, last: [lastK, lastP] };
})"""


def test_every_number_is_pythons(clean_page):
    """The rule itself, on ties, infinities, and both ends of each setting: a bar shows six digits."""
    given, truths = [], []
    for logits, read, settings in cases(7, 500):
        truths.append(made(logits, read, **settings)._outcome())
        numbers = [None if one == -math.inf else float(one) for one in np.float32(logits)]
        names = {"temperature": "temperature", "top_k": "topK", "top_p": "topP", "penalty": "penalty"}
        given.append([numbers, read, {names[name]: value for name, value in settings.items()}])
    for case, truth, found in zip(given, truths, run(clean_page, OUTCOMES, given), strict=True):
        assert found["own"] == pytest.approx(truth.own.tolist(), rel=1e-12, abs=1e-300), case
        assert found["after"] == pytest.approx(truth.after.tolist(), rel=1e-9, abs=1e-300), case
        for name in ("why", "order", "ranked"):
            assert found[name] == getattr(truth, name).tolist(), (name, case)
        last = [-1 if one is None else one for one in (truth.last_k, truth.last_p)]
        assert (found["kept"], found["last"]) == (truth.kept, last), case


def test_the_page_is_pythons(shown, many):
    page = shown(many())
    draw = random.Random(5)
    check(page)
    for k in range(70):
        set_both(
            page, temperature=draw.choice([0, 0.05, 0.7, 1, 1, 1.3, 2, round(draw.uniform(0.01, 2), 9)]),
            top_k=draw.choice([None, None, 1, 2, 15, 100, 299, 300, 5_000]), top_p=draw.choice([0, 0.3, 0.95, 1, 1, round(draw.random(), 9)]),
            penalty=draw.choice([1, 1, 1.15, 2]), position=draw.randrange(5), shown=draw.choice([1, 6, 15, 40]),
        )  # fmt: skip
        check(page)
        if k == 0:
            assert page.evaluate("document.getElementById('picture').model.saves") == 0, "looking asks nobody"


@pytest.mark.parametrize("size", [1, 2, 15, 16])
def test_small_vocabularies(shown, size):
    page = shown(NextToken(np.linspace(-1, 1, size), [f"w{i}" for i in range(size)], seen=[0]))
    for values in (
        {},
        {"top_k": 1},
        {"top_k": size},
        {"top_k": None, "top_p": 0.5, "penalty": 2},
        {"temperature": 0},
    ):
        set_both(page, **values)
        check(page)
    assert page.locator(".ctr-next-strip").count() == 0 and page.get_by_role("slider").count() == 4


def test_a_large_vocabulary_is_quick_enough_for_a_slider(shown):
    logits = np.random.default_rng(0).normal(size=50_000)
    page = shown(NextToken(logits, [f"w{i}" for i in range(50_000)], seen=[7], top_p=0.9))
    check(page)
    slider = page.get_by_role("slider", name="Temperature")
    start = page.evaluate("performance.now()")
    for _ in range(5):
        slider.press("ArrowRight")
    assert page.evaluate("performance.now()") - start < 2_500, "half a second a step, on a slow machine"
    page.truth.temperature = 1.25
    check(page)


def test_sliders_by_keys_and_mouse(shown, many):
    page = shown(many())
    outputs = lambda: page.locator("output").all_text_contents()  # noqa: E731
    assert outputs() == ["5 of 5", "1 = off", "1", "off", "1 = off"]
    steps = [
        ("Temperature", "temperature", [("ArrowLeft", 0.95, "0.95"), ("Home", 0, "0 = greedy"), ("ArrowRight", 0.05, "0.05"), ("End", 2, "2")]),
        ("Top-k", "top_k", [("ArrowLeft", 200, "200"), ("ArrowLeft", 100, "100"), ("Home", 1, "1"), ("ArrowRight", 2, "2"), ("ArrowRight", 3, "3"),
                            ("ArrowRight", 5, "5"), ("ArrowRight", 10, "10"), ("End", None, "off"), ("ArrowLeft", 200, "200")]),
        ("Top-p", "top_p", [("ArrowLeft", 0.95, "0.95"), ("Home", 0.05, "0.05"), ("ArrowRight", 0.1, "0.1"), ("End", 1, "1 = off"), ("ArrowLeft", 0.95, "0.95")]),
        ("penalty", "penalty", [("ArrowRight", 1.05, "1.05"), ("End", 2, "2"), ("ArrowLeft", 1.95, "1.95"), ("Home", 1, "1 = off"), ("ArrowRight", 1.05, "1.05")]),
        ("Position", "position", [("ArrowLeft", 3, "4 of 5"), ("Home", 0, "1 of 5"), ("ArrowRight", 1, "2 of 5")]),
    ]  # fmt: skip
    saves = 0
    for at, (name, key, presses) in zip((2, 3, 4, 1, 0), steps, strict=True):
        slider = page.get_by_role("slider", name=name)
        for press, value, text in presses:
            slider.press(press)
            saves += 1
            assert trait(page, key) == value and outputs()[at] == text == slider.get_attribute(
                "aria-valuetext"
            )
            page.truth.set_state({key: value})
            check(page)
    slider = page.get_by_role("slider", name="Temperature")
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    assert 0.4 <= trait(page, "temperature") <= 0.6
    page.get_by_role("button", name="All off").click()
    assert [trait(page, name) for name in ("temperature", "top_k", "top_p", "penalty", "position")] == [
        1,
        None,
        1,
        1,
        1,
    ]
    set_both(page, temperature=1, top_k=None, top_p=1, penalty=1)
    check(page)
    assert page.evaluate("document.getElementById('picture').model.saves") == saves + 2, (
        "Python is told of each change, once"
    )


def test_a_slider_stands_nearest_to_what_python_has_set(shown, many):
    page = shown(many(temperature=0.512, top_k=13, top_p=0.01, penalty=1.333))
    outputs = page.locator("output").all_text_contents()
    assert outputs == ["5 of 5", "1.333", "0.512", "13", "0.01"]
    for name, key, right in (
        ("Temperature", "temperature", 0.55),
        ("Top-k", "top_k", 20),
        ("Top-p", "top_p", 0.1),
        ("penalty", "penalty", 1.4),
    ):
        page.get_by_role("slider", name=name).press("ArrowRight")
        assert trait(page, key) == right
    set_both(page, top_k=300)
    slider = page.get_by_role("slider", name="Top-k")
    assert slider.input_value() == slider.get_attribute("max"), "as many as there are is as good as off"


def test_the_position_is_chosen_in_the_text(shown, many):
    page = shown(many(penalty=1.5))
    chips = page.locator(".ctr-next-strip button")
    assert chips.all_text_contents() == ["w4", "w5", "w4", "w12", "w200"]
    page.get_by_role("button", name="w5, token 2").click()
    assert trait(page, "position") == 1
    page.truth.position = 1
    check(page)
    labels = [chip.get_attribute("aria-label") for chip in chips.all()]
    assert labels == [
        "w4, token 1, read",
        "w5, token 2, read",
        "w4, token 3, not read",
        "w12, token 4, not read",
        "w200, token 5, not read",
    ]
    styles = [chip.evaluate("chip => getComputedStyle(chip).borderStyle") for chip in chips.all()]
    assert styles == ["solid"] * 2 + ["dashed"] * 3, "not by colour alone"
    for key, position in (
        ("ArrowRight", 2),
        ("End", 4),
        ("ArrowRight", 4),
        ("ArrowLeft", 3),
        ("Home", 0),
        ("ArrowLeft", 0),
    ):
        page.keyboard.press(key)
        page.truth.position = position
        assert trait(page, "position") == position
        assert page.evaluate("document.activeElement.dataset.at") == str(position)
        assert [chip.get_attribute("aria-pressed") for chip in chips.all()].index("true") == position
        check(page)


def test_the_keyboard_is_enough(shown, many):
    page = shown(many())
    stops = []
    for _ in range(10):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "document.activeElement.getAttribute('type') === 'range' ? 'slider' : document.activeElement.textContent"
            )
        )
    assert stops[:9] == ["slider"] * 5 + ["w200", "All off", "Draw 1", "Draw 100"], (
        "one stop for the whole text"
    )
    page.get_by_role("button", name="Draw 1", exact=True).press("Enter")
    assert drawn(page).startswith("Drawn once; the last: “")
    page.get_by_role("button", name="Draw 100").press("Space")
    assert drawn(page).startswith("Drawn 101 times; the last: “")
    page.get_by_role("button", name="Forget").press("Enter")
    assert drawn(page) == "Nothing is drawn yet."


# Draws ----------------------------------------------------------------------------------------------------------------


def mulberry(seed):
    """Numbers from 0 up to 1, as the picture has them."""
    full = 2**32 - 1
    while True:
        seed = (seed + 0x6D2B79F5) & full
        mixed = (seed ^ (seed >> 15)) * (seed | 1) & full
        mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61))) & full
        yield ((mixed ^ (mixed >> 14)) & full) / 2**32


def pick(truth, chance):
    outcome = truth._outcome()
    sums = np.cumsum(outcome.after[outcome.ranked])
    return int(outcome.ranked[np.argmax(sums > chance)])


def counts(page):
    return page.evaluate(
        "[...document.querySelectorAll('.ctr-next-row')].map(tr => [Number(tr.dataset.id), tr.querySelectorAll('.ctr-next-count')[2].textContent])"
    )


def marks(page):
    return page.evaluate(
        "[...document.querySelectorAll('.ctr-next-row')].map(tr => tr.querySelector('.ctr-next-drawn')).map(one => one && parseFloat(one.style.left))"
    )


def test_draws_follow_the_seed_and_the_probabilities(shown, many):
    page = shown(many(seed=11, top_p=0.9, temperature=1.2))
    chance, truth = mulberry(11), page.truth
    one, hundred, forget = (
        page.get_by_role("button", name=name, exact=True) for name in ("Draw 1", "Draw 100", "Forget")
    )
    assert (
        drawn(page) == "Nothing is drawn yet."
        and forget.is_disabled()
        and {text for _, text in counts(page)} == {""}
    )
    found = Counter()
    for button, count in ((one, 1), (one, 1), (hundred, 100), (hundred, 100)):
        button.click()
        for _ in range(count):
            last = pick(truth, next(chance))
            found[last] += 1
        total = found.total()
        times = "once" if total == 1 else f"{total} times"
        assert drawn(page) == f"Drawn {times}; the last: “{truth.words[last]}”."
        rows = words.rows(truth, truth._outcome())
        own = {row.token for row in rows}
        others = sum(n for token, n in found.items() if token not in own)
        want = [others if row.token < 0 else found[row.token] for row in rows]
        assert counts(page) == [[row.token, str(n)] for row, n in zip(rows, want, strict=True)]
        scale = words.scale(rows)
        assert marks(page) == [
            pytest.approx(min(100, 100 * n / total / scale), abs=1e-3) if n else None for n in want
        ]
    assert page.evaluate("document.getElementById('picture').model.saves") == 0
    forget.click()
    assert drawn(page) == "Nothing is drawn yet." and marks(page) == [None] * 16
    one.click()
    assert drawn(page).endswith(f"“{truth.words[pick(truth, next(chance))]}”."), (
        "after forgetting others come"
    )


def test_draws_of_other_probabilities_are_forgotten(shown, many):
    page = shown(many(seed=1))
    hundred = page.get_by_role("button", name="Draw 100")
    for values in ({"temperature": 0.5}, {"top_k": 5}, {"top_p": 0.5}, {"penalty": 1.5}, {"position": 2}):
        hundred.click()
        assert drawn(page).startswith("Drawn 100 times")
        set_both(page, **values)
        assert drawn(page) == "Nothing is drawn yet." and marks(page)[0] is None
    hundred.click()
    before = drawn(page)
    set_both(page, shown=5)
    assert drawn(page) == before, "these are the same probabilities"
    set_both(page, seed=2)
    assert drawn(page) == "Nothing is drawn yet."
    page.get_by_role("button", name="Draw 1", exact=True).click()
    assert drawn(page).endswith(f"“{page.truth.words[pick(page.truth, next(mulberry(2)))]}”."), (
        "a seed starts anew"
    )


def test_the_generator_is_even_and_draws_never_hit_what_is_cut(clean_page):
    numbers = run(
        clean_page,
        "(seed) => { const next = generator(seed); return Array.from({ length: 4000 }, next); }",
        2**32 - 1,
    )
    chance = mulberry(2**32 - 1)
    assert numbers == [next(chance) for _ in range(4_000)]
    assert np.histogram(numbers, 8, (0, 1))[0] == pytest.approx(500, abs=75)
    text = """([logits, set, chances]) => { const found = outcomeOf(preparedOf(logits, [], 1), set); return chances.map((one) => drawn(found, one)); }"""
    ends = [0, 0.5 - 1e-12, 0.5, 1 - 1e-16]
    base = {"temperature": 1, "topK": None, "topP": 1}
    assert run(clean_page, text, [[0, -9999, 0], base, ends]) == [0, 0, 2, 2]
    assert run(clean_page, text, [[0, 5, 0], base | {"temperature": 0}, ends]) == [1] * 4
    assert set(run(clean_page, text, [[0.0] * 10, base | {"topP": 0.3}, numbers])) == {0, 1, 2}


# Views, text, looks ---------------------------------------------------------------------------------------------------


def test_two_views_follow_one_model_and_leave_nothing_behind(shown, many):
    page = shown(many())
    page.evaluate("(el => { el.second = el.view(); })(document.getElementById('picture'))")
    page.get_by_role("slider", name="Top-k").first.press("Home")
    assert (
        len({*page.locator(".ctr-next-about").all_text_contents()}) == 1
        and "top-k" in said_first(page).lower()
    )
    page.evaluate("(el => { el.close(); el.second(); })(document.getElementById('picture'))")
    assert page.locator(".ctr").count() == 0
    left = page.evaluate("document.getElementById('picture').model.listeners")
    assert left == {f"change:{name}": [] for name in STATE}


def said_first(page):
    return page.locator(".ctr-next-about").first.text_content()


def test_words_stay_text(shown):
    names = ["<img src=x onerror=alert(1)>", "</script>", "שלום", "🦊", "a&b"]
    page = shown(NextToken(np.zeros((5, 5)), names, range(5)))
    assert page.locator(".ctr-next-strip button").all_text_contents() == names
    assert [bar["word"] for bar in bars(page)] == names and page.locator("#picture img").count() == 0
    page.get_by_role("button", name="Draw 100").click()
    check(page)


def test_a_sentence_that_stays_is_not_said_again(shown, many):
    page = shown(many())
    page.evaluate(
        """() => { window.changes = 0;
          new MutationObserver((found) => { window.changes += found.length; }).observe(document.querySelector(".ctr-next-about"), { childList: true, characterData: true, subtree: true }); }"""
    )
    page.get_by_role("button", name="Draw 100").click()
    set_both(page, shown=3)
    assert page.evaluate("window.changes") == 0
    set_both(page, top_k=3)
    assert page.evaluate("window.changes") > 0
    assert page.locator("[role=status]").count() == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(shown, shoot, scheme):
    page = shown(gallery._next())
    page.emulate_media(color_scheme=scheme)
    page.get_by_role("button", name="Draw 100").click()
    page.wait_for_timeout(200)
    shoot(page, f"next_token_{scheme}")
    for selector in (
        ".ctr",
        ".ctr-next-here",
        ".ctr-next-read",
        ".ctr-next-note:not(:empty)",
        ".ctr-next-end td",
        ".ctr-next-facts th",
        ".ctr-next-legend",
    ):
        assert contrast(page, selector) >= 4.5, selector
    page.set_viewport_size({"width": 490, "height": 660})  # as at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") == 490, "the table scrolls, not the page"
    boxes = page.evaluate(
        "['.ctr-next-scroll', 'th.ctr-next-count:nth-of-type(5)'].map(one => document.querySelector(one).getBoundingClientRect().right)"
    )
    assert boxes[1] <= boxes[0], "all numbers are in sight"
    shoot(page, f"next_token_narrow_{scheme}")
    page = shown(NextToken([*np.linspace(3, -4, 38), -np.inf, -np.inf], [f"word{i}" for i in range(39)] + ["a very long word that is cut"], seen=[0, 2, 39],
                           shown=40, temperature=0, penalty=1.4))  # fmt: skip
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 980, "height": 660})
    shoot(page, f"next_token_greedy_{scheme}")


def test_cut_is_seen_without_colour(shown, many):
    page = shown(many(top_k=3))
    grounds = page.evaluate(
        "['.ctr-next-row:not(.ctr-next-cut)', '.ctr-next-cut'].map(one => getComputedStyle(document.querySelector(one + ' .ctr-next-own')).backgroundImage)"
    )
    assert grounds[0] == "none" and "gradient" in grounds[1], "a hatch"
    line = page.locator(".ctr-next-end td").evaluate("cell => getComputedStyle(cell).borderTopStyle")
    assert line == "double"


def test_the_static_picture_has_its_words(clean_page, shoot):
    ones = [
        gallery._next(),
        NextToken(
            np.linspace(3, -1, 30),
            [f"word {i}" for i in range(30)],
            seen=[0, 3],
            top_k=4,
            top_p=0.8,
            temperature=2,
            shown=8,
        ),
    ]
    clean_page.set_content("".join(one._fallback() for one in ones))
    images = clean_page.get_by_role("img").all()
    assert [image.get_attribute("alt") for image in images] == [f"Next token. {one._alt()}" for one in ones]
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 300") for image in images)
    shoot(clean_page, "next_token_fallback")
