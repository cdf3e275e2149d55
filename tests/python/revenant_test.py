"""The package for Python, over stores in folders of their own. Needs no other package."""

from __future__ import annotations

import ctypes
import gc
import importlib
import threading
import time
import unittest
from array import array
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Optional

import revenant
from revenant.testing import seller, temporary_registry, value

IBAN = "DE89370400440532013000"
OTHER_IBAN = "GB82WEST12345698765432"


def with_a_ban(registry: revenant.Registry) -> None:
    registry.enrol(seller("S-1", **{"pay.iban": IBAN, "contact.phone": "+49 30 23125104"}))
    registry.ban("test:S-1", "counterfeit", case="C-7")


class ArrowTable:
    """Hands columns out by Arrow's C data interface, as pyarrow and polars do: a struct of columns
    in one batch. Its formats: u, U and vu for texts, b, tsu and tss, and "dict" for words."""

    def __init__(self, columns: dict[str, tuple[str, list[Any]]], skip: int = 0) -> None:
        self.columns = columns
        self.skip = skip  # rows before the table's first, for offsets
        self.keep: list[Any] = []
        self.sent = False
        self.released = 0

    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object:
        stream = Stream()
        self.keep.append(stream)
        stream.get_schema = self.callback(GET_SCHEMA, self.give_schema)
        stream.get_next = self.callback(GET_NEXT, self.give_next)
        stream.get_last_error = self.callback(LAST_ERROR, lambda _: None)
        stream.release = self.callback(RELEASE, self.let_go)
        new = ctypes.pythonapi.PyCapsule_New
        new.restype = ctypes.py_object
        new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        return new(ctypes.addressof(stream), b"arrow_array_stream", None)

    def callback(self, sort: Any, function: Callable[..., Any]) -> Any:
        made = sort(function)
        self.keep.append(made)
        return ctypes.cast(made, ctypes.c_void_p).value

    def let_go(self, _: int) -> None:
        self.released += 1

    def give_schema(self, _: int, out: int) -> int:
        schema = Schema.from_address(out)
        ctypes.memset(out, 0, ctypes.sizeof(Schema))
        schema.format = b"+s"
        children = [self.schema_of(name, form) for name, (form, _) in self.columns.items()]
        pointers = (ctypes.c_void_p * len(children))(*[ctypes.addressof(c) for c in children])
        self.keep += [children, pointers]
        schema.n_children = len(children)
        schema.children = ctypes.addressof(pointers)
        schema.release = self.callback(RELEASE, self.let_go)
        return 0

    def schema_of(self, name: str, form: str) -> Schema:
        schema = Schema()
        schema.name = name.encode()
        schema.format = {"dict": b"c", "tsu": b"tsu:UTC", "tss": b"tss:"}.get(form, form.encode())
        if form == "dict":
            words = Schema()
            words.format = b"u"
            self.keep.append(words)
            schema.dictionary = ctypes.addressof(words)
        self.keep.append(schema)
        return schema

    def give_next(self, _: int, out: int) -> int:
        batch = Array.from_address(out)
        ctypes.memset(out, 0, ctypes.sizeof(Array))
        if self.sent:
            return 0
        self.sent = True
        children = [self.array_of(form, rows) for form, rows in self.columns.values()]
        pointers = (ctypes.c_void_p * len(children))(*[ctypes.addressof(c) for c in children])
        self.keep += [children, pointers]
        rows = len(next(iter(self.columns.values()))[1])
        batch.length = rows - self.skip
        batch.offset = self.skip
        batch.n_children = len(children)
        batch.children = ctypes.addressof(pointers)
        batch.release = self.callback(RELEASE, self.let_go)
        return 0

    def array_of(self, form: str, rows: list[Any]) -> Array:
        made = Array()
        made.length = len(rows)
        made.null_count = sum(row is None for row in rows)
        present = bytearray((len(rows) + 7) // 8)
        for i, row in enumerate(rows):
            present[i // 8] |= (row is not None) << (i % 8)
        buffers: list[bytes] = [bytes(present)]
        texts = [b"" if row is None else str(row).encode() for row in rows]
        if form in ("u", "U"):
            ends = [0]
            for text in texts:
                ends.append(ends[-1] + len(text))
            buffers += [array("i" if form == "u" else "q", ends).tobytes(), b"".join(texts)]
        elif form == "vu":
            views, heap = b"", b""
            for text in texts:
                if len(text) <= 12:
                    views += len(text).to_bytes(4, "little") + text.ljust(12, b"\0")
                else:
                    views += len(text).to_bytes(4, "little") + text[:4] + bytes(4)
                    views += len(heap).to_bytes(4, "little")
                    heap += text
            buffers += [views, heap]
        elif form == "b":
            bits = bytearray((len(rows) + 7) // 8)
            for i, row in enumerate(rows):
                bits[i // 8] |= bool(row) << (i % 8)
            buffers.append(bytes(bits))
        elif form == "dict":
            words = sorted({row for row in rows if row is not None})
            indexes = [0 if row is None else words.index(row) for row in rows]
            buffers.append(bytes(indexes))
            dictionary = self.array_of("u", words)
            made.dictionary = ctypes.addressof(dictionary)
        else:
            buffers.append(array("q", [0 if row is None else row for row in rows]).tobytes())
        held = [ctypes.create_string_buffer(one, max(1, len(one))) for one in buffers]
        pointers = (ctypes.c_void_p * len(held))(*[ctypes.addressof(one) for one in held])
        self.keep += [held, pointers, made]
        made.n_buffers = len(held)
        made.buffers = ctypes.addressof(pointers)
        return made


class Schema(ctypes.Structure):
    _fields_ = [
        ("format", ctypes.c_char_p),
        ("name", ctypes.c_char_p),
        ("metadata", ctypes.c_char_p),
        ("flags", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    ]


class Array(ctypes.Structure):
    _fields_ = [
        ("length", ctypes.c_int64),
        ("null_count", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("buffers", ctypes.c_void_p),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    ]


class Stream(ctypes.Structure):
    _fields_ = [
        ("get_schema", ctypes.c_void_p),
        ("get_next", ctypes.c_void_p),
        ("get_last_error", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    ]


GET_SCHEMA = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
GET_NEXT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
LAST_ERROR = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)
RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class OneAtATime(unittest.TestCase):
    def test_a_life(self) -> None:
        with temporary_registry() as registry:
            with_a_ban(registry)
            found = registry.screen(seller("S-2", **{"pay.iban": IBAN}), certify=True)
            self.assertEqual(found["verdict"], "review")
            self.assertEqual(registry.verify_certificate(found["certificate"])["outcome"], "holds")
            registry.enrol(
                {
                    "platform": "test",
                    "seller": "S-2",
                    "seen": datetime(2026, 1, 5),
                    "attributes": [{"kind": "pay.iban", "value": IBAN, "verified": True}],
                }
            )
            self.assertEqual(registry.stats()["sellers"], 2)
            self.assertIsNotNone(registry.explain("test:S-1", "test:S-2")["link"])
            self.assertIn("test:S-1", registry.describe("test:S-2", "test:S-1"))
            self.assertEqual(registry.cluster("test:S-1")["size"], 2)
            self.assertEqual([one["size"] for one in registry.clusters()], [2])
            self.assertEqual(len(registry.graph("test:S-1")["sellers"]), 2)
            self.assertIn("graphml", registry.graph_text("test:S-1", "graphml"))
            self.assertEqual([one["linked"] for one in registry.alerts()], [True, True][:1])
            self.assertTrue(registry.cannot_link("test:S-1", "test:S-2")["changed"])
            self.assertTrue(registry.allow_link("test:S-1", "test:S-2")["changed"])
            self.assertTrue(registry.withdraw("test:S-2", "pay.iban", IBAN)["changed"])
            for number, statement in enumerate(["not mine", "two\u2028lines", "and\u0085more"], 1):
                filed = registry.contest("test:S-2", statement)
                self.assertEqual(filed[number - 1]["statement"], statement)
            self.assertEqual(
                registry.review("test:S-2", "1", upheld=True, reviewer="ann")[0]["review"]["outcome"],
                "upheld",
            )
            registry.infringe("test:S-1", "trademark", "C-8")
            registry.retract("test:S-1", "C-8")
            self.assertEqual(registry.subject("test:S-2")["seller"], "test:S-2")
            self.assertTrue(registry.reinstate("test:S-1", case="C-7")["changed"])
            self.assertTrue(registry.forget("test:S-2")["changed"])
            self.assertEqual(registry.fsck()["problems"], [])
            pieces: list[bytes] = []
            registry.export(pieces.append, facts=True)
            self.assertIn(b'"S-1"', b"".join(pieces))
            types = [entry["type"] for entry in registry.journal()]
            self.assertIn("ban", types)
            self.assertEqual(registry.set_policy(registry.policy)["changes"], [])

    def test_times(self) -> None:
        east = timezone(timedelta(hours=2))
        with temporary_registry() as registry:
            moments: list[revenant.Moment] = [
                datetime(2026, 1, 5, 10),
                datetime(2026, 1, 5, 12, tzinfo=east),
                "2026-01-05T10:00:00Z",
            ]
            for moment in moments:
                registry.ban("test:S-1", "fraud", case="C", at=moment)
            (row,) = [one for one in registry.journal() if one["type"] == "ban"]
            self.assertIn("2026-01-05T10:00:00Z", str(row))

    def test_what_is_wrong_raises(self) -> None:
        with temporary_registry() as registry:
            with_a_ban(registry)
            with self.assertRaises(revenant.InvalidArgument):
                registry.ban("nocolon", "fraud")
            with self.assertRaises(ValueError):  # which it is, too
                registry.ban("a:b", "")
            with self.assertRaises(ValueError):
                registry.ban("a:b\0c", "fraud")
            with self.assertRaises(ValueError):
                registry.ban("a:\ud800", "fraud")
            untyped: Any = registry
            with self.assertRaises(TypeError) as raised:  # and the values are not shown
                untyped.withdraw("a:b", "pay.iban", IBAN, country=49)
            self.assertNotIn(IBAN, str(raised.exception))
            with self.assertRaises(revenant.NotFound):
                registry.cluster("test:nobody")
            with self.assertRaises(revenant.InvalidArgument):
                registry.screen({"platform": "test", "seller": "S", "colour": "red"})
            with self.assertRaises(revenant.Conflict):
                revenant.open(registry.path)
            with self.assertRaises(ZeroDivisionError):
                registry.export(lambda piece: 1 // 0)
            with self.assertRaises(revenant.NotFound):
                revenant.open("/nowhere", key=registry.path + ".key")

    def test_a_reader_follows_its_writer(self) -> None:
        with temporary_registry() as registry:
            with revenant.open(registry.path, read_only=True) as reader:
                reader.warm_up()
                with_a_ban(registry)
                self.assertTrue(reader.refresh())
                self.assertFalse(reader.refresh())
                self.assertEqual(reader.stats()["banned"], 1)
                with self.assertRaises(revenant.Conflict):
                    reader.ban("test:S-1", "fraud")

    def test_values(self) -> None:
        self.assertEqual(
            revenant.normalize("pay.iban", "gb82 west 1234 5698 7654 32")["canonical"], OTHER_IBAN
        )
        self.assertGreater(len(list(revenant.kinds())), 50)
        self.assertEqual(revenant.normalize("pay.iban", value("pay.iban"))["status"], "valid")
        with self.assertRaises(LookupError):
            value("no.kind")

    def test_a_failed_create_leaves_no_key(self) -> None:
        with TemporaryDirectory() as folder:
            with self.assertRaises(revenant.InvalidArgument):
                revenant.create(folder + "/s", policy="[nonsense]")
            self.assertFalse(Path(folder, "s.key").exists())

    def test_a_journal_is_verified(self) -> None:
        with temporary_registry() as registry, TemporaryDirectory() as folder:
            key = revenant.new_journal_key(folder + "/j.key")
            with_a_ban(registry)
            with open(folder + "/j", "wb") as file:
                registry.journal_export(folder + "/j.key", file.write)
            self.assertTrue(revenant.verify_journal(folder + "/j", key)["holds"])
            text = Path(folder, "j").read_bytes().replace(b"counterfeit", b"counterfejt")
            Path(folder, "j").write_bytes(text)
            self.assertFalse(revenant.verify_journal(folder + "/j", key)["holds"])


class Lifetimes(unittest.TestCase):
    def test_closing_twice_is_harmless_and_use_afterwards_raises(self) -> None:
        with TemporaryDirectory() as folder:
            with revenant.create(folder + "/s") as registry:
                registry.close()
                registry.close()
            self.assertTrue(registry.closed)
            uses: list[Callable[[], object]] = [
                registry.stats,
                registry.fsck,
                registry.refresh,
                lambda: registry.clusters(),
                lambda: registry.screen_many({"platform": ["a"], "seller": ["b"]}),
                lambda: registry.ban("a:b", "fraud"),
            ]
            for use in uses:
                with self.assertRaises(revenant.Closed):
                    use()

    def test_iterators_keep_their_registry_and_outlive_its_closing(self) -> None:
        with TemporaryDirectory() as folder:
            registry = revenant.create(folder + "/s")
            for i in range(300):
                registry.ban(f"test:{i}", "fraud", case=str(i))
            rows = registry.journal()
            next(rows)
            del registry
            gc.collect()
            self.assertGreaterEqual(sum(1 for _ in rows), 300)
            again = revenant.open(folder + "/s")  # the last iterator let go of it
            rows = again.journal()
            next(rows)
            again.close()
            with self.assertRaises(revenant.Closed):
                for _ in rows:
                    pass
            rows.close()
            rows.close()
            self.assertEqual(list(rows), [])

    def test_closing_while_others_call(self) -> None:
        with TemporaryDirectory() as folder:
            revenant.create(folder + "/s").close()
            for _ in range(20):
                registry = revenant.open(folder + "/s", read_only=True)
                columns = {"platform": ["a"] * 50, "seller": ["b"] * 50, "pay.iban": [IBAN] * 50}
                ended: list[str] = []

                def call() -> None:
                    try:
                        while True:
                            registry.screen_many(columns)
                    except revenant.Closed:
                        ended.append("closed")

                threads = [threading.Thread(target=call) for _ in range(2)]
                for thread in threads:
                    thread.start()
                time.sleep(0.002)
                registry.close()
                for thread in threads:
                    thread.join()
                self.assertEqual(ended, ["closed", "closed"])


class ManyAtOnce(unittest.TestCase):
    def check(self, columns: object, wanted: list[str], threads: int = 2) -> revenant.Verdicts:
        with temporary_registry() as registry:
            with_a_ban(registry)
            found = registry.screen_many(columns, threads=threads, details=True)
            self.assertEqual([one.decision for one in found], wanted)
            self.assertEqual(list(found.decisions), [("clear", "review", "block").index(w) for w in wanted])
            for i, one in enumerate(found):
                self.assertEqual(found.json(i) is None, one.decision == "clear")
                self.assertEqual(one.strength > 0, one.decision != "clear")
            return found

    def test_sequences(self) -> None:
        self.check(
            {
                "platform": ("test",) * 4,
                "seller": ["A", "B", "C", "Dé"],
                "pay.iban": [IBAN, None, OTHER_IBAN, b"DE89 3704 0044 0532 0130 00"],
                "contact.phone@DE": [None, "030 23125104", None, "030 23125104"],
                "pay.iban#verified": [True, False, None, True],
                "seen": ["2026-01-01", None, "2026-02-01T00:00:00Z", ""],
                "status": ["applicant", "active", None, "applicant"],
            },
            ["review", "review", "clear", "block"],
        )

    def test_buffers(self) -> None:
        width = len(OTHER_IBAN)
        ibans = b"".join(one.encode().ljust(width, b"\0") for one in (IBAN, OTHER_IBAN, IBAN))
        fixed = (ctypes.c_char * width * 3).from_buffer_copy(ibans)
        seen = array("q", [1_700_000_000_000_000] * 3)
        view = memoryview(fixed)
        self.assertEqual(view.ndim, 2)  # ctypes shows bytes of bytes: numpy's S is what is meant
        columns: dict[str, Any] = {"platform": ["test"] * 3, "seller": ["A", "B", "C"], "seen": seen}
        with self.assertRaises(ValueError):
            self.check({**columns, "pay.iban": view}, [])
        self.check({**columns, "pay.iban": [IBAN, OTHER_IBAN, IBAN]}, ["review", "clear", "review"])
        turned = (ctypes.c_int64.__ctype_be__ * 3)(*seen)
        with self.assertRaises(ValueError):
            self.check({**columns, "seen": turned, "pay.iban": [IBAN, OTHER_IBAN, IBAN]}, [])
        try:
            numpy: Any = importlib.import_module("numpy")
        except ImportError:
            return
        for sort in ("S", "U"):
            given = numpy.array([IBAN, OTHER_IBAN, IBAN]).astype(sort)
            times = numpy.array(["2026-01-01"] * 3, dtype="datetime64[us]").view("int64")
            self.check(
                {**columns, "seen": times, "pay.iban": given}, ["review", "clear", "review"]
            )

    def test_arrow(self) -> None:
        for skip in (0, 1):
            for text in ("u", "U", "vu", "dict"):
                with self.subTest(text=text, skip=skip):
                    table = ArrowTable(
                        {
                            "platform": ("dict", ["test"] * 5),
                            "seller": (text, ["A", "B", "C", "D", "E-that-is-rather-long"]),
                            "pay.iban": (text, [IBAN, IBAN, None, OTHER_IBAN, IBAN]),
                            "contact.phone": ("u", [None] * 4 + ["+49 30 23125104"]),
                            "pay.iban#verified": ("b", [True, None, True, False, True]),
                            "seen": ("tsu", [0, 1, None, 3, -1]),
                        },
                        skip,
                    )
                    wanted = ["review", "review", "clear", "clear", "block"][skip:]
                    self.check(table, wanted)
                    self.assertEqual(table.released, 2)  # schema and batch; the stream is the capsule's

    def test_arrow_that_is_wrong(self) -> None:
        names: dict[str, tuple[str, list[Any]]]
        names = {"platform": ("u", ["a"]), "seller": ("u", ["b"])}
        tables: list[dict[str, tuple[str, list[Any]]]] = [
            {"platform": ("u", ["a"])},
            {"platform": ("u", ["a"]), "seller": ("tsu", [1])},
            {**names, "no.kind": ("u", ["x"])},
            {**names, "pay.iban": ("tsu", [7])},
            {**names, "pay.iban": ("g", [7])},
        ]
        for wrong in tables:
            with self.subTest(wrong=wrong), self.assertRaises(ValueError):
                self.check(ArrowTable(wrong), [])

    def test_what_is_wrong_raises(self) -> None:
        names: dict[str, Any] = {"platform": ["a", "a"], "seller": ["b", "c"]}
        tables: list[dict[str, Any]] = [
            {},
            {"seller": ["b"]},
            {**names, "pay.iban": ["x"]},
            {**names, "pay.iban": "xy"},
            {**names, "pay.iban": [1, 2]},
            {**names, "pay.iban": ["x", 2]},
            {**names, "pay.iban": ["x", 2.5]},
            {**names, "colour": ["red", "blue"]},
            {**names, "pay.card#verified": [True, True]},
            {**names, "seen": ["yesterday", None]},
            {**names, "status": ["banned", None]},
            {**names, "seen": array("d", [1.0, 2.0])},
        ]
        for columns in tables:
            with self.subTest(columns=columns), self.assertRaises((ValueError, TypeError)):
                self.check(columns, [])
        with temporary_registry() as registry:
            with self.assertRaises(revenant.InvalidArgument):
                registry.screen_many(names, threads=1000)

    def test_a_row_that_cannot_be_judged_costs_itself_alone(self) -> None:
        with temporary_registry() as registry:
            found = registry.screen_many({"platform": ["a", "a b", "a"], "seller": ["x", "y", ""]})
            self.assertEqual([one.error for one in found], [0, 1, 1])
            self.assertIn("white space", found.first_error)
            self.assertEqual(len(found[1:]), 2)
            with self.assertRaises(IndexError):
                found[3]

    def test_enrolling_many(self) -> None:
        count = 5000
        with temporary_registry() as registry:
            columns = {
                "platform": ["test"] * count,
                "seller": [f"S-{i}" for i in range(count)],
                "custom.device": [f"d-{i // 2}" for i in range(count)],
            }
            self.assertEqual(registry.enrol_many(columns, buffered=True), count)
            self.assertEqual(registry.enrol_many(columns, buffered=True), 0)
            self.assertEqual(registry.stats()["linked_clusters"], count // 2)
            self.assertEqual(sum(1 for _ in registry.clusters()), count // 2)

    def test_other_threads_run_meanwhile(self) -> None:
        count = 20000
        with temporary_registry() as registry:
            columns = {
                "platform": ["test"] * count,
                "seller": [str(i) for i in range(count)],
                "custom.device": [str(i) for i in range(count)],
            }
            turns = 0
            done = threading.Event()

            def screen() -> None:
                registry.screen_many(columns)
                done.set()

            thread = threading.Thread(target=screen)
            thread.start()
            while not done.is_set():
                turns += 1
                time.sleep(0.0005)
            thread.join()
            self.assertGreater(turns, 3)


if __name__ == "__main__":
    unittest.main()
