"""The people that tests act for: agents and customers."""

from __future__ import annotations

from dataclasses import dataclass

import samples


@dataclass(frozen=True)
class Agent:
    """Somebody signed in to the console."""

    email: str
    name: str
    sub: str
    token: str
    id_token: str


@dataclass(frozen=True)
class Customer:
    email: str
    name: str
    sub: str
    record: samples.Customer

    @property
    def ecosystem(self) -> str:
        """The id of the first ecosystem."""
        return self.record.ecosystems[0]["id"]


# An id that nobody has.
NOWHERE = f"/verifications/{'A' * 22}"
