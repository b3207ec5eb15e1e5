"""Many calls at once, and for each that fails a sentence in front that says what was tried."""

from .student import StudentError


def tried(student, calls, stories):
    """The results of calls, one by one. An error is raised where its turn comes, with its story in front.

    calls: `args`, one for each call; stories: sentences, as many.
    """
    for result, story in zip(student.many(calls, errors="keep"), stories, strict=True):
        if isinstance(result, StudentError):
            if result.kind != "error":  # not written, a time limit, an argument changed: it says enough
                raise result
            raise StudentError(
                f"{story} {result}", result.kind, result.type, result.bases, result.frames, result.message
            )
        yield result
