"""Runs `amparo add`, a first question, and plain pdftotext in turn over one PDF; called by scripts/bench-pdf."""
import argparse
import ctypes
import glob
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
import zlib

PASSPHRASE = "una frase larga para medir"


def invented(path, pages):
    """A PDF of real paragraphs from this machine's own documents: 50 lines a page, Helvetica, compressed."""
    words = []
    for name in sorted(glob.glob("/usr/share/common-licenses/*") + glob.glob("/usr/share/doc/**/copyright", recursive=True)):
        if os.path.isfile(name):
            words += open(name, encoding="utf-8", errors="ignore").read(400_000).split()
        if len(words) > pages * 500:
            break
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    at = 0
    for _ in range(pages):
        lines = []
        while len(lines) < 50:
            line = ""
            while len(line) < 84:
                line += words[at % len(words)][:40] + " "
                at += 1
            lines.append(line.encode("ascii", "ignore").decode().replace("\\", "").replace("(", "\\(").replace(")", "\\)"))
        text = "BT /F1 10 Tf 13.6 TL 60 740 Td\n" + "\n".join(f"({line}) Tj T*" for line in lines) + "\nET"
        packed = zlib.compress(text.encode("latin-1"))
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects) + 2} 0 R >>")
        objects.append((f"<< /Length {len(packed)} /Filter /FlateDecode >>", packed))
    objects[1] = f"<< /Type /Pages /Count {pages} /Kids [{' '.join(f'{4 + 2 * n} 0 R' for n in range(pages))}] >>"
    out, offsets = bytearray(b"%PDF-1.5\n"), []
    for n, body in enumerate(objects, 1):
        offsets.append(len(out))
        if isinstance(body, tuple):
            out += f"{n} 0 obj\n{body[0]}\nstream\n".encode() + body[1] + b"\nendstream\nendobj\n"
        else:
            out += f"{n} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    open(path, "wb").write(out)


def adopt():
    """Processes whose parent went before them become ours, so that their time is counted too."""
    if ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0) != 0:  # PR_SET_CHILD_SUBREAPER
        sys.exit("this system cannot count the time of orphaned processes")


def reap():
    """Waits for what ended; gives stragglers a second. The process that keeps the office unlocked goes on."""
    until = time.monotonic() + 1
    while time.monotonic() < until:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.02)
        except ChildProcessError:
            return


def cpu_of(command, env=None, given=None):
    reap()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=env, input=given, capture_output=True, text=True)
    reap()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed ({done.returncode}):\n{done.stdout}\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


class Amparo:
    """An office made for one measurement."""

    def __init__(self, program, folder):
        self.program, self.home = os.path.abspath(program), os.path.join(folder, "home")
        phrase = os.path.join(folder, "passphrase")
        with open(phrase, "w") as f:
            f.write(PASSPHRASE + "\n")
        self.env = dict(os.environ, AMPARO_HOME=self.home, AMPARO_PASSPHRASE_FILE=phrase, AMPARO_LANG="en")

    def run(self, *args, given=None):
        return cpu_of([self.program, *args], self.env, given)

    def fresh(self):
        subprocess.run([self.program, "lock"], env=self.env, capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)
        self.run("init", "--unattended")
        # As in an office's day: the passphrase was typed once, and is not what is measured.
        self.run("unlock")
        return json.loads(self.run("case", "new", "-", "--json", given="Measured\n")[1])["case"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("file", nargs="?")
    asked = parser.parse_args()
    adopt()
    file = asked.file or os.path.join(asked.dir, f"text-{asked.pages}.pdf")
    if not os.path.exists(file):
        invented(file, asked.pages)
    office = Amparo(asked.program, asked.dir)
    adds, finds, theirs, pages = [], [], [], 0
    for _ in range(max(asked.pairs, 1)):
        case = office.fresh()
        add, said = office.run("add", case, file, "--json")
        pages = json.loads(said.splitlines()[0])["pages"]
        adds.append(add)
        # The index is made when it is first asked.
        finds.append(office.run("find", case, "-", "--json", "--because", "review", given="license\n")[0])
        theirs.append(cpu_of(["pdftotext", file, os.path.join(asked.dir, "text.txt")])[0])
    subprocess.run([office.program, "lock"], env=office.env, capture_output=True)
    shutil.rmtree(office.home, ignore_errors=True)
    middle = statistics.median
    both = middle([a + f for a, f in zip(adds, finds)])
    print(f"{pages} pages, {asked.pairs} pairs, medians of CPU seconds:")
    print(f"  amparo add (read, sealed, durable)       {middle(adds):6.2f}  {pages / middle(adds):7.0f} pages/s")
    print(f"  amparo add and the first find (indexed)  {both:6.2f}  {pages / both:7.0f} pages/s")
    print(f"  pdftotext                                {middle(theirs):6.2f}  {pages / middle(theirs):7.0f} pages/s")
    print(f"  pages per CPU-second, sealed and indexed, as a part of pdftotext's: {middle(theirs) / both:.2f}")


main()
