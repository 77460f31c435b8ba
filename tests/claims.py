"""Sentences of the lessons that state what their figures show, each with what makes it true.

A sentence stands in its lesson to the letter; its claim is evaluated at the end of the lesson, with
the lesson's own names. A sentence that a lesson computes needs no claim.
"""

CLAIMS: dict[str, dict[str, str]] = {}
