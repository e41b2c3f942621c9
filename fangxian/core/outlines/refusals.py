"""What the reading of outlines says when it will not take a file. Each names the outline and where it stands."""

from fangxian.core.refusal import Refusal, Said


def too_large(found_mib: int, limit: int) -> Refusal:
    return Refusal(
        "outlines.too_large",
        zh="文件有 {found} MiB，超过上限 {limit} MiB，没有收下。网格边界一般不到 10 MiB；请删去多余的图层和属性，"
        "或按乡镇分几个文件导入。",
        en="The file has {found} MiB, above the limit of {limit} MiB, and was not taken. Outlines of grid cells take "
        "less than 10 MiB: leave out other layers and attributes, or bring a file for each township.",
        found=found_mib,
        limit=limit,
    )


def cut_off(line: int) -> Refusal:
    return Refusal(
        "outlines.cut_off",
        zh="文件到第 {line} 行就断了，没有结尾，没有收下。完整的 GeoJSON 以右花括号结束；多半是没有传完，"
        "请重新导出、再传一次。",
        en="The file breaks off in line {line}, without its end, and was not taken. Whole GeoJSON ends with a closing "
        "brace: most likely it did not arrive whole. Export it again and upload that.",
        line=line,
    )


def not_json(line: int, column: int) -> Refusal:
    return Refusal(
        "outlines.not_json",
        zh="文件在第 {line} 行第 {column} 个字符处不是 JSON，没有收下。应为 GeoJSON（.geojson 或 .json）；"
        "SHP、KML、DWG 请先在制图软件里另存为 GeoJSON。",
        en="The file is no JSON at line {line}, character {column}, and was not taken. It should be GeoJSON: save a "
        "shapefile, KML or DWG as GeoJSON in the mapping program first.",
        line=line,
        column=column,
    )


def not_a_collection(found: str) -> Refusal:
    return Refusal(
        "outlines.not_a_collection",
        zh="文件是 JSON，但不是 FeatureCollection（最外层的 type 是“{found}”），没有收下。应为 GeoJSON 的 "
        "FeatureCollection，每个网格一个 Feature；请在制图软件里把网格图层整层导出。",
        en="The file is JSON but no FeatureCollection (its outermost type is “{found}”), and was not taken. It should "
        "be a FeatureCollection with a Feature for each grid cell: export the whole layer from the mapping program.",
        found=found[:40],
    )


def other_crs(found: str) -> Refusal:
    return Refusal(
        "outlines.other_crs",
        zh="文件写明坐标系是“{found}”，没有收下。应为 WGS-84（EPSG:4326）或 CGCS2000（EPSG:4490）的经纬度；"
        "请在制图软件里转换坐标系后再导出。",
        en="The file says that its coordinates are in “{found}”, and was not taken. They should be longitude and "
        "latitude in WGS-84 (EPSG:4326) or CGCS2000 (EPSG:4490): convert it in the mapping program and export again.",
        found=found[:80],
    )


def no_outlines(n_features: int) -> Refusal:
    return Refusal(
        "outlines.none",
        zh="文件里有 {n} 个要素，没有一个带面，没有收下。每个网格应有一个 Polygon 或 MultiPolygon；"
        "请核对导出的是不是网格面图层。",
        en="The file has {n} features and none of them has a polygon, so it was not taken. Each grid cell should have "
        "a Polygon or MultiPolygon: check that it was the layer of grid cells that was exported.",
        n=n_features,
    )


def too_many(what: Said, found: int, limit: int) -> Refusal:
    return Refusal(
        "outlines.too_many",
        zh="文件里的{what}有 {found} 个，超过上限 {limit} 个，没有收下。请删去网格以外的图形，把边界适当简化，"
        "或按乡镇分几个文件导入。",
        en="The file has {found} {what_en}, above the limit of {limit}, and was not taken. Leave out what is no grid "
        "cell, simplify the borders, or bring a file for each township.",
        what=what.zh,
        what_en=what.en,
        found=found,
        limit=limit,
    )


def other_geometry(said: str, found: str) -> Refusal:
    return Refusal(
        "outlines.other_geometry",
        zh="{said}是“{found}”，不是面，文件没有收下。每个网格应是 Polygon 或 MultiPolygon；线请先闭合成面，点请删去。",
        en="{said} is a “{found}” and no polygon, so the file was not taken. Each grid cell should be a Polygon or "
        "MultiPolygon: close lines into polygons first, and leave points out.",
        said=said,
        found=found[:40],
    )


def not_positions(said: str) -> Refusal:
    return Refusal(
        "outlines.not_positions",
        zh="{said}的坐标读不懂，文件没有收下。每个顶点应是“经度、纬度”两个数，每圈至少 4 个顶点；请重新导出。",
        en="The coordinates of {said} cannot be read, so the file was not taken. Each corner should be two numbers, "
        "[longitude, latitude], and each ring has at least 4: export it again.",
        said=said,
    )


def unclosed(said: str, first: str, last: str) -> Refusal:
    return Refusal(
        "outlines.unclosed",
        zh="{said}的一圈没有闭合：从 {first} 开始，到 {last} 结束，文件没有收下。每圈的最后一个顶点应与第一个相同；"
        "请在制图软件里闭合后再导出。",
        en="A ring of {said} is not closed: it begins at {first} and ends at {last}, so the file was not taken. The "
        "last corner of a ring should be the first again: close it in the mapping program and export again.",
        said=said,
        first=first,
        last=last,
    )


def crosses_itself(said: str, where: str) -> Refusal:
    return Refusal(
        "outlines.crosses_itself",
        zh="{said}的边界在 {where} 附近自相交或折回，文件没有收下。边界应是一圈不打结、不重叠的线；"
        "请在制图软件里用“检查几何”修好后再导出。",
        en="The border of {said} crosses or doubles back on itself near {where}, so the file was not taken. It should "
        "be one line around without a knot: mend it with the mapping program's check of geometries and export again.",
        said=said,
        where=where,
    )


def hole_outside(said: str) -> Refusal:
    return Refusal(
        "outlines.hole_outside",
        zh="{said}的内圈不在外圈里面，文件没有收下。GeoJSON 的一个 Polygon 第一圈是外边界，其余是其中的洞；"
        "几块分开的地应写成 MultiPolygon。",
        en="An inner ring of {said} does not lie inside the outer one, so the file was not taken. The first ring of a "
        "Polygon is its border and the others are holes in it: separate pieces should be a MultiPolygon.",
        said=said,
    )


def swapped(said: str, where: str) -> Refusal:
    return Refusal(
        "outlines.swapped",
        zh="{said}的坐标写成了 {where}，像是纬度在前、经度在后，文件没有收下。GeoJSON 应是经度在前；"
        "请对调两列后再导出。",
        en="The coordinates of {said} read {where}, which looks like latitude before longitude, so the file was not "
        "taken. GeoJSON has longitude first: swap the two and export again.",
        said=said,
        where=where,
    )


def not_degrees(said: str, where: str) -> Refusal:
    return Refusal(
        "outlines.not_degrees",
        zh="{said}的坐标 {where} 不是经纬度的度数，多半是投影坐标（米），文件没有收下。应为 WGS-84 或 CGCS2000 "
        "的经纬度（度）；请转换坐标系后再导出。",
        en="The coordinates {where} of {said} are no degrees, most likely metres of a projection, so the file was not "
        "taken. They should be longitude and latitude in degrees, WGS-84 or CGCS2000: convert and export again.",
        said=said,
        where=where,
    )


def outside(said: str, where: str, county: str) -> Refusal:
    return Refusal(
        "outlines.outside",
        zh="{said}（{where} 一带）不在本县范围内，文件没有收下。本县在 {county}；"
        "请核对是不是别的县的图层，或坐标系是不是选错了。",
        en="{said} (about {where}) does not lie in this county, so the file was not taken. The county lies in "
        "{county}: check whether it is another county's layer, or the wrong coordinates were chosen.",
        said=said,
        where=where,
        county=county,
    )


def overlapping(one: str, other: str, percent: str) -> Refusal:
    return Refusal(
        "outlines.overlapping",
        zh="{one}与{other}重叠，占较小一块的 {percent}%，没有收下。一块地只应属于一个网格；"
        "请改好两块的公共边界后再导出。",
        en="{one} and {other} overlap, by {percent}% of the smaller one, so nothing was taken. A piece of ground "
        "should belong to one grid cell: mend their common border and export again.",
        one=one,
        other=other,
        percent=percent,
    )


def two_for_one(one: str, other: str, cell: str) -> Refusal:
    return Refusal(
        "outlines.two_for_one",
        zh="{one}与{other}说的是同一个网格（{cell}），文件没有收下。一个网格应只有一个要素，分成几块的写成一个 "
        "MultiPolygon；请改正其中一个的编号，或合并后再导出。",
        en="{one} and {other} are said to be the same grid cell ({cell}), so the file was not taken. A grid cell "
        "should be one feature, a MultiPolygon if it has several pieces: correct the number of one, or merge them.",
        one=one,
        other=other,
        cell=cell,
    )
