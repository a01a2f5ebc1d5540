"""Executes a notebook and reports its progress."""
import asyncio
import contextlib
import os
import re
import signal
import uuid

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets.config import Config

from blame import blame
from document import KERNEL, executed


# Code that reads input, which a run cannot ask anybody for.
READS = re.compile(r"\b(?:fmt\.Scan(?:f|ln)?\(|os\.Stdin\b|gonbui\.RequestInput\()")

# Seconds to wait for output that a cell has printed before a signal.
ARRIVAL = 0.3


class Failure:
    """Why execution stopped at the cell of index cell. The fault is at a line of
    the cell of index at; line 0 means that the line is unknown."""

    def __init__(self, cell, name, value, place=None):
        self.cell, self.name, self.value = cell, name, value
        self.at, self.line, self.source = place or (cell, 0, "")


def connection(transport):
    """How client and kernel connect: a file in the private folder, and sockets next to it."""
    name = os.path.join(os.environ["JUPYTER_RUNTIME_DIR"], f"kernel-{uuid.uuid4()}.json")
    return Config({"KernelManager": {"transport": transport, "connection_file": name}})


class Client(NotebookClient):
    """Runs notebooks and leaves signals to the program. nbclient would end the kernel on
    a signal, and the cell would look as if it had failed."""

    @contextlib.asynccontextmanager
    async def async_setup_kernel(self, **kwargs):
        self.km = self.create_kernel_manager()
        try:
            await self.async_start_new_kernel(**kwargs)
            await self.async_start_new_kernel_client()
            yield
        finally:
            if self.km is not None:
                await self._async_cleanup_kernel()


class Execution:
    """One execution of a notebook. Cells that it does not reach keep their outputs."""

    def __init__(self, nb, folder, timeout, transport, say):
        self.nb, self.say, self.code = nb, say, executed(nb)
        self.timeout = timeout
        self.begun = []  # indices of the cells that have started
        self.place = None
        self.interrupted = False
        self.language_info = nb.metadata.get("language_info")
        self.client = Client(
            nb, config=connection(transport), timeout=timeout, startup_timeout=120, kernel_name=KERNEL["name"],
            # How long the outputs of a finished cell may take to arrive. Later ones
            # would be lost.
            iopub_timeout=3600,
            resources={"metadata": {"path": folder}}, record_timing=False, store_widget_state=False,
            on_cell_start=self.started, on_cell_executed=self.ended, on_cell_error=self.failed,
        )

    def started(self, cell, cell_index):
        if cell_index in self.code:
            self.begun.append(cell_index)
            cell.outputs = []
            self.place = None
            self.say("cell", k=len(self.begun))
            if READS.search(cell.source):
                self.say("inputless", k=len(self.begun))

    def ended(self, cell, cell_index, execute_reply):
        allowed = "raises-exception" in cell.metadata.get("tags", [])
        if cell_index in self.code and (allowed or execute_reply["content"]["status"] == "ok"):
            self.say("done", k=len(self.begun))

    def failed(self, cell, cell_index, execute_reply):
        self.place = blame(self.nb, cell_index)

    async def run(self, on_interrupt):
        """Executes the notebook and returns a Failure, or None if there was none or if
        a signal ended it. on_interrupt is called after a signal, before waiting for the
        end of the kernel."""
        task = asyncio.ensure_future(self.client.async_execute())

        def interrupt():
            nonlocal asked
            if not asked:
                loop.call_later(ARRIVAL, end)
            asked = True

        def end():
            self.interrupted = True
            if self.begun:
                self.mark(Failure(self.begun[-1], "interrupted", "the run was interrupted in this cell"))
            try:
                on_interrupt()
            finally:
                task.cancel()

        asked = False
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, interrupt)
        try:
            return await self.outcome(task)
        except asyncio.CancelledError:
            return None

    async def outcome(self, task):
        try:
            await task
        except CellExecutionError as e:
            return Failure(self.begun[-1], e.ename, e.evalue, self.place)
        except CellTimeoutError:
            return self.mark(Failure(self.begun[-1], "timeout", f"the cell ran longer than {self.timeout:g} s; --timeout allows more"))
        except DeadKernelError:
            if not self.begun:
                raise
            return self.mark(Failure(self.begun[-1], "kernel died", "the kernel ended while the cell ran; did the machine run out of memory?"))
        return None

    def mark(self, failure):
        """Notes in the notebook why a cell did not end by itself."""
        if not self.interrupted or failure.name == "interrupted":
            self.nb.cells[failure.cell].outputs.append(nbformat.v4.new_output(
                "error", ename=failure.name, evalue=failure.value, traceback=[f"{failure.name}: {failure.value}"]))
        return failure
