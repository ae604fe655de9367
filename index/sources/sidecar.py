"""What the owner of a folder says of the documents in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What is said of one file, and of what may lie inside it. Equal settings have an equal repr, in every build."""
