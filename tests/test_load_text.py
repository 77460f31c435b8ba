"""Language models: the packaged one, its adapters, and any other through the real loader."""

import json

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from helpers import load
from helpers.load import text
from helpers.text import read

LOADERS = (load.bert, load.masked_lm, load.question_answering)


@pytest.fixture(scope="module")
def tiny_models(tmp_path_factory):
    """A BERT of 2 layers with each head, saved as the hub would serve it."""
    import transformers

    config = transformers.BertConfig(
        vocab_size=30522,
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    folders = {}
    for kind in ("BertModel", "BertForMaskedLM", "BertForQuestionAnswering"):
        folder = tmp_path_factory.mktemp(kind)
        torch.manual_seed(0)
        getattr(transformers, kind)(config).save_pretrained(folder)
        transformers.AutoTokenizer.from_pretrained(text.packaged_folder()).save_pretrained(folder)
        folders[kind] = str(folder)
    return folders


@pytest.mark.parametrize("loader", LOADERS)
def test_packaged_models_are_ready_to_explain(loader):
    tokenizer, model = loader()
    assert not model.training
    assert not any(p.requires_grad for p in model.parameters())
    assert model.config.num_hidden_layers == 6 and model.config.num_attention_heads == 12
    assert tokenizer("a cat")["input_ids"] == [101, 1037, 4937, 102]


def test_heads_share_the_packaged_weights_and_add_to_them():
    _, plain = load.bert()
    for loader in (load.masked_lm, load.question_answering):
        _, model = loader()
        same, moved = model.bert.embeddings, model.bert.encoder.layer[3].attention.self.query
        words = plain.embeddings.word_embeddings.weight
        assert torch.equal(same.word_embeddings.weight, words)
        assert not torch.equal(moved.weight, plain.encoder.layer[3].attention.self.query.weight)


@pytest.mark.parametrize("sentence", ["A sentence.", "Rain, rain.", "Mr O'Neil's 3 dogs (all old)"])
def test_reading_has_its_shapes_and_rows_that_sum_to_one(sentence):
    reading = read(*load.bert(), sentence)
    length = len(reading.tokens)
    assert reading.hidden.shape == (7, length, 384)
    assert reading.attention.shape == (6, 12, length, length)
    assert (reading.attention.sum(-1) - 1).abs().max() < 1e-5


def test_a_pair_is_one_text_with_two_segments():
    reading = read(*load.bert(), "Who?", "A cat.")
    assert reading.tokens == ["[CLS]", "who", "?", "[SEP]", "a", "cat", ".", "[SEP]"]
    assert reading.segments.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_reading_refuses_nothing_and_too_much():
    with pytest.raises(ValueError, match="empty"):
        read(*load.bert(), "  ")
    with pytest.raises(ValueError, match="600 tokens|602 tokens"):
        read(*load.bert(), "cat " * 600)


def test_an_adapter_is_added_to_the_weights():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    before, other = model[0].weight.clone(), model[1].weight.clone()
    down, up, bias = torch.rand(2, 3), torch.rand(4, 2), torch.rand(2)
    text.add_adapter(
        model, {"0.weight.down": down.half(), "0.weight.up": up.half(), "1.bias": bias}
    )
    assert torch.allclose(model[0].weight, before + up @ down, atol=2e-3)
    assert torch.equal(model[1].bias, bias) and torch.equal(model[1].weight, other)


def test_adapters_are_small_and_their_figures_are_kept():
    files = sorted(text.ADAPTERS.glob("*.safetensors"))
    assert [file.stem for file in files] == ["masked_lm", "question_answering"]
    assert sum(file.stat().st_size for file in files) <= 8_000_000
    assert all(torch.isfinite(t).all() for file in files for t in load_file(file).values())
    held_out = json.loads((text.ADAPTERS / "held_out.json").read_text(encoding="utf-8"))
    assert held_out["masked_lm"]["top-1"] > 0.2 and held_out["question_answering"]["F1"] > 0.2


def test_masked_words_are_better_than_chance():
    """Words that a frequency table would not guess."""
    tokenizer, model = load.masked_lm()
    wanted = {
        "She was born in the [MASK] of Paris.": "city",
        "The king and the [MASK] were married.": "queen",
        "He was one of the best players in the [MASK].": "league game team world country club",
    }
    hits = 0
    for sentence, words in wanted.items():
        inputs = tokenizer(sentence, return_tensors="pt")
        place = (inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero().item()
        best = model(**inputs).logits[0, place].topk(5).indices.tolist()
        hits += bool(set(words.split()) & set(tokenizer.convert_ids_to_tokens(best)))
    assert hits >= 2


def test_any_model_comes_through_the_same_loader(tiny_models):
    for loader, kind in zip(LOADERS, tiny_models, strict=True):
        tokenizer, model = loader(tiny_models[kind])
        assert type(model).__name__ == kind
        assert len(tokenizer) == 30522
    reading = read(*load.bert(tiny_models["BertModel"]), "The cat sat.")
    assert reading.attention.shape == (2, 2, 6, 6) and reading.hidden.shape == (3, 6, 8)


def test_a_head_that_was_never_trained_is_refused(tiny_models):
    with pytest.raises(ValueError, match="never trained for this"):
        load.masked_lm(tiny_models["BertModel"])
    with pytest.raises(ValueError, match="never trained for this"):
        load.question_answering(tiny_models["BertForMaskedLM"])


def test_a_missing_network_is_one_sentence(monkeypatch):
    monkeypatch.setattr(text, "_online", lambda: False)
    with pytest.raises(ConnectionError, match="go online once, or leave the name out") as caught:
        load.bert("someone/no-such-model")
    assert "\n" not in str(caught.value)
