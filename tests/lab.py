"""`make lab`, as a person starts it, on a copy of the notebooks that a test may change."""

import os
import re
import shutil
import signal
import socket
import subprocess
import threading

import pytest

from grading.editions import EDITIONS
from grading.lesson import ROOT

TOKEN = "only-for-this-test"
EVERY_CELL_IN_THE_PAGE = '{"windowingMode": "none"}'  # not only those that are on the screen
SETTINGS = "lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Start `make lab` on a free port and wait until it says where it serves."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(EDITIONS["student"], folder / "notebooks", ignore=only_notebooks)
    settings = folder / "config" / SETTINGS
    settings.parent.mkdir(parents=True)
    settings.write_text(EVERY_CELL_IN_THE_PAGE, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "JUPYTER_TOKEN": TOKEN,
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
    }
    # -o: what is installed for these tests is what they test, and nothing is installed from here
    environment_folder = ROOT / ".venv"
    command = ["make", "-f", str(ROOT / "Makefile"), f"VENV={environment_folder}"]
    command += ["-o", str(environment_folder / ".installed"), "lab"]
    server = subprocess.Popen(
        [*command, f"PORT={port}", "LAB_OPTIONS=--no-browser"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        for line in server.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                break
        else:
            pytest.fail("make lab ended without printing an address")
        threading.Thread(target=server.stdout.read, daemon=True).start()  # keeps the pipe empty
        wait_until_it_listens(port)
        yield found[0]
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def only_notebooks(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".ipynb")]


def wait_until_it_listens(port: int) -> None:
    """The address is printed a moment before the server accepts connections."""
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            threading.Event().wait(0.1)
    pytest.fail("the server printed its address and never listened there")
