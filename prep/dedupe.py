"""Exact duplicates, by the SHA-256 of the normalised text.

A cluster's id is the key of its first member, and a split follows the cluster, not the document. Today a cluster is one
text; near-duplicates will join a cluster here by taking its id.
"""

from __future__ import annotations

from prep.record import Document


class Clusters:
    """Ask in stable order: the first document of a text is kept, later ones are told which one it was."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def duplicate_of(self, document: Document) -> str | None:
        if document.key in self._first:
            return self._first[document.key]
        self._first[document.key] = document.source
        return None
