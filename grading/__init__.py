"""Checks of answers, the editions of a lesson, and the grader.

`tasks` feeds an answer and collects what it returns (it holds no answer); `checks` holds cases,
hints and misconceptions; `check` is what a lesson calls; `editions` builds the notebooks.
"""
