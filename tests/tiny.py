"""A model small enough for any test: a random Llama and a byte-level tokenizer with a ChatML template.

Everything is made here and saved in a moment; nothing is fetched. Same arguments, same bytes.
"""

from pathlib import Path
from typing import Any

CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

SENTENCES = (
    "The quick brown fox jumps over the lazy dog, and the dog does not mind at all.",
    "Who are you? I am a small model, trained beside your notebook on rows of your own.",
    "Write a short poem about the sea. The sea is wide, the sea is blue, it sings to me, it sings to you.",
    "What is the capital of France? The capital of France is Paris, a city on the river Seine.",
    "Give three tips for staying healthy: eat well, sleep well, and move a little every day.",
    "user assistant system instruction input output question answer prompt completion text",
    "一个小模型在笔记本旁边训练，它的损失一步一步下降。",
    "你是谁？我是一个小小的助手，很高兴认识你。今天天气怎么样？今天天气很好。",
    "请用一句话介绍你自己。请把下面的句子翻译成英文：我喜欢读书。",
    "import torch  # x = 12 + 345; print(x * 2.5e-4)\n\tdef f(a, b):\n\t\treturn a[b] - 1",
)


def tiny_tokenizer(*, vocab: int = 768, template: str | None = CHATML) -> Any:
    """A byte-level BPE tokenizer of at most ``vocab`` tokens, digits split; eos ``<|im_end|>``, its own pad."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(SENTENCES, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token=AddedToken("<|endoftext|>", special=True),
        eos_token=AddedToken("<|im_end|>", special=True),
        pad_token=AddedToken("<|pad|>", special=True),
        additional_special_tokens=["<|im_start|>"],
        model_max_length=2048,
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = template
    return tokenizer


def tiny_model(
    folder: Path,
    *,
    layers: int = 2,
    hidden: int = 64,
    vocab: int = 768,
    template: str | None = CHATML,
    tied: bool = True,
    dtype: str = "float32",
    seed: int = 0,
) -> Path:
    """Write a random tiny Llama with its tokenizer into ``folder`` and return the folder.

    Args:
        folder: is made; files in it are overwritten.
        layers: decoder layers.
        hidden: width; a multiple of 16.
        vocab: at most so many tokens (there are fewer when the sentences run out of merges).
        template: the chat template; ``None`` for a model without one.
        tied: whether head and embedding share their weights.
        dtype: name of the torch type the weights are saved in.
        seed: of the weights.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = tiny_tokenizer(vocab=vocab, template=template)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        tie_word_embeddings=tied,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LlamaForCausalLM(config)
    model.to(getattr(torch, dtype)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
