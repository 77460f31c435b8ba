"""LIME on texts and tables: the `lime` package's own, asked in batches and with its defaults.

Ribeiro, Singh & Guestrin 2016, "Why should I trust you?" (arXiv:1602.04938).
"""

from collections.abc import Callable, Sequence

import numpy as np
from tqdm.auto import tqdm

from helpers.model import check_count


def lime_text(
    predict: Callable[[list[str]], np.ndarray],
    text: str,
    target: int,
    n: int = 1000,
    seed: int = 0,
    chunk: int = 256,
) -> list[tuple[str, float]]:
    """LIME on a text: every word with its weight, largest |weight| first.

    A word is removed wherever it stands. `predict`: list of M texts -> scores (M, classes), for
    example probabilities.

    >>> def praise(texts):
    ...     return np.array([[0, 1] if "good" in text else [1, 0] for text in texts])
    >>> explain.lime_text(praise, "a good film", target=1, n=100)[0][0]
    'good'
    """
    from lime.lime_text import LimeTextExplainer

    check_count(n=n, chunk=chunk)
    explainer = LimeTextExplainer(feature_selection="none", random_state=seed)
    explanation = explainer.explain_instance(
        text, _in_chunks(predict, chunk), labels=(target,), num_samples=n
    )
    return [(str(word), float(weight)) for word, weight in explanation.as_list(label=target)]


def lime_table(
    predict: Callable[[np.ndarray], np.ndarray],
    rows: np.ndarray,
    row: np.ndarray,
    target: int,
    names: Sequence[str],
    n: int = 5000,
    seed: int = 0,
    chunk: int = 1000,
    width: float | None = None,
) -> list[tuple[str, float]]:
    """LIME on one row (D,) of a table: every feature's condition with its weight, largest first.

    Features are cut at the quartiles of `rows` (M, D); a sample keeps the row's quartile (1) or
    takes another one (0), so a weight says what staying in this quartile adds. `predict`: (M, D)
    -> scores (M, classes), probabilities or logits. `width` None is lime's 0.75 √D.

    >>> rows = np.random.default_rng(0).random((200, 2))
    >>> found = explain.lime_table(lambda x: x, rows, rows[0], 0, ["width", "height"], n=200)
    >>> "width" in found[0][0]  # column 0 of the scores is the width itself
    True
    """
    from lime.lime_tabular import LimeTabularExplainer

    check_count(n=n, chunk=chunk)
    # regression, because as classification lime takes only probabilities that sum to 1
    explainer = LimeTabularExplainer(
        np.asarray(rows),
        mode="regression",
        feature_names=list(names),
        feature_selection="none",
        kernel_width=width,
        random_state=seed,
    )

    def score(samples: np.ndarray) -> np.ndarray:
        return _in_chunks(predict, chunk)(samples)[:, target]

    explanation = explainer.explain_instance(np.asarray(row), score, num_samples=n)
    return [(condition, float(weight)) for condition, weight in explanation.as_list()]


def _in_chunks(predict: Callable, chunk: int) -> Callable:
    """`predict` on `chunk` inputs at a time, with a bar."""

    def batched(inputs: Sequence | np.ndarray) -> np.ndarray:
        starts = tqdm(range(0, len(inputs), chunk), desc="samples", delay=2, leave=False)
        return np.concatenate([np.asarray(predict(inputs[s : s + chunk])) for s in starts])

    return batched
