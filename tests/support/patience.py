"""How long a test waits for what must come: so long only that a machine that hangs is told.

A test that passes never waits so long, however slow the machine is, so these can be generous.
"""

PATIENCE = 120.0
"""Seconds in which one thing comes that another process does."""

SESSION = 10 * PATIENCE
"""Seconds in which an editor has done all that a test lets it do; each step has its patience."""
