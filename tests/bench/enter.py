"""Joins a control group, notes the moment, and becomes another program.

python tests/bench/enter.py <members of the group> <file for the moment> <program>
"""

import os
import sys
import time
from pathlib import Path

members, moment, program = sys.argv[1:]
Path(members).write_text(str(os.getpid()))
Path(moment).write_text(str(time.monotonic()))
os.execv(program, [program])
