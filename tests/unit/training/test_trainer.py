"""What a run does while it trains: events, evaluation, commands, checkpoints kept, an end in time."""

import math

import pytest
import torch
from torch.nn import functional

from ftkernel.errors import FtError
from ftkernel.runs.commands import send_command
from ftkernel.training.batches import Collator
from tests.unit.training.support import make_recipe, small_run


def test_each_optimizer_step_is_said_with_all_its_figures(tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, rows=12, max_steps=4)
    run.train()
    steps = run.events("step_logged")
    assert [one["step"] for one in steps] == [1, 2, 3, 4]
    tokens = sum(len(row.input_ids) for row in run.rows)
    trained = sum(label != -100 for row in run.rows for label in row.labels[1:])
    assert steps[2]["tokens"] == tokens  # three steps of four rows are an epoch
    assert steps[2]["trained_tokens"] == trained
    assert steps[2]["epoch"] == pytest.approx(1.0)
    for one in steps:
        assert one["loss"] > 0
        assert one["grad_norm"] > 0
        assert one["tokens_per_second"] > 0
        assert one["memory_bytes"] > 50 << 20
    assert steps[-1]["eta_seconds"] == 0
    assert steps[0]["eta_seconds"] > 0


def test_the_loss_of_a_step_is_the_mean_over_its_learned_tokens(tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, rows=4, max_steps=1, micro_batch=1, accumulation=4)
    trainer = run.build()
    model, batch = trainer.model, Collator(0)(run.rows)
    with torch.no_grad():
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    expected = functional.cross_entropy(
        logits[:, :-1].flatten(0, 1), batch["labels"][:, 1:].flatten(), ignore_index=-100
    )
    trainer.train()
    assert run.losses()[1] == pytest.approx(float(expected), abs=1e-5)


def test_the_split_of_the_batch_does_not_change_the_losses(tmp_path, tiny_model_folder):
    losses = []
    for micro, accumulation in ((8, 1), (2, 4), (1, 8)):
        run = small_run(
            tmp_path / str(micro), tiny_model_folder, rows=20, max_steps=5, seed=3,
            micro_batch=micro, accumulation=accumulation,
        )  # fmt: skip
        run.train()
        losses.append(list(run.losses().values()))
    assert losses[1] == pytest.approx(losses[0], abs=1e-5)
    assert losses[2] == pytest.approx(losses[0], abs=1e-5)


def test_the_losses_are_those_of_trl_itself_on_the_same_batches(tmp_path, tiny_model_folder):
    from datasets import Dataset
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed
    from trl import SFTConfig, SFTTrainer

    run = small_run(
        tmp_path / "ours", tiny_model_folder, rows=16, max_steps=4, train_sampling_strategy="sequential",
        warmup_steps=0,
    )  # fmt: skip
    run.train()

    set_seed(42)
    model = AutoModelForCausalLM.from_pretrained(tiny_model_folder, dtype=torch.float32)
    lora = LoraConfig(task_type="CAUSAL_LM", r=8, lora_alpha=16, target_modules="all-linear")
    set_seed(42)
    model = AutoModelForCausalLM.from_pretrained(tiny_model_folder, dtype=torch.float32)
    model = get_peft_model(model, lora)
    config = SFTConfig(
        output_dir=str(tmp_path / "trl"), max_steps=4, per_device_train_batch_size=2,
        gradient_accumulation_steps=2, learning_rate=1e-2, lr_scheduler_type="cosine", bf16=False,
        train_sampling_strategy="sequential", logging_steps=1, report_to="none", use_cpu=True,
        optim="adamw_torch", disable_tqdm=True, save_strategy="no",
    )  # fmt: skip
    data = Dataset.from_list([{"input_ids": r.input_ids, "labels": r.labels} for r in run.rows])
    theirs = SFTTrainer(
        model,
        config,
        train_dataset=data,
        processing_class=AutoTokenizer.from_pretrained(tiny_model_folder),
    )
    theirs.train()
    logged = [one["loss"] for one in theirs.state.log_history if "loss" in one]
    assert list(run.losses().values()) == pytest.approx(logged, abs=2e-5)


@pytest.mark.parametrize("batch_size", [1, 3, 8])
def test_the_evaluation_loss_is_the_mean_over_all_learned_tokens(
    batch_size, tmp_path, tiny_model_folder
):
    run = small_run(tmp_path, tiny_model_folder, held_out=7, per_device_eval_batch_size=batch_size)
    trainer = run.build()
    total = tokens = 0
    for row in run.held_out:
        ids, labels = torch.tensor([row.input_ids]), torch.tensor(row.labels)
        with torch.no_grad():
            logits = trainer.model(input_ids=ids).logits[0, :-1]
        total += float(
            functional.cross_entropy(logits, labels[1:], ignore_index=-100, reduction="sum")
        )
        tokens += int((labels[1:] != -100).sum())
    assert trainer.evaluate()["eval_loss"] == pytest.approx(total / tokens, abs=1e-5)


def test_evaluating_does_not_change_the_training(tmp_path, tiny_model_folder):
    keys = {"max_steps": 4, "lora_dropout": 0.2}
    plain = small_run(tmp_path / "a", tiny_model_folder, **keys)
    plain.train()
    watched = small_run(
        tmp_path / "b", tiny_model_folder, held_out=3, eval_strategy="steps", eval_steps=1,
        eval_on_start=True, **keys,
    )  # fmt: skip
    watched.train()
    assert watched.losses() == plain.losses()
    assert [one["step"] for one in watched.events("evaluated")] == [0, 1, 2, 3, 4]


def test_only_so_many_checkpoints_stay(tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, max_steps=5, save_steps=1, save_total_limit=2)
    run.train()
    assert [one.step for one in run.folder.checkpoints()] == [4, 5]
    assert [one["step"] for one in run.events("checkpoint_deleted")] == [1, 2, 3]
    assert [one["reason"] for one in run.events("checkpoint_saved")] == ["steps"] * 4 + ["end"]


def rising_loss(run):
    """Makes every evaluation after the first worse than it."""
    trainer = run.trainer
    values = iter([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    trainer._held_out_losses = lambda: (next(values), {})


def test_the_best_checkpoint_stays_and_becomes_the_result(tmp_path, tiny_model_folder, monkeypatch):
    run = small_run(
        tmp_path, tiny_model_folder, max_steps=4, held_out=2, eval_strategy="steps", eval_steps=1,
        save_steps=1, save_total_limit=2, load_best_model_at_end=True,
    )  # fmt: skip
    trainer = run.build()
    rising_loss(run)
    trainer.train()
    assert [one.step for one in run.folder.checkpoints()] == [1, 4]
    assert [one["best"] for one in run.events("checkpoint_saved")] == [True, False, False, False]
    last = run.weights()
    assert trainer.take_best() == 1
    assert any(not torch.equal(last[name], value) for name, value in run.weights().items())
    assert run.events("adjusted")[-1]["code"] == "training.best_taken"


def test_a_run_that_gets_no_better_ends_early(tmp_path, tiny_model_folder):
    run = small_run(
        tmp_path, tiny_model_folder, max_steps=9, held_out=2, eval_strategy="steps", eval_steps=1,
        early_stopping_steps=2,
    )  # fmt: skip
    trainer = run.build()
    rising_loss(run)
    trainer.train()
    assert max(run.losses()) == 3
    assert run.folder.latest_checkpoint().step == 3
    assert run.events("adjusted")[-1]["params"] == {"step": 3, "count": 2}
    run.train(resume=True)
    assert max(run.losses()) == 3


def test_a_loss_that_is_no_number_ends_the_run_and_names_the_learning_rate(
    tmp_path, tiny_model_folder
):
    run = small_run(tmp_path, tiny_model_folder, max_steps=4, save_steps=1)
    trainer = run.build()
    trainer.model.register_forward_hook(
        lambda *_: (
            run.losses().get(2)
            and torch.nn.init.constant_(
                next(p for p in trainer.model.parameters() if p.requires_grad), math.nan
            )
        )
    )
    with pytest.raises(FtError) as caught:
        trainer.train()
    assert caught.value.code == "training.loss_not_finite"
    assert "learning_rate" in caught.value.hint("en")
    assert [one.step for one in run.folder.checkpoints()] == [1, 2]


def test_a_loss_of_exactly_zero_is_warned_of_once(tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, max_steps=3)
    for row in run.rows:
        row.labels[:] = [-100] * len(row.labels)
    run.train()
    assert [one["code"] for one in run.events("warned")] == ["training.loss_zero"]


def test_commands_are_carried_out_at_the_end_of_the_step(tmp_path, tiny_model_folder):
    run = small_run(
        tmp_path, tiny_model_folder, max_steps=3, held_out=2, eval_strategy="steps", eval_steps=100
    )
    for command in ("save", "evaluate", "dance"):
        send_command(run.folder, command, 1)
    send_command(run.folder, "stop", 2)  # of another attempt
    run.train()
    answers = {one["command"]: one for one in run.events("command_answered")}
    assert answers["save"]["ok"]
    assert answers["save"]["params"] == {"step": 1}
    assert answers["evaluate"]["params"]["loss"] > 0
    assert answers["dance"]["code"] == "run.command_unknown"
    assert "stop" not in answers
    assert run.events("checkpoint_saved")[0]["reason"] == "command"
    assert run.events("evaluated")[0]["step"] == 1


def test_a_stop_command_ends_the_run_with_a_checkpoint(tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, max_steps=500)
    trainer = run.build()
    trainer.model.register_forward_hook(
        lambda *_: (
            run.losses().get(2)
            and not run.folder.commands.joinpath("x").exists()
            and (run.folder.commands.joinpath("x").touch(), send_command(run.folder, "stop", 1))
        )
    )
    from ftkernel.training.control import Stopped

    with pytest.raises(Stopped) as stopped:
        trainer.train()
    step = trainer.save_at_stop(stopped.value.reason)
    trainer.desk.control.close(step=step, checkpoint="c")
    assert stopped.value.reason == "command"
    assert run.folder.latest_checkpoint().step == step >= 2
    assert run.events("command_answered")[0]["params"] == {"step": step, "checkpoint": "c"}
    assert run.events("checkpoint_saved")[-1]["reason"] == "stop"


def test_a_checkpoint_is_written_when_the_last_one_is_old(tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, max_steps=3, save_minutes=1e-9)
    run.train()
    assert [one["reason"] for one in run.events("checkpoint_saved")] == ["time", "time", "time"]


def test_nothing_is_printed(tmp_path, tiny_model_folder, capfd):
    run = small_run(tmp_path, tiny_model_folder, held_out=2)
    trainer = run.build()
    capfd.readouterr()
    trainer.train()
    assert capfd.readouterr() == ("", "")


def test_a_full_checkpoint_and_result_load_as_a_model(tmp_path, tiny_model_folder):
    from transformers import AutoModelForCausalLM

    run = small_run(tmp_path, tiny_model_folder, finetuning_type="full", max_steps=2)
    trainer = run.train()
    found = AutoModelForCausalLM.from_pretrained(run.folder.latest_checkpoint().path)
    for name, value in trainer.model.state_dict().items():
        assert torch.equal(found.state_dict()[name], value), name
    assert found.config.use_cache is True


def test_an_adapter_on_the_head_is_refused(tiny_model_folder):
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from ftkernel.training.assemble import refuse_adapter_on_head

    model = AutoModelForCausalLM.from_pretrained(tiny_model_folder)
    model = get_peft_model(model, LoraConfig(target_modules=["lm_head"]))
    with pytest.raises(FtError) as caught:
        refuse_adapter_on_head(model, make_recipe())
    assert caught.value.code == "training.head_adapter"
