"""What a BERT does with a text: tokens, hidden states and attention weights.

tokenizer, model = load.bert()
reading = read(tokenizer, model, "The cat sat on the mat.")
reading.attention[1, 2]        # layer 1, head 2, both counted from 0: rows look at columns
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Reading:
    """One text as the model sees it, T tokens long.

    tokens: T word pieces, [CLS] first and [SEP] last; ids (T,); segments (T,): 0, and 1 for the
    second text of a pair; hidden (layers + 1, T, width): 0 is the embedding, i + 1 comes out of
    layer i; attention (layers, heads, T, T): rows sum to 1, row i says where token i looks.
    """

    tokens: list[str]
    ids: Tensor
    segments: Tensor
    hidden: Tensor
    attention: Tensor


@torch.no_grad()
def read(tokenizer, model: nn.Module, text: str, pair: str | None = None) -> Reading:
    """Run a model of `load` on a text, or on two texts joined by [SEP] (a question, a passage).

    Raises ValueError for an empty text and for one longer than the model can take.
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
        tokenizer.convert_ids_to_tokens(ids.tolist()),
        ids,
        segments,
        torch.cat(outputs.hidden_states).cpu(),
        torch.cat(outputs.attentions).cpu(),
    )
