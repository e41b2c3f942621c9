"""What the pages' log says of a request: which view, never which address. An address may be somebody's key."""

import logging


class NamesTheView(logging.Filter):
    """Puts the view's name where Django writes the path it was asked for."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None and record.args:
            match = getattr(request, "resolver_match", None)
            name = match.view_name if match else "no such page"
            path = getattr(request, "path", None)
            record.args = tuple(name if arg == path else arg for arg in record.args)
        return True
