"""Lets plain nbval check a student's own notebook, and cures its traps (see grading/file/nbval.py)."""

pytest_plugins = ("grading.file.nbval",)
