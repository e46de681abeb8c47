from pathlib import Path

from ftkernel.export.provenance import card_facts, read_licence
from ftkernel.models.source import ModelSource
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.event_log import EventWriter
from ftkernel.runs.events import DataPrepared, Evaluated, RunResumed, StepLogged
from ftkernel.runs.folder import RunFolder

FIGURES = {
    "dtype": "bfloat16",
    "kl": 1.23456e-6,
    "kl_bound": 2.5e-6,
    "largest_logit_difference": 0.1234,
    "token_agreement": 0.9912,
    "prompts": 4,
    "tokens": 512,
}


def step_logged(step, loss):
    return StepLogged(
        step=step,
        epoch=1.0,
        loss=loss,
        learning_rate=1e-4,
        grad_norm=1.0,
        tokens=1,
        trained_tokens=1,
        tokens_per_second=1.0,
        memory_bytes=1,
        elapsed=1.0,
        eta_seconds=None,
    )


def a_run(tmp_path, **keys) -> tuple[RunFolder, Recipe]:
    recipe = Recipe.from_mapping({"model": "smollm2-135m", "data": "demo", **keys})
    folder = RunFolder.create(tmp_path, "first", recipe)
    events = EventWriter(folder, 1)
    events.write(
        DataPrepared(
            form="alpaca (instruction, output)",
            rows=130,
            train_rows=120,
            eval_rows=10,
            tokens=5000,
            trained_tokens=3000,
            longest=90,
            cut=2,
            refused=1,
        )
    )
    for step, loss in ((1, 3.0), (2, 2.5), (3, 2.4)):
        events.write(step_logged(step, loss))
    events.write(Evaluated(step=2, epoch=1.0, loss=2.6, seconds=1.0))
    events.write(RunResumed(from_step=2, checkpoint="checkpoints/step-000002"))
    events.write(step_logged(3, 2.2))
    events.write(Evaluated(step=3, epoch=1.0, loss=2.3, seconds=1.0))
    return folder, recipe


def facts_of(tmp_path, learnt="result", base=None, **keys):
    folder, recipe = a_run(tmp_path, **keys)
    return card_facts(
        title="merged",
        recipe=recipe,
        base=base or ModelSource("embedded", tmp_path, "smollm2-135m"),
        learnt=folder.path / learnt,
        folder=folder,
        figures=FIGURES,
        method="lora",
    )


def test_the_card_tells_the_effective_history_of_the_run(tmp_path):
    facts = facts_of(tmp_path)
    assert facts.losses == {
        "training, step 1": 3.0,
        "training, step 3": 2.2,
        "held-out, step 2": 2.6,
        "held-out, step 3": 2.3,
    }
    assert facts.data["training rows"] == 120
    assert facts.data["rows cut"] == 2
    assert facts.step == 3
    assert facts.proof["mean KL divergence (nats a token)"] == "1.23e-06"
    assert facts.proof["likeliest token agrees"] == "99.12%"
    assert facts.recipe_yaml == (tmp_path / "first" / "recipe.yaml").read_text()
    assert "model_name_or_path: smollm2-135m" in facts.recipe_yaml
    assert {"ftkernel", "torch", "transformers", "peft"} <= set(facts.versions)


def test_a_checkpoint_tells_its_step(tmp_path):
    assert facts_of(tmp_path, learnt="checkpoints/step-000002").step == 2


def test_the_embedded_model_has_its_licence_and_its_place_on_the_hub(tmp_path):
    facts = facts_of(tmp_path)
    assert facts.licence == "apache-2.0"
    assert facts.base_hub_id == "HuggingFaceTB/SmolLM2-135M-Instruct"


def test_the_licence_of_any_other_base_is_what_its_card_says(tmp_path):
    (tmp_path / "README.md").write_text(
        "---\nlicense: other\nlicense_name: llama3\nlicense_link: LICENSE\ntags: [x]\n---\n# Model\n"
    )
    assert read_licence(ModelSource("folder", tmp_path, "m")) == {
        "license": "other",
        "license_name": "llama3",
        "license_link": "LICENSE",
    }
    (tmp_path / "README.md").write_text("# no front matter\n")
    assert read_licence(ModelSource("folder", tmp_path, "m")) == {}
    (tmp_path / "README.md").write_text("---\n: [broken\n---\n")
    assert read_licence(ModelSource("folder", tmp_path, "m")) == {}


def test_a_folder_on_this_machine_is_named_without_its_path(tmp_path):
    base = ModelSource("folder", tmp_path, str(Path("/home/somebody/private/my-model")))
    facts = facts_of(tmp_path, base=base)
    assert facts.base == "my-model"
    assert facts.base_hub_id is None


def test_only_data_sets_of_the_hub_become_links(tmp_path):
    assert facts_of(tmp_path / "a").datasets == []
    assert facts_of(tmp_path / "b", data="tatsu-lab/alpaca").datasets == ["tatsu-lab/alpaca"]
    assert facts_of(tmp_path / "c", data="data/rows.jsonl").datasets == []
    several = ["openorca", {"hub": "tatsu-lab/alpaca", "split": "train"}, "rows.jsonl"]
    assert facts_of(tmp_path / "d", data=several).datasets == [
        "Open-Orca/OpenOrca",
        "tatsu-lab/alpaca",
    ]


def test_the_recipe_tells_no_folder_of_this_machine(tmp_path):
    model, data = tmp_path / "private" / "my-model", [str(tmp_path / "rows.jsonl"), "~/x/more.csv"]
    text = facts_of(tmp_path, model=str(model), data=data).recipe_yaml
    assert str(tmp_path) not in text
    assert "model_name_or_path: my-model" in text
    assert "rows.jsonl" in text
    assert "more.csv" in text
    assert "x/more.csv" not in text
    assert "lora_alpha / lora_rank" in text


def test_ids_of_a_hub_stay_whole(tmp_path):
    text = facts_of(tmp_path, model="org/model-7b", data="tatsu-lab/alpaca").recipe_yaml
    assert "model_name_or_path: org/model-7b" in text
    assert "dataset: tatsu-lab/alpaca" in text
