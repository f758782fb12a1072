"""Errors of the front doors that no lower layer can meet. See records/errors.py for the tree.

MaquetteError
├── FixInput
│   ├── MalformedBody        the body is not JSON we accept
│   ├── BodyTooLarge         more bytes than the route takes
│   ├── UnsupportedMedia     the content type is not one the route takes
│   ├── MethodNotAllowed     the route exists, the verb does not
│   ├── RangeUnsatisfiable   no byte of the artifact lies in the range
│   ├── Unauthorized         the access token is missing or wrong
│   └── ForbiddenOrigin      the request comes from another site, or for another host
└── TryAgain
    ├── Closing              this server is stopping
    └── Unreachable          no Maquette server answers at this address
"""

from __future__ import annotations

from maquette.records.errors import FixInput, InvalidInput, TryAgain


class MalformedBody(FixInput):
    """The body is no JSON that is accepted."""

    code = "malformed_body"
    title = "The body cannot be read"


class BodyTooLarge(FixInput):
    """There are more bytes than the route takes."""

    code = "too_large"
    title = "The body is too large"


class UnsupportedMedia(FixInput):
    """The content type is none that the route takes."""

    code = "unsupported_media_type"
    title = "This content type is not accepted here"


class MethodNotAllowed(FixInput):
    """The route exists, the verb does not."""

    code = "method_not_allowed"
    title = "This verb is not allowed here"


class RangeUnsatisfiable(FixInput):
    """``size_bytes`` is the full length, which the answer must name."""

    code = "range_not_satisfiable"
    title = "No such range"

    def __init__(self, message: str, *, hint: str = "", size_bytes: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.size_bytes = size_bytes


class Unauthorized(FixInput):
    """The access token is missing or wrong."""

    code = "unauthorized"
    title = "The access token is missing or wrong"


class ForbiddenOrigin(FixInput):
    """The request comes from another site, or is for another host."""

    code = "forbidden_origin"
    title = "This request comes from a place that is not trusted"


class Closing(TryAgain):
    """This server is stopping; the next one will answer."""

    code = "closing"
    title = "The server is stopping"


class Unreachable(TryAgain):
    """No Maquette server answers at this address."""

    code = "unreachable"
    title = "No Maquette server answers"


class InvalidFields(InvalidInput):
    """Several values are wrong: ``errors`` says for each where it is and what was expected."""

    def __init__(self, message: str, errors: list[dict[str, object]], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.errors = errors
