"""What is named after an exercise's id: its lesson, the cells of its answer and its check."""


def lesson_of(exercise_id: str) -> str:
    """The number of the lesson: "2.1" → "02"."""
    return f"{int(exercise_id.split('.')[0]):02d}"


def answer_id(exercise_id: str) -> str:
    """The id of the answer cell, and the name of the function in `tasks`: "2.1" → "q2_1"."""
    return "q" + exercise_id.replace(".", "_")


def check_id(exercise_id: str) -> str:
    """The id of the check cell: "2.1" → "check_2_1"."""
    return "check_" + exercise_id.replace(".", "_")
