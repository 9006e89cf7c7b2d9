"""Asks a server of this machine for the paths in standard input, and prints what it answers, as JSON.

Run by itself, in the network of a container; it knows nothing of the project.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import sys


def main() -> None:
    port = int(sys.argv[1])
    answers = {}
    for path in json.load(sys.stdin):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        answers[path] = answer.status, hashlib.sha256(answer.read()).hexdigest()
        connection.close()
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
