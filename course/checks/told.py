"""What a helper at the student's side tells of itself: a value whose form is known, as long as nobody has laid hands on the helper."""

from .student import StudentError


def told(value, form):
    """The value, if it has this form; else a StudentError, as for any reply that cannot be read, and not a failure of the check.

    form: a type; a tuple of forms, for as many values; [form], for a list of any length; {str: form}, for a dict with any names; or a dict of
    the names that must be there, each with its form.
    """
    if not _has(value, form):
        raise StudentError("The reply of your kernel cannot be read: a malformed reply.", "error")
    return value


def _has(value, form):
    if isinstance(form, tuple):
        alike = isinstance(value, (list, tuple)) and len(value) == len(form)
        return alike and all(map(_has, value, form))
    if isinstance(form, list):
        return isinstance(value, (list, tuple)) and all(_has(each, form[0]) for each in value)
    if isinstance(form, dict) and str in form:
        return isinstance(value, dict) and all(isinstance(k, str) and _has(v, form[str]) for k, v in value.items())  # fmt: skip
    if isinstance(form, dict):
        return isinstance(value, dict) and all(k in value and _has(value[k], each) for k, each in form.items())  # fmt: skip
    return isinstance(value, form)
