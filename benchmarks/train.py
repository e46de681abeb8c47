"""TRL's defaults against ours: same model, rows, adapter and learning rate, a process each.

``own orders`` is what a user gets on either side (TRL: random order, checkpointing on, fused head;
ours: grouped by length, none, head on label positions, the worker's environment). ``identical
batches`` is the same without the order, so that step losses can be compared. Number types are each
side's defaults where the hardware computes bfloat16 (TRL: fp32 weights under autocast; ours: bf16
weights, fp32 masters of the adapter). Elsewhere, and with ``--fp32``, both compute in fp32: TRL's
autocast would be emulated and lose by a factor that says nothing.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import Used, mb, median, run_measured, show

BATCH, RATE, MB = 4, 2e-4, 1 << 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--held-out", type=int, default=32)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--fp32", action="store_true")
    parser.add_argument("--child", nargs=3, metavar=("KIND", "ORDER", "FOLDER"))
    asked = parser.parse_args()
    if asked.fp32:
        os.environ["FTKERNEL_BENCH_FP32"] = "1"
    if asked.child:
        kind, order, folder = asked.child
        (_trl if kind == "trl" else _ours)(order, Path(folder))
        return 0
    data = _data()
    if data is None:
        print("train: skipped, alpaca_en_demo.json is not there (set FTKERNEL_BENCH_DATA)")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return _compare(asked, data, Path(folder))


def _compare(asked: argparse.Namespace, data: Path, folder: Path) -> int:
    rows = json.loads(data.read_text())[: asked.rows + asked.held_out]
    _encode(rows, asked.rows, folder)
    same = {kind: _child(kind, "sequential", folder) for kind in ("trl", "ours")}
    losses = {kind: _read(folder, kind, "sequential")["losses"] for kind in same}
    means = {kind: sum(values) / len(values) for kind, values in losses.items()}
    apart = max(abs(a - b) for a, b in zip(*losses.values(), strict=True))
    pairs: list[tuple[Used, Used]] = []
    trained: list[tuple[float, float]] = []
    for _ in range(asked.pairs):
        used = _child("trl", "own", folder), _child("ours", "own", folder)
        seconds = [float(_read(folder, kind, "own")["seconds"]) for kind in ("trl", "ours")]
        pairs.append(used)
        trained.append((seconds[0], seconds[1]))
    threads = os.environ.get("OMP_NUM_THREADS", os.cpu_count())
    held = {kind: _read(folder, kind, "own")["held_out"] for kind in ("trl", "ours")}
    show(
        f"135M, LoRA r8, {asked.rows} alpaca rows, batch {BATCH}, "
        f"{'bf16' if _has_bf16() else 'fp32'}, {threads} threads, "
        f"medians of {len(pairs)} pairs",
        [
            _ratio("CPU-seconds, whole process", [(a.cpu, b.cpu) for a, b in pairs], "{:.1f} s"),
            _ratio("wall, whole process", [(a.wall, b.wall) for a, b in pairs], "{:.1f} s"),
            _ratio("CPU-seconds, training alone", trained, "{:.1f} s"),
            _ratio("peak memory (MB)", [(a.peak / MB, b.peak / MB) for a, b in pairs], "{:.0f}"),
            ("identical batches", f"mean loss {means['trl']:.5f} and {means['ours']:.5f}, "
             f"largest difference of a step {apart:.1e}; CPU {same['trl'].cpu:.0f} and "
             f"{same['ours'].cpu:.0f} s, peak {mb(same['trl'].peak)} and {mb(same['ours'].peak)}"),
            ("own orders, held-out loss", f"{held['trl']:.5f} and {held['ours']:.5f} "
             f"({100 * (held['ours'] / held['trl'] - 1):+.2f}%)"),
        ],
    )  # fmt: skip
    ok = abs(means["ours"] / means["trl"] - 1) < 0.01 and abs(held["ours"] / held["trl"] - 1) < 0.01
    print("  losses agree within 1%" if ok else "  LOSSES DIFFER BY MORE THAN 1%")
    return 0 if ok else 1


def _ratio(name: str, pairs: list[tuple[float, float]], form: str) -> tuple[str, str]:
    ratio = median([a / b for a, b in pairs])
    both = [form.format(median([pair[side] for pair in pairs])) for side in (0, 1)]
    return name, f"{both[0]} and {both[1]}: ratio {ratio:.2f}"


def _data() -> Path | None:
    root = Path(__file__).resolve().parents[1]
    given = os.environ.get("FTKERNEL_BENCH_DATA")
    path = Path(given) if given else root.parent / "shared" / "data"
    path = path / "alpaca_en_demo.json" if path.is_dir() else path
    return path if path.is_file() else None


def _child(kind: str, order: str, folder: Path) -> Used:
    from ftkernel.machine import read_machine
    from ftkernel.runs.environment import worker_environment

    env = dict(os.environ) if kind == "trl" else worker_environment(None, read_machine())
    if "OMP_NUM_THREADS" in os.environ:
        env["OMP_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"]
    # Without it TRL's processes spin on shared processors, which would flatter us.
    env["OMP_WAIT_POLICY"] = "PASSIVE"
    return run_measured([sys.executable, __file__, "--child", kind, order, str(folder)], env)


def _read(folder: Path, kind: str, order: str) -> dict:
    return json.loads((folder / f"{kind}-{order}.json").read_text())


def _encode(rows: list[dict], count: int, folder: Path) -> None:
    """The rows as tokens, by our own data room, once for both sides."""
    from ftkernel.data.prepare import prepare
    from ftkernel.models.source import locate
    from ftkernel.models.tokenizer import load_tokenizer
    from ftkernel.recipe.recipe import Recipe

    file = folder / "rows.json"
    file.write_text(json.dumps(rows))
    recipe = Recipe.from_mapping({"model": "smollm2-135m", "data": str(file), "cutoff_len": 512})
    source = locate(recipe, {})
    found = prepare(recipe, load_tokenizer(source, recipe), None).train
    tokens = [{"input_ids": row.input_ids, "labels": row.labels} for row in found]
    (folder / "tokens.json").write_text(
        json.dumps({"model": str(source.path), "train": tokens[:count], "held_out": tokens[count:]})
    )


def _has_bf16() -> bool:
    from ftkernel.models.precision import has_bf16

    return "FTKERNEL_BENCH_FP32" not in os.environ and has_bf16("cpu")


def _model(path: str, dtype: str = "float32"):
    """The base with a new adapter; the adapter's first weights are the same in either type."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, set_seed

    model = AutoModelForCausalLM.from_pretrained(path, dtype=getattr(torch, dtype))
    linear = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    lora = LoraConfig(task_type="CAUSAL_LM", r=8, lora_alpha=16, target_modules=linear)
    set_seed(42)
    return get_peft_model(model, lora)


def _trl(order: str, folder: Path) -> None:
    import time

    from datasets import Dataset
    from transformers import AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    data = json.loads((folder / "tokens.json").read_text())
    config = SFTConfig(
        output_dir=str(folder / "trl"), num_train_epochs=1, per_device_train_batch_size=BATCH,
        learning_rate=RATE, bf16=_has_bf16(), use_cpu=True, logging_steps=1, report_to="none",
        save_strategy="no", disable_tqdm=True,
        **({"train_sampling_strategy": "sequential"} if order == "sequential" else {}),
    )  # fmt: skip
    trainer = SFTTrainer(
        _model(data["model"]), config, train_dataset=Dataset.from_list(data["train"]),
        processing_class=AutoTokenizer.from_pretrained(data["model"]),
    )  # fmt: skip
    start = time.process_time()
    trainer.train()
    seconds = time.process_time() - start
    losses = [one["loss"] for one in trainer.state.log_history if "loss" in one]
    _write(folder, "trl", order, losses, seconds, trainer.model, data["held_out"])


def _ours(order: str, folder: Path) -> None:
    import time

    from transformers import AutoTokenizer

    from ftkernel.models.compute_copies import compute_in_model_type
    from ftkernel.models.cpu_attention import use_blocks
    from ftkernel.models.precision import choose_precision
    from ftkernel.recipe.recipe import Recipe
    from ftkernel.runs.commands import CommandInbox
    from ftkernel.runs.event_log import EventWriter, read_events
    from ftkernel.runs.folder import RunFolder
    from ftkernel.training.assemble import make_trainer
    from ftkernel.training.control import Control
    from ftkernel.training.decided import Decided
    from ftkernel.training.lean import leave_out_unused
    from ftkernel.training.speak import Speaker
    from ftkernel.training.totals import Totals
    from ftkernel.worker.stop import StopSignal

    data = json.loads((folder / "tokens.json").read_text())
    leave_out_unused(Path(data["model"]))
    keys = {"train_sampling_strategy": "sequential"} if order == "sequential" else {}
    recipe = Recipe.from_mapping(
        {
            "model": data["model"], "data": "demo", "epochs": 1, "lr": RATE,
            **({} if _has_bf16() else {"bf16": False}),
            "use_cpu": True, "save_strategy": "no", "save_minutes": 0, "warmup_steps": 0,
            "lr_scheduler_type": "linear", **keys,
        }
    )  # fmt: skip
    run = RunFolder.create(folder / "ours", "run", recipe)
    events = EventWriter(run, 1)
    control = Control(StopSignal(), CommandInbox(run, 1), events)
    precision = choose_precision(recipe)
    model = _model(data["model"], str(precision.weights).removeprefix("torch."))
    use_blocks(model.get_base_model())
    if precision.masters:
        compute_in_model_type(model, precision.weights)
    trainer = make_trainer(
        model,
        AutoTokenizer.from_pretrained(data["model"]),
        [_Row(**row) for row in data["train"]],
        [],
        recipe=recipe,
        folder=run,
        precision=precision,
        decided=Decided(BATCH, 1, False),
        speaker=Speaker(events, control),
        control=control,
        totals=Totals(),
    )
    start = time.process_time()
    trainer.train()
    seconds = time.process_time() - start
    losses = [one["loss"] for one in read_events(run.events) if one["kind"] == "step_logged"]
    _write(folder, "ours", order, losses, seconds, trainer.model, data["held_out"])


class _Row:
    def __init__(self, input_ids: list[int], labels: list[int]) -> None:
        self.input_ids = input_ids
        self.labels = labels


def _write(folder, kind, order, losses, seconds, model, held_out) -> None:
    import torch
    from torch.nn import functional

    total = count = 0.0
    model.float().eval()
    with torch.no_grad():
        for row in held_out if order == "own" else []:
            logits = model(input_ids=torch.tensor([row["input_ids"]])).logits[0, :-1].float()
            labels = torch.tensor(row["labels"][1:])
            total += float(
                functional.cross_entropy(logits, labels, ignore_index=-100, reduction="sum")
            )
            count += float((labels != -100).sum())
    found = {"losses": losses, "seconds": seconds, "held_out": total / count if count else 0.0}
    (folder / f"{kind}-{order}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    sys.exit(main())
