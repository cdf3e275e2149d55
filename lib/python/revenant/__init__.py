"""Recognises the banned seller behind the new storefront.

    import revenant

    with revenant.create("shop.store") as registry:
        registry.enrol({"platform": "shop", "seller": "S-1",
                        "attributes": [{"kind": "pay.iban", "value": "DE89 3704 0044 0532 0130 00"}]})
        registry.ban("shop:S-1", "counterfeit", case="C-7")
        print(registry.screen({"platform": "shop", "seller": "S-2",
                               "pay.iban": "de89370400440532013000"})["verdict"])

Answers are dicts in the shapes of revenant.schema.json, which comes with the library. Times are
datetimes (naive ones are in UTC) or texts ("2026-03-01", RFC 3339); None is now. Every method may be
called from any thread; the GIL is released while the library works.
"""

from __future__ import annotations

import json as _json
import operator as _operator
import os as _os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from types import TracebackType
from typing import Any, NamedTuple, Union, overload

from . import _revenant
from ._revenant import (
    Closed,
    Conflict,
    Corruption,
    Error,
    InvalidArgument,
    IoError,
    NotFound,
    UnsupportedFormat,
)

__all__ = [
    "Answers",
    "Closed",
    "Conflict",
    "Corruption",
    "Error",
    "InvalidArgument",
    "IoError",
    "NotFound",
    "Registry",
    "UnsupportedFormat",
    "Verdict",
    "Verdicts",
    "create",
    "kinds",
    "new_journal_key",
    "normalize",
    "open",
    "verify_journal",
]

__version__: str = _revenant.VERSION

Json = dict[str, Any]
Record = Mapping[str, Any]
Moment = Union[datetime, str, None]
Path = Union[str, "_os.PathLike[str]"]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DECISIONS = ("clear", "review", "block")


def _micros(moment: Moment) -> int:
    if moment is None:
        return _revenant.TIME_UNKNOWN
    if isinstance(moment, str):
        return _revenant.parse_time(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _text(moment: datetime) -> str:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.isoformat()


def _record(record: Record) -> str:
    def plain(value: object) -> object:
        return _text(value) if isinstance(value, datetime) else value

    return _json.dumps({name: plain(value) for name, value in record.items() if value is not None})


def _parsed(text: str) -> Json:
    value: Json = _json.loads(text)
    return value


def _lines(text: str) -> list[Json]:
    # splitlines() would also cut inside of texts that hold U+2028 or U+0085.
    return [_parsed(line) for line in text.split("\n") if line]


class Answers(Iterator[Json]):
    """A list that is read one answer at a time. It keeps its registry from being collected; once
    the registry is closed, reading on raises Closed."""

    def __init__(self, cursor: int, registry: Registry | None) -> None:
        self._cursor = cursor
        self._registry = registry

    def __iter__(self) -> Answers:
        return self

    def __next__(self) -> Json:
        if self._cursor == 0:
            raise StopIteration
        answer = _revenant.next_answer(self._cursor)
        if answer is None:
            self.close()
            raise StopIteration
        return _parsed(answer)

    def close(self) -> None:
        """Gives back what it holds; once more is harmless."""
        cursor, self._cursor = self._cursor, 0
        if cursor != 0:
            _revenant.close(cursor)
        self._registry = None

    def __del__(self) -> None:
        if getattr(self, "_cursor", 0) != 0:
            self.close()


class Verdict(NamedTuple):
    """A verdict in short. `error`: a number that is 0, unless this application could not be judged
    (then all else is zero); `because`: of the weightiest reason, as verdict.h numbers it;
    `strength`: of the first link, in bits."""

    decision: str
    error: int
    because: int
    cut_short: bool
    contested: bool
    identifiers: int
    awaiting: int
    links: int
    redundancy: int
    strength: float


class Verdicts(Sequence[Verdict]):
    """What screen_many() found, in the order of the rows."""

    def __init__(self, found: _revenant.Verdicts) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> Verdict: ...
    @overload
    def __getitem__(self, index: slice) -> list[Verdict]: ...
    def __getitem__(self, index: int | slice) -> Verdict | list[Verdict]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        error, decision, *rest, strength = self._found.fields(index)
        because, cut_short, contested, identifiers, awaiting, links, redundancy = rest
        return Verdict(
            decision=_DECISIONS[decision],
            error=error,
            because=because,
            cut_short=bool(cut_short),
            contested=bool(contested),
            identifiers=identifiers,
            awaiting=awaiting,
            links=links,
            redundancy=redundancy,
            strength=strength / 1000,
        )

    @property
    def decisions(self) -> memoryview:
        """0 clear, 1 review, 2 block, a byte each, for numpy.asarray() and the like: no copy."""
        return self._found.decisions()

    @property
    def first_error(self) -> str:
        """Why the first application that could not be judged was not; "" if there is none."""
        return self._found.first_error

    def json(self, index: int) -> Json | None:
        """The whole verdict; None of a clear one, and if `details` was not asked for."""
        text = self._found.json(index)
        return None if text is None else _parsed(text)


class Registry:
    """A store, open: what create() and open() return. Closed by close() or at the end of a `with`;
    calls that other threads have under way are done first. Later calls raise Closed."""

    def __init__(self, handle: int, path: str) -> None:
        self._handle = handle
        self.path = path

    def __enter__(self) -> Registry:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", 0) != 0:
            self.close()

    def __repr__(self) -> str:
        return f"<revenant.Registry {self.path!r}{' (closed)' if self.closed else ''}>"

    def close(self) -> None:
        """Once more is harmless."""
        handle, self._handle = self._handle, 0
        if handle != 0:
            _revenant.close(handle)

    @property
    def closed(self) -> bool:
        return self._handle == 0

    def refresh(self) -> bool:
        """Opened for reading only: catches up with the writer. True: there is something new."""
        return _revenant.refresh(self._handle)

    def warm_up(self) -> None:
        """Returns once strangers can be screened without reading the store."""
        _revenant.warm_up(self._handle)

    @property
    def key_check_value(self) -> str:
        return _revenant.key_check_value(self._handle)

    # Applications and sellers.

    def screen(self, record: Record, *, as_of: Moment = None, certify: bool = False) -> Json:
        """Judges one application and writes nothing. A record has platform, seller and, if known,
        seen, source, status; attributes are a list (kind, country, value, verified) or members
        named after their kinds."""
        return _parsed(_revenant.screen(self._handle, _record(record), _micros(as_of), bool(certify)))

    def screen_many(
        self,
        columns: object,
        *,
        as_of: Moment = None,
        threads: int = 1,
        details: bool = False,
        certify: bool = False,
    ) -> Verdicts:
        """Judges the rows of columns: a mapping of names (platform, seller, seen, source, status, or
        a kind, such as "pay.iban", "contact.phone@DE", "pay.iban#2"; beside it "pay.iban#verified",
        "contact.phone#country") to sequences of str or None and to buffers (texts of a fixed width;
        `seen` as 64-bit microseconds since 1970), or anything with __arrow_c_stream__ (a table of
        pyarrow, polars, duckdb). `details` keeps whole verdicts of all that are not clear, and
        `certify` their certificates. A row that cannot be judged has an error of its own."""
        flags = (1 if details or certify else 0) | (4 if certify else 0)
        return Verdicts(
            _revenant.screen_many(self._handle, columns, _micros(as_of), _operator.index(threads), flags)
        )

    def enrol(self, record: Record, *, actor: str | None = None, buffered: bool = False) -> Json:
        """Enrols one record, as screen() takes it. `buffered`: may be lost in a power cut."""
        return _parsed(_revenant.enrol(self._handle, _record(record), bool(buffered), actor))

    def enrol_many(
        self, columns: object, *, actor: str | None = None, buffered: bool = False
    ) -> int:
        """Enrols the rows of columns, as screen_many() takes them; how many told something new. Every
        4,096 rows are one atomic batch: after an error those before it are entered."""
        return _revenant.enrol_many(self._handle, columns, bool(buffered), actor)

    def import_files(self, *files: Path, platform: str | None = None) -> Json:
        """Enrols every record of CSV and JSON Lines files, also compressed."""
        return _parsed(
            _revenant.import_files(self._handle, [_os.fspath(file) for file in files], platform)
        )

    def audit(self, *files: Path, out: Path) -> Json:
        """Screens whole files into the folder `out`, as the command's `audit` does."""
        names = [_os.fspath(file) for file in files]
        return _parsed(_revenant.audit(self._handle, names, _os.fspath(out)))

    # Decisions.

    def ban(
        self,
        seller: str,
        reason: str,
        *,
        case: str | None = None,
        at: Moment = None,
        actor: str | None = None,
    ) -> Json:
        return _parsed(_revenant.ban(self._handle, seller, reason, case, _micros(at), False, actor))

    def reinstate(
        self, seller: str, *, case: str | None = None, at: Moment = None, actor: str | None = None
    ) -> Json:
        """Without a case every ban up to that moment is lifted."""
        return _parsed(_revenant.reinstate(self._handle, seller, case, _micros(at), False, actor))

    def infringe(
        self, seller: str, right: str, case: str, *, at: Moment = None, actor: str | None = None
    ) -> Json:
        """`right`: trademark, patent, copyright, design or secret."""
        return _parsed(
            _revenant.infringe(self._handle, seller, right, case, _micros(at), False, actor)
        )

    def retract(
        self, seller: str, case: str, *, at: Moment = None, actor: str | None = None
    ) -> Json:
        return _parsed(_revenant.retract(self._handle, seller, case, _micros(at), False, actor))

    def cannot_link(self, a: str, b: str, *, at: Moment = None, actor: str | None = None) -> Json:
        """They are different people: an investigator's finding."""
        return _parsed(_revenant.cannot_link(self._handle, a, b, _micros(at), False, actor))

    def allow_link(self, a: str, b: str, *, at: Moment = None, actor: str | None = None) -> Json:
        return _parsed(_revenant.allow_link(self._handle, a, b, _micros(at), False, actor))

    def withdraw(
        self,
        seller: str,
        kind: str,
        value: str,
        *,
        country: str | None = None,
        source: str | None = None,
        at: Moment = None,
        actor: str | None = None,
    ) -> Json:
        """Sightings of the attribute up to that moment no longer count."""
        return _parsed(
            _revenant.withdraw(
                self._handle, seller, kind, country, value, source, _micros(at), False, actor
            )
        )

    def forget(
        self, seller: str, *, override: str | None = None, at: Moment = None, actor: str | None = None
    ) -> Json:
        """Erases a seller from history; `override` says why although a ban rests on it."""
        return _parsed(_revenant.forget(self._handle, seller, override, _micros(at), False, actor))

    def contest(
        self,
        seller: str,
        statement: str,
        *,
        reference: str | None = None,
        at: Moment = None,
        actor: str | None = None,
    ) -> list[Json]:
        """Records a seller's objection; all of the seller's, afterwards."""
        return _lines(
            _revenant.contest(
                self._handle, seller, statement, reference, _micros(at), False, actor
            )
        )

    def review(
        self,
        seller: str,
        reference: str,
        *,
        upheld: bool,
        reviewer: str,
        note: str | None = None,
        at: Moment = None,
        actor: str | None = None,
    ) -> list[Json]:
        """A person's review of an objection."""
        return _lines(
            _revenant.review(
                self._handle, seller, reference, bool(upheld), reviewer, note, _micros(at), False, actor
            )
        )

    def contests(self, seller: str) -> list[Json]:
        return _lines(_revenant.contests(self._handle, seller))

    def attest(
        self,
        seller: str,
        kind: str,
        reference: str,
        detail: str = "",
        *,
        at: Moment = None,
        actor: str | None = None,
    ) -> Json:
        """Puts a notice, order, measure ... on file, in the text that case_file.h gives it."""
        return _parsed(
            _revenant.attest(
                self._handle, seller, kind, reference, detail, _micros(at), False, actor
            )
        )

    def revoke(
        self, seller: str, kind: str, reference: str, *, at: Moment = None, actor: str | None = None
    ) -> Json:
        return _parsed(
            _revenant.revoke(self._handle, seller, kind, reference, _micros(at), False, actor)
        )

    # Questions.

    def explain(self, a: str, b: str) -> Json:
        """The strongest path between two sellers; "link" is None if there is none."""
        return _parsed(_revenant.explain(self._handle, a, b))

    def describe(self, a: str, b: str, *, for_seller: bool = False) -> str:
        """The same in plain words; for the seller `a` no other is named. "": no link."""
        return _revenant.describe(self._handle, a, b, int(for_seller))

    def cluster(self, seller: str) -> Json:
        return _parsed(_revenant.cluster(self._handle, seller))

    def clusters(self, min_size: int = 2) -> Answers:
        """Clusters of at least so many sellers, largest first."""
        return Answers(_revenant.clusters(self._handle, _operator.index(min_size)), self)

    def graph(self, seller: str, *, max_sellers: int = 1000) -> Json:
        """Who shares what in the seller's cluster."""
        return _parsed(_revenant.graph(self._handle, seller, max_sellers, "json"))

    def graph_text(self, seller: str, form: str, *, max_sellers: int = 1000) -> str:
        """The same for other tools: "dot" or "graphml"."""
        return _revenant.graph(self._handle, seller, max_sellers, form)

    def sanctions(self, seller: str, *, as_of: Moment = None) -> Json:
        return _parsed(_revenant.sanctions(self._handle, seller, _micros(as_of)))

    def subject(self, seller: str, *, as_of: Moment = None) -> Json:
        """All that is held about a seller."""
        return _parsed(_revenant.subject(self._handle, seller, _micros(as_of)))

    def stats(self) -> Json:
        return _parsed(_revenant.stats(self._handle))

    def fsck(self) -> Json:
        return _parsed(_revenant.fsck(self._handle))

    def alerts(self, after: int | None = None) -> Answers:
        """Alerts above this number; None: above the last acknowledged."""
        if after is None:
            after = _revenant.acknowledged(self._handle)
        return Answers(_revenant.alerts(self._handle, _operator.index(after)), self)

    def acknowledge(self, number: int) -> None:
        _revenant.acknowledge(self._handle, _operator.index(number))

    def journal(self, first: int = 0) -> Answers:
        """Entries of the journal from this number on."""
        return Answers(_revenant.journal(self._handle, _operator.index(first)), self)

    def export(self, write: Callable[[bytes], object], *, facts: bool = False) -> None:
        """Hands the store to `write` in pieces, as lines of JSON."""
        _revenant.export(self._handle, facts, write)

    def export_seller(self, seller: str, *, facts: bool = False) -> Json:
        return _parsed(_revenant.export_seller(self._handle, seller, int(facts)))

    def journal_export(self, key: Path, write: Callable[[bytes], object]) -> None:
        """Hands the journal, signed, to `write` in pieces: for verify_journal()."""
        _revenant.journal_export(self._handle, _os.fspath(key), write)

    def verify_certificate(self, certificate: Json | str) -> Json:
        """A certificate as screen(certify=True) gave it. As text it must be its very bytes."""
        if not isinstance(certificate, str):
            certificate = _json.dumps(certificate, separators=(",", ":"), ensure_ascii=False)
        return _parsed(_revenant.verify_certificate(self._handle, certificate))

    def record_decision(
        self, certificate: str, decision: str, *, actor: str | None = None
    ) -> int:
        """Enters in the journal what was done about a verdict; the entry's number."""
        return _revenant.record_decision(self._handle, certificate, decision, actor)

    def record_export(
        self,
        what: str,
        *,
        digest: str | None = None,
        seller: str | None = None,
        actor: str | None = None,
    ) -> int:
        """Enters in the journal that data left; the entry's number."""
        return _revenant.record_export(self._handle, what, digest, seller, actor)

    @property
    def policy(self) -> str:
        """The policy in force, as TOML."""
        return _revenant.policy(self._handle)

    def set_policy(self, toml: str, *, actor: str | None = None) -> Json:
        return _parsed(_revenant.set_policy(self._handle, toml, actor))


def _key_of(store: str, key: Path | None) -> str:
    return store.rstrip("/") + ".key" if key is None else _os.fspath(key)


def create(
    store: Path, *, key: Path | None = None, policy: str | None = None, actor: str | None = None
) -> Registry:
    """New store in a folder that is empty or absent. The key file (default: STORE.key) is made,
    unless there is one. `policy`: TOML."""
    path = _os.fspath(store)
    file = _key_of(path, key)
    made = not _os.path.exists(file)
    if made:
        _revenant.new_key(file)
    try:
        handle = _revenant.open(path, file, True, False, 0, policy, actor)
    except BaseException:
        if made:
            _os.unlink(file)
        raise
    return Registry(handle, path)


def open(  # noqa: A001: as open() opens a file
    store: Path,
    *,
    key: Path | None = None,
    read_only: bool = False,
    in_memory_bytes: int = 0,
    actor: str | None = None,
) -> Registry:
    """Opens a store: for writing by one process at a time, for reading by any number."""
    path = _os.fspath(store)
    file = _key_of(path, key)
    handle = _revenant.open(path, file, False, read_only, in_memory_bytes, None, actor)
    return Registry(handle, path)


def normalize(
    kind: str, value: str, *, country: str | None = None, policy: str | None = None
) -> Json:
    """The canonical form of a value, or why it is none. Needs no registry."""
    return _parsed(_revenant.normalize(kind, country, value, policy))


def kinds() -> Answers:
    """The table of kinds. Needs no registry."""
    return Answers(_revenant.kinds(), None)


def verify_journal(file: Path, public_key: str, witnesses: Iterable[str] = ()) -> Json:
    """Checks what Registry.journal_export() wrote, with the public key alone."""
    return _parsed(_revenant.verify_journal(_os.fspath(file), public_key, list(witnesses)))


def new_journal_key(file: Path) -> str:
    """Makes a key that signs journals; its public half, one line."""
    return _revenant.new_journal_key(_os.fspath(file))
