"""The running service does what README.md says, and answers as openapi.json says, whatever is sent to it.

usage: service_test.py ONBOARDING_SERVICE SCHEMA [--requests N] [--seed N]   (77: python3-jsonschema is not installed)
"""
import argparse
import contextlib
import copy
import hashlib
import http.client
import json
import os
import pathlib
import random
import re
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = json.loads((HERE / "openapi.json").read_text())
VALIDATORS = {}
ROLES = ("metrics", "onboarding", "investigator", "admin")
# Nothing that is sent in a request may turn up in the log.
CANARY = "canary" + secrets.token_hex(8)
IBAN, OTHER_IBAN, PHONE = "DE89370400440532013000", "GB33BUKB20201555555555", "+493023125104"
LONG = 120  # seconds after which something that should happen is taken not to


def validator(schema):
    key = json.dumps(schema, sort_keys=True)
    if key not in VALIDATORS:
        whole = {**schema, "components": DOCUMENT["components"]}
        VALIDATORS[key] = jsonschema.Draft202012Validator(whole)
    return VALIDATORS[key]


class Service:
    """The process, on a port of its own, ended by its own pid."""

    def __init__(self, program, folder, *options):
        self.program, self.folder, self.options = program, folder, options
        self.log = folder / "log"
        self.tokens = {role: secrets.token_hex(32) for role in ROLES}
        self.tokens["slow"] = secrets.token_hex(32)
        self.write_tokens()
        self.scheme = None

    def write_tokens(self):
        lines = []
        for name, token in self.tokens.items():
            role = name if name in ROLES else "onboarding"
            rate = " 2" if name == "slow" else " 1000000"
            lines.append(f"{name} {role} {hashlib.sha256(token.encode()).hexdigest()}{rate}\n")
        file = self.folder / "tokens"
        file.touch(mode=0o600)
        file.write_text("# NAME ROLE DIGEST RATE\n" + "".join(lines))

    def start(self):
        ready = self.folder / "ready"
        ready.unlink(missing_ok=True)
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [self.program, self.folder / "store", "--tokens", self.folder / "tokens", "--create", "--port", "0",
                 "--ready", ready, "--workers", "4", *self.options], stdout=log, stderr=log)
        for _ in range(LONG * 20):
            if ready.exists():
                break
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            time.sleep(0.05)
        url = urllib.parse.urlsplit(ready.read_text().strip())
        self.scheme, self.host, self.port = url.scheme, url.hostname, url.port

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(LONG) == 0, f"exit code {self.process.returncode}"

    def crash(self):
        self.process.kill()
        self.process.wait()

    def raw(self):
        return socket.create_connection((self.host, self.port), LONG)

    def connect(self, context=None):
        if self.scheme == "https":
            return http.client.HTTPSConnection(self.host, self.port, timeout=LONG, context=context)
        return http.client.HTTPConnection(self.host, self.port, timeout=LONG)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.media = headers.get("Content-Type", "").split(";")[0]

    def json(self):
        return json.loads(self.body)


def operation_of(method, path):
    for template, operations in DOCUMENT["paths"].items():
        pattern = re.sub(r"\\\{[a-z]+\\\}", ".+", re.escape(template))
        if re.fullmatch(pattern, path, re.S) and method.lower() in operations:
            return operations[method.lower()]
    return None


def check(method, path, answer):
    """The answer is one that the contract describes."""
    where = f"{method} {path[:60]!r}: {answer.status}"
    operation = operation_of(method, urllib.parse.unquote(urllib.parse.urlsplit(path).path, errors="replace"))
    if operation is None:
        schema = {"$ref": "#/components/schemas/Problem"}
        assert answer.status in (400, 404, 405, 414, 501), where
        assert answer.media == "application/problem+json", f"{where}: {answer.media}"
    else:
        described = operation["responses"].get(str(answer.status))
        assert described, f"{where} is not in the contract: {answer.body[:300]}"
        assert answer.media in described["content"], f"{where}: {answer.media}"
        schema = described["content"][answer.media]["schema"]
    if answer.media.endswith("json"):
        for error in validator(schema).iter_errors(answer.json()):
            raise AssertionError(f"{where}: {list(error.absolute_path)}: {error.message[:300]}")


class Client:
    def __init__(self, service, role="admin", context=None):
        self.service, self.role, self.connection = service, role, service.connect(context)

    def ask(self, method, path, body=None, role=None, expect=None, **headers):
        role = self.role if role is None else role
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if role:
            sent.setdefault("Authorization", "Bearer " + self.service.tokens.get(role, role))
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        try:
            self.connection.request(method, path, body, sent)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # It had been idle, or refused before; once more on a new one.
            self.connection.close()
            self.connection.request(method, path, body, sent)
            response = self.connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        check(method, path, answer)
        if expect is not None:
            assert answer.status == expect, f"{method} {path[:60]}: {answer.status}, not {expect}: {answer.body[:500]}"
        return answer


def record(seller, *attributes, platform="eu", **more):
    return {"platform": platform, "seller": seller,
            "attributes": [{"kind": kind, "value": value} for kind, value in attributes], **more}


def path_of(name):
    return urllib.parse.quote(name, safe="")


# --- What it should do


def access(service):
    client = Client(service, role="")
    client.ask("GET", "/healthz", expect=200)
    client.ask("GET", "/readyz", expect=200)
    client.ask("POST", "/v1/screen", record("s"), expect=401)
    client.ask("POST", "/v1/screen", record("s"), role="x" * 64, expect=401)
    client.ask("POST", "/v1/screen", record("s"), expect=401, Authorization="Basic " + "x" * 64)
    client.ask("GET", "/metrics", expect=401)
    client.ask("GET", "/metrics", role="metrics", expect=200)
    client.ask("POST", "/v1/screen", record("s"), role="metrics", expect=403)
    client.ask("POST", "/v1/bans", {"seller": "eu:s", "reason": "x"}, role="onboarding", expect=403)
    client.ask("GET", "/v1/alerts", role="onboarding", expect=403)
    client.ask("POST", "/v1/screen", record("s"), role="admin", expect=415, Content_Type="text/plain")
    client.ask("GET", "/v1/screen", role="admin", expect=405)
    client.ask("GET", "/nothing/here", role="admin", expect=404)
    client.ask("POST", "/v1/screen?other=1", record("s"), role="admin", expect=400)
    client.ask("POST", "/v1/screen", b"x" * 100_000, role="x" * 64, expect=401)
    statuses = [client.ask("POST", "/v1/screen", record("s"), role="slow").status for _ in range(12)]
    assert 200 in statuses and 429 in statuses, statuses


def screening(service):
    client = Client(service, role="onboarding")
    applicant = record("fresh", ("pay.iban", "de89 3704 0044 0532 0130 00"), ("contact.phone", PHONE), ("pay.iban", "DE00"),
                       ("custom.thing", CANARY))
    assert client.ask("POST", "/v1/screen", applicant, expect=200).json()["verdict"] == "clear"
    known = record("closed", ("pay.iban", IBAN), ("contact.phone", PHONE), ("pay.iban", "DE00"), seen="2026-01-05")
    enrolled = client.ask("POST", "/v1/sellers", known, expect=200).json()
    assert enrolled["recorded"]["changed"] and enrolled["attributes"][0]["status"] == "invalid", enrolled
    ban = client.ask("POST", "/v1/bans", {"seller": "eu:closed", "reason": "counterfeit", "case": "C-7", "at": "2026-03-01"},
                     role="investigator", expect=200).json()
    assert ban["changed"], ban
    verdict = client.ask("POST", "/v1/screen", applicant, expect=200).json()
    assert verdict["verdict"] == "block" and verdict["certificate"] is None, verdict
    assert client.ask("POST", "/v1/screen?certificate=true", applicant, expect=200).json()["certificate"]
    picture = client.ask("POST", "/v1/screen", applicant, expect=200, Accept="image/svg+xml")
    assert picture.body.startswith(b"<svg") and b"eu:closed" in picture.body, picture.body[:200]
    assert CANARY.encode() not in picture.body and IBAN.encode() not in picture.body
    future = {"seller": "eu:closed", "reason": "x", "at": "2999-01-01"}
    client.ask("POST", "/v1/bans", future, role="admin", expect=400)
    assert client.ask("DELETE", "/v1/bans/eu%3Aclosed?case=C-7", role="admin", expect=200).json()["changed"]
    assert client.ask("POST", "/v1/screen", applicant, expect=200).json()["verdict"] == "clear"
    client.ask("DELETE", "/v1/bans/eu%3Aclosed?case=C-7", role="admin", expect=404)
    client.ask("POST", "/v1/bans", {"seller": "eu:closed", "reason": "counterfeit", "case": "C-8"}, role="admin", expect=200)
    assert client.ask("POST", "/v1/screen", applicant, expect=200).json()["verdict"] == "block"
    assert client.ask("GET", "/v1/sellers/eu%3Aclosed", role="investigator", expect=200).json()["seller"] == "eu:closed"
    client.ask("GET", "/v1/sellers/eu%3Anobody", role="investigator", expect=404)
    for body, what in [({**applicant, "attributes": [{"kind": IBAN, "value": "pay.iban"}]}, "attributes[0].kind"),
                       ({**applicant, CANARY: 1}, "not known"), ({**applicant, "seen": CANARY}, "seen"),
                       ({**applicant, "seller": 7}, "seller"), ({**applicant, "seller": "a\nb"}, "names")]:
        answer = client.ask("POST", "/v1/screen", body, expect=400)
        assert what in answer.json()["detail"] and CANARY not in str(answer.body) and IBAN not in str(answer.body), answer.body
    return applicant


def applications(service, applicant):
    client = Client(service, role="onboarding")
    first = client.ask("POST", "/v1/applications", {**applicant, "seller": "app-1"}, expect=200)
    assert first.json()["verdict"]["verdict"] == "block" and first.json()["verdict"]["certificate"], first.body
    where = "/v1/applications/" + first.json()["reference"]
    assert client.ask("GET", where, expect=200).body == first.body
    client.ask("POST", "/v1/sellers", record("later", ("pay.iban", IBAN), seen="2026-04-01"), expect=200)
    assert client.ask("GET", where, expect=200).body == first.body, "the answer has changed"
    client.ask("GET", "/v1/applications/9999999", expect=404)
    client.ask("GET", "/v1/applications/x", expect=404)
    return where, first.body


def once(service):
    client, key = Client(service, role="onboarding"), "key-" + secrets.token_hex(8)
    body = record("app-2", ("pay.iban", IBAN))
    first = client.ask("POST", "/v1/applications", body, expect=200, Idempotency_Key=key)
    again = client.ask("POST", "/v1/applications", body, expect=200, Idempotency_Key=key)
    assert first.body == again.body and again.headers["Idempotency-Replayed"] == "true"
    other = client.ask("POST", "/v1/applications", record("app-3"), expect=409, Idempotency_Key=key)
    assert other.json()["code"] == "idempotency_key_reused"
    assert client.ask("POST", "/v1/sellers", body, expect=409, Idempotency_Key=key)
    # Keys are the caller's own.
    mine = client.ask("POST", "/v1/applications", body, role="admin", expect=200, Idempotency_Key=key)
    assert mine.json()["reference"] != first.json()["reference"]
    client.ask("POST", "/v1/applications", body, expect=400, Idempotency_Key="two words")
    # Eight at once: one does it, and nobody gets another answer.
    key, answers = "race-" + secrets.token_hex(8), []

    def send():
        answers.append(Client(service, role="onboarding").ask("POST", "/v1/applications", body, Idempotency_Key=key))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8 and {answer.status for answer in answers} <= {200, 409}
    assert len({answer.body for answer in answers if answer.status == 200}) == 1
    return {"key": key, "body": body, "answer": next(answer.body for answer in answers if answer.status == 200)}


def contests(service):
    client = Client(service, role="onboarding")
    filed = client.ask("POST", "/v1/contests", {"seller": "eu:closed", "statement": "not me"}, expect=200).json()
    assert filed["open"] and filed["reference"] == "1", filed
    verdict = client.ask("POST", "/v1/screen", record("new", ("pay.iban", IBAN), ("contact.phone", PHONE)), expect=200).json()
    assert verdict["contested"] == ["eu:closed"], verdict
    review = {"seller": "eu:closed", "reference": "1", "by": "ann", "outcome": "rejected", "note": "checked"}
    client.ask("POST", "/v1/contests/reviews", review, expect=403)
    assert not client.ask("POST", "/v1/contests/reviews", review, role="investigator", expect=200).json()["open"]
    client.ask("POST", "/v1/contests/reviews", {**review, "reference": "9"}, role="investigator", expect=404)
    client.ask("POST", "/v1/contests", {"seller": "eu:closed", "statement": "other", "reference": "1"}, expect=409)
    listed = client.ask("GET", "/v1/contests/eu%3Aclosed", expect=200).json()["contests"]
    assert [one["reference"] for one in listed] == ["1"], listed
    assert client.ask("GET", "/v1/contests/eu%3Aapp-1", expect=200).json()["contests"] == []


def alerts(service):
    client = Client(service, role="investigator")
    for seller in ("pair-1", "pair-2"):
        client.ask("POST", "/v1/sellers", record(seller, ("custom.pair", "both")), expect=200)
    client.ask("POST", "/v1/bans", {"seller": "eu:pair-1", "reason": "fraud"}, expect=200)
    before = client.ask("GET", "/v1/alerts?after=0&limit=1000", expect=200).json()
    assert before["alerts"] and before["next"] == before["alerts"][-1]["number"], before
    client.ask("GET", "/v1/alerts?limit=0", expect=400)
    client.ask("GET", "/v1/alerts?after=x", expect=400)
    stream = service.connect()
    stream.request("GET", "/v1/alerts?after=" + before["next"], headers={
        "Authorization": "Bearer " + service.tokens["investigator"], "Accept": "text/event-stream"})
    events = stream.getresponse()
    assert events.status == 200 and events.headers["Content-Type"] == "text/event-stream"
    for seller in ("ring-1", "ring-2"):
        client.ask("POST", "/v1/sellers", record(seller, ("pay.iban", OTHER_IBAN)), expect=200)
    client.ask("POST", "/v1/bans", {"seller": "eu:ring-1", "reason": "fraud"}, expect=200)
    seen = {}
    while "data" not in seen:
        line = events.readline().decode().strip()
        name, _, value = line.partition(": ")
        seen[name] = value
    alert = json.loads(seen["data"])
    validator({"$ref": "#/components/schemas/alert"}).validate(alert)
    assert alert["number"] == seen["id"] and int(alert["number"]) > int(before["next"]), alert
    events.close()
    stream.close()
    newest = client.ask("GET", "/v1/alerts?after=" + before["next"], expect=200).json()
    assert newest["alerts"][0] == alert, newest
    assert client.ask("POST", "/v1/alerts/acknowledged", {"number": newest["next"]}, expect=200).json()["acknowledged"] == newest["next"]
    assert client.ask("GET", "/v1/alerts", expect=200).json()["alerts"] == []
    client.ask("POST", "/v1/alerts/acknowledged", {"number": "99999999"}, expect=400)


def clusters(service):
    client = Client(service, role="investigator")
    whole = client.ask("GET", "/v1/clusters/eu%3Aring-1", expect=200).json()
    assert whole["sellers"] == ["eu:ring-1", "eu:ring-2"], whole
    assert client.ask("GET", "/v1/clusters/" + whole["cluster"], expect=200).json() == whole
    graph = client.ask("GET", f"/v1/clusters/{whole['cluster']}?view=graph", expect=200).json()
    assert len(graph["sellers"]) == 2, graph
    assert client.ask("GET", f"/v1/clusters/{whole['cluster']}?view=picture", expect=200).body.startswith(b"<svg")
    client.ask("GET", "/v1/clusters/" + "0" * 32, expect=404)
    client.ask("GET", "/v1/clusters/nothing", expect=400)
    return whole


def page(service):
    client = Client(service, role="")
    html = client.ask("GET", "/ui", expect=200)
    rules = html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules and "unsafe" not in rules, rules
    text = html.body.decode()
    assert not re.search(r"<script(?! src=\"/ui/ui\.js\")|<style|\son\w+=|style=|https?:", text), "the page breaks its own policy"
    for file in re.findall(r'(?:src|href)="(/[^"]+)"', text):
        client.ask("GET", file, expect=200)
    script = client.ask("GET", "/ui/ui.js", expect=200).body.decode()
    assert "innerHTML" not in script and "eval" not in script
    assert json.loads(client.ask("GET", "/openapi.json", expect=200).body) == DOCUMENT


def metrics(service):
    client = Client(service, role="metrics")
    text = client.ask("GET", "/metrics", expect=200).body.decode()
    sample = re.compile(r'[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? [0-9.e+-]+')
    values, families = {}, set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            families.add(line.split()[2])
        elif not line.startswith("# HELP "):
            assert sample.fullmatch(line), line
            name, value = line.rsplit(" ", 1)
            assert name not in values, f"{name} twice"
            values[name] = float(value)
            base = re.sub(r"_(bucket|sum|count)$", "", name.split("{")[0])
            assert base in families or name.split("{")[0] in families, line
    return values


def limits(service):
    token = "Authorization: Bearer " + service.tokens["admin"]
    good = json.dumps(record("raw"))

    def send(text, *more):
        with service.raw() as wire:
            wire.sendall(text if isinstance(text, bytes) else text.encode())
            for each in more:
                time.sleep(0.05)
                wire.sendall(each.encode())
            answer = http.client.HTTPResponse(wire)
            answer.begin()
            body = answer.read()
            if answer.status >= 400:
                validator({"$ref": "#/components/schemas/Problem"}).validate(json.loads(body))
            return answer.status

    head = f"POST /v1/screen HTTP/1.1\r\nHost: x\r\n{token}\r\nContent-Type: application/json\r\n"
    length = f"Content-Length: {len(good)}\r\n"
    for text, status in [
            (f"{head}{length}\r\n{good}", 200),
            (f"{head}{length}Expect: 100-continue\r\nConnection: close\r\n\r\n{good}", 200),
            (f"{head}Content-Length: 99999999\r\n\r\n{good}", 413),
            (f"{head}Content-Length: 99999999999999999999999\r\n\r\n{good}", 400),
            (f"{head}Content-Length: -1\r\n\r\n{good}", 400),
            (f"{head}{length}{length}\r\n{good}", 400),
            (f"{head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
            (f"{head}{length}Content-Encoding: gzip\r\n\r\n{good}", 415),
            (f"{head}X-Long: {'a' * 20000}\r\n\r\n", 431),
            (f"{head}{'X-Many: 1' + chr(13) + chr(10)}" + "X-Many: 1\r\n" * 100 + "\r\n", 431),
            (f"GET /{'a' * 5000} HTTP/1.1\r\n\r\n", 414),
            (f"{head}{token}\r\n{length}\r\n{good}", 400),
            ("GET / HTTP/9.9\r\n\r\n", 400),
            ("BREW /v1/screen HTTP/1.1\r\n\r\n", 501),
            ("GET\r\n\r\n", 400),
            ("GET /healthz HTTP/1.1\nHost: x\n\n", 400),
            ("GET /healthz HTTP/1.1\r\nno colon\r\n\r\n", 400),
            ("GET /healthz HTTP/1.1\r\nX: a\0b\r\n\r\n", 400),
            ("GET /healthz HTTP/1.1\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n", 200),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
            (b"GET /\xff\xfe HTTP/1.1\r\n\r\n", 400),
            ("GET /%ff%00%0a HTTP/1.1\r\nConnection: close\r\n\r\n", 404)]:
        got = send(text)
        assert got == status, f"{text[:80]!r}: {got}, not {status}"
    assert send(*head.partition("\r\n")[:2], head.partition("\r\n")[2] + length + "\r\n", good[:9], good[9:]) == 200
    # Two requests in one piece are two answers, in order.
    with service.raw() as wire:
        wire.sendall(("GET /healthz HTTP/1.1\r\n\r\n" + f"{head}{length}\r\n{good}" + "GET /x HTTP/1.1\r\nConnection: close\r\n\r\n").encode())
        everything = b""
        while piece := wire.recv(65536):
            everything += piece
    assert re.findall(rb"HTTP/1.1 (\d+)", everything) == [b"200", b"200", b"404"], everything[:300]


def crowd(service):
    """Connections that say nothing, and ones that drip, keep nobody waiting."""
    silent = [service.raw() for _ in range(150)]
    drips = []
    for _ in range(50):
        drip = service.raw()
        drip.sendall(b"POST /v1/screen HTTP/1.1\r\nContent-Length: 1000\r\n")
        drips.append(drip)
    client = Client(service)
    for _ in range(20):
        client.ask("POST", "/v1/screen", record("meanwhile"), expect=200)
    # Those that began and never ended are told so.
    answer = http.client.HTTPResponse(drips[0])
    answer.begin()
    assert answer.status == 408, answer.status
    for connection in silent + drips:
        connection.close()


def wait_for(what, test):
    for _ in range(LONG * 20):
        if test():
            return
        time.sleep(0.05)
    raise AssertionError(f"never happened: {what}")


def reload(service, applicant):
    client = Client(service)
    policy = service.folder / "policy.toml"

    def count(outcome):
        return metrics(service)[f'onboarding_reloads_total{{outcome="{outcome}"}}']

    policy.write_text("[verdict]\nblock_bits = 60\n")
    service.tokens["late"] = secrets.token_hex(32)
    client.ask("POST", "/v1/screen", applicant, role="late", expect=401)
    service.write_tokens()
    service.process.send_signal(signal.SIGHUP)
    wait_for("a reload", lambda: count("done") == 1)
    assert client.ask("POST", "/v1/screen", applicant, role="late", expect=200).json()["verdict"] == "review"
    policy.write_text("[verdict]\nblock_bits = \"seven\"\n")
    service.process.send_signal(signal.SIGHUP)
    wait_for("a refused reload", lambda: count("refused") == 1)
    assert client.ask("POST", "/v1/screen", applicant, expect=200).json()["verdict"] == "review"
    policy.write_text("")
    service.process.send_signal(signal.SIGHUP)
    wait_for("a third reload", lambda: count("done") == 2)
    assert client.ask("POST", "/v1/screen", applicant, expect=200).json()["verdict"] == "block"


def ending(service):
    """What is under way is answered, and then the process ends by itself."""
    body = json.dumps(record("last"))
    with service.raw() as wire:
        head = f"POST /v1/screen HTTP/1.1\r\nAuthorization: Bearer {service.tokens['admin']}\r\nContent-Type: application/json\r\n"
        wire.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body[:10]}".encode())
        time.sleep(0.3)
        service.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        wire.sendall(body[10:].encode())
        answer = http.client.HTTPResponse(wire)
        answer.begin()
        assert answer.status == 200 and answer.headers["Connection"] == "close", answer.status
        answer.read()
    assert service.process.wait(LONG) == 0, service.process.returncode


def damage(service, where, answer):
    """A record that a crash cut off is dropped; anything else that is wrong with a file is refused by name."""
    file = service.folder / "store.service" / "applications"
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40])
    service.start()
    assert Client(service).ask("GET", where, expect=200).body == answer
    service.stop()
    assert file.read_bytes() == whole, "what was cut off is still there"
    for place in (0, 5, 9, 100):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
        refused = subprocess.run([service.program, service.folder / "store", "--tokens", service.folder / "tokens", "--port", "0"],
                                 capture_output=True, text=True, timeout=LONG, check=False)
        assert refused.returncode == 2 and "applications: damaged at byte 0" in refused.stderr, (place, refused.stderr)
    file.write_bytes(whole)


# --- What nobody expects


class Fuzzer:
    """Requests by the contract, most of them broken in one or more ways. Knows which ones must succeed."""

    KINDS = [("pay.iban", IBAN), ("pay.iban", OTHER_IBAN), ("contact.phone", PHONE), ("contact.email", "a.b@example.com"),
             ("device.imei", "490154203237518"), ("custom.thing", "v1"), ("contact.phone@DE", "030 23125 104")]

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.cases = 0

    def word(self):
        return self.random.choice(["a", "b", "Z9", "ring", "ünï", "商店", "x y", "-", "0", "longer-name", CANARY]) + str(
            self.random.randrange(40))

    def record(self):
        value = record(self.word(), *self.random.choices(self.KINDS, k=self.random.randrange(4)),
                       platform=self.random.choice(["eu", "us", "p" + str(self.random.randrange(5))]))
        if self.random.random() < 0.3:
            value["seen"] = self.random.choice(["2026-01-05", "2026-02-01T10:00:00Z", "2025-12-31T23:59:59.5+02:00"])
        if self.random.random() < 0.2:
            value["source"] = self.word()
        for attribute in value["attributes"]:
            if self.random.random() < 0.2:
                attribute["verified"] = self.random.random() < 0.5
        return value

    def seller(self):
        return f"{self.random.choice(['eu', 'us'])}:{self.word()}"

    def good(self, path):
        """A body, and the statuses that it may lead to."""
        if path in ("/v1/screen", "/v1/applications", "/v1/sellers"):
            return self.record(), {200}
        if path == "/v1/bans":
            return {"seller": self.seller(), "reason": self.word(), "case": self.word()}, {200}
        if path == "/v1/contests":
            return {"seller": self.seller(), "statement": self.word()}, {200, 404}
        if path == "/v1/contests/reviews":
            return {"seller": self.seller(), "reference": "1", "by": self.word(), "outcome": "upheld"}, {200, 404}
        return {"number": str(self.random.randrange(3))}, {200, 400}

    JUNK = [None, True, 0, -1, 1e300, 2**70, "", "\0", "a\0b", "\n", " ", "x" * 70000, [], {}, [[]], {"a": {"b": {}}}, "::",
            ":", "a:", "\u202e", CANARY, "' or 1=1", "../../etc/passwd", "<script>", "%00", "9" * 400, ["x"] * 2000]

    def spoil(self, value):
        """One change somewhere inside."""
        holders = []

        def walk(node):
            items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
            for key, each in items:
                holders.append((node, key))
                walk(each)

        walk(value)
        kind = self.random.randrange(4)
        if not holders or kind == 0:
            value[self.random.choice(["extra", "", "v", CANARY, IBAN])] = copy.deepcopy(self.random.choice(self.JUNK))
            return value
        holder, key = self.random.choice(holders)
        if kind == 1:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(self.random.choice(self.JUNK))
        return value

    def mangle(self, text):
        """The same in bytes, no longer JSON, or not in UTF-8."""
        data = bytearray(text)
        kind = self.random.randrange(9)
        if kind == 0:
            return bytes(data[:self.random.randrange(len(data))])
        if kind == 1:
            for _ in range(self.random.randrange(1, 9)):
                data[self.random.randrange(len(data))] = self.random.randrange(256)
            return bytes(data)
        if kind == 2:
            return text.replace(b'"', b'"\xff', 1)
        if kind == 3:
            return b"[" * self.random.choice([10, 1000, 500_000])
        if kind == 4:
            return b'{"a":' * self.random.choice([10, 1000, 100_000]) + b"1"
        if kind == 5:
            return text[:-1] + b',"seller":"twice","seller":"twice"}'
        if kind == 6:
            return text + text
        if kind == 7:
            return b'{"platform":"\\ud800","seller":"\\udfff\\u0000","attributes":[]}'
        return b"\xef\xbb\xbf" + text

    def path(self, template):
        name = self.random.choice([self.seller(), self.seller(), "1", "2", "x", "0" * 32, "f" * 32, "..", "eu:", ":", "%",
                                   "eu:\0", "eu:" + "y" * 900, "eu:\u202e", CANARY])
        if self.random.random() < 0.1:
            name = name.encode() + b"\xff\xfe"
        return re.sub(r"\{[a-z]+\}", lambda _: path_of(name), template)

    def query(self, operation):
        parts = []
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query" and self.random.random() < 0.5:
                parts.append((parameter["name"], self.random.choice(
                    ["1", "true", "graph", "picture", "0", "-1", "x", "", "9" * 30, CANARY, "C-7"])))
        if self.random.random() < 0.05:
            parts.append(("unheard-of", CANARY))
        return "?" + urllib.parse.urlencode(parts) if parts else ""

    def one(self, client):
        template, operations = self.random.choice(list(DOCUMENT["paths"].items()))
        method, operation = self.random.choice(list(operations.items()))
        if not template.startswith("/v1") and self.random.random() < 0.8:
            return self.one(client)
        path, headers, body, allowed = self.path(template) + self.query(operation), {}, None, None
        broken = self.random.random()
        if "requestBody" in operation:
            value, allowed = self.good(template)
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            if 0.35 < broken < 0.75:
                for _ in range(self.random.choice([1, 1, 1, 2, 5])):
                    value = self.spoil(value)
                allowed = None if validator(schema).is_valid(value) else {400, 413}
            body = json.dumps(value, ensure_ascii=self.random.random() < 0.5).encode()
            if broken >= 0.75:
                body, allowed = self.mangle(body), None
            if "?" in path:
                allowed = None
        if self.random.random() < 0.2:
            headers["Idempotency-Key"] = self.random.choice(["k1", "k2", f"k{self.random.randrange(10**9)}", "bad key", "x" * 200])
            allowed = None
        if self.random.random() < 0.1:
            headers["Accept"] = self.random.choice(["image/svg+xml", "*/*", CANARY])
        if self.random.random() < 0.03:
            headers["Content-Type"], allowed = self.random.choice(["text/plain", "application/json;x", CANARY]), None
        role = self.random.choice(["admin"] * 12 + ["metrics", "onboarding", "", CANARY * 3])
        if self.random.random() < 0.02:
            method, body, allowed = self.random.choice(["PUT", "PATCH", "OPTIONS"]), None, None
        answer = client.ask(method.upper(), path, body, role=role, **headers)
        self.cases += 1
        if role == "admin" and allowed is not None:
            assert answer.status in allowed, f"{method} {path}: {answer.status}, not {allowed}: {body[:300]} {answer.body[:300]}"
        assert answer.status != 500, f"{method} {path}: {answer.body}"
        return answer


def fuzz(service, count, seed):
    fuzzer, client, statuses = Fuzzer(seed), Client(service), {}
    for _ in range(count):
        answer = fuzzer.one(client)
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
    assert service.process.poll() is None, "the service ended"
    print(f"{fuzzer.cases} requests, seed {seed}:", ", ".join(f"{number}x{status}" for status, number in sorted(statuses.items())))


def check_log(service):
    text = service.log.read_text()
    for line in text.splitlines():
        event = json.loads(line)
        assert {"at", "level", "event"} <= event.keys(), line
    private = [CANARY, IBAN, OTHER_IBAN, PHONE, "490154203237518", "eu:", "closed", "ring-1", "app-1", "Bearer",
               *service.tokens.values()]
    for word in private:
        assert word not in text, f"the log holds {word}"
    assert '"event":"request"' in text and '"event":"refused"' in text
    return len(text.splitlines())


def tls(program, folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    folder / "tls.key", "-out", folder / "tls.crt", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    service = Service(program, folder, "--cert", folder / "tls.crt", "--tls-key", folder / "tls.key", "--deadline", "3")
    service.start()
    context = ssl.create_default_context(cafile=folder / "tls.crt")
    silent = [service.raw() for _ in range(20)]
    client = Client(service, context=context)
    for _ in range(50):
        client.ask("POST", "/v1/screen", record("tls", ("pay.iban", IBAN)), expect=200)
    client.ask("POST", "/v1/screen", record("tls", *[("custom.x", "y" * 9000)] * 100), expect=200)
    with contextlib.suppress(OSError), service.raw() as wire:
        wire.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
        assert b"HTTP/1.1 200" not in wire.recv(1000)
    for connection in silent:
        connection.close()
    service.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("schema", type=pathlib.Path)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("REVENANT_SEED", "1")))
    args = parser.parse_args()
    subprocess.run([sys.executable, HERE / "make_openapi.py", args.schema, "--check"], check=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "policy.toml").write_text("")
        service = Service(args.program, folder, "--policy", folder / "policy.toml", "--deadline", "3", "--keep-keys", "24")
        service.start()
        try:
            access(service)
            applicant = screening(service)
            where, answer = applications(service, applicant)
            key = once(service)
            contests(service)
            alerts(service)
            whole = clusters(service)
            page(service)
            limits(service)
            crowd(service)
            reload(service, applicant)
            values = metrics(service)
            assert values['revenant_screens_total{verdict="block"}'] >= 5, values
            assert values["revenant_screen_seconds_count"] == sum(
                values[f'revenant_screens_total{{verdict="{each}"}}'] for each in ("clear", "review", "block")), values
            ending(service)
            for restart in (service.stop, service.crash):
                service.start()
                client = Client(service, role="onboarding")
                assert client.ask("GET", where, expect=200).body == answer, "a restart changed an answer"
                again = client.ask("POST", "/v1/applications", key["body"], expect=200, Idempotency_Key=key["key"])
                assert again.body == key["answer"], "a restart forgot a key"
                client.ask("POST", "/v1/applications", record("x"), expect=409, Idempotency_Key=key["key"])
                assert Client(service).ask("GET", "/v1/clusters/" + whole["cluster"], expect=200).json() == whole
                restart()
            damage(service, where, answer)
            service.start()
            fuzz(service, args.requests, args.seed)
            service.stop()
            lines = check_log(service)
        finally:
            if service.process.poll() is None:
                service.process.kill()
                service.process.wait()
    with tempfile.TemporaryDirectory() as name:
        tls(args.program, pathlib.Path(name))
    print(f"all of it holds; {lines} lines of log name nobody")


if __name__ == "__main__":
    main()
