"""Judges what `amparo add --json` said of a folder: samples.py FOLDER WORK.

Every file of the folder is in the answer once, every sum is right, the rejects listed are as many as were counted,
nothing is unread without a reason, and where a simple counter that is not the reader can count, it counts the same.
"""

import collections
import json
import pathlib
import sys
import xml.parsers.expat


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def backup_elements(path):
    """Calls, messages and multimedia messages of an Android backup, as expat meets them before it gives up."""
    seen = 0
    parser = xml.parsers.expat.ParserCreate()

    def start(name, _):
        nonlocal seen
        seen += name in ("call", "sms", "mms")

    parser.StartElementHandler = start
    try:
        parser.Parse(path.read_bytes(), True)
    except xml.parsers.expat.ExpatError:
        return None  # a torn file: where the reader stopped is its own to say
    return seen


# Independent counters by kind; each answers how many units a file has, or nothing where it cannot tell.
COUNTERS = {"sms_backup_xml": backup_elements}


def main():
    folder, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    said = lines(work / "add.jsonl")
    summary = said.pop()
    rejects = lines(work / "rejects.jsonl")
    wrong = []

    files = [line for line in said if not line.get("inside")]
    there = collections.Counter(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    named = collections.Counter()
    for line in files:
        if line["state"] == "not_kept":
            named[str(pathlib.Path(line["name"]).relative_to(folder))] += 1
            continue
        named[line.get("path", line["name"])] += 1
        for beside in line.get("companions", []):
            named[str(pathlib.Path(line.get("path", line["name"])).with_name(beside))] += 1
    for name in sorted(there - named):
        wrong.append(f"missing from the report: {name}")
    for name in sorted(named - there):
        wrong.append(f"in the report and not in the folder, or twice: {name}")

    listed = collections.Counter((r["original"], r.get("inside", "")) for r in rejects)
    kinds = collections.defaultdict(collections.Counter)
    reasons = collections.Counter()
    counted = 0
    earliest = {}
    for line in said:
        if line["state"] == "not_kept":
            reasons["not kept: " + line["reason"]] += 1
            continue
        name = line.get("path", line["name"]) + ("/" + line["inside"] if line.get("inside") else "")
        if line["units"] != line["units_read"] + line["furniture"] + line["rejects"] + line["pages_unread"]:
            wrong.append(f"does not add up: {name}: {line}")
        if line["state"] in ("unread", "refused") and not line.get("reason"):
            wrong.append(f"unread without a reason: {name}")
        if line.get("reason") in ("reader-crashed", "bad-answer", "counts-do-not-add-up", "no-reader-process"):
            wrong.append(f"{line['reason']}: {name}")
        if "already_held" not in line:
            key = (line["original"], line.get("inside", ""))
            earliest.setdefault(key, (line["rejects"], name))
        counter = COUNTERS.get(line["kind"])
        if counter and not line.get("inside"):
            expected = counter(folder / line.get("path", line["name"]))
            if expected is not None:
                counted += 1
                # Furniture is what is no unit of the counter's.
                if line["units_read"] + line["rejects"] != expected:
                    wrong.append(f"{name}: {line['units_read']} read and {line['rejects']} rejected, but {expected} counted")
        kinds[line["kind"]][line["state"]] += 1
        kinds[line["kind"]]["records"] += line["records"]
        if line.get("reason"):
            reasons[line["reason"]] += 1
    for key, (count, name) in earliest.items():
        if count != listed.get(key, 0):
            wrong.append(f"{name}: {count} rejects counted, {listed.get(key, 0)} listed")

    print(f"\n{'kind':28}{'read':>7}{'partly':>7}{'unread':>7}{'refused':>8}{'records':>10}")
    for kind, n in sorted(kinds.items()):
        print(f"{kind:28}{n['read']:7}{n['partly_read']:7}{n['unread']:7}{n['refused']:8}{n['records']:10}")
    print("\nreasons")
    for reason, n in reasons.most_common():
        print(f"{n:7}  {reason}")
    print(f"\n{len(there)} files in the folder, {sum(named.values())} accounted for; {counted} counted a second time by another counter")
    print("summary:", json.dumps(summary))
    if wrong:
        print(f"\n{len(wrong)} things are wrong:", *wrong[:200], sep="\n  ")
        sys.exit(1)
    print("Nothing is missing, every sum is right.")


main()
