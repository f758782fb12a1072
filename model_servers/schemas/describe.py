"""The question every role answers: what it can do. Light: no model library."""

from __future__ import annotations

from maquette.records.base import Record


class DescribeRequest(Record):
    """What can the role do, and which model does it serve?"""
