"""The reading site and the slides: static pages made from the executed lessons.

lessons → execute (once, recording widgets) → parts → render → site, slides
"""

from pathlib import Path

ROOT = Path(__file__).parent.parent
FIGURE = "application/vnd.course.figure+json"  # what a picture leaves in a notebook
FRAMES = "application/vnd.course.frames+json"  # what a recorded widget leaves there
