"""The JSON of a run keeps to its schema and its size."""

import json

import jsonschema
import pytest

from ftkernel.views import live_words, mime
from ftkernel.views.bundle import mime_bundle
from ftkernel.views.live_fold import Fold
from ftkernel.views.text import two_lines
from tests.unit.views.support import META, Story, error_json, stories


@pytest.mark.parametrize("name", stories())
def test_the_json_keeps_to_its_schema(name):
    story, state = stories()[name]
    data = mime.run_json(story.summary(state), live=True)
    strict = json.loads(json.dumps(data, allow_nan=False))
    assert faults(strict) == []
    assert strict["state"] == state


def faults(data):
    """Where the schema forbids what stands there, as paths."""
    errors = jsonschema.Draft202012Validator(mime.schema()).iter_errors(data)
    return sorted(error.json_path for error in errors)


def test_the_schema_is_one_itself_and_forbids_what_it_does_not_name():
    meta = jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA)
    assert list(meta.iter_errors(mime.schema())) == []
    story, state = stories()["running"]
    data = mime.run_json(story.summary(state))
    assert faults({**data, "more": 1}) == ["$"]
    assert faults({**data, "state": "levitating"}) == ["$.state"]
    assert faults({**data, "step": None, "name": 3}) == ["$.name", "$.step"]
    assert faults({name: value for name, value in data.items() if name != "phase"}) == ["$"]


def test_the_schema_knows_every_field_and_no_other():
    assert set(mime.schema()["properties"]) == set(mime.run_json(Story().summary("created")))


def test_a_long_run_with_long_texts_stays_below_20_kb():
    story = Story().begin().prepare(20_000).train(1, 20_000, total=20_000, evaluate=40, save=40)
    for number in range(50):
        story.say("warned", code="x" * 500, params={"number": number, "long": "长" * 5_000})
        story.say("adjusted", code="y" * 500, params={"number": number, "long": "长" * 5_000})
    data = mime.run_json(story.summary("running"))
    assert len(json.dumps(data, ensure_ascii=False).encode()) < 20_000
    assert all(len(series["step"]) <= 300 for series in data["series"].values())
    assert len(data["series"]["loss"]["step"]) >= 30


def test_a_series_has_as_many_values_as_steps():
    series = mime.run_json(stories()["running"][0].summary("running"))["series"]
    assert set(series) == {
        "loss", "smoothed", "learning_rate", "grad_norm", "tokens_per_second", "eval_loss",
    }  # fmt: skip
    assert all(len(one["step"]) == len(one["value"]) for one in series.values())


def test_a_bundle_has_three_representations():
    story, state = stories()["running"]
    bundle = mime_bundle(story.summary(state), live=True)
    assert list(bundle) == [mime.MIME, "text/html", "text/plain"]
    assert bundle[mime.MIME]["live"] is True
    assert "Live when saved" in bundle["text/html"]
    json.dumps(bundle, allow_nan=False)


def test_every_text_that_a_page_shows_is_in_both_languages():
    story = Story().begin().prepare().train(1, 5).checkpoint(5, "stop")
    story.say("adjusted", code="training.set", params={"key": "lr", "old": 1, "new": 2})
    story.say("run_failed", step=5, error=error_json())
    data = mime.run_json(story.summary("failed"))
    [note] = [one["text"] for one in data["adjusted"] if one["code"] == "training.set"]
    for english, chinese in (note, data["activity"], data["marks"][0]["detail"]):
        assert english.isascii()
        assert not chinese.isascii()
    english, chinese = data["error"]
    assert len(english) == len(chinese)
    assert not any(line.isascii() for line in chinese[1:2])


def test_a_run_that_ended_with_its_kernel_says_how_to_go_on_and_how_to_keep_the_next():
    story = Story().begin().prepare().train(1, 5)
    for saved, next_ in ((False, "from the beginning"), (True, "from its last checkpoint")):
        if saved:
            story.checkpoint(5, "owner_gone")
        story.say("run_stopped", step=5, reason="owner_gone", checkpoint=None)
        summary = story.summary("stopped")
        activity = live_words.view(summary, Fold(META))["activity"]
        assert mime.run_json(summary)["activity"] == activity
        for shown in (activity[0], two_lines(summary), mime_bundle(summary)["text/html"]):
            assert "%ft resume first" in shown
            assert next_ in shown
            assert "--detach" in shown
        assert "--detach" in activity[1]
    asked = Story().begin().prepare().train(1, 5)
    asked.say("run_stopped", step=5, reason="command", checkpoint=None)
    assert "--detach" not in str(mime_bundle(asked.summary("stopped")))
