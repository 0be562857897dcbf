"""Runs `amparo add`, a first question, and plain pdftotext in turn over one PDF; called by scripts/bench-pdf.

With --scans: `amparo add` of a PDF of scanned pages, and Tesseract alone on their pictures; called by scripts/bench-scans."""
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
    write_pdf(path, objects)


def write_pdf(path, objects):
    """Objects as a PDF: each a text, or a dictionary and its stream."""
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
    with open(path, "wb") as file:
        file.write(out)


def scanned(text, path, pages):
    """The pages of a PDF as grey pictures at 300 dpi, beside a PDF of those pictures alone; the pictures' paths."""
    stem = os.path.splitext(path)[0]
    subprocess.run(["pdftoppm", "-r", "300", "-gray", "-l", str(pages), text, stem], check=True)
    pictures = sorted(glob.glob(glob.escape(stem) + "-*.pgm"))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    for picture in pictures:
        with open(picture, "rb") as file:
            _, size, _, grey = file.read().split(b"\n", 3)
        width, height = map(int, size.split())
        draw = b"612 0 0 792 0 0 cm /I Do"
        packed = zlib.compress(grey)
        at = len(objects) + 1
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /XObject << /I {at + 2} 0 R >> >> /Contents {at + 1} 0 R >>")
        objects.append((f"<< /Length {len(draw)} >>", draw))
        objects.append((f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode /Length {len(packed)} >>", packed))
    objects[1] = f"<< /Type /Pages /Count {len(pictures)} /Kids [{' '.join(f'{3 + 3 * n} 0 R' for n in range(len(pictures)))}] >>"
    write_pdf(path, objects)
    return pictures


def scans(office, folder, pairs, pages):
    text, file = os.path.join(folder, f"text-{pages}.pdf"), os.path.join(folder, f"scans-{pages}.pdf")
    invented(text, pages)
    pictures = scanned(text, file, pages)
    languages = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True).stdout.split()
    both = "+".join(language for language in ("eng", "spa") if language in languages)
    alone = dict(os.environ, OMP_THREAD_LIMIT="1", LC_ALL="C")
    ours, theirs, walls = [], [], []
    for _ in range(max(pairs, 1)):
        # Two at once, as ours does: the same program takes more CPU seconds where its neighbour is busy.
        command = f"xargs -P 2 -I PAGE tesseract PAGE stdout -l {both} --dpi 300 -c tessedit_create_tsv=1 > /dev/null"
        theirs.append(cpu_of(["sh", "-c", command], alone, "\n".join(pictures))[0])
        case = office.fresh()
        start = time.monotonic()
        cpu, said = office.run("add", case, file, "--json")
        walls.append(time.monotonic() - start)
        told = json.loads(said.splitlines()[0])
        if told["pages"] != len(pictures) or told["pages_unread"]:
            sys.exit(f"not all pages were read: {said}")
        ours.append(cpu)
        print(f"pair: Tesseract {theirs[-1]:.2f} CPU-s, amparo {cpu:.2f} CPU-s in {walls[-1]:.2f} s, ratio {cpu / theirs[-1]:.3f}", flush=True)
    middle = statistics.median
    print(f"{len(pictures)} scanned pages, {pairs} pairs, medians of CPU seconds:")
    print(f"  amparo add (drawn, machine-read, sealed)  {middle(ours):6.2f}  in {middle(walls):.2f} s on the wall")
    print(f"  Tesseract alone                           {middle(theirs):6.2f}")
    print(f"  ratio {middle(a / b for a, b in zip(ours, theirs)):.3f}")


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

    def end(self):
        subprocess.run([self.program, "lock"], env=self.env, capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def fresh(self):
        self.end()
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
    parser.add_argument("--scans", action="store_true")
    parser.add_argument("file", nargs="?")
    asked = parser.parse_args()
    adopt()
    if asked.scans:
        office = Amparo(asked.program, asked.dir)
        scans(office, asked.dir, asked.pairs, asked.pages)
        office.end()
        return
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
    office.end()
    middle = statistics.median
    both = middle([a + f for a, f in zip(adds, finds)])
    print(f"{pages} pages, {asked.pairs} pairs, medians of CPU seconds:")
    print(f"  amparo add (read, sealed, durable)       {middle(adds):6.2f}  {pages / middle(adds):7.0f} pages/s")
    print(f"  amparo add and the first find (indexed)  {both:6.2f}  {pages / both:7.0f} pages/s")
    print(f"  pdftotext                                {middle(theirs):6.2f}  {pages / middle(theirs):7.0f} pages/s")
    print(f"  pages per CPU-second, sealed and indexed, as a part of pdftotext's: {middle(theirs) / both:.2f}")


if __name__ == "__main__":
    main()
