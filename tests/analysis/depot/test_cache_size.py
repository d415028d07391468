from __future__ import annotations

from pathlib import Path

import pytest

from precompass.depot.cache_size import cache_size
from precompass.depot.caches import CacheFile


@pytest.mark.parametrize("ending", [".so", ".dylib", ".dll"])
def test_native_code_beside_a_cache_counts(tmp_path: Path, ending: str) -> None:
    cache = CacheFile(str(tmp_path / "Zp1Xq_aBcDe.ji"), size=300, mtime_ns=0)
    assert cache_size(cache) == 300
    (tmp_path / f"Zp1Xq_aBcDe{ending}").write_bytes(bytes(5000))
    (tmp_path / f"Zp1Xq_other{ending}").write_bytes(bytes(70_000))
    assert cache_size(cache) == 5300
