"""The ELMo reader by hand: who has read what, what each expects, and the mix of the layers."""

import numpy as np
import pytest

from course.widgets import ElmoReader

TOKENS = ["we", "were", "<b>on</b>", "the", "right", "side"]
AHEAD = [[(f"next{i}", 0.5), ("rest", 0.25)] for i in range(6)]
BACK = [[(f"before{i}", 0.75)] for i in range(6)]


def states(seed=0):
    return np.random.default_rng(seed).normal(size=(3, 6, 5)).astype(np.float32)


@pytest.fixture
def reader(clean_page, tmp_path):
    def open_it(widget):
        clean_page.goto(widget.save(tmp_path / "page.html").as_uri())
        clean_page.wait_for_selector(".ctr-elmo")
        return clean_page

    return open_it


def lane(page, number):
    """What a lane says of each token, as it is read aloud."""
    chips = page.locator(".ctr-elmo-tokens").nth(number).get_by_role("option").all()
    return [chip.get_attribute("aria-label").rsplit(", ", 1)[1] for chip in chips]


def trait(page, name):
    return page.evaluate(f"document.getElementById('picture').model.get('{name}')")


def test_each_reader_has_read_its_own_side(reader):
    page = reader(ElmoReader(TOKENS, position=2))
    assert lane(page, 0) == ["read", "read", "here", "to be guessed", "not read", "not read"]
    assert lane(page, 1) == ["not read", "to be guessed", "here", "read", "read", "read"]
    assert page.locator(".ctr-elmo-here").first.text_content() == "<b>on</b>", "text is text"
    page.get_by_role("button", name="Next place").click()
    assert trait(page, "position") == 3
    assert lane(page, 0) == ["read", "read", "read", "here", "to be guessed", "not read"]
    page.locator(".ctr-elmo-tokens").nth(1).get_by_role("option").nth(5).click()
    assert trait(page, "position") == 5 and lane(page, 1)[:5] == ["not read"] * 4 + ["to be guessed"]
    assert page.get_by_role("button", name="Next place").is_disabled()


def test_the_keyboard_is_enough(reader):
    page = reader(ElmoReader(TOKENS, states=states(), position=2))
    page.locator(".ctr-elmo-tokens").first.get_by_role("option", selected=True).focus()
    for key, place in (("ArrowRight", 3), ("End", 5), ("ArrowRight", 5), ("Home", 0), ("ArrowLeft", 0)):
        page.keyboard.press(key)
        assert trait(page, "position") == place
        assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    slider = page.get_by_role("slider", name="Layer 1")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert trait(page, "weights") == [0, pytest.approx(0.1), 0]


def test_what_each_expects_is_told_with_what_comes(reader):
    page = reader(ElmoReader(TOKENS, ahead=AHEAD, back=BACK, position=3))
    said = [text.strip() for text in page.locator(".ctr-elmo-expects").all_text_contents()]
    assert said == [
        "expects as the next token: next3 0.50, rest 0.25; it is right.",
        "expects as the token before: before3 0.75; it is <b>on</b>.",
    ]
    page.keyboard.press("Tab")
    page.get_by_role("slider", name="Place").fill("5")
    assert "; there is none." in page.locator(".ctr-elmo-expects").first.text_content()


def test_the_mix_is_pythons(reader):
    """Shares, nearest tokens and length for several weights: the page works them out as Python does."""
    shown = ElmoReader(TOKENS, states=states(), position=4)
    page = reader(shown)
    vectors = states()
    for weights, gamma in (([0.0, 0.0, 0.0], 1.0), ([3.0, -1.0, 0.5], 2.0), ([-4.0, 4.0, -4.0], 0.1)):
        page.evaluate(
            "([w, g]) => { const m = document.getElementById('picture').model; m.set('weights', w); m.set('gamma', g); m.save_changes(); }",
            [weights, gamma],
        )
        shown.weights, shown.gamma = weights, gamma
        powers = np.exp(weights)
        mixed = np.einsum("l,ltd->td", powers / powers.sum(), vectors)
        unit = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
        near = sorted((i for i in range(6) if i != 4), key=lambda i: -(unit @ unit[4])[i])[:4]
        assert [i for i, _ in shown.nearest()] == near
        text = page.locator(".ctr-elmo-nearest").text_content()
        assert text == ", ".join(f"{TOKENS[i]} ({i + 1}) {(unit @ unit[4])[i]:.2f}" for i in near)
        assert (
            f"of length {gamma * np.linalg.norm(mixed[4]):.1f}."
            in page.locator(".ctr-elmo-near").text_content()
        )
        shares = page.locator(".ctr-elmo-mix output").all_text_contents()[:3]
        assert shares == [f"{share:.2f}" for share in powers / powers.sum()]


def test_without_a_model_there_is_no_mix(reader):
    page = reader(ElmoReader("we were on the right side"))
    assert page.locator(".ctr-elmo-mix").count() == 0
    assert "It guesses the next token: were." in page.locator(".ctr-elmo-expects").first.text_content()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_for_our_own_eyes(clean_page, tmp_path, shoot, scheme):
    clean_page.emulate_media(color_scheme=scheme)
    widget = ElmoReader(TOKENS, ahead=AHEAD, back=BACK, states=states(), position=3)
    clean_page.goto(widget.save(tmp_path / "page.html").as_uri())
    clean_page.wait_for_selector(".ctr-elmo")
    shoot(clean_page, f"elmo_reader_{scheme}")
