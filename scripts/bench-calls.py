"""Runs `amparo add` and DuckDB in turn over one file of calls; called by scripts/bench-calls."""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time

PASSPHRASE = "una frase larga para medir"
DUCKDB = """
import sys, resource, duckdb
def cpu():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime
c = duckdb.connect()
c.execute("SET threads=1")
before = cpu()
c.execute(f"COPY (SELECT * FROM read_csv('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd)")
print(cpu() - before)
"""


def descendants(pid):
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as f:
                    todo += [int(p) for p in f.read().split()]
        except OSError:
            pass
    return found


def memory(pid):
    """Proportional memory of a process and all below it, in bytes."""
    total = 0
    for pid in descendants(pid):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith("Pss:")) * 1024
        except OSError:
            pass
    return total


def measured(command, env):
    """CPU seconds of a command with all its children, the wall time, the highest memory seen, its output."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = [0]

    def watch():
        while child.poll() is None:
            peak[0] = max(peak[0], memory(child.pid))
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, err = child.communicate()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode != 0:
        sys.exit(f"{command[0]} failed ({child.returncode}):\n{out}\n{err}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - start, peak[0], out


class Amparo:
    def __init__(self, program, dir):
        self.program, self.home = os.path.abspath(program), os.path.join(dir, "home")
        phrase = os.path.join(dir, "passphrase")
        with open(phrase, "w") as f:
            f.write(PASSPHRASE + "\n")
        self.env = {**os.environ, "AMPARO_HOME": self.home, "AMPARO_PASSPHRASE_FILE": os.path.abspath(phrase), "AMPARO_LANG": "en"}

    def run(self, *args, say=""):
        done = subprocess.run([self.program, *args], env=self.env, capture_output=True, text=True, input=say)
        if done.returncode != 0:
            sys.exit(f"amparo {' '.join(args)} failed ({done.returncode}):\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def fresh(self):
        """A new office with one case, unlocked as in an office's day: the passphrase was typed once, and is not what is measured."""
        self.end()
        self.run("init", "--unattended")
        self.run("unlock")
        return json.loads(self.run("case", "new", "-", "--json", say="Para medir\n"))["case"]

    def end(self):
        if os.path.exists(self.home):
            self.run("lock")
            shutil.rmtree(self.home)

    def sizes(self):
        return [os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(self.home) for name in names]

    def add(self, file):
        case = self.fresh()
        before = sum(self.sizes())
        cpu, wall, peak, _ = measured([self.program, "add", case, file], self.env)
        status = json.loads(self.run("status", case, "--json").splitlines()[0])
        # What is new in the store, without the sealed original: the call table, and a few pages of the journal.
        original = max(self.sizes())
        table = sum(self.sizes()) - before - original
        self.end()
        return cpu, wall, peak, table, status

    def question(self, file, rows):
        """Adds the first rows of a file, then asks for the calls with one of its numbers, three times."""
        part = os.path.join(os.path.dirname(self.home), "part.csv")
        with open(file) as source, open(part, "w") as out:
            lines = [line for _, line in zip(range(rows + 1), source)]
            out.writelines(lines)
        number = lines[1].split(",")[2]
        case = self.fresh()
        self.run("add", case, part)
        seconds = []
        for _ in range(3):
            start = time.monotonic()
            answer = self.run("calls", case, "--number", "-", "--because", "review", "--json", say=number + "\n")
            seconds.append(time.monotonic() - start)
        self.end()
        os.remove(part)
        return statistics.median(seconds), len(answer.splitlines())


def duckdb(file, dir):
    out = os.path.join(dir, "duckdb.parquet")
    _, wall, peak, said = measured([sys.executable, "-c", DUCKDB, file, out], dict(os.environ))
    # Its progress bar comes before the figure.
    return float(said.split()[-1]), wall, peak, os.path.getsize(out)


def mib(n):
    return f"{n / 2**20:.1f} MiB"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("file")
    parser.add_argument("rare", nargs="?")
    options = parser.parse_args()
    amparo = Amparo(options.program, options.dir)
    ours, theirs = [], []
    for pair in range(options.pairs):
        theirs.append(duckdb(options.file, options.dir))
        ours.append(amparo.add(options.file))
        status = ours[-1][4]
        print(f"pair {pair + 1}: DuckDB {theirs[-1][0]:.2f} CPU-s, amparo {ours[-1][0]:.2f} CPU-s, ratio {ours[-1][0] / theirs[-1][0]:.2f}; {status['records']} records of {status['units']} rows, {status['state']}", flush=True)
    middle = lambda runs, i: statistics.median(r[i] for r in runs)
    ratios = [a[0] / b[0] for a, b in zip(ours, theirs)]
    print(f"CPU seconds: amparo {middle(ours, 0):.2f}, DuckDB (1 thread) {middle(theirs, 0):.2f}; ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    print(f"wall seconds: amparo {middle(ours, 1):.2f}, DuckDB {middle(theirs, 1):.2f}")
    print(f"table: amparo {mib(middle(ours, 3))}, DuckDB's Parquet {mib(middle(theirs, 3))}; ratio {middle(ours, 3) / middle(theirs, 3):.2f}")
    print(f"memory of all processes at most: amparo {mib(max(r[2] for r in ours))}, DuckDB {mib(max(r[2] for r in theirs))}")
    if options.rare:
        cpu, wall, peak, table, status = amparo.add(options.rare)
        print(f"numbers that hardly repeat: {cpu:.2f} CPU-s, {wall:.2f} s wall, {mib(peak)} memory, table {mib(table)}; {status['records']} records, {status['state']}")
    rows = min(1_000_000, ours[0][4]["records"])
    seconds, months = amparo.question(options.file, rows)
    print(f"one number asked for in a case of {rows} calls: {seconds:.2f} s on the wall, {months} lines of answer")


main()
