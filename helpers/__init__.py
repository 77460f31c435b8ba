"""The thin module behind the lessons: load, explain, plot, widgets.

    from helpers import explain, load, plot, widgets

It holds no text of a lesson and knows nothing of exercises and checks.
"""

from helpers.memory import keep_pages

keep_pages()  # before torch allocates anything large
