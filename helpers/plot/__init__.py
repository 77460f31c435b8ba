"""Pictures of pictures, and plain charts.

Every function returns a `Picture`, which shows itself where it is the last line of a cell and
carries a text summary for people who cannot see it. Maps are scaled here, for the eye only;
explainers never do that.
"""

from helpers.plot.base import (
    AGAINST,
    COLOURS,
    DASHES,
    FOR,
    HATCHES,
    Mark,
    Picture,
    beside,
    picture,
)
from helpers.plot.charts import barh, bars, strips
from helpers.plot.curves import line_panels, lines
from helpers.plot.pictures import CLIP, heatmaps, images, pieces, sheet
from helpers.plot.plane import arrows, matrix, scatter

__all__ = [
    "AGAINST",
    "CLIP",
    "COLOURS",
    "DASHES",
    "FOR",
    "HATCHES",
    "Mark",
    "Picture",
    "arrows",
    "barh",
    "bars",
    "beside",
    "heatmaps",
    "images",
    "line_panels",
    "lines",
    "matrix",
    "picture",
    "pieces",
    "scatter",
    "sheet",
    "strips",
]
