"""The one family of exceptions that a user's mistake or the outside world can raise.

Every class carries the exit code that the command line ends with, so a message is written once, where the fault is
found, and the command line only prints it.
"""

from __future__ import annotations


class GradusError(Exception):
    """Something that the user can mend. The text is one line: what, where, expected and got, and the fix.

    >>> from gradus import errors
    >>> errors.BadFile("iris.csv, line 3: expected 5 columns, got 4").exit_code
    3
    """

    exit_code = 1


class CheckFailed(GradusError):
    """A check that the user asked for did not hold (exit code 1)."""

    exit_code = 1


class Usage(GradusError):
    """A wrong argument, an unknown key, a value out of range (exit code 2)."""

    exit_code = 2


class BadFile(GradusError):
    """A file that is missing, malformed or not what its name says (exit code 3)."""

    exit_code = 3


class IntegrityError(BadFile):
    """A file whose checksum or size differs from the recorded one (exit code 3)."""


class Environment(GradusError):
    """The machine refuses: disk full, permission denied, a missing extra (exit code 4)."""

    exit_code = 4


class Network(GradusError):
    """A download that failed, or one that is needed while offline (exit code 5)."""

    exit_code = 5


class Busy(GradusError):
    """Another process holds the run or the file (exit code 6)."""

    exit_code = 6
