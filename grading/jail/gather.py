"""The code that belongs to an answer, among the code cells of a student.

An answer stands alone: of all that a student wrote, only the cell that defines the answer counts,
and whatever cells of their own it takes names from. Cells of the lesson do not. So a helper in a
cell of its own, an answer below its stub and a cell that was split are all right.
"""

import re
import symtable

from grading.jail.ids import answer_id

LINE_BINDS = re.compile(r"^(?:def\s+)?(\w+)\s*[(=]", re.MULTILINE)


def gathered(exercise: dict, code: list[tuple[str, str]]) -> list[str]:
    """The sources to run for an exercise, the answer last.

    exercise: {"id", "name"}; code: (name, source) of cells in order, the name an answer cell's id
    (q2_1) or empty for a cell that the student added. Other answers' cells are not taken.
    """
    own = answer_id(exercise["id"])
    sources = rejoined([(name == own, source) for name, source in code if name in (own, "")])
    defining = [(mine, source) for mine, source in sources if exercise["name"] in binds(source)]
    candidates = [c for c in defining if not is_stub(exercise, c[1])] or defining
    candidates = candidates or [c for c in sources if c[0]]
    if not candidates:
        return []
    answer = candidates[-1][1]
    return [*needed(answer, [source for _, source in sources if source != answer]), answer]


def needed(answer: str, others: list[str]) -> list[str]:
    """Those of the other sources that define what an answer uses, in order."""
    chosen: set[int] = set()
    wanted = uses(answer)
    while wanted:
        defining = [n for n, source in enumerate(others) if wanted & binds(source)]
        last = {name: n for n in defining for name in wanted & binds(others[n])}
        new = set(last.values()) - chosen
        chosen |= new
        wanted = set().union(*(uses(others[n]) for n in new)) - set(last)
    return [others[n] for n in sorted(chosen)]


def rejoined(sources: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """A cell split in the middle of a function is one again."""
    found: list[tuple[bool, str]] = []
    for mine, source in sources:
        if found and mine and found[-1][0] and not compiles(source):
            whole = f"{found[-1][1]}\n{source}"
            if compiles(whole):
                found[-1] = (True, whole)
                continue
        found.append((mine, source))
    return found


def is_stub(exercise: dict, source: str) -> bool:
    """Is this the untouched stub? One that was commented out is not."""
    raises = f'raise NotImplementedError("{stub_message(exercise["id"])}")'
    lines = [line.rstrip() for line in source.splitlines()]
    values = [line for line in lines if line.startswith(f"{exercise['name']} =")]
    return any(line.strip() == raises for line in lines) or values[-1:] == [
        f"{exercise['name']} = None"
    ]


def stub_message(exercise_id: str) -> str:
    """What the stub of an exercise raises."""
    return f"Exercise {exercise_id} is yours to write."


def binds(source: str) -> set[str]:
    """The names that some code defines; where it does not compile, those its lines begin with."""
    try:
        table = symtable.symtable(plain_python(source), "", "exec")
    except (SyntaxError, ValueError):
        return set(LINE_BINDS.findall(source))
    return {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}


def uses(source: str) -> set[str]:
    """The names that some code takes from outside of itself."""
    try:
        top = symtable.symtable(plain_python(source), "", "exec")
    except (SyntaxError, ValueError):
        return set()
    found, tables = set(), [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        outside = (s for s in table.get_symbols() if s.is_global() or table is top)
        found |= {s.get_name() for s in outside if s.is_referenced()}
    return found - binds(source)


def compiles(source: str) -> bool:
    try:
        compile(plain_python(source), "", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def plain_python(source: str) -> str:
    """The source, without IPython's magics where there are any."""
    try:
        compile(source, "", "exec")
        return source
    except (SyntaxError, ValueError):
        from IPython.core.inputtransformer2 import TransformerManager

        return TransformerManager().transform_cell(source)
