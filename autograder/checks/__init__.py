"""Hidden checks, one module a lab. Each extends the visible checks of `course.checks` with oracles, edge cases and random
cases drawn from the class secret, and never reaches a student."""
