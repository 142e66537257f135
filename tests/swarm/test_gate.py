"""The namespace and the gate into it, for real."""

from __future__ import annotations

import socket
import subprocess
import sys

import httpx
import psutil
import pytest

from tests.swarm.gate import Gate, listen_inside
from tests.swarm.namespace import Namespace, own_namespace, why_not
from tests.swarm.swarm import CHECKOUT
from tests.swarm.waiting import wait_for

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

SERVER = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


def test_what_listens_inside_is_reached_from_outside_under_the_same_url() -> None:
    body = b"x" * 3_000_000

    def answer(gate: Gate) -> bytes:
        try:
            return httpx.post(gate.url, content=body).content
        except httpx.TransportError:  # nobody listens inside yet
            return b""

    with own_namespace() as namespace, Gate(namespace) as gate:
        assert answer(gate) == b""
        argv = namespace.argv([sys.executable, "-c", SERVER, str(gate.port)])
        with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as server:
            assert wait_for(lambda: answer(gate), 10) == body
            server.terminate()


def test_a_listener_of_this_side_is_reached_from_inside_and_only_from_there() -> None:
    with own_namespace() as namespace, listen_inside(namespace) as listener:
        port = listener.getsockname()[1]
        script = f"import socket; socket.create_connection(('127.0.0.1', {port})).sendall(b'here')"
        with subprocess.Popen(namespace.argv([sys.executable, "-c", script])) as caller:
            listener.settimeout(10)
            connection, _ = listener.accept()
            with connection:
                assert connection.recv(4) == b"here"
        assert caller.returncode == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_namespace_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError), Gate(Namespace("peerwarden-none")):
        pass
    with pytest.raises(FileNotFoundError):
        listen_inside(Namespace("peerwarden-none"))


def test_what_a_killed_run_left_is_ended_and_removed() -> None:
    script = """
import os, subprocess
from tests.swarm.namespace import own_namespace
namespace = own_namespace().__enter__()
process = subprocess.Popen(namespace.argv(["sleep", "60"]))
print(namespace.name, process.pid, flush=True)
os._exit(0)
"""
    argv = [sys.executable, "-c", script]
    output = subprocess.run(
        argv, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    name, pid = output.split()
    with own_namespace():
        assert not Namespace(name).handle.exists()
    assert wait_for(lambda: not psutil.pid_exists(int(pid)), 10)


def test_a_namespace_takes_what_runs_in_it_along() -> None:
    with own_namespace() as namespace:
        process = subprocess.Popen(
            namespace.argv(["sh", "-c", "echo inside; exec sleep 60"]), stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        with process.stdout:
            assert process.stdout.readline() == b"inside\n"
    assert process.wait(10) == -9
    assert not namespace.handle.exists()
