import pytest

from ftkernel.errors import FtError, RecipeError
from ftkernel.inference.sampling import Sampling, read_sampling
from tests.unit.inference.making import recipe_for


@pytest.fixture
def recipe(tiny_model_folder):
    return recipe_for(tiny_model_folder, temperature=0.5, max_new_tokens=64, seed=7)


def test_what_a_question_leaves_open_is_the_recipes(recipe):
    assert read_sampling(recipe) == Sampling(temperature=0.5, max_new_tokens=64, seed=7)
    assert read_sampling(recipe, {"temperature": None, "top_k": 3}).top_k == 3


@pytest.mark.parametrize("in_recipe", [True, False])
def test_temperature_zero_means_greedy_and_is_said(recipe, tiny_model_folder, in_recipe):
    if in_recipe:
        greedy = recipe_for(tiny_model_folder, temperature=0)
        sampling = read_sampling(greedy)
        assert read_sampling(greedy, {"temperature": 0.7}).do_sample, "a question may draw again"
    else:
        sampling = read_sampling(recipe, {"temperature": 0})
    assert not sampling.do_sample
    assert sampling.notes == (("inference.greedy", {}),)
    assert FtError("inference.greedy").message("en") == (
        "Temperature 0: the likeliest token is always taken (do_sample: false)."
    )


def test_values_are_checked_as_a_recipe_is_all_at_once(recipe):
    with pytest.raises(RecipeError) as caught:
        read_sampling(recipe, {"temperature": -1, "top_p": 2, "max_new_tokens": "many"})
    keys = {problem.where.key for problem in caught.value.problems if problem.where}
    assert keys == {"temperature", "top_p", "max_new_tokens"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"temprature": 1}, 'Chat has no setting "temprature".'),
        ({"seed": "x"}, 'A seed is a whole number from 0 to 9007199254740991; "x" is none.'),
        (
            {"seed": 2**53},
            'A seed is a whole number from 0 to 9007199254740991; "9007199254740992" is none.',
        ),
        ({"seed": -1}, 'A seed is a whole number from 0 to 9007199254740991; "-1" is none.'),
        ({"seed": True}, 'A seed is a whole number from 0 to 9007199254740991; "True" is none.'),
        ({"stop": 3}, 'Stop strings are one text or a list of texts; "3" is neither.'),
    ],
)
def test_other_settings_are_refused_with_what_there_is(recipe, given, message):
    with pytest.raises(FtError) as caught:
        read_sampling(recipe, given)
    assert caught.value.message("en") == message


def test_the_hint_names_every_setting(recipe):
    with pytest.raises(FtError) as caught:
        read_sampling(recipe, {"beams": 4})
    assert caught.value.hint("en") == (
        "There are: do_sample, max_new_tokens, repetition_penalty, seed, stop, system, temperature, "
        "top_k, top_p."
    )


def test_the_transcript_keeps_every_setting(recipe):
    asked = {"stop": "END", "system": "Be brief.", "seed": 3}
    assert read_sampling(recipe, asked).to_json() == {
        "do_sample": True,
        "temperature": 0.5,
        "top_p": 0.7,
        "top_k": 50,
        "max_new_tokens": 64,
        "repetition_penalty": 1.0,
        "seed": 3,
        "stop": ["END"],
        "system": "Be brief.",
    }
