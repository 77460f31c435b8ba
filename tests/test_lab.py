"""`make lab`, as a person meets it: the page is served, and lesson 02 runs through the server."""

import json
import urllib.request
import uuid
from urllib.parse import urlencode

import nbformat
import pytest
import websocket

from grading import lesson as lessons
from grading.editions import EDITIONS
from tests.lab import TOKEN

LESSON = "02_saliency.ipynb"
SECONDS = 600  # for the whole lesson; a cell that hangs is noticed by the socket's timeout


def request(url: str, data: dict | None = None) -> str:
    body = json.dumps(data).encode() if data is not None else None
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as reply:
        return reply.read().decode()


def run_cell(channel: websocket.WebSocket, source: str) -> tuple[str, list[str]]:
    """What a cell prints and the exceptions it raises, over the kernel's channel."""
    message = {
        "header": {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"},
        "parent_header": {},
        "metadata": {},
        "channel": "shell",
        "content": {"code": source, "silent": False, "store_history": True, "allow_stdin": False},
    }
    message["header"] |= {"username": "", "session": uuid.uuid4().hex}
    channel.send(json.dumps(message))
    text, errors = "", []
    while True:
        frame = channel.recv()
        if not isinstance(frame, str):
            continue  # a widget's picture; only text matters here
        reply = json.loads(frame)
        if reply.get("parent_header", {}).get("msg_id") != message["header"]["msg_id"]:
            continue
        content = reply["content"]
        if reply["msg_type"] == "stream" and content["name"] == "stdout":
            text += content["text"]
        elif reply["msg_type"] == "error":
            errors.append(f"{content['ename']}: {content['evalue']}")
        elif reply["msg_type"] == "status" and content["execution_state"] == "idle":
            return text, errors


def test_the_first_page_is_served(address):
    page = request(f"{address}/lab/tree/00_start_here.ipynb?{urlencode({'token': TOKEN})}")
    assert "<title>JupyterLab</title>" in page
    content = json.loads(request(f"{address}/api/contents/00_start_here.ipynb"))
    assert content["type"] == "notebook"


@pytest.mark.slow
def test_untouched_lesson_02_runs_in_a_real_kernel_and_scores_nothing(address):
    nb = nbformat.read(EDITIONS["student"] / LESSON, as_version=4)
    session = {
        "path": LESSON,
        "name": LESSON,
        "type": "notebook",
        "kernel": {"name": "python3"},
    }
    kernel = json.loads(request(f"{address}/api/sessions", session))["kernel"]["id"]
    url = f"{address.replace('http', 'ws')}/api/kernels/{kernel}/channels?token={TOKEN}"
    channel = websocket.create_connection(url, timeout=SECONDS)
    printed, failed = {}, []
    for cell in nb.cells:
        if cell.cell_type == "code":
            printed[cell.id], errors = run_cell(channel, cell.source)
            failed += [f"{cell.id}: {error}" for error in errors]
    channel.close()
    assert failed == []
    for exercise in lessons.find("02").exercises.values():
        line = printed["check_" + exercise.id.replace(".", "_")]
        assert line.startswith(f"○ {exercise.id} "), line
    assert " 0 of " in printed["score_02"]
