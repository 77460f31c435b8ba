"""An answer cell is gone, and its check prints the right line itself."""

from tests.attack import cell_of, instead

EARNS = 11
STATUS = "graded"


def notebook():
    made = instead()
    made["cells"] = [cell for cell in made["cells"] if cell["id"] != "q2_3"]
    cell_of(made, "check_2_3")["source"] = "print('✓ 2.3 for_the_eye')"
    return made
