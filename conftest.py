"""Lets plain nbval check a student's own notebook (see grading/file/nbval.py)."""

pytest_plugins = ("grading.file.nbval",)
