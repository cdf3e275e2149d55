#!/usr/bin/env python3
"""The ways in which numbers are written, by countries and by mistake: what oracle.js is asked. See README.md.

usage: forms.py PACKAGE SAMPLE [COUNT] > forms.tsv      SAMPLE: what sample.py printed
"""
import json, pathlib, random, sys

OWN_PREFIX = {"US": "011", "AU": "0011", "JP": "010", "RU": "810", "SG": "001", "BR": "0015", "HK": "001", "KR": "002"}


def main():
    metadata = json.loads((pathlib.Path(sys.argv[1]) / "metadata.max.json").read_text())
    sample = [line.rstrip("\n").split("\t") for line in open(sys.argv[2])]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 30000
    chance = random.Random(7)
    digits = lambda n: "".join(chance.choice("0123456789") for _ in range(n))
    regions = list(metadata["countries"])
    for region, e164 in chance.sample(sample, count):
        row = metadata["countries"][region]
        code, prefix = row[0], str(row[5] or "") if len(row) > 5 else ""
        national, other = e164[1 + len(code):], chance.choice(regions)
        print(region, chance.choice([national, prefix + national, "0" + national, code + national, code + prefix + national,
                                     "+" + code + prefix + national, "00" + code + national,
                                     OWN_PREFIX.get(region, "00") + code + national]), sep="\t")
        print(other, OWN_PREFIX.get(other, "00") + code + national, sep="\t")
        print(other, chance.choice(["+", "++", "+00"]) + code + " " + national, sep="\t")
        print(other, chance.choice([national, code + national]), sep="\t")
        print(region, chance.choice([national[1:], national[:-1], national + digits(1), f"({prefix}){national}",
                                     f"{national[:3]}-{national[3:]} x{digits(3)}", f"{national[:4]}/{national[4:]}"]), sep="\t")
    for _ in range(count):
        print(chance.choice(regions), digits(chance.randrange(2, 15)), sep="\t")
        print(chance.choice(regions), chance.choice(["0", "00", "1", "8", "15", "06", "044", "01", "9"]) + digits(chance.randrange(5, 12)), sep="\t")


if __name__ == "__main__":
    main()
