"""From what does the content of a result's group come?"""

from __future__ import annotations

from distnet_store.store.location import Location


def result_digest(location: Location, path: str) -> str | None:
    """Return the digest of the run that wrote a result, None if there is none.

    It is "" for another program's. A group without attributes is none: it only leads to arrays.
    """
    try:
        attributes = location.group(path).attrs.asdict()
    except FileNotFoundError:
        return None
    if not attributes:
        return None
    own = attributes.get("distnet")
    return str(own.get("derived_from", "")) if isinstance(own, dict) else ""
