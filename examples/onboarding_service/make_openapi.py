"""Writes openapi.json. Answers of the library have the shapes of its JSON Schema, which are copied from there.

usage: make_openapi.py SCHEMA [--check]   SCHEMA: lib/audit/schema/revenant.schema.json; --check: only compares
"""
import copy
import json
import pathlib
import sys

FILE = pathlib.Path(__file__).parent / "openapi.json"
SHARED = ["screen", "ban", "contest", "alert", "acknowledged", "cluster", "graph", "subject", "attribute"]
NAME = "^[^\\u0000-\\u001f\\u007f]+$"


def text(description, most, least=0, **more):
    return {"type": "string", "maxLength": most, "minLength": least, "description": description, **more}


def shape(description, required, **properties):
    return {"type": "object", "description": description, "properties": properties, "required": required,
            "additionalProperties": False}


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


TIME = {"type": "string", "format": "date-time", "description": "RFC 3339, or a date alone for its first moment in UTC."}
SELLER = text("PLATFORM:ID; the first colon splits.", 1025, 3, pattern="^[^:\\s\\u0000-\\u001f\\u007f]+:[^\\u0000-\\u001f\\u007f]+$")

REQUESTS = {
    "Record": shape(
        "What is known of a storefront. Raw identifiers are normalised, keyed and forgotten.",
        ["platform", "seller", "attributes"],
        platform=text("The platform's name.", 512, 1, pattern="^[^:\\s\\u0000-\\u001f\\u007f]+$"),
        seller=text("The platform's own id of the account.", 512, 1, pattern=NAME),
        seen=TIME,
        source=text("Who says so; without it the platform.", 512, pattern="^[^\\u0000-\\u001f\\u007f]*$"),
        attributes={
            "type": "array", "maxItems": 1000,
            "items": shape(
                "An identifier as it was typed or collected.", ["kind", "value"],
                kind=text("Its kind, as `revenant kinds` lists them: pay.iban, contact.phone@DE, custom.NAME.", 256, 1,
                          pattern="^[A-Za-z][A-Za-z0-9_.@#-]*$"),
                value=text("The raw value.", 16384, 1, pattern="^[^\\u0000]+$"),
                country=text("ISO 3166-1 alpha-2, where the value does not say.", 3, pattern="^[A-Za-z]*$"),
                verified={"type": "boolean", "description": "The source checked it: saw the document, sent a code."})}),
    "BanRequest": shape("A ban.", ["seller", "reason"], seller=SELLER,
                        reason=text("Why: counterfeit, fraud ...", 256, 1, pattern="^[^\\u0000]+$"),
                        case=text("The platform's own reference.", 256, pattern="^[^\\u0000]*$"), at=TIME),
    "ContestRequest": shape("A seller's objection.", ["seller", "statement"], seller=SELLER,
                            statement=text("The seller's own words.", 16384, 1, pattern="^[^\\u0000]+$"),
                            reference=text("Its own; without it the next number.", 256, pattern="^[^\\u0000]*$")),
    "ReviewRequest": shape("A person's review of an objection.", ["seller", "reference", "by", "outcome"], seller=SELLER,
                           reference=text("The objection's.", 256, 1, pattern="^[^\\u0000]+$"),
                           by=text("The person who looked.", 256, 1, pattern="^[^\\u0000]+$"),
                           outcome={"enum": ["upheld", "rejected"]},
                           note=text("What follows from it.", 16384, pattern="^[^\\u0000]*$")),
    "AcknowledgeRequest": shape("Alerts up to this number were dealt with.", ["number"],
                                number={"type": "string", "pattern": "^[0-9]{1,20}$"}),
}
ANSWERS = {
    "Enrolled": shape("A seller was recorded.", ["v", "recorded", "attributes"], v={"const": 1}, recorded=ref("ban"),
                      attributes={"type": "array", "items": ref("attribute"),
                                  "description": "Those that were not plainly valid."}),
    "Application": shape("An application, as it was answered.", ["v", "reference", "received", "verdict", "recorded"],
                         v={"const": 1}, reference={"type": "string", "pattern": "^[1-9][0-9]*$"}, received=ref("time"),
                         verdict=ref("screen"), recorded=ref("ban")),
    "Contests": shape("All objections of a seller.", ["v", "contests"], v={"const": 1},
                      contests={"type": "array", "items": ref("contest")}),
    "Alerts": shape("Alerts, oldest first. `next` is where to continue.", ["v", "next", "alerts"], v={"const": 1},
                    next=ref("big_number"), alerts={"type": "array", "items": ref("alert")}),
    "Status": shape("The service's own state.", ["v", "status"], v={"const": 1}, status={"enum": ["alive", "ready"]}),
    "Problem": shape("Why not (RFC 9457). It names places in the request and never quotes it.",
                     ["title", "status", "code", "detail"], title={"type": "string"},
                     status={"type": "integer", "minimum": 400, "maximum": 599},
                     code={"enum": ["invalid_request", "unauthorized", "forbidden", "not_found", "method_not_allowed",
                                    "too_slow", "conflict", "idempotency_key_reused", "in_progress", "too_large",
                                    "unsupported_media_type", "too_many_requests", "internal", "unavailable",
                                    "overloaded"]},
                     detail={"type": "string"}),
}


def parameter(name, place, schema, description, required=False):
    return {"name": name, "in": place, "required": required, "description": description, "schema": schema}


PATH = {
    "seller": parameter("seller", "path", SELLER, "PLATFORM:ID, percent-encoded.", True),
    "reference": parameter("reference", "path", {"type": "string", "pattern": "^[0-9]+$"}, "As the application's answer says.",
                           True),
    "id": parameter("id", "path", {"type": "string", "minLength": 1},
                    "The cluster's id (32 hexadecimal digits), or PLATFORM:ID of a seller in it.", True),
}
KEY = parameter("Idempotency-Key", "header", {"type": "string", "pattern": "^[!-~]{1,128}$"},
                "Sent again with the same request: the same answer, and nothing is done again. With another request: 409.")
JSON, PROBLEM, SVG, TEXT = "application/json", "application/problem+json", "image/svg+xml", "text/plain"


def call(summary, role, answer, body=None, parameters=(), extra=(), errors=(), writes=False):
    content = {JSON: {"schema": ref(answer)}}
    for media in extra:
        content[media] = {"schema": {"type": "string"}}
    codes = {400, 408, 413, 414, 431, 500, 503, 411, 501, *errors}
    operation = {"summary": summary, "description": f"Role: {role}." if role else "No token."}
    if role:
        codes |= {401, 403, 429}
        operation["security"] = [{"bearer": []}]
    if body:
        codes |= {415}
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": ref(body)}}}
    if writes:
        codes |= {409}
        parameters = [*parameters, KEY]
    if parameters:
        operation["parameters"] = list(parameters)
    operation["responses"] = {"200": {"description": "Done.", "content": content}}
    for code in sorted(codes):
        operation["responses"][str(code)] = {"description": "Refused.", "content": {PROBLEM: {"schema": ref("Problem")}}}
    return operation


def plain(summary, media, role=None):
    operation = call(summary, role, "Problem")
    operation["responses"]["200"]["content"] = {media: {"schema": {} if media == JSON else {"type": "string"}}}
    return {"get": operation}


def query(name, schema, description):
    return parameter(name, "query", schema, description)


PATHS = {
    "/v1/screen": {"post": call(
        "Does this application lead to a ban? Writes nothing.", "onboarding", "screen", "Record",
        [query("certificate", {"enum": ["true", "false"]}, "With the certificate of a verdict that is not clear.")], [SVG])},
    "/v1/applications": {"post": call(
        "Screens an application, records it, and keeps the answer.", "onboarding", "Application", "Record", writes=True)},
    "/v1/applications/{reference}": {"get": call(
        "The answer to an application, byte for byte.", "onboarding", "Application", None, [PATH["reference"]], errors=[404])},
    "/v1/sellers": {"post": call("Records a seller that was let in.", "onboarding", "Enrolled", "Record", writes=True)},
    "/v1/sellers/{seller}": {"get": call(
        "Everything that is held about a seller.", "investigator", "subject", None, [PATH["seller"]], errors=[404])},
    "/v1/bans": {"post": call("Records a ban.", "investigator", "ban", "BanRequest", writes=True)},
    "/v1/bans/{seller}": {"delete": call(
        "Lifts the ban of one case, or all bans.", "investigator", "ban", None,
        [PATH["seller"], query("case", text("Only the ban of this case.", 256), "Only the ban of this case.")], errors=[404],
        writes=True)},
    "/v1/contests": {"post": call(
        "Records an objection. It changes no verdict.", "onboarding", "contest", "ContestRequest", errors=[404], writes=True)},
    "/v1/contests/reviews": {"post": call(
        "Records a person's review of an objection.", "investigator", "contest", "ReviewRequest", errors=[404], writes=True)},
    "/v1/contests/{seller}": {"get": call(
        "Objections of a seller.", "onboarding", "Contests", None, [PATH["seller"]], errors=[404])},
    "/v1/alerts": {"get": call(
        "Sellers that came to be linked to a ban, or were freed; with Accept: text/event-stream as they arise.",
        "investigator", "Alerts", None,
        [query("after", {"type": "string", "pattern": "^[0-9]{1,20}$"}, "Those above this number; else above the last acknowledged."),
         query("limit", {"type": "integer", "minimum": 1, "maximum": 1000}, "At most so many (100)."),
         parameter("Last-Event-ID", "header", {"type": "string", "pattern": "^[0-9]{1,20}$"}, "Where a stream continues.")],
        ["text/event-stream"])},
    "/v1/alerts/acknowledged": {"post": call(
        "Alerts up to a number were dealt with.", "investigator", "acknowledged", "AcknowledgeRequest", writes=True)},
    "/v1/clusters/{id}": {"get": call(
        "Sellers that are probably run by the same hands; view=graph: what joins them; view=picture: drawn.", "investigator",
        "cluster", None, [PATH["id"], query("view", {"enum": ["graph", "picture"]}, "Another view.")], [SVG], [404])},
    "/healthz": {"get": call("The process is alive.", None, "Status")},
    "/readyz": {"get": call("Requests are answered.", None, "Status")},
    "/metrics": plain("Counters for Prometheus.", TEXT, "metrics"),
    "/openapi.json": plain("This file.", JSON),
    "/ui": plain("A page that screens one application.", "text/html"),
    "/ui/ui.js": plain("Its script.", "text/javascript"),
    "/ui/ui.css": plain("Its style.", "text/css"),
}


def moved(value):
    """References into the JSON Schema become references into this file."""
    if isinstance(value, dict):
        return {key: each.replace("#/$defs/", "#/components/schemas/") if key == "$ref" else moved(each)
                for key, each in value.items()}
    return [moved(each) for each in value] if isinstance(value, list) else value


def shared(defs):
    names, wanted = set(), [*SHARED, "time", "big_number"]
    while wanted:
        name = wanted.pop()
        if name in names:
            continue
        names.add(name)
        wanted += [part.split('"')[0] for part in json.dumps(defs[name]).split("#/$defs/")[1:]]
    return {name: moved(copy.deepcopy(defs[name])) for name in sorted(names)}


def main(schema):
    paths = copy.deepcopy(PATHS)
    # The view decides between two shapes.
    paths["/v1/clusters/{id}"]["get"]["responses"]["200"]["content"][JSON]["schema"] = {
        "anyOf": [ref("cluster"), ref("graph")]}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Revenant onboarding service", "version": "1",
                 "description": "Recognises the banned seller behind the new storefront. Within /v1 members are only added."},
        "paths": paths,
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
                       "schemas": {**shared(schema["$defs"]), **REQUESTS, **ANSWERS}}}
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


written = main(json.loads(pathlib.Path(sys.argv[1]).read_text()))
if sys.argv[2:] == ["--check"]:
    if FILE.read_text() != written:
        sys.exit(f"{FILE} is not what make_openapi.py writes: run it")
else:
    FILE.write_text(written)
