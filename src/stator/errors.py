"""What can stop the work, divided by whose fault it is; each kind knows the exit code it leads to.

Problems in the user's files are not exceptions but findings (``stator.findings``).
"""

from __future__ import annotations


class StatorError(Exception):
    """The base of all errors that are told to the user without a traceback.

    ``message`` says what happened, ``hint`` what to do next.
    """

    exit_code = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint else self.message


class ConfigError(StatorError):
    """A setting or an argument that cannot be right."""

    exit_code = 2


class EnvironmentFailed(StatorError):
    """The disk, the network or a permission refused; nothing that was published is harmed."""


class ChangedMeanwhile(EnvironmentFailed):
    """A source was written to while it was being worked on."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"{file} was changed while it was being collected.",
            "Run the command again, when nothing writes to the file.",
        )
        self.file = file


class ManifestError(StatorError, ValueError):
    """A manifest that cannot be read. A ``ValueError`` too, since Django raises that."""


class UnsafePath(ValueError):
    """A name that must not become a path; ``str()`` says why, in words that follow the name."""
