"""Every error the index raises on purpose.

OnrecordError
├── SourceError         a file or record cannot be read: it is reported and skipped, the build goes on
│   └── PassingError    for a reason that may be gone when it is read again: the next build does so
├── DocumentsError      the folder or document that was asked for is missing, or holds nothing
│   └── SidecarError    its onrecord.toml says what cannot be
├── ModelError          the embedding model is missing, altered, or not the one that made the vectors
├── IndexMissingError   there is no index where one was asked for
├── IndexInvalidError   there is one, and it is damaged or of another format
├── IndexWriteError     the index cannot be written: a full disk, no permission
└── IndexBusyError      another build is writing to the same place
"""


class OnrecordError(Exception):
    """The root. Its message is written for the person who runs the command: it names the thing and what to do next."""


class SourceError(OnrecordError):
    """A file or record cannot be read; the message is the reason alone, without the name of the file."""


class PassingError(SourceError):
    """A file or record cannot be read now, for a reason that does not follow from its bytes."""


class DocumentsError(OnrecordError):
    """The folder or document that was asked for is missing, is none, or holds nothing that can be read."""


class SidecarError(DocumentsError):
    """The onrecord.toml of a folder of documents cannot be read, or says what cannot be."""


class ModelError(OnrecordError):
    """The embedding model is missing, altered, or not the one that made the vectors."""


class IndexMissingError(OnrecordError):
    """There is no index where one was asked for."""


class IndexInvalidError(OnrecordError):
    """The index is damaged, or was written in a format this version does not read."""


class IndexWriteError(OnrecordError):
    """The index cannot be written: a full disk, or no permission. What was live is live still."""


class IndexBusyError(OnrecordError):
    """Another build is writing to the same index."""
