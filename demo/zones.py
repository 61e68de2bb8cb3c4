"""The demo's records: the time zones of the tz database, which is in the public domain, from the package tzdata."""

import re
from functools import cache
from importlib.resources import files

from storage_combinators.transforming.serialized import JSON

_TABLES = files("tzdata") / "zoneinfo"


def zones() -> dict[str, JSON]:
    """What the demo's API knows of each zone, by its name: country codes, position as ISO 6709 text, comment."""
    rows = (line.split("\t") for line in _lines("zone1970.tab"))
    return {
        name: {"zone": name, "countries": codes.split(","), "position": position, "comment": " ".join(comment)}
        for codes, position, name, *comment in rows
    }


@cache
def countries() -> dict[str, str]:
    """The English names of countries by their ISO 3166 codes."""
    return dict(line.split("\t") for line in _lines("iso3166.tab"))


def degrees(position: str) -> tuple[float, float]:
    """Latitude and longitude, in degrees north and east, of ISO 6709 text such as ``+5230+01322``."""
    latitude, longitude = re.findall(r"[+-]\d+", position)
    return _angle(latitude, 2), _angle(longitude, 3)


def _angle(text: str, digits: int) -> float:
    whole, rest = text[1 : 1 + digits], text[1 + digits :].ljust(4, "0")
    angle = int(whole) + int(rest[:2]) / 60 + int(rest[2:]) / 3600
    return round(angle if text[0] == "+" else -angle, 4)


def _lines(table: str) -> list[str]:
    return [line for line in (_TABLES / table).read_text("utf-8").splitlines() if not line.startswith("#")]
