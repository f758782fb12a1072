"""Addresses of services as people paste them: ``host:port``, ``[::1]:port``, ``http://host:port``."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

_BRACKETED = re.compile(r"\[([^\[\]]*)\](?::(.*))?", re.DOTALL)
_NAME = re.compile(r"[\w.-]+")


class Address(NamedTuple):
    """A host (IPv6 without brackets), its port if one was given, and what a scheme said of TLS."""

    host: str
    port: int | None = None
    secure: bool | None = None

    def __str__(self) -> str:
        """``host:port``, or the host alone."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


def parse_address(text: str) -> Address:
    """Raises: ValueError: the text is no address; a sentence says what is wrong with it."""
    scheme, divider, rest = text.strip().rpartition("://")
    if divider and scheme.lower() not in ("http", "https"):
        raise ValueError(f"the scheme is {scheme!r}; expected http or https, or none")
    secure = says_secure(text)
    rest = rest.removesuffix("/") if divider else rest
    if "@" in rest:
        raise ValueError("it holds a user name; keys have settings of their own")
    if re.search(r"[/?#]", rest):
        raise ValueError("it holds a path or a query; expected host:port alone")
    bracketed = _BRACKETED.fullmatch(rest)
    if bracketed is not None:
        return Address(_ipv6(bracketed[1]), _port(bracketed[2]), secure)
    if rest.count(":") > 1:
        raise ValueError("an IPv6 address stands in brackets, as in [::1]:9000")
    host, colon, port = rest.partition(":")
    if not _NAME.fullmatch(host):
        raise ValueError("expected host:port, as in 127.0.0.1:9000 or [::1]:9000")
    return Address(host.lower(), _port(port if colon else None), secure)


def says_secure(text: str) -> bool | None:
    """What the scheme before an address says of TLS; None: nothing."""
    scheme, divider, _ = text.strip().partition("://")
    return scheme.lower() == "https" if divider else None


def split_address(address: str) -> tuple[str, int]:
    """Host and port of an address; port 0 where none is named."""
    found = parse_address(address)
    return found.host, found.port or 0


def host_port(text: str) -> str:
    """A plain ``host:port`` in its usual form. Raises: ValueError."""
    found = parse_address(text)
    if found.secure:
        raise ValueError("this service is reached without TLS; expected host:port")
    if found.port is None:
        raise ValueError("the port is missing; expected host:port")
    return str(Address(found.host, found.port))


def endpoint(text: str) -> str:
    """``host:port`` or a host alone, without its scheme. Raises: ValueError."""
    found = parse_address(text)
    return str(Address(found.host, found.port))


def bind_host(text: str) -> str:
    """A host name or IP address alone, IPv6 without brackets. Raises: ValueError."""
    bare = text.strip()
    if bare.count(":") > 1 and "[" not in bare and "://" not in bare:
        return _ipv6(bare)
    found = parse_address(bare)
    if found.port is not None or found.secure is not None:
        raise ValueError("expected a host name or an IP address alone; the port is a setting apart")
    return found.host


def web_url(text: str) -> str:
    """An HTTP URL without a slash at its end. Raises: ValueError."""
    url = text.strip().rstrip("/")
    scheme, divider, rest = url.partition("://")
    if not divider or scheme.lower() not in ("http", "https"):
        raise ValueError("expected a URL, as in http://127.0.0.1:8421")
    place = re.split(r"[/?#]", rest, maxsplit=1)[0]
    parse_address(f"{scheme}://{place}")
    if re.search(r"\s", url):
        raise ValueError("a URL holds no spaces")
    return url


def url_address(url: str) -> Address:
    """The address in an HTTP URL."""
    parts = urlsplit(url)
    return Address(parts.hostname or "", parts.port, parts.scheme == "https")


def _ipv6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise ValueError(f"{text!r} is not an IPv6 address") from None


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65_535):
        raise ValueError(f"the port is {text!r}; expected a number up to 65535")
    return int(text)
