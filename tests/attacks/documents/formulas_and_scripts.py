"""An error message for the spreadsheet and for the browser of whoever reads it."""

from tests.attack import cell_of, instead

EARNS = 11
STATUS = "student_error"

ANSWER = """\
class Formula(Exception):
    pass
Formula.__name__ = '=cmd|calc'
raise Formula('</td><script>alert(1)</script><img src=x onerror=alert(1)>')"""


def notebook():
    made = instead(ANSWER)
    cell_of(made)["outputs"] = [
        {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}}
    ]
    return made
