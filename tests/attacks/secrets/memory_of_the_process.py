"""Searches the memory of its own process, page by page, for what looks like the class secret."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    answer="def $NAME(*args, **kwargs):\n    return 1",
    last="""
mark, hits = b"canary" + b"-", set()
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        place, rights = line.split()[:2]
        start, end = (int(x, 16) for x in place.split("-"))
        if "rw" not in rights or "[v" in line or end - start > 1 << 26:
            continue
        try:
            memory.seek(start)
            page = memory.read(end - start)
        except (OSError, OverflowError, ValueError):
            continue
        at = page.find(mark)
        while at >= 0:
            hits.add(page[at : at + 40])
            at = page.find(mark, at + 1)
for hit in hits:
    print(hit.decode(errors="replace"))
""",
)
