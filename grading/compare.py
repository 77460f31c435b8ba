"""Say in one sentence how an answer's outputs differ from the expected ones, or that they agree."""

import numpy as np


class Named(str):
    """A sentence that says what the mistake is, so that no staged hint need follow."""


def difference(outputs: dict, expected: dict, tolerance: float) -> str | None:
    """Compare one case's plain outputs with the expected ones.

    `tolerance` is relative to the largest expected absolute value of each output.
    Returns None where they agree, else one sentence on type, shape, sign or scale.
    """
    for name, want in expected.items():
        if name not in outputs:
            return f"`{name}` is missing."
        problem = _difference(outputs[name], want, tolerance)
        if problem:
            return type(problem)(f"`{name}` {problem}")
    return None


def _difference(got: dict, want: dict, tolerance: float) -> str | None:
    if got["kind"] != want["kind"]:
        said = f"should be a {want['kind']}; yours is a {got['kind']}."
        return Named(said.replace("a None", "None"))
    if got.get("graph") and not want.get("graph"):
        return Named(
            "still holds the graph of its computation, so that whoever uses it drags the "
            "network's gradients along; return it `.detach()`ed."
        )
    if want.get("graph") and not got.get("graph"):
        return Named("lets no gradient through: something detached it on its way. Leave it whole.")
    if want["kind"] == "number" or isinstance(want["value"], np.ndarray):
        return _numbers(np.asarray(got["value"]), np.asarray(want["value"]), tolerance)
    if isinstance(want["value"], list):
        if len(got["value"]) != len(want["value"]):
            return Named(f"should have {len(want['value'])} items; yours has {len(got['value'])}.")
        for position, (ours, theirs) in enumerate(zip(got["value"], want["value"], strict=True)):
            if problem := _difference(ours, theirs, tolerance):
                return type(problem)(f"[{position}] {problem}")
        return None
    return None if got["value"] == want["value"] else "is not the right one."


def _numbers(got: np.ndarray, want: np.ndarray, tolerance: float) -> str | None:
    is_one = want.ndim == 0
    if got.shape != want.shape:
        return Named(f"should have shape {want.shape}; yours has shape {got.shape}.")
    got, want = got.astype(np.float64), want.astype(np.float64)
    if not np.isfinite(got[np.isfinite(want)]).all():
        return "holds values that are not finite (NaN or infinity)."
    if agree(got, want, tolerance):
        return None
    if not (np.isfinite(got) == np.isfinite(want)).all():
        return Named("holds numbers where the right answer has none (NaN or infinity).")
    got, want = got[np.isfinite(want)], want[np.isfinite(want)]
    scale = np.abs(want).max(initial=0.0)
    if is_one:
        return "is too large." if got > want else "is too small."
    if scale == 0:
        return "should be zero everywhere; yours is not."
    if agree(-got, want, tolerance) and agree(got, np.abs(want), tolerance):
        return Named("has the right size, but its sign is lost or the opposite one.")
    if agree(-got, want, tolerance):
        return Named("has the right size but the opposite sign.")
    if agree(got, np.abs(want), tolerance):
        return Named("has lost its sign: it is the absolute value of the right answer.")
    if not np.any(got):
        return "is zero everywhere; the right answer is not."
    factor = (got * want).sum() / (want * want).sum()
    if abs(factor) > 1e-12 and agree(got / factor, want, tolerance):
        return Named(f"is right up to a constant factor: {factor:.3g} times what it should be.")
    off = np.abs(got - want).max() / scale
    return f"has the right shape, but values that differ by up to {off:.2g} times the largest."


def agree(got: np.ndarray, want: np.ndarray, tolerance: float) -> bool:
    """True where every |got − want| is at most tolerance × max |want| (or 1e-12)."""
    scale = np.abs(want[np.isfinite(want)]).max(initial=0.0)
    return bool(np.allclose(got, want, rtol=0, atol=max(tolerance * scale, 1e-12), equal_nan=True))
