"""The untouched student edition runs top to bottom without an exception and scores 0.

`make test-all` runs every lesson; `make test` runs lesson 02, in JupyterLab (test_browser_lab.py).
"""

import pytest

from grading import lesson as lessons
from grading.editions import EDITIONS
from grading.jail.ids import check_id
from tests.notebooks import errors_of, execute, text_of

LESSONS = [lesson.name for lesson in lessons.with_exercises()]


@pytest.mark.slow
@pytest.mark.every_lesson
@pytest.mark.parametrize("lesson", LESSONS)
def test_untouched_edition_runs_and_scores_nothing(lesson):
    nb = execute(EDITIONS["student"] / f"{lesson}.ipynb")
    assert errors_of(nb) == []
    cells = {cell.id: cell for cell in nb.cells}
    for exercise in lessons.find(lesson[:2]).exercises.values():
        check = cells[check_id(exercise.id)]
        assert text_of(check).startswith(f"○ {exercise.id} "), text_of(check)
    assert " 0 of " in text_of(cells[f"score_{lesson[:2]}"])
