"""What runs in the kernel of a student or a lecturer: checks, the score, its panel, the polls.

from grading.notebook import check, panel, score
"""

from grading.notebook.session import check, panel, score

__all__ = ["check", "panel", "score"]
