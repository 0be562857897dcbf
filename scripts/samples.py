"""Judges what `amparo add --json` said of a folder: samples.py FOLDER WORK.

Every file of the folder is in the answer once, every sum is right, the rejects listed are as many as were counted,
nothing is unread without a reason, and where a simple counter that is not the reader can count, it counts the same:
expat, ElementTree, csv, json, sqlite3, zipfile and poppler share no code with the readers. Where somebody else's
expected answer lies beside the samples, it is held against the records.
"""

import collections
import csv
import io
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
import xml.parsers.expat
import zipfile


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


# ---- counters: each gets a file's bytes and answers the sums it knows, by their names in the answer; nothing where it cannot tell ----


def backup_elements(given):
    """Calls, messages and multimedia messages of an Android backup, as expat meets them; furniture is no unit of its."""
    seen = 0
    parser = xml.parsers.expat.ParserCreate()

    def start(name, _):
        nonlocal seen
        seen += name in ("call", "sms", "mms")

    parser.StartElementHandler = start
    try:
        parser.Parse(given.bytes, True)
    except xml.parsers.expat.ExpatError:
        return {}  # a torn file: where the reader stopped is its own to say
    return {"read_or_rejected": seen}


def rows(*tables):
    """The rows of a telephone's table, with the rows that still lie in the log beside the database."""

    def count(given):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "a.sqlite")
            path.write_bytes(given.bytes)
            if given.beside("-wal"):
                pathlib.Path(folder, "a.sqlite-wal").write_bytes(given.beside("-wal"))
            with sqlite3.connect(path) as database:
                there = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                return {"units": sum(database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables if t in there)}

    return count


def chat(first_line):
    """Messages of a conversation saved as text: the lines that begin with a date and a time."""

    def count(given):
        text = given.bytes.decode("utf-8", "replace").replace("\r\n", "\n")
        return {"units": sum(bool(re.match(first_line, line)) for line in text.split("\n"))}

    return count


WHATSAPP = r"[\u200e\u200f\ufeff]*\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\]?,?\s+(?:klo\s+)?\d{1,2}[.:]\d{2}"
SIGNAL = r"\[\d{4}-\d\d-\d\d, \d\d:\d\d\] "


def statement(given):
    """The person and each yearly figure of a Social Security statement; -1 is not recorded yet."""
    try:
        tree = xml.etree.ElementTree.fromstring(given.bytes)
    except xml.etree.ElementTree.ParseError:
        return {}
    figures, one_year = [], 0
    for earnings in (e for e in tree.iter() if e.tag.endswith("}Earnings")):
        found = [int(e.text) for e in earnings if e.tag.endswith(("}FicaEarnings", "}MedicareEarnings"))]
        figures += found
        one_year += sum(100 * n for n in found if n >= 0 and earnings.get("startYear") == earnings.get("endYear"))
    return {"units": 1 + len(figures), "furniture": figures.count(-1), "cents": one_year}


def table(given):
    """The rows of a delimited file; those with a date in them are calls and texts, or were refused."""
    text = io.StringIO(given.bytes.decode("utf-8-sig", "replace"), newline="")
    dated = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}")
    found = [row for row in csv.reader(text)]
    return {"units": len(found), "read_or_rejected_at_most": len(found), "dated": sum(bool(dated.search(" ".join(row))) for row in found)}


def status(given):
    """A case, its present status, and each past one."""
    try:
        said = json.loads(given.bytes)
    except ValueError:
        return {}
    cases = said if isinstance(said, list) else [said]
    cases = [case.get("case_status", case) for case in cases if isinstance(case, dict)]
    if not all("receiptNumber" in case for case in cases):
        return {}
    present = sum(bool(case.get("current_case_status_text_en") or case.get("current_case_status_text_es")) for case in cases)
    return {"units": len(cases) + present + sum(len(case.get("hist_case_status") or []) for case in cases)}


def travel(given):
    """The lines of a travel history as text; each arrival and departure is a record or was refused."""
    if b"<" in given.bytes[:200]:
        return {}
    text = given.bytes.decode("utf-8-sig", "replace")
    moved = re.compile(r"\d.*\b(arrival|departure|llegada|salida)\b", re.IGNORECASE)
    return {"units": len(text.splitlines()), "records_or_rejects": sum(bool(moved.search(line)) for line in text.splitlines())}


def text_lines(given):
    return {} if b"<" in given.bytes[:200] else {"units": len(given.bytes.decode("utf-8-sig", "replace").splitlines())}


def members(given):
    try:
        with zipfile.ZipFile(io.BytesIO(given.bytes)) as archive:
            return {"units": sum(not member.is_dir() for member in archive.infolist())}
    except zipfile.BadZipFile:
        return {}


def pages(given):
    """Pages as poppler counts them, where it has no complaint about the file."""
    if not shutil.which("pdfinfo"):
        return {}
    said = subprocess.run(["pdfinfo", "-"], input=given.bytes, capture_output=True, check=False)
    found = re.search(rb"^Pages:\s+(\d+)", said.stdout, re.MULTILINE)
    return {"units": int(found.group(1))} if found and not said.stderr and said.returncode == 0 else {}


COUNTERS = {
    "sms_backup_xml": backup_elements,
    "android_calls": rows("calls"),
    "android_messages": rows("sms", "pdu"),
    "ios_messages": rows("message"),
    "ios_call_history": rows("ZCALLRECORD"),
    "ios_contacts": rows("ABPerson"),
    "ios_voicemail": rows("voicemail"),
    "whatsapp_ios_messages": rows("ZWAMESSAGE"),
    "whatsapp_ios_calls": rows("ZWACDCALLEVENT"),
    "whatsapp_ios_contacts": rows("ZWAADDRESSBOOKCONTACT"),
    "whatsapp_text": chat(WHATSAPP),
    "signal_text": chat(SIGNAL),
    "ssa_xml": statement,
    "call_detail_csv": table,
    "tmobile_csv": table,
    "att_csv": table,
    "verizon_csv": table,
    "uscis_status": status,
    "i94_history": travel,
    "i94_page": text_lines,
    "zip": members,
    "pdf": pages,
}


class Given:
    """A file's bytes, from the folder or out of the archive in it."""

    def __init__(self, path, inside):
        self.path, self.inside = path, inside
        self.bytes = self.read("")

    def read(self, ending):
        if not self.inside:
            path = self.path.with_name(self.path.name + ending)
            return path.read_bytes() if path.is_file() else b""
        with zipfile.ZipFile(self.path) as archive:
            wanted = self.inside + ending
            there = [name for name in archive.namelist() if name.lstrip("/") == wanted.lstrip("/")]
            return archive.read(there[0]) if there else b""

    def beside(self, ending):
        return self.read(ending)


def differences(line, counted, records):
    """What the counter and the answer do not agree on."""
    read_or_rejected = line["units_read"] + line["rejects"]
    cents = sum(r.get("amount_cents", 0) for r in records if r["kind"] == "earnings")
    said = {
        "units": line["units"],
        "furniture": line["furniture"],
        "read_or_rejected": read_or_rejected,
        "dated": read_or_rejected,
        "records_or_rejects": line["records"] + line["rejects"],
        "cents": cents,
    }
    return [f"{name} {said[name]}, but {value} counted" for name, value in counted.items() if name in said and said[name] != value]


# ---- other people's expected answers ----


def moments(records, kind):
    return sorted(r["at"][:19] for r in records if r["kind"] == kind)


def expected(folder, of):
    """Each expected answer beside the samples: its name, what it wants, what the records say."""
    for path in folder.rglob("pustur_line_formats/expected.json"):
        for name, at in json.loads(path.read_text()).items():
            if (path.parent / name).is_file():
                yield f"{path.parent.name}/{name}", [at], moments(of(path.parent / name), "message")
    for name, kind, beside in [
        ("chat-miner__test_signal_target.json", "message", ["chat-miner__test_signal_test_export.txt"]),
        ("chat-miner__test_whatsapp_target.json", "message", sorted(p.name for p in folder.rglob("chat-miner__test_whatsapp_test_*.txt"))),
    ]:
        for path in folder.rglob(name):
            want = sorted(m["timestamp"] for m in json.loads(path.read_text()))
            for other in beside:
                yield other, want, moments(of(path.parent / other), kind)
    for path in folder.rglob("ios_db_expected/*.json"):
        said = json.loads(path.read_text())
        case, module = said["metadata"]["case_number"], said["metadata"]["function_name"]
        archives = list((path.parent.parent / "ios_db").glob(f"*testdata.*.{module}.{case}.zip"))
        table = {"addressBook": ("contact", "AddressBook.sqlitedb"), "whatsAppCallHistory": ("call", "CallHistory.sqlite"), "whatsAppContacts": ("contact", "ContactsV2.sqlite")}.get(module)
        if table and archives:
            kind, base = table
            found = [r for r in of(archives[0]) if r["kind"] == kind and base in r["provenance"].get("inside", "").split("/")]
            yield path.name, said["metadata"]["number_of_rows"], len(found)


def main():
    folder, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    said = lines(work / "add.jsonl")
    summary = said.pop()
    rejects = lines(work / "rejects.jsonl")
    by_file = collections.defaultdict(list)
    for record in lines(work / "records.jsonl"):
        by_file[record["provenance"]["original"]].append(record)
    original_of = {}
    wrong = []

    # The answer hides the persons that files are named after; by its reason `status` says the names as they are.
    whole = collections.defaultdict(list)
    for line in lines(work / "status.jsonl"):
        whole[line["file"]].append({name: line[name] for name in ("name", "path", "inside", "companions") if name in line})
    for line in said:
        if line["state"] != "not_kept":
            line.update(whole[line["file"]].pop(0))

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
    again, paths = collections.Counter(), {}
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
        path = paths.setdefault(line["file"], folder / line.get("path", line["name"]))
        original_of[path] = line["original"] if not line.get("inside") else original_of[path]
        counter = COUNTERS.get(line["kind"])
        nested = line.get("inside", "").count("!") or not path.is_file()
        if counter and not nested and line["state"] in ("read", "partly_read") and "already_held" not in line and line.get("reason") != "truncated":
            of_it = [r for r in by_file[original_of[path]] if r["provenance"].get("inside", "") == line.get("inside", "")]
            answer = counter(Given(path, line.get("inside", "")))
            again[line["kind"]] += bool(answer)
            counted += bool(answer)
            wrong += [f"{name}: {difference}" for difference in differences(line, answer, of_it)]
        kinds[line["kind"]][line["state"]] += 1
        kinds[line["kind"]]["records"] += line["records"]
        if line.get("reason"):
            reasons[line["reason"]] += 1
    for key, (count, name) in earliest.items():
        if count != listed.get(key, 0):
            wrong.append(f"{name}: {count} rejects counted, {listed.get(key, 0)} listed")

    held = 0
    for name, want, have in expected(folder, lambda path: by_file[original_of.get(path)]):
        held += 1
        have = [at[: len(want[0])] for at in have] if isinstance(want, list) and want else have
        if want != have:
            wrong.append(f"{name}: {want} was expected, the records say {have}")

    print(f"\n{'kind':28}{'read':>7}{'partly':>7}{'unread':>7}{'refused':>8}{'records':>10}")
    for kind, n in sorted(kinds.items()):
        print(f"{kind:28}{n['read']:7}{n['partly_read']:7}{n['unread']:7}{n['refused']:8}{n['records']:10}")
    print("\nreasons")
    for reason, n in reasons.most_common():
        print(f"{n:7}  {reason}")
    print(f"\n{len(there)} files in the folder, {sum(named.values())} accounted for; {counted} counted a second time by another counter, {held} held against expected answers")
    print("counted again:", ", ".join(f"{kind} {n}" for kind, n in sorted(again.items())))
    print("summary:", json.dumps(summary))
    if wrong:
        print(f"\n{len(wrong)} things are wrong:", *wrong[:200], sep="\n  ")
        sys.exit(1)
    print("Nothing is missing, every sum is right.")


main()
