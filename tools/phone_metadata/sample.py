#!/usr/bin/env python3
"""Numbers drawn from the metadata of libphonenumber-js, over all first three digits of every country. See README.md.

usage: sample.py PACKAGE [--each N] [--seed N] [--outside]

Prints "REGION <tab> +E164" for N numbers (default 3) of each type of line, first three digits and country. With
--outside: numbers of possible length that the metadata has no range for ("REGION" is the calling code's main country).
"""
import argparse, json, pathlib, random, re

from generate import CODE, GENERAL, LENGTHS, get, types
from patterns import Pattern


def draw(metadata, each, chance):
    for code, regions in metadata["country_calling_codes"].items():
        for region in regions:
            row = metadata["countries"][region]
            general = re.compile(row[GENERAL])
            seen = set()
            for pattern in types(row):
                if not pattern:
                    continue
                automaton = Pattern(pattern)
                for prefix in range(1000):
                    for _ in range(each):
                        number = automaton.draw(chance, f"{prefix:03}")
                        if number is None:
                            break
                        if number not in seen and general.fullmatch(number):
                            seen.add(number)
                            yield region, code, number


def draw_outside(metadata, each, chance):
    for code, regions in metadata["country_calling_codes"].items():
        rows = [metadata["countries"][r] for r in regions]
        valid = re.compile("|".join(f"(?:{p})" for row in rows for p in types(row) if p))
        lengths = sorted({length for row in rows for length in row[LENGTHS]})
        for prefix in range(1000):
            for _ in range(each):
                rest = chance.choice(lengths) - 3
                number = f"{prefix:03}" + "".join(chance.choice("0123456789") for _ in range(max(rest, 0)))
                if not valid.fullmatch(number):
                    yield regions[0], code, number


def main():
    options = argparse.ArgumentParser()
    options.add_argument("package")
    options.add_argument("--each", type=int, default=3)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--outside", action="store_true")
    a = options.parse_args()
    metadata = json.loads((pathlib.Path(a.package) / "metadata.max.json").read_text())
    for region, code, number in (draw_outside if a.outside else draw)(metadata, a.each, random.Random(a.seed)):
        print(f"{region}\t+{code}{number}")


if __name__ == "__main__":
    main()
