"""A tiny adapter, and the recipe that names it with its base."""

from pathlib import Path

from ftkernel.recipe.recipe import Recipe

PROMPT = [1, 300, 301, 2, 30, 1, 305]
"""Tokens that the tiny model knows."""

QUESTION = [{"role": "user", "content": "Who are you?"}]


def make_adapter(base: Path, folder: Path, *, seed: int = 1, scale: float = 1.0, **config) -> Path:
    """Save a random LoRA adapter for a model folder; its answers differ plainly from the base's."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    settings = {"r": 4, "lora_alpha": 8, "target_modules": "all-linear", **config}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        adapted = get_peft_model(
            model, LoraConfig(task_type="CAUSAL_LM", init_lora_weights=False, **settings)
        )
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                weight.data.mul_(scale)
            elif "modules_to_save" in name:
                weight.data.add_(0.1 * torch.randn_like(weight))
    adapted.save_pretrained(folder)
    return folder


def recipe_for(base: Path, adapter: Path | None = None, **keys) -> Recipe:
    """A recipe that names a model to talk to."""
    model = {"base": str(base)} if adapter is None else {"base": str(base), "adapter": str(adapter)}
    return Recipe.from_mapping({"model": model, **keys}, job="infer")


class Heard:
    """A report that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, object]]] = []

    def progress(self, phase, done, total=None, unit="rows"):
        self.said.append(("progress", {"phase": phase, "done": done, "total": total}))

    def adjusted(self, code, **params):
        self.said.append((code, params))

    def warned(self, code, **params):
        self.said.append((code, params))

    @property
    def codes(self) -> list[str]:
        return [code for code, _ in self.said]
