"""Many calls at once: for each that fails a sentence in front that says what was tried; and which usual mistake explains most of what came back."""

from .require import Wrong, part
from .student import StudentError


def tried(student, calls, stories):
    """The results of calls, one by one. An error is raised where its turn comes, with its story in front.

    calls: `args`, one for each call; stories: sentences, as many.
    """
    for result in _kept(student, calls, stories):
        if isinstance(result, StudentError):
            raise result
        yield result


def _kept(student, calls, stories):
    """The results of calls; an error is a `StudentError` in its place, with its story in front."""
    out = []
    for result, story in zip(student.many(calls, errors="keep"), stories, strict=True):
        # not written, a time limit, an argument changed: it says enough
        if isinstance(result, StudentError) and result.kind == "error":
            result = StudentError(f"{story} {result}", result.kind, result.type, result.bases, result.frames, result.message)  # fmt: skip
        out.append(result)
    return out


def judge_groups(student, plain, parts, call, story, requirement, slips):
    """Call the student for all cases, and require each: those of `plain` for any marks, the others in parts.

    plain: cases; parts: for each title (points, cases); call: case -> `args`; story: case -> what is said before an error;
    requirement(got, case, slips): fails where a result is wrong, with the sentence of the first slip that leads there;
    slips(case): triples (a function: got -> whether this mistake gives it, whether that is wrong here, a sentence), the same number and order
    for each case. The requirement gets pairs, of those that are wrong here; what explains more of *all* results comes first.
    """
    groups = [plain, *(cases for _, cases in parts.values())]
    cases = [case for group in groups for case in group]
    results = _kept(student, [call(case) for case in cases], [story(case) for case in cases])
    order = []

    def known(case):
        """The slips of a case, in their order: worked out when a first result is wrong."""
        if not order:
            counts = [0] * len(slips(case))
            for each, got in zip(cases, results, strict=True):
                if not isinstance(got, StudentError):
                    for i, (gives, _, _) in enumerate(slips(each)):
                        counts[i] += _is(gives, got)
            order.extend(sorted(range(len(counts)), key=lambda i: -counts[i]))
        own = slips(case)
        return [(own[i][0], own[i][2]) for i in order if own[i][1]]

    waiting = iter(zip(cases, results, strict=True))

    def each(n):
        # all of the group's results are taken, so that a failure does not shift the next group's
        for case, got in [next(waiting) for _ in range(n)]:
            if isinstance(got, StudentError):
                raise got
            try:
                requirement(got, case, [])
            except Wrong:
                requirement(got, case, known(case))

    each(len(plain))
    for title, (points, own) in parts.items():
        with part(title, points=points):
            each(len(own))


def known_of(got, slips):
    """The sentence of the first slip that gives this, or an empty string."""
    return next((said for gives, said in slips if _is(gives, got)), "")


def _is(gives, got):
    """Whether a mistake gives this; what cannot even be compared with it is another one."""
    try:
        return bool(gives(got))
    except Exception:
        return False
