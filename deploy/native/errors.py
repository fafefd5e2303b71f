"""What can go wrong with the stack.

StackError               a sentence for a person, which says what to do
└─ MissingProgramError   a program is not installed and cannot be installed from here
"""


class StackError(Exception):
    """The stack cannot do what it was asked; the text says why and what to do."""


class MissingProgramError(StackError):
    """A program that a part needs is missing; the text names the command that installs it."""
