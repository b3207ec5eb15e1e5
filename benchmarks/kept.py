"""Where a benchmark's rows are kept that a lesson shows."""

import json
from pathlib import Path

LESSONS = Path(__file__).parents[1] / "course" / "lessons"


def keep(stem: str, part: str, rows: list[dict]) -> None:
    """Put the rows in the place of those of this part, in the lesson's file of measured rows.

    stem: of the lesson, "09_text_to_text"; part: which of its tables; each row gets it under "part".
    """
    path = LESSONS / f"{stem}.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    kept = [row for row in kept if row["part"] != part] + [{"part": part, **row} for row in rows]
    path.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
