"""An answer becomes a page: the HTTP interface, the chat page, the document view, the command."""
