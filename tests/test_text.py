"""What a BERT does with a text: the packaged model, and tiny heads where none is packaged."""

from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from grading import lesson as lessons
from helpers import load, text

PRONOUNS = {
    "The nurse helped the old man because he was lost in the rain.": ("he", "man"),
    "Anna lost her keys, so she walked home.": ("she", "anna"),
    "The dog chased the ball until it rolled under the car.": ("it", "ball"),
    "My brother bought a car and he drives it every day.": ("he", "brother"),
    "The teacher read the letter and then she smiled.": ("she", "teacher"),
    "The children were tired when they came home.": ("they", "children"),
}


@pytest.fixture(scope="module")
def bert():
    return load.bert()


@pytest.fixture(scope="module")
def readings(bert):
    return [text.read(*bert, sentence) for sentence in PRONOUNS]


def test_attention_rows_sum_to_one(readings):
    for r in readings:
        assert torch.allclose(r.attention.sum(-1), torch.tensor(1.0), atol=1e-5)
        assert (r.attention >= 0).all()


def test_a_reading_has_one_row_a_token_and_one_state_more_than_layers(bert, readings):
    layers, heads = bert[1].config.num_hidden_layers, bert[1].config.num_attention_heads
    for r in readings:
        n = len(r.tokens)
        assert r.tokens[0] == "[CLS]" and r.tokens[-1] == "[SEP]"
        assert r.ids.shape == r.segments.shape == (n,)
        assert r.attention.shape == (layers, heads, n, n)
        assert r.hidden.shape == (layers + 1, n, bert[1].config.hidden_size)


def test_a_pair_is_told_apart_by_its_segments(bert):
    r = text.read(*bert, "Who sleeps?", "The cat sleeps.")
    border = r.tokens.index("[SEP]") + 1
    assert r.segments.tolist() == [0] * border + [1] * (len(r.tokens) - border)


def test_some_head_looks_at_the_previous_token_and_nowhere_else(readings):
    scores = torch.stack(
        [lessons.of("8.2").right_answer("8.2")(r.attention) for r in readings]
    ).mean(0)
    best, second = scores.flatten().sort(descending=True).values[:2]
    assert best > 0.99
    assert second < 0.5


def test_some_head_finds_the_noun_of_the_pronoun(readings):
    hits = 0
    for r, (pronoun, noun) in zip(readings, PRONOUNS.values(), strict=True):
        row = r.attention[:, :, r.tokens.index(pronoun), 1:-1]
        hits = hits + (row.argmax(-1) + 1 == r.tokens.index(noun)).int()
    assert hits.max() >= 5
    assert hits.float().mean() < 2


def test_the_sink_of_the_middle_layers_is_cls(readings):
    shares = torch.stack(
        [lessons.of("8.3").right_answer("8.3")(r.attention, r.tokens, "[CLS]") for r in readings]
    )
    assert (shares.mean(0)[1:-1] > 0.5).all()


def test_rollout_rows_sum_to_one(readings):
    for r in readings:
        assert torch.allclose(
            lessons.of("8.6").right_answer("8.6")(r.attention).sum(1), torch.tensor(1.0), atol=1e-5
        )


def hooks(model):
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())


def test_reading_again_gives_the_same_and_leaves_no_hook_behind(bert):
    first = text.read(*bert, "The cat sat on the mat.")
    before = hooks(bert[1])  # the library sets its own once, at the first reading
    again = text.read(*bert, "The cat sat on the mat.")
    assert torch.equal(first.attention, again.attention)
    assert hooks(bert[1]) == before
    assert not bert[1].training


def test_embed_is_the_mean_of_the_last_states(bert, readings):
    r = readings[0]
    assert torch.allclose(text.embed(bert[1], r.ids[None])[0], r.hidden[-1].mean(0), atol=1e-5)


def test_leaving_out_by_hand_gives_the_same(bert):
    tokenizer, model = bert
    ids = text.read(tokenizer, model, "The red cat sleeps.").ids
    changes = lessons.of("8.5").right_answer("8.5")(
        lambda part: text.embed(model, part[None])[0], ids
    )
    without_red = text.read(tokenizer, model, "The cat sleeps.").hidden[-1].mean(0)
    whole = text.read(tokenizer, model, "The red cat sleeps.").hidden[-1].mean(0)
    by_hand = 1 - F.cosine_similarity(whole, without_red, dim=0)
    assert changes.shape == (len(ids) - 2,)
    assert changes[1].item() == pytest.approx(by_hand.item(), abs=1e-5)


@pytest.mark.parametrize("empty", ["", "   "])
def test_an_empty_text_is_refused_in_one_sentence(bert, empty):
    with pytest.raises(ValueError, match=r"^The text is empty: give at least one word\.$"):
        text.read(*bert, empty)


def test_a_text_that_is_too_long_is_refused_in_one_sentence(bert):
    with pytest.raises(ValueError, match=r"^The text has 602 tokens, the model takes 512: .*\.$"):
        text.read(*bert, "cat " * 600)


# Heads that know their answer, so that nothing here depends on what was trained.


class Heads(nn.Module):
    """Logits looked up by token: masked words, and where an answer starts and ends."""

    def __init__(self, tokenizer, words=(), start=None, end=None):
        super().__init__()
        self.nothing = nn.Parameter(torch.zeros(1))
        self.tokenizer, self.words, self.start, self.end = tokenizer, words, start or {}, end or {}

    def forward(self, input_ids, **others):
        logits = torch.zeros(*input_ids.shape, len(self.tokenizer))
        for word, value in self.words:
            logits[:, :, self.tokenizer.convert_tokens_to_ids(word)] = value
        tokens = self.tokenizer.convert_ids_to_tokens(input_ids[0].tolist())
        rows = ([table.get(token, 0.0) for token in tokens] for table in (self.start, self.end))
        start, end = (torch.tensor([row]) for row in rows)
        return SimpleNamespace(logits=logits, start_logits=start, end_logits=end)


def test_predicted_words_come_with_their_probabilities_in_order(bert):
    model = Heads(bert[0], words=[("mat", 20.0), ("sofa", 19.0), ("moon", 18.0)])
    top = text.predict_masked(bert[0], model, "The cat sat on the [MASK].", k=3)
    assert [word for word, _ in top] == ["mat", "sofa", "moon"]
    expected = torch.tensor([20.0, 19.0, 18.0] + [0.0] * (len(bert[0]) - 3)).softmax(0)[:3]
    assert [p for _, p in top] == pytest.approx(expected.tolist(), rel=1e-4)


def test_masked_probabilities_sum_to_one(bert):
    p = text.masked_probabilities(bert[0], Heads(bert[0]), "A [MASK].")
    assert p.shape == (len(bert[0]),)
    assert p.sum().item() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("sentence, count", [("The cat.", 0), ("[MASK] and [MASK].", 2)])
def test_another_number_of_masks_is_refused_in_one_sentence(bert, sentence, count):
    with pytest.raises(ValueError, match=rf"^The text has {count} masks: put \[MASK\] .*\.$"):
        text.predict_masked(bert[0], Heads(bert[0]), sentence)


QUESTION, PASSAGE = "Which bridge?", "It was called the Silver Heron, after a bird."


def test_the_answer_is_cut_from_the_passage_as_it_is_written(bert):
    model = Heads(bert[0], start={"silver": 30.0}, end={"heron": 30.0})
    said, first, last, p = text.answer_question(bert[0], model, QUESTION, PASSAGE)
    tokens = text.read(*bert, QUESTION, PASSAGE).tokens
    assert said == "Silver Heron"
    assert tokens[first : last + 1] == ["silver", "heron"]
    assert p == pytest.approx(1, abs=1e-4)


def test_an_answer_never_lies_in_the_question(bert):
    model = Heads(bert[0], start={"bridge": 90.0, "bird": 2.0}, end={"bridge": 90.0, "bird": 2.0})
    assert text.answer_question(bert[0], model, QUESTION, PASSAGE)[0] == "bird"


def test_an_answer_never_ends_before_it_starts_and_is_not_too_long(bert):
    model = Heads(bert[0], start={"heron": 9.0, "it": 8.0}, end={"called": 9.0, "bird": 8.5})
    said, first, last, _ = text.answer_question(bert[0], model, QUESTION, PASSAGE, longest=3)
    assert first <= last < first + 3
    assert said == "It was called"


def test_the_spans_of_the_helper_and_of_the_lesson_agree(bert):
    torch.manual_seed(0)
    words = text.read(*bert, QUESTION, PASSAGE).tokens
    for _ in range(5):
        start, end = (
            dict(zip(words, torch.randn(len(words)).tolist(), strict=True)) for _ in range(2)
        )
        model = Heads(bert[0], start=start, end=end)
        _, first, last, _ = text.answer_question(bert[0], model, QUESTION, PASSAGE, longest=4)
        scores = text.span_scores(bert[0], model, QUESTION, PASSAGE)
        assert lessons.of("8.8").right_answer("8.8")(*scores, 4) == (first, last)
