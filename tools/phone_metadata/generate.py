#!/usr/bin/env python3
"""Writes lib/identifier/data/phone_plans.inc from the metadata of libphonenumber-js. Run by hand; see README.md.

usage: generate.py PACKAGE > phone_plans.inc        PACKAGE: the unpacked npm package libphonenumber-js
"""
import json, pathlib, random, re, sys

from patterns import Pattern

# Positions in a row of metadata.max.json (libphonenumber-js, source/metadata.js).
CODE, IDD, GENERAL, LENGTHS, FORMATS, PREFIX, PREFIX_RULE, PREFIX_PARSING, TRANSFORM, PREFIX_OPTIONAL, LEADING, TYPES = range(12)
FIXED, MOBILE = 0, 1


def get(row, index):
    return row[index] if index < len(row) and row[index] else ""


def types(row):
    """The patterns of fixed lines, of mobiles and of all other numbers."""
    rows = get(row, TYPES) or []
    fixed = rows[FIXED][0] if rows and rows[FIXED] else ""
    mobile = ""
    if len(rows) > MOBILE and rows[MOBILE]:
        mobile = rows[MOBILE][0] or fixed  # an empty pattern: the same numbers may be either
    others = [t[0] for t in rows[2:] if t and t[0]]
    return fixed, mobile, "|".join(others)


def trunk_is_written(row, pattern):
    """Whether people of the country write the national prefix in front of such numbers (more often than not)."""
    if not pattern or not get(row, PREFIX):
        return False
    chance, written, drawn = random.Random(1), 0, 0
    automaton = Pattern(pattern)
    for _ in range(60):
        number = automaton.draw(chance)
        for layout in get(row, FORMATS) or []:
            leading = layout[2][-1] if len(layout) > 2 and layout[2] else ""
            if re.fullmatch(layout[0], number) and (not leading or re.match(leading, number)):
                drawn += 1
                rule = (layout[3] if len(layout) > 3 else 0) or get(row, PREFIX_RULE)
                optional = (layout[4] if len(layout) > 4 else 0) or get(row, PREFIX_OPTIONAL)
                written += bool(rule and re.search(r"\d", rule.replace("$1", "")) and not optional)
                break
    return drawn > 0 and written * 2 > drawn


def text(pattern):
    return f'R"({pattern})"' if "\\" in pattern else f'"{pattern}"'


def main():
    package = pathlib.Path(sys.argv[1])
    metadata = json.loads((package / "metadata.max.json").read_text())
    version = json.loads((package / "package.json").read_text())["version"]
    changes = (package / "CHANGELOG.md").read_text()
    released, google = re.search(re.escape(version) + r" / (\S+)\n=+\n(?:.*\n)*?.*metadata to version (\S+?):", changes).groups()
    day, month, year = released.split(".")
    print(f"""// The world's numbering plans: Google's libphonenumber {google}, as npm's libphonenumber-js {version} of
// {year}-{month}-{day} carries it. Licences: Apache-2.0 (the metadata), MIT (the package).
// Written by tools/phone_metadata/generate.py, never by hand. Rows of one calling code stand together, its main country
// first. Columns: region, calling code, possible lengths, prefix of international calls, national prefix (with carrier
// codes), what the latter becomes, leading digits that settle the region, every number, fixed lines, mobiles, others,
// whether a fixed line and a mobile are written with the national prefix.""")
    rows = [(int(code), region, metadata["countries"][region])
            for code, regions in metadata["country_calling_codes"].items() for region in regions if region != "001"]
    rows += [(int(code), "001", row) for code, row in metadata["nonGeographic"].items()]
    for code, region, row in sorted(rows, key=lambda r: r[0]):  # stable: the main country stays in front
        fixed, mobile, other = types(row)
        cells = [f'"{region}"', str(code), '"' + " ".join(map(str, row[LENGTHS])) + '"',
                 *(text(p) for p in (get(row, IDD), get(row, PREFIX_PARSING) or get(row, PREFIX), get(row, TRANSFORM),
                                     get(row, LEADING), row[GENERAL], fixed, mobile, other)),
                 *(str(trunk_is_written(row, p)).lower() for p in (fixed, mobile))]
        print("{" + ", ".join(cells) + "},")


if __name__ == "__main__":
    main()
