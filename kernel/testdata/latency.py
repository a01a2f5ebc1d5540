"""Measures cells as a front end sees them: from the request to the reply.

Reads a JSON list of cells; starts the kernel, runs each of them once, in order, and
writes the seconds that each took as a JSON list.
"""
import json
import sys
import time

from jupyter_client.manager import start_new_kernel

cells = json.load(sys.stdin)
manager, client = start_new_kernel(kernel_name="liegg", startup_timeout=60)
seconds = []
try:
    for cell in cells:
        start = time.perf_counter()
        reply = client.execute_interactive(cell, timeout=120, output_hook=lambda _: None)
        seconds.append(time.perf_counter() - start)
        if reply["content"]["status"] != "ok":
            sys.exit(f"the cell failed: {cell}\n{reply['content']}")
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=False)
json.dump(seconds, sys.stdout)
