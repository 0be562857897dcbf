"""Opens every kind of page of a large case and says how long each takes; called by scripts/bench-pages."""
import argparse
import importlib.util
import os
import random
import re
import shutil
import statistics
import subprocess
import time
import urllib.request

PASSPHRASE = "una frase larga para medir"
CALLS, MESSAGES, PAGES = 1_000_000, 5_000, 2_000
# What the pages are held to: milliseconds, bytes without pictures, and kilobytes of memory.
MOST_MS, MOST_BYTES, MOST_PICTURE_MS, MOST_MEMORY = 300, 100_000, 500, 512 * 1024


def invented_calls(path):
    """A carrier's list: 3,000 numbers, few called often and most seldom, over ten years."""
    chance = random.Random(7)
    numbers = [f"+1{chance.choice([213, 305, 415, 602, 713])}{chance.randint(2_000_000, 9_999_999)}" for _ in range(3_000)]
    weights = [1 / (n + 1) for n in range(len(numbers))]
    at = int(time.time()) - 3_650 * 86_400
    step = (3_640 * 86_400) / CALLS
    with open(path, "w", encoding="ascii") as out:
        out.write("timestamp,direction,number,duration\n")
        for row, number in enumerate(chance.choices(numbers, weights, k=CALLS)):
            moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at + int(row * step)))
            out.write(f"{moment},{'in' if chance.random() < 0.5 else 'out'},{number},{chance.randint(0, 900)}\n")


def invented_messages(path):
    chance = random.Random(8)
    words = "hola mama ya llegue al trabajo gracias a que hora sales nos vemos el lunes en la casa de la tia".split()
    start = int(time.time() * 1000) - 1_500 * 86_400_000
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"{MESSAGES}\">\n")
        for n in range(MESSAGES):
            body = " ".join(chance.choices(words, k=12))
            out.write(f'<sms protocol="0" address="+1602555{n % 97:04d}" date="{start + n * 25_000_000}" type="{1 + n % 2}" body="{body}" read="1" status="-1" />\n')
        out.write("</smses>\n")


def memory(pid):
    """Resident kilobytes of a process and everything below it."""
    total = 0
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            status = open(f"/proc/{entry}/status", encoding="utf-8").read()
        except OSError:
            continue
        if int(entry) == pid or re.search(rf"^PPid:\s*{pid}$", status, re.M):
            rss = re.search(r"^VmRSS:\s*(\d+)", status, re.M)
            total += int(rss.group(1)) if rss else 0
    return total


class Browser:
    def __init__(self, address):
        self.base, path = address.split("/enter/")[0], "/enter/" + address.split("/enter/")[1]
        self.opener = urllib.request.build_opener(NoRedirect)
        answer = self.opener.open(urllib.request.Request(self.base + path))
        self.cookie = answer.headers["set-cookie"].split(";")[0]

    def get(self, path, form=None):
        headers = {"cookie": self.cookie, "origin": self.base}
        request = urllib.request.Request(self.base + path, headers=headers, data=form.encode() if form else None)
        start = time.monotonic()
        answer = self.opener.open(request)
        body = answer.read()
        return (time.monotonic() - start) * 1000, body


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None

    def http_error_303(self, request, answer, *_):
        return answer


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--program", required=True)
    words.add_argument("--dir", required=True)
    words.add_argument("--readings", type=int, default=5)
    asked = words.parse_args()
    folder = os.path.join(asked.dir, "pages")
    papers, home, secret = (os.path.join(folder, n) for n in ("papers", "home", "passphrase"))
    environment = {**os.environ, "AMPARO_HOME": home, "AMPARO_PASSPHRASE_FILE": secret, "AMPARO_LANG": "en"}

    def amparo(*arguments, say=None):
        return subprocess.run([asked.program, *arguments], env=environment, input=say, capture_output=True, text=True, check=True).stdout

    if not os.path.isdir(papers):
        os.makedirs(papers)
        spec = importlib.util.spec_from_file_location("bench_pdf", os.path.join(os.path.dirname(__file__), "bench-pdf.py"))
        pdf = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(pdf)
        invented_calls(os.path.join(papers, "calls.csv"))
        invented_messages(os.path.join(papers, "sms.xml"))
        pdf.invented(os.path.join(papers, "file.pdf"), PAGES)
    shutil.rmtree(home, ignore_errors=True)
    with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(PASSPHRASE)
    amparo("init", "--unattended")
    case = re.search(r'"case": *"([^"]+)"', amparo("case", "new", "-", "--json", say="Large case\n")).group(1)
    amparo("party", "add", case, "-", "--role", "client", say="Rosa\n")
    amparo("add", case, papers, "--whose", "client", "--no-ocr")
    server = subprocess.Popen([asked.program, "serve"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        address = re.search(r"http://\S+", server.stdout.readline()).group(0)
        browser = Browser(address)
        first, _ = browser.get(f"/case/{case}")
        print(f"first page after unlocking, everything computed: {first:.0f} ms")
        _, calls = browser.get(f"/case/{case}/calls")
        number = re.search(rf'/case/{case}/calls/[^"?]+', calls.decode()).group(0)
        _, found = browser.get(f"/case/{case}/find", form="words=license")
        record = re.search(rf"/case/{case}/record/[0-9a-f]+", found.decode()).group(0)
        _, months = browser.get(f"/case/{case}/coverage")
        month = re.search(rf"/case/{case}/coverage/\d{{4}}-\d\d", months.decode()).group(0)
        _, number_page = browser.get(number)
        call = re.search(rf"/case/{case}/record/[0-9a-f]+", number_page.decode())
        at = f"/case/{case}"
        pages = [(p, None) for p in ("/", at, at + "/gather", at + "/timeline", at + "/coverage", month, at + "/calls", number, at + "/findings", record, at + "/account", at + "/log", at + "/print/ask", at + "/print/timeline", at + "/print/coverage", at + "/print/looks", at + "/find")]
        pages += [(at + "/find", "words=permission"), ("/find", "words=license")]
        if call:
            pages.append((call.group(0), None))
        worst = []
        for path, form in pages:
            times = []
            for _ in range(asked.readings):
                took, body = browser.get(path, form)
                times.append(took)
            median = statistics.median(times)
            worst.append((median, len(body)))
            shown = re.sub(r"/[0-9a-f]{16,}", "/...", path.replace(case, "CASE"))
            print(f"{median:7.0f} ms {len(body) / 1000:6.1f} kB  {'search ' if form else ''}{shown}{'' if median <= MOST_MS and len(body) <= MOST_BYTES else '  MORE THAN THE GOAL'}")
        _, found = browser.get(at + "/find", form="words=license")
        picture = re.search(rf"/case/{case}/record/[0-9a-f]+", found.decode()).group(0)
        _, shown = browser.get(picture)
        took, body = browser.get(re.search(rf"/case/{case}/picture/[0-9a-f]+", shown.decode()).group(0))
        print(f"first picture of a page: {took:.0f} ms, {len(body) / 1000:.0f} kB{'' if took <= MOST_PICTURE_MS else '  MORE THAN THE GOAL'}")
        held = memory(server.pid)
        print(f"memory of all processes: {held / 1024:.0f} MiB{'' if held <= MOST_MEMORY else '  MORE THAN THE GOAL'}")
        print(f"slowest median: {max(t for t, _ in worst):.0f} ms; largest page: {max(b for _, b in worst) / 1000:.1f} kB")
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
