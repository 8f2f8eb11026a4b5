#!/usr/bin/python3
"""A server for the tests of services: takes the socket of systemd, or makes its own, and ends a request that has begun."""
import os
import signal
import socket

stopping = []
signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
body = open("page").read().encode()
if body == b"broken\n":
    raise SystemExit("the release is broken")
if os.environ.get("LISTEN_FDS"):
    server = socket.socket(fileno=3)
else:
    server = socket.create_server(("127.0.0.1", int(os.environ.get("PORT", "8081"))))
server.settimeout(0.05)
while not stopping:
    try:
        client, _ = server.accept()
    except TimeoutError:
        continue
    client.settimeout(10)
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    client.close()
