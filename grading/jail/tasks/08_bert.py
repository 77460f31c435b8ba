"""What lesson 08 feeds an answer and collects from it: small attentions and a small encoder."""

import torch

from grading.jail.tasks import tensor, tensors


def small_encoder(case):
    """Token numbers (T,) → a vector (6,): the mean of their embeddings, each bent by its place."""
    table, places = tensor(case["table"]), tensor(case["places"])

    def embed(ids):
        return torch.tanh(table[ids] + places[: len(ids)]).mean(0)

    return embed


def q8_1(attention_weights, case):
    queries, keys = tensor(case["queries"]), tensor(case["keys"])
    return {"the weights": attention_weights(queries, keys)}


def q8_2(previous_token_score, case):
    attention = tensor(case["attention"])
    return {"the scores": previous_token_score(attention)}


def q8_3(share_to, case):
    attention, tokens = tensor(case["attention"]), list(case["tokens"])
    return {"the shares": share_to(attention, tokens, case["kind"])}


def q8_5(leave_one_out, case):
    ids = tensor(case["ids"])
    return {"the changes": leave_one_out(small_encoder(case), ids)}


def q8_6(rollout, case):
    attention = tensor(case["attention"])
    return {"the rollout": rollout(attention)}


def q8_8(best_span, case):
    start, end, allowed = tensors(case, "start", "end", "allowed")
    first, last = best_span(start, end, allowed, case["longest"])
    return {"the first token": number(first), "the last token": number(last)}


def number(value):
    """A whole number, also where it came as a tensor of one."""
    return value.item() if isinstance(value, torch.Tensor) else value
