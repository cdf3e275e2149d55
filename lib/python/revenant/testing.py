"""For the tests of programs that use revenant: registries that vanish, and values that are valid.

    from revenant.testing import temporary_registry, seller

    def test_a_return_is_blocked():
        with temporary_registry() as registry:
            registry.enrol(seller("S-1", **{"pay.iban": value("pay.iban")}))
            ...
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import revenant

__all__ = ["seller", "temporary_registry", "value"]


@contextmanager
def temporary_registry(*, policy: str | None = None) -> Iterator[revenant.Registry]:
    """A new registry in a folder of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="revenant-") as folder:
        with revenant.create(folder + "/store", policy=policy, actor="test") as registry:
            yield registry


def seller(name: str, *, platform: str = "test", **attributes: Any) -> revenant.Json:
    """A record with these attributes: seller("S-1", **{"pay.iban": "..."})."""
    return {"platform": platform, "seller": name, **attributes}


def value(kind: str) -> str:
    """A valid, invented or published value of a kind. LookupError: there is no such kind."""
    for row in revenant.kinds():
        if row["kind"] == kind:
            return str(row["example"])
    raise LookupError(f"no kind {kind!r}; revenant.kinds() lists them")
