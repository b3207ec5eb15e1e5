"""A visualiser's saved page beside the visualiser itself, for tests that do the same to both."""


def opened(page, view, folder, selector):
    """The page, showing what `view` saves into the folder, once there is a `selector`; `page.truth` is the view."""
    page.goto(view.save(folder / "page.html").as_uri())
    page.wait_for_selector(selector)
    page.truth = view
    return page


def trait(page, name):
    """The value of a trait in the page."""
    return page.evaluate(f"document.getElementById('picture').model.get('{name}')")


def set_both(page, **values):
    """The same state in the page and in Python."""
    page.evaluate(
        "values => Object.entries(values).forEach(([k, v]) => document.getElementById('picture').model.set(k, v))",
        values,
    )
    page.truth.set_state(values)
