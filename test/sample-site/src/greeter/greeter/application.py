"""Says which revision serves, from which host, and how much data it sees."""
import os
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def size_of(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def serve(revision, port, directory):
    data = os.path.join(directory, "var", "filestorage", "Data.fs")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            text = "revision {} on {}, {} bytes of data\n".format(revision, socket.gethostname(), size_of(data))
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    ThreadingHTTPServer(("", port), Handler).serve_forever()
