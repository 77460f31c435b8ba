"""What a BERT does with a text: tokens, hidden states and attention weights.

tokenizer, model = load.bert()
reading = read(tokenizer, model, "The cat sat on the mat.")
reading.attention[1, 2]        # layer 1, head 2, both counted from 0: rows look at columns
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:  # importing it takes seconds
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Reading:
    """One text as the model sees it, T tokens long.

    tokens: T word pieces, [CLS] first and [SEP] last; ids (T,); segments (T,): 0, and 1 for the
    second text of a pair; hidden (layers + 1, T, width): 0 is the embedding, i + 1 comes out of
    layer i; attention (layers, heads, T, T): rows sum to 1, row i says where token i looks.

    >>> reading = text.read(*load.bert(), "The cat sat.")
    >>> reading.hidden.shape, reading.attention.shape
    (torch.Size([7, 6, 384]), torch.Size([6, 12, 6, 6]))
    """

    tokens: list[str]
    ids: Tensor
    segments: Tensor
    hidden: Tensor
    attention: Tensor


@torch.no_grad()
def read(
    tokenizer: "PreTrainedTokenizerBase",
    model: "PreTrainedModel",
    text: str,
    pair: str | None = None,
) -> Reading:
    """Run a model of `load` on a text, or on two texts joined by [SEP] (a question, a passage).

    Raises ValueError for an empty text and for one longer than the model can take.

    >>> tokenizer, model = load.bert()
    >>> text.read(tokenizer, model, "The cat sat.").tokens
    ['[CLS]', 'the', 'cat', 'sat', '.', '[SEP]']
    """
    if not text.strip():
        raise ValueError("The text is empty: give at least one word.")
    inputs = tokenizer(text, pair, return_tensors="pt")
    length, longest = inputs["input_ids"].shape[1], model.config.max_position_embeddings
    if length > longest:
        raise ValueError(f"The text has {length} tokens, the model takes {longest}: shorten it.")
    outputs = model(
        **inputs.to(next(model.parameters()).device),
        output_hidden_states=True,
        output_attentions=True,
    )
    ids = inputs["input_ids"][0].cpu()
    segments = inputs.get("token_type_ids", torch.zeros_like(inputs["input_ids"]))[0].cpu()
    return Reading(
        list(tokenizer.convert_ids_to_tokens(ids.tolist())),
        ids,
        segments,
        torch.cat(outputs.hidden_states).cpu(),
        torch.cat(outputs.attentions).cpu(),
    )


@torch.no_grad()
def embed(model: "PreTrainedModel", ids: Tensor) -> Tensor:
    """The text as one vector, the mean of the last hidden states: ids (N, T) → (N, width).

    >>> tokenizer, model = load.bert()
    >>> reading = text.read(tokenizer, model, "The cat sat.")
    >>> text.embed(model, reading.ids[None]).shape
    torch.Size([1, 384])
    """
    return model(ids.to(next(model.parameters()).device)).last_hidden_state.mean(1).cpu()


@torch.no_grad()
def masked_probabilities(
    tokenizer: "PreTrainedTokenizerBase", model: "PreTrainedModel", text: str
) -> Tensor:
    """Probability of every word piece at the one [MASK] of a text: (vocabulary,).

    The mask is written as the tokenizer writes it. Raises ValueError where there is not exactly
    one.

    >>> text.masked_probabilities(*load.masked_lm(), "The [MASK] sat on the mat.").shape
    torch.Size([30522])
    """
    inputs = tokenizer(text, return_tensors="pt")
    places = (inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero().flatten().tolist()
    if len(places) != 1:
        raise ValueError(
            f"The text has {len(places)} masks: put {tokenizer.mask_token} in place of one word."
        )
    logits = model(**inputs.to(next(model.parameters()).device)).logits
    return logits[0, places[0]].softmax(0).cpu()


def predict_masked(
    tokenizer: "PreTrainedTokenizerBase", model: "PreTrainedModel", text: str, k: int = 5
) -> list[tuple[str, float]]:
    """The k most probable word pieces at the [MASK] of a text, with their probabilities.

    >>> tokenizer, model = load.masked_lm()
    >>> ((word, p),) = text.predict_masked(tokenizer, model, "The cat sat on the [MASK].", k=1)
    >>> word
    'floor'
    """
    top = masked_probabilities(tokenizer, model, text).topk(k)
    words = tokenizer.convert_ids_to_tokens(top.indices.tolist())
    return list(zip(words, top.values.tolist(), strict=True))


@torch.no_grad()
def span_scores(
    tokenizer: "PreTrainedTokenizerBase", model: "PreTrainedModel", question: str, passage: str
) -> tuple[Tensor, Tensor, Tensor]:
    """How well an answer starts and ends at each token: start (T,), end (T,), allowed (T,).

    The first two are logits; `allowed` is True for the tokens of the passage, where an answer may
    lie (Rajpurkar et al. 2016, arXiv:1606.05250). Tokens are numbered as in `read`.

    >>> tokenizer, model = load.question_answering()
    >>> start, end, allowed = text.span_scores(tokenizer, model, "Who slept?", "The cat slept.")
    >>> allowed.sum()  # the cat slept .
    tensor(4)
    """
    inputs = tokenizer(question, passage, return_tensors="pt")
    allowed = torch.tensor([part == 1 for part in inputs.sequence_ids(0)])
    outputs = model(**inputs.to(next(model.parameters()).device))
    return outputs.start_logits[0].cpu(), outputs.end_logits[0].cpu(), allowed


def answer_question(
    tokenizer: "PreTrainedTokenizerBase",
    model: "PreTrainedModel",
    question: str,
    passage: str,
    longest: int = 15,
) -> tuple[str, int, int, float]:
    """The span of the passage that answers best: (text, first token, last token, probability).

    At most `longest` tokens; the probability is that of the start times that of the end, among
    the tokens of the passage.

    >>> tokenizer, model = load.question_answering()
    >>> text.answer_question(tokenizer, model, "Who wrote it?", "The book was written by Anna.")[0]
    'Anna'
    """
    start, end, allowed = span_scores(tokenizer, model, question, passage)
    start, end = (logits.where(allowed, -torch.inf).softmax(0) for logits in (start, end))
    spans = (start[:, None] * end).triu().tril(longest - 1)
    first, last = divmod(int(spans.argmax()), len(end))
    offsets = tokenizer(question, passage, return_offsets_mapping=True)["offset_mapping"]
    text = passage[offsets[first][0] : offsets[last][1]]
    return text, first, last, spans[first, last].item()
