import re

import pytest
import yaml

from ftkernel.export.card import CardFacts, escape, fence, render_card

FACTS = CardFacts(
    title="merged",
    base="smollm2-135m",
    base_hub_id="HuggingFaceTB/SmolLM2-135M-Instruct",
    method="lora",
    step=1040,
    licence="apache-2.0",
    datasets=("tatsu-lab/alpaca",),
    dtype="bfloat16",
    recipe_yaml="model: smollm2-135m\nsteps: 40\n",
    data={"form": "alpaca (instruction, output)", "training rows": 1200},
    losses={"training, step 1": 2.51234, "training, step 40": 1.5},
    proof={"mean KL divergence (nats a token)": "1.2e-06", "prompts": 4},
    versions={"torch": "2.13.0"},
)


def front_matter(card):
    match = re.match(r"---\n(.*?)\n---\n", card, re.DOTALL)
    assert match
    return yaml.safe_load(match.group(1))


def test_the_front_matter_is_what_the_hub_reads():
    assert front_matter(render_card(FACTS)) == {
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "license": "apache-2.0",
        "base_model": "HuggingFaceTB/SmolLM2-135M-Instruct",
        "base_model_relation": "finetune",
        "datasets": ["tatsu-lab/alpaca"],
        "tags": ["ftkernel", "sft", "lora"],
    }


def test_what_is_not_known_is_not_in_it():
    facts = CardFacts(title="m", base="mine", method="full", dtype="float32")
    card = render_card(facts)
    assert set(front_matter(card)) == {"library_name", "pipeline_tag", "tags"}
    assert "The licence of the base is not known here" in card
    for heading in ("## Data", "## Losses", "## Proof", "## Recipe", "## Versions"):
        assert heading not in card


def test_it_tells_recipe_data_losses_versions_and_proof():
    card = render_card(FACTS)
    assert "smollm2\\-135m" not in card
    assert "smollm2-135m, tuned with lora, merged at step 1,040, in bfloat16." in card
    assert "| training rows | 1,200 |" in card
    assert "| training, step 1 | 2.5123 |" in card
    assert "| torch | 2.13.0 |" in card
    assert "| prompts | 4 |" in card
    assert "unmerged in float32" in card
    assert "```yaml\nmodel: smollm2-135m\nsteps: 40\n```" in card


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[click](javascript:alert(1))",
        "x\n---\nlicense: mit",
        "a | b | c",
        "# heading",
        "**bold** _it_ `code`",
        "![image](http://example.com/x.png)",
    ],
)
def test_what_others_wrote_is_never_markup(hostile):
    facts = CardFacts(
        title=hostile,
        base=hostile,
        method="lora",
        dtype="float32",
        licence_name=hostile,
        licence="other",
        data={hostile: hostile},
    )
    card = render_card(facts)
    body = card.split("\n---\n", 1)[1]
    text = re.sub(r"```.*?```", "", body, flags=re.DOTALL)
    assert "<" not in text
    assert not re.search(r"(?<!\\)\]\(", text)
    assert not re.search(r"(?<!\\)[*_`]", text)
    assert len([line for line in text.splitlines() if line.startswith("#")]) == 3
    assert front_matter(card)["license"] == "other"
    assert front_matter(card)["license_name"] == hostile


def test_a_recipe_can_not_leave_its_code_block():
    recipe = "system: |\n  ```\n  <b>out</b>\n  ````\n"
    block = fence(recipe, "yaml")
    ticks = re.match(r"`+", block).group()
    assert len(ticks) == 5
    assert block == f"{ticks}yaml\n{recipe}{ticks}\n"


def test_text_is_escaped_to_one_line():
    assert escape("a\nb <i> & |") == "a b &lt;i&gt; &amp; \\|"
