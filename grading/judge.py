"""Judge what an answer gave on its cases: right, a known mistake, or what is different about it.

The notebook, `make check` and the grader all come here, with outputs that were collected in the
same way (see `jail.answers`).
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grading.compare import Named
from grading.jail.answers import RETURNED, SIDE_EFFECTS
from grading.jail.gather import stub_message

if TYPE_CHECKING:
    from grading.exercise import Exercise


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer: right, wrong, error or not attempted, a sentence why, and a hint.

    named: the message says what the mistake is; the staged hints are for all others.
    """

    outcome: str
    message: str = ""
    named: bool = False
    hint: str = ""


def judge(exercise: "Exercise", outputs: list[dict], right_answer: Any, seed: int) -> Verdict:
    """Compare outputs collected from an answer with the right one's on the same cases."""
    expected = exercise.outputs(right_answer, seed)
    error = outputs[-1].get("error")
    if error and stub_message(exercise.id) in error["message"]:
        return Verdict("not attempted")
    if returned_nothing(outputs):
        return Verdict("not attempted", "" if exercise.is_value else NOTHING_RETURNED, named=True)
    problem = problem_of(exercise, outputs, expected)
    if problem is None:
        return Verdict("right")
    for function, hint in exercise.misconceptions:
        for version in filter(None, (function, exercise.naive.get(function))):
            known = exercise.outputs(exercise.answer(version), seed)
            if problem_of(exercise, outputs, known, more_effects=True) is None:
                return Verdict("wrong", hint, named=True)
    return Verdict("error" if error else "wrong", problem, named=isinstance(problem, Named))


def problem_of(
    exercise: "Exercise", outputs: list[dict], expected: list[dict], more_effects: bool = False
) -> str | None:
    """The first difference between the outputs of all cases, or None.

    more_effects: side effects beyond the expected ones are no difference.
    """
    if "error" in outputs[-1]:
        return error_problem(outputs, expected)
    if "error" in expected[-1] or len(outputs) != len(expected):
        return "It gives other outputs than expected."
    cases = list(zip(outputs, expected, strict=True))
    for got, want in cases:
        more, less = effects(got) - effects(want), effects(want) - effects(got)
        if less or more and not more_effects:
            return effect_problem(got, more)
    for got, want in cases:
        if problem := exercise.compare(collected(got), collected(want), exercise.tolerance):
            return problem
    return None


def collected(case: dict) -> dict:
    """What a task collected, without what was seen of the call."""
    return {name: item for name, item in case.items() if name not in (RETURNED, SIDE_EFFECTS)}


# nothing returned

NOTHING_RETURNED = "Your function returned nothing: is there a `return` at its end?"


def returned_nothing(outputs: list[dict]) -> bool:
    if error := outputs[-1].get("error"):
        return error["returned"] == "None"
    return all(item["kind"] == "None" for case in outputs for item in collected(case).values())


# errors

STANDS_ALONE = (
    "Your code uses `{name}`, which its cell does not define{where}. An answer stands alone: it "
    "has `torch`, `np`, `F`, `nn`, `math` and its arguments; what else it needs, it defines or "
    "imports."
)
UNDEFINED = re.compile(r"name '(\w+)' is not defined")


def error_problem(outputs: list[dict], expected: list[dict]) -> str | None:
    """What an error says, or None where the same one is expected at the same case."""
    error, wanted = outputs[-1]["error"], expected[-1].get("error")
    is_as_far = wanted and len(outputs) == len(expected)
    if is_as_far and all(error[name] == wanted[name] for name in ("type", "message")):
        return None
    where = f" (line {error['line']} of the answer cell)" if error["line"] else ""
    if error["type"] == "KeyboardInterrupt":
        return Named(f"It was stopped before it had an end{where}: does a loop never end?")
    if error["type"] == "NameError":
        found = UNDEFINED.match(error["message"])
        text = STANDS_ALONE.format(name=found[1], where=where) if found else error["message"]
        return Named(text)
    wanted = expected[min(len(outputs), len(expected)) - 1].get(RETURNED, {}).get("value", "")
    if error["returned"] and error["returned"] != wanted:  # the task failed, not the answer
        return Named(f"Your function returned {error['returned']}; wanted is {wanted}.")
    return f"Your code raised {error['type']}: {error['message']}{where}"


# side effects

EFFECTS = {
    "changed": "Your function changes its argument `{0}` in place: its caller still needs it. Work "
    "on a copy, and write nothing into the original (`+=`, `x[…] =`, names that end in `_`).",
    "requires_grad": "Your function switches gradients on for its argument `{0}`, and they stay "
    "on. Take a copy first: `{0}.detach().clone().requires_grad_(True)`.",
    "grad": "Your function leaves a gradient on its argument `{0}`; the next `backward` would add "
    "to it. Work on a copy: `{0}.detach().clone().requires_grad_(True)`.",
}


def effects(case: dict) -> set[str]:
    """What an answer did to its arguments: {"0 changed"}."""
    items = case.get(SIDE_EFFECTS, {"value": []})["value"] or []
    return {" ".join(str(item["value"]).split(" ")[:2]) for item in items}


def effect_problem(case: dict, more: set[str]) -> str:
    """A sentence on the first side effect that is not expected."""
    for item in (case.get(SIDE_EFFECTS) or {"value": []})["value"]:
        position, what, *name = str(item["value"]).split(" ", 2)
        if f"{position} {what}" in more and what in EFFECTS:
            return Named(EFFECTS[what].format(*name or ["it"]))
    return "It does other things to its arguments than expected."
