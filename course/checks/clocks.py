"""What may be said of a time that somebody else measured: it lies between what the timed thing noted itself and the time between its neighbours.

Two medians of such bounds are the bounds of a median, however busy the computer is.
"""

import statistics

CLOCK = 3e-4  # seconds; two clocks may differ by so much


def medians(pairs):
    """The least and the most that a median may be of what lies within these bounds; of an even number, any number between the two middle ones."""
    least, most = zip(*pairs, strict=True)
    return statistics.median_low(least), statistics.median_high(most)


def within(seconds, bounds):
    """Whether a time lies within (least, most), but for the difference of two clocks."""
    return bounds[0] * 0.999 - CLOCK <= seconds <= bounds[1] * 1.001 + CLOCK
