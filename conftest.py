"""Lets plain nbval check a student's own notebook, and cures its traps (see grading/nbval.py)."""

pytest_plugins = ("grading.nbval",)
