"""Every error the question side raises on purpose; all are OnrecordErrors.

OnrecordError
├── RequestError            the request is malformed; says which field
├── DocumentMissingError    no document has that id
├── ThresholdError          no confidence is low or high enough for what was asked
├── QuestionsError          a file of labelled questions cannot be read
└── ResultsError            the figures of a measurement cannot be written down, read again or compared
"""

from index.errors import OnrecordError


class RequestError(OnrecordError):
    """The request is malformed.

    `code` is a short constant for programs, `field` names the offending field, or is None where it is the whole.
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class DocumentMissingError(OnrecordError):
    """No document of the index has that id."""


class ThresholdError(OnrecordError):
    """A share of wrong answers to accept is no percentage, or so small that no confidence keeps it."""


class QuestionsError(OnrecordError):
    """A file of labelled questions is missing, is none, or asks nothing."""


class ResultsError(OnrecordError):
    """The figures of a measurement cannot be written down (they were printed all the same), read again or compared."""
