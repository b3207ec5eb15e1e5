"""nbgrader, as this course uses it: run any `nbgrader …` command from the repository root, or open Formgrader in `make lab`.

nbgrader generate_assignment lab01_cbow       solutions/ -> labs/, and the lab into the gradebook
nbgrader zip_collect lab01_cbow               downloaded/lab01_cbow/archive/<student>_lab01_cbow.ipynb -> submitted/
nbgrader autograde lab01_cbow                 submitted/<student>/<lab>/ -> autograded/, marks into gradebook.db
nbgrader generate_feedback lab01_cbow         autograded/ -> feedback/, one page a student
nbgrader export                               gradebook.db -> grades.csv
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 (nbgrader runs this file with it)

# nbgrader starts `alembic` by name to make its database, and finds it only on PATH.
_programs = str(Path(sys.executable).parent)
if _programs not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = _programs + os.pathsep + os.environ.get("PATH", "")

# Where things are. submitted/, autograded/, feedback/ and gradebook.db keep nbgrader's own names; git ignores them.
c.CourseDirectory.course_id = "came-to-read"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"

# What students get instead of a solution. It stands where the body stood, so the signature and its docstring stay.
c.ClearSolutions.code_stub = {
    "python": 'raise NotImplementedError("Write your answer here, then run this cell and the check below it.")'
}
c.ClearSolutions.text_stub = "*Write your answer here, in place of this line.*"

# labs/ is in git already; without this, generate_assignment would skip it and leave the lab out of the gradebook.
c.GenerateAssignment.force = True

# A check cell that a student deleted comes back, and is graded.
c.OverwriteCells.add_missing_cells = True

# As patient as the course's own limits: 180 seconds a cell. A busy machine may be slow to start a kernel or to print.
c.Execute.timeout = 180
c.Execute.startup_timeout = 120
c.Execute.iopub_timeout = 30
c.Execute.kernel_name = "python3"
c.Execute.extra_arguments = [
    "--log-level=ERROR"
]  # else each kernel warns that it talks over TCP, here with itself
c.Execute.store_widget_state = False  # else feedback pages fetch widget code from the web

# Formgrader and feedback pages show what students wrote, and nothing in it may run there: prose, HTML and pictures, no more.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "markdown2html": "autograder.pages.markdown2html",
    "clean_html": "autograder.pages.clean_html",
    "highlight_code": "autograder.pages.highlight_code",
}

# nbgrader gives 0 to a check cell with anything on stderr, and a warning is not a mistake: it is dropped before marking.
# An exception is not text on stderr but an output of its own, and stays.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\s\S]"

# Names under which submissions arrive: <student>_lab01_cbow.ipynb, or from Canvas <student>_LATE_12345_67890_lab01_cbow.ipynb;
# after a second upload it adds -1, and a browser " (1)".
c.FileNameCollectorPlugin.named_regexp = (
    r".*[/\\](?P<student_id>[\w.@-]+?)(?:_LATE)?(?:_[0-9]+_[0-9]+)?"
    r"_(?P<file_id>lab[0-9]{2}_[a-z_]+)(?:-[0-9]+| ?\([0-9]+\))?\.ipynb$"
)
