"""Runs what README.md shows of Python, in a folder of its own. usage: readme.py README.md"""

import contextlib
import io
import os
import re
import sys
import tempfile

with open(sys.argv[1], encoding="utf-8") as file:
    (shown,) = re.findall(r"```python\n(.*?)```", file.read(), re.S)
said = io.StringIO()
with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(said):
    os.chdir(folder)
    exec(shown)
    os.chdir("/")
lines = said.getvalue().splitlines()
assert lines[0] == "review", lines
assert len(lines) == 2 and "decision='clear'" in lines[1], lines
