"""What the command prints with --json and writes as results is valid against the shipped schema.

usage: schema_test.py REVENANT SCHEMA   (77: python3-jsonschema is not installed)
"""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

COMMAND, SCHEMA = pathlib.Path(sys.argv[1]).resolve(), json.loads(pathlib.Path(sys.argv[2]).read_text())
IBAN = "DE89 3704 0044 0532 0130 00"


def validator(shape):
    return jsonschema.Draft202012Validator({**SCHEMA, "anyOf": [{"$ref": f"#/$defs/{shape}"}]})


checked = {}


def check(shape, text, what):
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines, f"{what}: nothing was printed"
    for line in lines:
        errors = list(validator(shape).iter_errors(line))
        for error in errors:
            for cause in [error, *error.context]:
                print(f"{what}: {list(cause.absolute_path)}: {cause.message[:300]}")
        assert not errors, what
        checked.setdefault(shape, line)


def run(work, *words, stdin="", codes=(0,)):
    done = subprocess.run([COMMAND, *words], cwd=work, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode in codes, f"{words}: {done.returncode}: {done.stderr}"
    return done.stdout


def record(seller, *attributes, seen="2026-02-01T10:00:00Z", platform="eu"):
    return json.dumps({
        "platform": platform, "seller": seller, "seen": seen,
        "attributes": [{"kind": kind, "value": value} for kind, value in attributes]}) + "\n"


def main(work):
    store = ["--store", "s", "--json"]
    check("version", run(work, "version", "--json"), "version")
    check("kinds", run(work, "kinds", "--json"), "kinds")
    check("init", run(work, *store, "init"), "init")
    values = f"pay.iban\t{IBAN}\npay.iban\tDE00\npay.iban\tnone\nno.kind\tx\ncontact.phone\t+1 650 253 0000\n" \
             "custom.c\ta\ncontact.email\tA.b+c@gmail.com\ndevice.imei\t490154203237518\n"
    check("normalize", run(work, "normalize", "--json", stdin=values), "normalize")

    (work / "old.jsonl").write_text(
        record("old", ("pay.iban", IBAN), ("custom.c", "shared"), seen="2026-01-01T00:00:00Z")
        + record("twin", ("pay.iban", IBAN), ("contact.phone", "+1 650 253 0000"))
        + record("third", ("contact.phone", "+1 650 253 0000"), ("pay.iban", "bad"))
        + record("alone", ("custom.c", "alone"), ("org.supplier", "Example Trading Co.")) + '{"platform":"eu"}\n')
    check("import", run(work, *store, "import", "old.jsonl"), "import")
    check("stats", run(work, *store, "stats"), "stats")
    check("ban", run(work, *store, "ban", "eu:old", "--reason", "x", "--case", "C", "--at", "2026-03-01"), "ban")
    check("ban", run(work, *store, "ban", "eu:old", "--reason", "y", "--case", "D", "--at", "2026-03-02"), "ban")
    check("ban", run(work, *store, "reinstate", "eu:old", "--case", "C", "--at", "2026-03-03"), "reinstate")
    check("alert", run(work, *store, "alerts"), "alerts")
    check("acknowledged", run(work, *store, "alerts", "--ack", "1"), "alerts --ack")
    check("cluster", run(work, *store, "clusters"), "clusters")
    check("cluster", run(work, *store, "cluster", "eu:old"), "cluster")
    check("find", run(work, *store, "find", f"pay.iban={IBAN}"), "find")
    check("find", run(work, *store, "find", "contact.phone@US=(650) 253-0000"), "find")
    run(work, *store, "find", "custom.c=nobody's", codes=(1,))
    check("sellers", run(work, *store, "sellers", "--prefix", "eu:"), "sellers")
    (work / "limit.toml").write_text('[kind."pay.iban"]\nfanout_limit = 1\n')
    run(work, *store, "policy", "set", "limit.toml")
    check("hub", run(work, *store, "hubs"), "hubs")
    (work / "limit.toml").write_text("")
    run(work, *store, "policy", "set", "limit.toml")
    run(work, *store, "hubs", codes=(1,))
    check("explain", run(work, *store, "explain", "eu:old", "eu:third"), "explain")
    check("explain", run(work, *store, "explain", "eu:old", "eu:alone", codes=(0, 1)), "explain, no link")
    check("graph", run(work, *store, "graph", "eu:old"), "graph")
    check("fsck", run(work, *store, "fsck"), "fsck")
    check("policy", run(work, *store, "policy", "show"), "policy show")
    (work / "policy.toml").write_text("[verdict]\nblock_bits = 8\n")
    check("policy_change", run(work, *store, "policy", "set", "policy.toml"), "policy set")
    check("calibrate", run(work, *store, "calibrate", codes=(0, 1)), "calibrate")
    for case, seller in (("C-1", "eu:old"), ("C-2", "eu:old"), ("C-3", "eu:old"), ("C-4", "eu:twin")):
        check("infringe", run(work, *store, "infringe", seller, "--right", "design", "--case", case,
                              "--at", f"2026-03-0{case[-1]}"), "infringe")
    check("infringe", run(work, *store, "retract", "eu:old", "--case", "C-2", "--at", "2026-03-10"), "retract")
    check("infringe", run(work, *store, "infringe", "eu:old", "--right", "patent", "--case", "C-5", "--at",
                          "2026-03-11"), "infringe")
    run(work, *store, "measure", "eu:old", "--step", "freeze", "--case", "C-1", "--at", "2026-03-12")
    check("sanctions", run(work, *store, "sanctions", "eu:old", "--at", "2026-03-20"), "sanctions")
    check("credit_report", run(work, *store, "sanctions", "eu:old", "--credit-report", "--at", "2026-03-20"),
          "credit report")
    check("knowledge", run(work, *store, "knowledge", "eu:twin"), "knowledge")
    check("duty", run(work, *store, "duty"), "duty")
    run(work, *store, "notice", "eu:twin", "--case", "C-9", "--has", "right_holder,contact,proof_of_right,listing,evidence",
        "--language", "zh", "--at", "2026-03-15")
    check("due", run(work, *store, "due", "eu:twin", "--at", "2026-03-16"), "due")
    check("supplier", run(work, *store, "supplier", "eu:alone"), "supplier")
    run(work, *store, "contest", "eu:old", "--statement", "not me", "--at", "2026-03-16")
    check("contest", run(work, *store, "contest", "eu:old"), "contest")
    check("subject", run(work, *store, "subject", "eu:old"), "subject")
    check("journal_entry", run(work, *store, "journal", "show"), "journal show")
    run(work, "--store", "s", "dossier", "eu:twin", "--out", "case")
    check("verify_dossier", run(work, "verify-dossier", "case.json", "--key", "s.journal.pub", "--json"), "verify-dossier")
    (work / "truth.csv").write_text("platform,seller,entity\neu,old,1\neu,twin,1\neu,third,2\neu,alone,3\neu,gone,4\n")
    check("evaluate", run(work, *store, "evaluate", "--truth", "truth.csv"), "evaluate")

    (work / "new.jsonl").write_text(
        record("a", ("pay.iban", IBAN), ("custom.c", "shared"), seen="2026-04-01T10:00:00.5Z")
        + record("b", ("custom.c", "ring"), ("pay.iban", "nonsense"), ("no.kind", "x"))
        + record("c", ("custom.c", "ring"), ("contact.phone", "650 253 0000"))
        + record("old", ("contact.email", "n/a")) + record("\x01bad") + "{\n")
    verdicts = run(work, *store, "screen", "new.jsonl")
    check("screen", verdicts, "screen")
    (work / "verdict.json").write_text(verdicts.splitlines()[0])
    check("verify_certificate", run(work, *store, "verify-certificate", "verdict.json"), "verify-certificate")
    check("recorded", run(work, *store, "act", "verdict.json", "--did", "refused"), "act")
    for name, options in {
            "plain": ["new.jsonl"], "findings": ["new.jsonl", "--results", "findings"],
            "among": ["new.jsonl", "--among"], "stored": ["--stored"],
            "since": ["new.jsonl", "--since", "2026-03-01"], "first": ["new.jsonl", "--limit", "3"],
            "sample": ["new.jsonl", "--sample", "4", "--seed", "7"]}.items():
        check("audit", run(work, *store, "audit", *options, "--out", name), f"audit {name}")
        check("audit", (work / name / "summary.json").read_text(), f"{name}/summary.json")
        check("result", (work / name / "results.jsonl").read_text(), f"{name}/results.jsonl")
    check("ring", (work / "among/rings.jsonl").read_text(), "rings.jsonl")
    check("ban", run(work, *store, "forget", "eu:alone"), "forget")

    check("checkpoint", run(work, *store, "checkpoint", "point"), "checkpoint")
    check("backup", run(work, *store, "backup", "back", "--keep", "2"), "backup")
    made = ["--key", "s.key", "--json", "--store"]
    check("restore", run(work, *made, "r1", "restore", "point"), "restore, checkpoint")
    check("restore", run(work, *made, "r2", "restore", "back"), "restore, back-up")
    facts = run(work, *store, "export", "--facts")
    check("restore_facts", run(work, *made, "r3", "restore", "-", stdin=facts), "restore, export")
    check("compact", run(work, *store, "compact"), "compact")
    check("upgrade", run(work, *store, "upgrade"), "upgrade")
    check("rekey", run(work, *store, "rekey"), "rekey")

    # A member that the schema does not describe is an error, and so is one that is missing.
    for shape, line in checked.items():
        assert list(validator(shape).iter_errors({**line, "unheard_of": 1})), f"{shape} takes anything"
        for member in ("v", *line):
            less = {key: value for key, value in line.items() if key != member}
            required = SCHEMA["$defs"][shape]["required"]
            assert member not in required or list(validator(shape).iter_errors(less)), f"{shape} misses {member}"
    shapes = {name for name, shape in SCHEMA["$defs"].items() if "v" in shape.get("required", [])}
    left = shapes - set(checked) - {"certificate"}
    assert not left, f"never seen: {left}"
    print(f"{len(checked)} shapes hold")


jsonschema.Draft202012Validator.check_schema(SCHEMA)
with tempfile.TemporaryDirectory() as folder:
    main(pathlib.Path(folder))
