"""The thin module behind the lessons: load, explain, plot, widgets.

    from helpers import explain, load, plot, widgets

It holds no text of a lesson and knows nothing of exercises and checks. The examples in its
docstrings begin where a lesson does: with its modules imported, the names of `helpers.maximize`,
`network = load.network()` and `cat = load.photograph("cat")`.
"""

from helpers.memory import keep_pages

keep_pages()  # before torch allocates anything large
