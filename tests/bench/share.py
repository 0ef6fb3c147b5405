"""Lambda's share of a processor: so much of every 20 ms as belongs to the memory, 1,769 MB being one whole processor
(https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). The kernel's control groups enforce it, as they do there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terminal import Failed

PERIOD_MICROSECONDS = 20_000
WHOLE_MEGABYTES = 1769
GROUPS = Path("/sys/fs/cgroup")


@contextmanager
def share(megabytes: int) -> Iterator[Path]:
    """The share of a processor that Lambda gives to this memory: the file that takes the processes which have it."""
    quota = PERIOD_MICROSECONDS * megabytes // WHOLE_MEGABYTES
    name, first = f"bench-{uuid.uuid4().hex[:8]}", (GROUPS / "cpu").is_dir()
    group = GROUPS / "cpu" / name if first else GROUPS / name
    try:
        group.mkdir()
        if first:
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (group / "cpu.max").write_text(f"{quota} {PERIOD_MICROSECONDS}")
    except OSError as error:
        raise Failed(f"No control group can be made ({error}): run as root, for example in a container of your own.") from None
    try:
        yield group / ("tasks" if first else "cgroup.procs")
    finally:
        group.rmdir()
