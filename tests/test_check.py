"""What a student sees from `check` and `score`: one fixed line, or a hint, never a traceback."""

import pytest

from grading import lesson as lessons
from grading.jail.answers import PREAMBLE
from grading.notebook import history, session

RIGHT = "def top_class(logits):\n    return logits.argmax(1)\n"
WRONG = "def top_class(logits):\n    return logits.argmin(1)\n"
CHECK = "from grading.notebook import check, score\ntop_class = check('0.1')\n"


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch):
    monkeypatch.setattr(session, "_verdicts", {})
    monkeypatch.setattr(session, "_hints_given", {})


@pytest.fixture
def notebook(capsys, shell):
    """Run cells one after the other; gives what the last one printed."""

    def run(*cells):
        for cell in cells:
            capsys.readouterr()
            shell.run_cell(cell, store_history=True)
        return capsys.readouterr().out

    run(PREAMBLE)
    run.names = shell.user_ns
    return run


def test_right_answer_prints_one_fixed_line_and_stays(notebook):
    assert notebook(RIGHT, CHECK) == "✓ 0.1 top_class\n"
    assert not hasattr(notebook.names["top_class"], "is_the_courses_own")
    assert notebook(CHECK) == "✓ 0.1 top_class\n"


def test_wrong_answer_gets_its_hint_and_the_courses_own_function(notebook):
    text = notebook(WRONG, CHECK)
    assert text.startswith("✗ 0.1 top_class: not right yet. This is the *smallest* logit")
    assert "goes on with the course's own top_class" in text
    assert notebook.names["top_class"] is lessons.of("0.1").right_answer("0.1")


def test_wrong_answer_checked_twice_earns_nothing(notebook):
    text = notebook(WRONG, CHECK, CHECK)
    assert "This is the *smallest* logit" in text and "✓" not in text
    assert "0 of 2 points" in notebook("score('00')")


def test_missing_answer_gets_a_sentence(notebook):
    assert "Run the answer cell above first." in notebook(CHECK)
    assert notebook.names["top_class"] is lessons.of("0.1").right_answer("0.1")


def test_after_a_syntax_error_the_old_answer_is_not_taken_for_the_new_one(notebook):
    notebook(RIGHT, "def top_class(logits)\n    return logits")
    assert "SyntaxError: expected ':' (line 1 of the answer cell)" in notebook(CHECK)


STUB = 'raise NotImplementedError("Exercise 0.1 is yours to write.")'


@pytest.mark.parametrize("body", [STUB, "...", "return ..."])
def test_unfinished_answers_are_not_attempted(notebook, body):
    text = notebook(f"def top_class(logits):\n    {body}\n", CHECK)
    assert text.startswith("○ 0.1 top_class: not attempted yet.")


def test_an_error_of_torch_is_not_taken_for_the_stub(notebook):
    text = notebook("def top_class(logits):\n    return -(logits > 0)\n", CHECK)
    assert text.startswith("✗") and "(line 2 of the answer cell)" in text


def test_forgotten_return_is_named(notebook):
    assert "`return`" in notebook("def top_class(logits):\n    logits.argmax(1)\n", CHECK)


def test_the_verdict_is_on_the_cell_by_itself_as_in_the_grader(notebook):
    lean = "def top_class(logits):\n    return largest(logits)\n"
    helper = "def largest(x):\n    return x.argmax(1)\n"
    assert notebook(helper, lean, CHECK) == "✓ 0.1 top_class\n"  # a cell of the student's own
    assert notebook(lean + "\n" + helper, CHECK) == "✓ 0.1 top_class\n"
    for other in ("from helpers.explain import sobel as largest", "largest = check('0.2')"):
        history.begin()
        text = notebook(other, lean, CHECK)
        assert "✗" in text and ("stands alone" in text or "'helpers'" in text), text


def test_an_answer_may_not_lean_on_another_answer(notebook):
    other = lessons.find("02").solution("2.5")
    lean = (
        "def smoothgrad(gradient, images, noise, fraction):\n"
        "    copies = [images + noise_std(images, fraction) * one for one in noise]\n"
        "    return torch.stack([gradient(copy) for copy in copies]).mean(0)\n"
    )
    ask = "from grading.notebook import check\ncheck('2.6')\n"
    text = notebook(other, lean, ask)
    assert "uses `noise_std`" in text and "stands alone" in text
    assert notebook(lean + other, ask).startswith("✓ 2.6 ")


def test_a_stub_that_was_commented_out_is_no_stub_and_one_run_again_is(notebook):
    commented = RIGHT.replace("    return", f"    # {STUB}\n    return")
    assert notebook(commented, CHECK) == "✓ 0.1 top_class\n"
    assert notebook(f"def top_class(logits):\n    {STUB}\n", CHECK).startswith("○ 0.1")
    assert notebook("answer_0_2 = None\nanswer_0_2 = 'B'", "check('0.2')").startswith("✓ 0.2")


def test_a_trial_below_the_function_costs_nothing(notebook):
    assert notebook(RIGHT + "print(top_class(network(cat)))", CHECK) == "✓ 0.1 top_class\n"


def test_a_renamed_function_is_named(notebook):
    text = notebook(RIGHT.replace("top_class", "topclass"), CHECK)
    assert "there is a `topclass`: keep the name" in text


def test_what_the_task_cannot_use_is_not_called_the_students_error(notebook):
    ask = "from grading.notebook import check\ncheck('4.4')\n"
    answer = "def weighted_ridge(masks, scores, importance, strength):\n    return {}"
    text = notebook(answer.format("masks[0]"), ask)
    assert "Your function returned a torch.Tensor of float32" in text
    assert "wanted is a tuple of 2" in text and "raised" not in text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("logits += 1", "changes its argument `logits` in place"),
        ("logits.requires_grad_(True)", "switches gradients on for its argument `logits`"),
    ],
)
def test_side_effects_are_named(notebook, line, words):
    text = notebook(f"def top_class(logits):\n    {line}\n    return logits.argmax(1)\n", CHECK)
    assert text.startswith("✗") and words in text and "Hint" not in text


def test_a_graph_left_on_a_result_is_named(notebook):
    ask = "from grading.notebook import check\ncheck('6.1')\n"
    answer = lessons.find("06").solution("6.1")
    assert notebook(answer, ask).startswith("✓")
    answer += "\n\ninner = ascend\n\ndef ascend(*a):\n    return inner(*a).requires_grad_(True)"
    assert "holds the graph" in notebook(answer, ask)


def test_an_error_names_its_type_and_the_line(notebook):
    answer = "def top_class(logits):\n    x = 1\n    return logits[999]\n"
    text = notebook(answer, CHECK)
    assert "IndexError" in text and "(line 3 of the answer cell)" in text


def test_hints_come_one_after_the_other_and_the_last_one_stays(notebook):
    answer = "def top_class(logits):\n    return logits.argmax(1) + 1\n"
    texts = [notebook(answer, CHECK) for _ in range(3)]
    assert ["Hint 1 of 2" in texts[0], "Hint 2 of 2" in texts[1], "Hint 2 of 2" in texts[2]] == [
        True,
        True,
        True,
    ]


def test_what_an_answer_prints_does_not_reach_the_check_line(notebook):
    answer = "def top_class(logits):\n    print('debug')\n    return logits.argmax(1)\n"
    assert notebook(answer, CHECK) == "✓ 0.1 top_class\n"


def test_not_a_function(notebook):
    assert "should be a function; yours is a int" in notebook("top_class = 3", CHECK)


def test_choices(notebook):
    ask = "from grading.notebook import check, score\ncheck('0.2')\n"
    assert "not attempted" in notebook("answer_0_2 = None", ask)
    assert notebook("answer_0_2 = ' b'", ask).startswith("✓ 0.2 answer_0_2\n")
    assert "A is not it." in notebook("answer_0_2 = 'A'", ask)
    assert "one of the letters A, B, C, D" in notebook("answer_0_2 = 'E'", ask)
    assert "letter in quotes" in notebook("answer_0_2 = 2", ask)


def test_score_counts_points_and_says_what_is_left(notebook):
    text = notebook(RIGHT, CHECK, "score('00')")
    assert "1 of 2 points" in text and "Still to do: 0.2" in text
    full = notebook("answer_0_2 = 'B'", "check('0.2')", "score('00')")
    assert full == "Lesson 00  ████████████████████  2 of 2 points\n"


def test_unknown_exercise_names_the_known_ones():
    with pytest.raises(KeyError, match="0.1"):
        lessons.exercise("0.9")
