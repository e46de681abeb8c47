"""What the model answered while it learnt, in the card and in the JSON of a run."""

import json

from ftkernel.views import html, mime
from ftkernel.views.filmstrip import thinned
from ftkernel.views.shape import Sampled
from tests.unit.views.page import Page
from tests.unit.views.support import Story


def story(*steps, prompt="Who are you?", answer="I am {step}."):
    out = Story().begin().prepare().train(1, 60)
    for step in steps:
        out.say(
            "sampled", step=step, id="0", prompt=prompt, answer=answer.format(step=step),
            tokens=4, seconds=0.5, seed=1, scheduled=True,
        )  # fmt: skip
    return out


def test_the_card_shows_the_answers_of_a_prompt_in_the_order_of_the_steps():
    card = html.card(story(20, 40, 60).summary("running"), view="v")
    Page(card)
    assert card.count("Who are you?") == 1
    places = [card.index(f"I am {step}.") for step in (20, 40, 60)]
    assert places == sorted(places)
    assert "Answers on the way" in card
    assert "Answers on the way" not in html.card(story().summary("running"), view="v")


def test_markup_of_a_model_is_text_in_the_card():
    evil = "<img src=x onerror=alert(1)>{step}"
    card = html.card(story(20, prompt=evil, answer=evil).summary("running"), view="v")
    Page(card)
    assert "<img" not in card
    assert "&lt;img src=x onerror=alert(1)&gt;20" in card


def test_the_json_has_them_and_stays_small():
    summary = story(*range(1, 60), prompt="长" * 900, answer="长" * 900 + "{step}").summary(
        "running"
    )
    data = mime.run_json(summary)
    assert len(json.dumps(data, ensure_ascii=False).encode()) < mime.MOST_BYTES
    steps = [one["step"] for one in data["sampled"]]
    assert (len(steps), steps[0], steps[-1]) == (8, 1, 59)


def test_a_long_strip_keeps_its_first_and_its_last_step_and_all_prompts_of_a_step():
    frames = [Sampled(step, prompt, "") for step in range(10, 210, 10) for prompt in "ab"]
    shown = thinned(frames, 7)
    assert [(one.step, one.prompt) for one in shown] == [
        (10, "a"), (10, "b"), (110, "a"), (110, "b"), (200, "a"), (200, "b"),
    ]  # fmt: skip
    assert thinned(frames, 40) == frames
    assert [one.step for one in thinned(frames, 1)] == [200]
