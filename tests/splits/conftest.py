"""Families of sequences that the tests of splits find are kept in no cache but their own."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("IATROS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
