"""`make lab`, as a person meets it: the page is served. In a browser: test_browser_lab.py."""

import json
import urllib.request
from urllib.parse import urlencode

from tests.lab import TOKEN


def request(url: str) -> str:
    headers = {"Authorization": f"token {TOKEN}"}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as reply:
        return reply.read().decode()


def test_the_first_page_is_served(address):
    page = request(f"{address}/lab/tree/00_start_here.ipynb?{urlencode({'token': TOKEN})}")
    assert "<title>JupyterLab</title>" in page
    content = json.loads(request(f"{address}/api/contents/00_start_here.ipynb"))
    assert content["type"] == "notebook"
