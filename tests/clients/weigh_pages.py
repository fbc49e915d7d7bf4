"""What pages weigh and how long the server takes: `weigh_pages.py ENTRY TIMES PATH…` makes the first administrator
through the one-time address ENTRY, or signs them in when it is that of the sign-in, fetches each page of that site so
many times as a browser does (compressed), and prints JSON."""

import http.client
import json
import statistics
import sys
import time
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

ACCOUNT = {
    "prenom": "Ada",
    "nom": "Roche",
    "adresse": "ada.roche@example.org",
    "motdepasse": "une phrase assez longue",
    "encore": "une phrase assez longue",
    "organisation": "Maison de l’emploi",
}


class Hidden(HTMLParser):
    """The hidden fields of a form: its token and its operation."""

    def __init__(self):
        super().__init__()
        self.fields = {}

    def handle_starttag(self, tag, attrs):
        field = dict(attrs)
        if tag == "input" and field.get("type") == "hidden":
            self.fields[field["name"]] = field.get("value", "")


class Site:
    """One connection that keeps its cookies."""

    def __init__(self, host):
        self.connection = http.client.HTTPConnection(host, timeout=30)
        self.origin = f"http://{host}"
        self.cookies = {}

    def ask(self, method, path, body=None, encoding="identity"):
        headers = {"Accept-Encoding": encoding, "Accept": "text/html", "Origin": self.origin}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        self.connection.request(method, path, body, headers)
        reply = self.connection.getresponse()
        first = (time.perf_counter() - started) * 1000
        for cookie in reply.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return reply, reply.read(), first


def main(entry, times_each, paths):
    address = urlsplit(entry)
    site = Site(address.netloc)
    _, page, _ = site.ask("GET", address.path)
    form = Hidden()
    form.feed(page.decode())
    reply, page, _ = site.ask("POST", address.path, urlencode({**form.fields, **ACCOUNT}))
    if reply.status != 303:
        sys.exit(f"{address.path} let nobody in: {reply.status}\n{page.decode()}")
    found = []
    for path in paths:
        times = []
        for _ in range(times_each):
            reply, packed, first = site.ask("GET", path, encoding="gzip")
            if reply.status != 200 or reply.headers["Content-Encoding"] != "gzip":
                sys.exit(f"{path}: {reply.status}, {reply.headers['Content-Encoding']}")
            times.append(first)
        found.append({"path": path, "bytes": len(packed), "first_byte_ms": round(statistics.median(times), 1)})
    print(json.dumps(found))


main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
