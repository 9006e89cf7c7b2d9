"""Asks a site, as a browser would, for the addresses that standard input names as a JSON list.

The Python of the site runs this text (`-c`) in the folder of its ``manage.py``; requests go through all of
its middleware. What is printed is JSON: by address the status, the fields with their names in lower case, the
size of the body as it was sent, and the body itself if it is a page (its address ends with a slash).
"""

import json
import os
import sys

import django
from django.test import Client

django.setup()
browser = Client(HTTP_HOST="127.0.0.1", HTTP_ACCEPT_ENCODING=os.environ.get("ACCEPT_ENCODING", "br, gzip"))
answers = {}
for address in json.load(sys.stdin):
    response = browser.get(address)
    body = b"".join(response)
    fields = {name.lower(): value for name, value in response.items()}
    text = body.decode() if address.endswith("/") else ""
    answers[address] = [response.status_code, fields, len(body), text]
json.dump(answers, sys.stdout)
