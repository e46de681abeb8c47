"""Packed rows teach what their parts teach: no part sees another, each begins at its own start."""

import random
from array import array

import pytest
import torch

from ftkernel.data.encoded import Encoded
from ftkernel.data.pipeline import Place, Result, packed
from ftkernel.errors import FtError
from ftkernel.models.cpu_attention import use_blocks
from ftkernel.training.apart import keeps_apart
from ftkernel.training.batches import Collator, count_trained
from ftkernel.training.loss import LabelLoss
from ftkernel.training.vocabulary import require_known
from tests.unit.training.support import make_recipe


def random_encoded(count, *, seed, longest):
    """Rows of random tokens, the second half of each learned."""
    generator = random.Random(seed)
    out = []
    for _ in range(count):
        length = generator.randint(6, longest)
        tokens = array("i", [generator.randint(4, 300) for _ in range(length)])
        out.append(Encoded(tokens, ((length // 2, length),)))
    return out


def packs(rows, room=96):
    found = list(packed([Result((Place("x", i),), (), row) for i, row in enumerate(rows)], room))
    assert len(found) < len(rows)
    return [one.encoded for one in found]


@pytest.fixture(scope="module")
def model(tiny_model_folder):
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_model_folder, dtype=torch.float32)


@pytest.fixture(params=["sdpa", "eager", "blocks"])
def attending(model, request):
    model.set_attn_implementation("sdpa" if request.param == "blocks" else request.param)
    if request.param == "blocks":
        assert use_blocks(model)
    return model


def gradients(model, batches):
    model.zero_grad()
    total = torch.zeros(())
    for batch in batches:
        loss = LabelLoss(model)(model, batch)
        loss.backward()
        total += loss.detach()
    return float(total), {name: p.grad.clone() for name, p in model.named_parameters()}


def test_loss_and_gradients_equal_those_of_the_single_rows(attending):
    rows = random_encoded(12, seed=1, longest=40)
    together = packs(rows)
    batches = [Collator(0)(together[:2]), Collator(0)(together[2:])]
    assert sum(map(count_trained, batches)) == sum(row.trained_tokens for row in rows)
    loss, found = gradients(attending, batches)
    expected, wanted = gradients(attending, [Collator(0)([row]) for row in rows])
    assert loss == pytest.approx(expected, rel=1e-5)
    for name, gradient in wanted.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-4, atol=1e-5)


def test_a_flat_batch_teaches_the_same(model):
    model.set_attn_implementation("sdpa")
    rows = random_encoded(9, seed=2, longest=40)
    together = packs(rows)
    loss, _ = gradients(model, [Collator(0, flat=True)(together)])
    expected, _ = gradients(model, [Collator(0)(together)])
    assert loss == pytest.approx(expected, rel=1e-5)


def test_what_stands_in_one_part_changes_nothing_in_another(attending):
    first, *rest = random_encoded(3, seed=3, longest=30)
    other = Encoded(array("i", [5] * len(first)), first.learned)
    outs = []
    for head in (first, other):
        [row] = packs([head, *rest])
        batch = Collator(0)([row])
        inputs = {name: batch[name] for name in ("input_ids", "position_ids")}
        outs.append(attending(**inputs, use_cache=False).logits)
    changed = ((outs[0] - outs[1]).abs() > 1e-5).any(dim=-1)
    assert int(changed.sum()) == len(first)


def test_the_first_token_of_a_part_is_learned_from_nothing():
    rows = random_encoded(4, seed=4, longest=20)
    whole = [Encoded(row.tokens, ((0, len(row)),)) for row in rows]
    [row] = packs(whole)
    begins = [i for i, at in enumerate(row.position_ids) if at == 0]
    assert all(row.labels[i] == -100 for i in begins)
    assert row.trained_tokens == sum(one.trained_tokens for one in whole)


def test_weights_count_for_the_loss():
    [row] = random_encoded(1, seed=5, longest=20)
    double = Encoded(row.tokens, row.learned, weights=(2.0,) * len(row.learned))
    batch = Collator(0)([double, row])
    assert batch["label_weights"].dtype == torch.float32
    assert set(batch["label_weights"][0].tolist()) <= {0.0, 2.0}
    assert set(batch["label_weights"][1].tolist()) <= {0.0, 1.0}


def test_a_weighted_row_moves_the_loss_as_its_weight_says(model):
    one, two = random_encoded(2, seed=6, longest=20)
    heavy = Encoded(one.tokens, one.learned, weights=(3.0,) * len(one.learned))
    loss, _ = gradients(model, [Collator(0)([heavy, two])])
    single = [gradients(model, [Collator(0)([row])])[0] for row in (one, two)]
    assert loss == pytest.approx(3 * single[0] + single[1], rel=1e-5)


def test_a_model_that_carries_a_state_along_the_row_is_refused():
    from transformers import MambaConfig, MambaForCausalLM

    class TakesPositions(MambaForCausalLM):
        def forward(self, *args, position_ids=None, **kwargs):
            return super().forward(*args, **kwargs)

    config = MambaConfig(vocab_size=64, hidden_size=16, num_hidden_layers=2, state_size=4)
    torch.manual_seed(0)
    assert not keeps_apart(TakesPositions(config))


def test_a_model_that_tells_parts_by_their_positions_is_taken(attending):
    assert keeps_apart(attending)
    assert attending.training is False


def test_padding_is_learned_where_that_is_asked_for():
    short, long = random_encoded(1, seed=7, longest=6)[0], random_encoded(1, seed=8, longest=40)[0]
    rows = sorted([short, long], key=len)
    padding = len(rows[1]) - len(rows[0])
    assert padding
    left_out, learned = (Collator(5, learns_padding=on)(rows)["labels"][0] for on in (False, True))
    assert left_out[-padding:].tolist() == [-100] * padding
    assert learned[-padding:].tolist() == [5] * padding
    assert learned[:-padding].tolist() == rows[0].labels


def test_a_token_that_the_model_does_not_have_is_refused(model, tiny_model_folder):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_model_folder)
    known = model.get_input_embeddings().weight.shape[0]
    rows = [Encoded(array("i", [4, known]), ((1, 2),))]
    recipe = make_recipe(parity="llamafactory", template="chatml")
    with pytest.raises(FtError) as caught:
        require_known(model, tokenizer, (rows, ()), recipe)
    assert caught.value.code == "training.unknown_token"
    assert caught.value.params["token"] == known
    require_known(model, tokenizer, (random_encoded(3, seed=1, longest=9), ()), recipe)
