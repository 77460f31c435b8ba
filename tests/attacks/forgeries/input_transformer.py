"""An IPython input transformer that rewrites the cells after it, where there is a shell."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
shell = get_ipython()
shell.input_transformers_post.append(lambda lines: ['ESCAPED = True'])
shell.run_cell('ESCAPED = ESCAPED')"""


def notebook():
    return if_it_works(ANSWER)
