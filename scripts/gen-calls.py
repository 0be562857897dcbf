"""Invented call rows for measuring: timestamp,direction,number,duration.

usage: gen-calls.py ROWS OUT [SEED] [calls|rare]
`calls`: 50,000 numbers, some called often and most seldom, written in the mixed ways carriers use; times
rise; 6 % last no second. `rare`: the same with a number of its own for nearly every row."""
import sys

import numpy as np

rows, out = int(sys.argv[1]), sys.argv[2]
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 7
rare = len(sys.argv) > 4 and sys.argv[4] == "rare"
rng = np.random.default_rng(seed)
AREA = [212, 213, 305, 312, 347, 404, 415, 469, 512, 559, 602, 619, 646, 661, 702, 713, 718, 786, 817, 832, 915, 956]
MX = ["55", "33", "81", "222", "664", "656", "442", "951"]
N = 50_000
pool = []
for i in range(N):
    r = rng.random()
    if r < 0.85:
        a, x, s = AREA[rng.integers(len(AREA))], rng.integers(200, 1000), rng.integers(0, 10000)
        style = rng.integers(5)
        pool.append([f"+1{a}{x}{s:04d}", f"{a}{x}{s:04d}", f"({a}) {x}-{s:04d}", f"{a}-{x}-{s:04d}", f"1 {a} {x} {s:04d}"][style])
    elif r < 0.97:
        a = MX[rng.integers(len(MX))]
        d = "".join(map(str, rng.integers(0, 10, 10 - len(a))))
        style = rng.integers(3)
        pool.append([f"+52{a}{d}", f"011 52 {a} {d}", f"+52 {a} {d[:4]} {d[4:]}"][style])
    else:
        d = "".join(map(str, rng.integers(0, 10, 8)))
        pool.append(f"+502{d}" if rng.random() < 0.5 else f"011502{d}")
pool = np.array(pool, dtype=object)
DIRECTIONS = np.array(["in", "out"], dtype=object)
BLOCK = 500_000
t = 1546300800.0


def numbers(n):
    if not rare:
        return pool[(rng.zipf(1.35, n) - 1) % N].tolist()
    areas = np.array(AREA)[rng.integers(0, len(AREA), n)].tolist()
    rest = rng.integers(2_000_000, 10_000_000, n).tolist()
    return [f"({a}) {r // 10000:03d}-{r % 10000:04d}" for a, r in zip(areas, rest)]


with open(out, "w", buffering=1 << 22) as f:
    f.write("timestamp,direction,number,duration\n")
    left = rows
    while left:
        n = min(BLOCK, left)
        left -= n
        who = numbers(n)
        times = t + np.cumsum(rng.exponential(26.0, n))
        t = times[-1]
        iso = np.datetime_as_string(times.astype("int64").astype("datetime64[s]"), unit="s").tolist()
        ways = DIRECTIONS[rng.integers(0, 2, n)].tolist()
        seconds = np.where(rng.random(n) < 0.06, 0, np.minimum(rng.exponential(140, n).astype("int64") + 1, 14400)).tolist()
        f.write("\n".join([f"{a},{b},{c},{d}" for a, b, c, d in zip(iso, ways, who, seconds)]))
        f.write("\n")
