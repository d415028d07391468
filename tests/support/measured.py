"""What real Julias were measured to do; ``tests/measured/README.md`` says which, and how."""

from __future__ import annotations

from pathlib import Path

MEASUREMENTS = Path(__file__).resolve().parents[1] / "measured"
"""The folder; each of its folders is one series of measurements."""
