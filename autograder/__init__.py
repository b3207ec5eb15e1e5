"""The instructor's package: hidden checks, releases, grading. Students' notebooks never import it."""
