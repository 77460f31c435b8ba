"""Checks of answers, the editions of a lesson, and the grader. A folder is a wall:

lesson, exercise, compare, checks/    what is asked, and how an answer is judged
jail/        all that exists in the sandbox: what an answer is fed, and what it gives back
notebook/    what runs in the kernel of a student: the check, the score, the polls
file/        what handles a student's file: find answers, check, restore
grade/       what grades a class
editions, rules                       build the notebooks from the lessons' sources
reference/   the solved lessons, with what nbval compares
"""

from helpers.memory import keep_pages

keep_pages()

VERDICT = "application/vnd.course.verdict+json"  # what a check cell puts out beside its text
