"""Files of grid cells' outlines, as a county's surveyors would export them."""

import json

from tests.integration.two_townships import BESIDE, CELL

WEST, SOUTH, SIDE = 111.849, 35.968, 0.01  # in the county, about a kilometre
BY_NUMBER = "网格编号"


def ring(nth=0, side=SIDE):
    """A square, the nth from the west; neighbours share a border."""
    x, y = round(WEST + nth * SIDE, 4), SOUTH
    east, north = round(x + side, 4), round(y + side, 4)
    return [[x, y], [east, y], [east, north], [x, north], [x, y]]


def feature(nth=0, *, geometry=None, **told):
    return {
        "type": "Feature",
        "properties": told,
        "geometry": geometry or {"type": "Polygon", "coordinates": [ring(nth)]},
    }


def collection(*features, **more):
    told = {"type": "FeatureCollection", "features": list(features), **more}
    return json.dumps(told, ensure_ascii=False).encode()


def two_cells():
    """The first two grid cells of the unit, side by side."""
    return collection(feature(0, **{BY_NUMBER: CELL}), feature(1, **{BY_NUMBER: BESIDE}))
