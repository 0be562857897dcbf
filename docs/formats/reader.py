#!/usr/bin/env python3
"""Reads what amparo writes, without amparo: Python, python3-cryptography and the `age` program are enough.

    reader.py export BAG IDENTITY      open an exported case (successor, everything) with the receiver's identity file
    reader.py backup DIR WORDS         open a backup folder with the 24 words in a file (restorer.py)
    reader.py vectors DIR              every vector must hold and every invalid twin be refused (vectors.py)

It prints entries and papers, and writes nothing. The formats are described beside this file.
"""
import base64, hashlib, json, os, re, subprocess, sys, tempfile
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import constant_time, hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

ZERO = bytes(32)


class Refused(Exception):
    pass


def need(true, why):
    if not true:
        raise Refused(why)


def label(name): return b"amparo/v1/" + name.encode() + b"\0"
def sha(data): return hashlib.sha256(data).digest()
def tagged(name, *parts): return sha(label(name) + b"".join(parts))
def u32(n): return n.to_bytes(4, "big")
def u64(n): return n.to_bytes(8, "big")
def b64(text): return base64.b64decode(text, validate=True)
def expand(key, info, length): return HKDFExpand(algorithm=hashes.SHA256(), length=length, info=info).derive(key)


def box_open(key, name, context, sealed):
    need(72 <= len(sealed) <= (1 << 20) + 72, "length of a box")
    keys = expand(key, label(name) + sealed[:24] + context, 76)
    need(constant_time.bytes_eq(keys[44:], sealed[24:56]), "another key or context")
    return ChaCha20Poly1305(keys[:32]).decrypt(keys[32:44], sealed[56:], b"")


def strict(data):
    """JSON that can be read one way only."""
    def pairs(items):
        need(len({k for k, _ in items}) == len(items), "a key twice")
        return dict(items)
    def whole(text):
        need(abs(int(text)) < 1 << 53, "an integer too large")
        return int(text)
    def no(text):
        raise Refused("a float")
    text = data.decode()
    need(not text.startswith("\ufeff"), "a byte-order mark")
    return json.loads(text, object_pairs_hook=pairs, parse_int=whole, parse_float=no, parse_constant=no)


def verified(public, message, signature):
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def identity_text(secret):
    """The 32 bytes as age's own text: bech32, upper case."""
    alphabet, human = "qpzry9x8gf2tvdw0s3jn54khce6mua7l", "age-secret-key-"
    bits = "".join(f"{b:08b}" for b in secret)
    data = [int(bits[i:i + 5].ljust(5, "0"), 2) for i in range(0, len(bits), 5)]
    def polymod(values):
        c = 1
        for v in values:
            top, c = c >> 25, (c & 0x1ffffff) << 5 ^ v
            for i, g in enumerate([0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]):
                c ^= g if top >> i & 1 else 0
        return c
    head = [ord(c) >> 5 for c in human] + [0] + [ord(c) & 31 for c in human]
    check = polymod(head + data + [0] * 6) ^ 1
    return (human + "1" + "".join(alphabet[d] for d in data + [check >> 5 * (5 - i) & 31 for i in range(6)])).upper()


def tool(args, identity, data=b""):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(identity + "\n")
        file.flush()
        done = subprocess.run([a.replace("IDENTITY", file.name) for a in args], input=data, capture_output=True)
    need(done.returncode == 0, "age refused it")
    return done.stdout


def age_open(identity, data): return tool(["age", "-d", "-i", "IDENTITY"], identity, data)
def recipient_of(identity): return tool(["age-keygen", "-y", "IDENTITY"], identity).decode().strip()


def frame_link(frame):
    need(213 <= len(frame) <= 1 << 20 and frame[0] == 1, "not a frame")
    return frame[1:17], int.from_bytes(frame[17:25], "big"), frame[25:57]


def frame_open(frame, key):
    plain = box_open(key, "entry", frame[:57], frame[57:])
    need(len(plain) >= 84 and len(plain) % 512 == 0, "length of a frame")
    n = int.from_bytes(plain[80:84], "big")
    need((84 + n + 511) // 512 * 512 == len(plain) and not any(plain[84 + n:]), "padding")
    author, signature, body = plain[:16], plain[16:80], plain[84:84 + n]
    return author, signature, label("author") + frame[1:57] + author + body, body


def note_open(note, office, public):
    """The text of a C2SP signed note by this office's key."""
    text, lines = note.decode().rsplit("\n\n", 1)
    need(lines.endswith("\n"), "a note's last line")
    name, good = "amparo/" + office.hex(), False
    for line in lines[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)", line)
        need(match, "a line that is no signature")
        data = b64(match[2])
        if match[1] == name and data[:4] == sha(name.encode() + b"\n\x01" + public)[:4]:
            verified(public, (text + "\n").encode(), data[4:])
            good = True
    need(good, "not signed by this office")
    return text + "\n"


def head_parse(text):
    match = re.fullmatch(r"amparo/head/v1\n([0-9a-f]{32})\n([1-9][0-9]*)\n([A-Za-z0-9+/=]+)\n", text)
    need(match, "not a head")
    return bytes.fromhex(match[1]), int(match[2]), b64(match[3])


def frames_of(data):
    while data:
        n = int.from_bytes(data[:4], "big")
        need(len(data) >= 4 + n, "a frame cut off")
        yield data[4:4 + n]
        data = data[4 + n:]


def chained(frames, journal, seq=0, prev=ZERO):
    for frame in frames:
        seq += 1
        need(frame_link(frame) == (journal, seq, prev), f"entry {seq} does not follow")
        prev = tagged("frame", frame)
    return seq, prev


def blobs_of(event):
    """Sealed files that an entry names, with what their plain bytes must be."""
    own = [event] if event["type"] == "given" and not event.get("already") else []
    for one in own + event.get("companions", []) + event.get("segments", []) + ([event["segment"]] if event.get("segment") else []):
        yield one["blob"], one["sha256"], one["bytes"], one.get("name") or one.get("kind")


def show(seq, frame, key, signer, blob, indent=""):
    author, signature, signed, body = frame_open(frame, key)
    event = strict(body)
    public, name = signer(author, event)
    verified(public, signed, signature)
    print(f"{indent}{seq} {event['at']} {event['type']} {name}")
    for hash_, sha256, size, what in blobs_of(event):
        sealed, identity = blob(hash_)
        need(sha(sealed).hex() == hash_, "a sealed file of another name")
        plain = age_open(identity, sealed)
        need((sha(plain).hex(), len(plain)) == (sha256, size), "a paper that is not the one given")
        print(f"{indent}  {what}: {size} bytes, {sha256}")
    return event


def export(bag, identity_file):
    read = lambda *path: open(os.path.join(bag, *path), "rb").read()
    for line in read("manifest-sha256.txt").decode().splitlines():
        digest, path = line.split("  ", 1)
        need(path.startswith("data/") and ".." not in path.split("/") and sha(read(path)).hex() == digest, f"{path} was altered")
    about = strict(read("data", "export.json"))
    journal, office = bytes.fromhex(about["journal"]), bytes.fromhex(about["office"])
    frames = list(frames_of(read("data", "journal.frames")))
    head = head_parse(note_open(about["head"].encode(), office, bytes.fromhex(about["head_key"])))
    need(head == (journal, *chained(frames, journal)), "not the head that was signed")
    keys, blobs, authors = {}, {}, {}
    for line in age_open(open(identity_file).read().strip(), read("data", "keys.age")).splitlines():
        line = strict(line)
        keys.update({line["seq"]: b64(line["key"])} if "seq" in line else {})
        blobs.update({line["blob"]: line["age"]} if "blob" in line else {})
        authors.update({bytes.fromhex(line["author"]): (bytes.fromhex(line["sign"]), line["name"])} if "author" in line else {})
    print(f"{about['profile']} of {about['journal']} by {about['office_name']}, {len(frames)} entries")
    for seq, frame in enumerate(frames, 1):
        if seq in keys:
            show(seq, frame, keys[seq], lambda author, _: authors[author], lambda hash_: (read("data", "blobs", hash_ + ".age"), blobs[hash_]))
        else:
            print(f"{seq} without a key")


def main(args):
    if len(args) == 2 and args[0] == "vectors":
        import vectors
        return vectors.run(args[1])
    need(len(args) == 3 and args[0] in ("export", "backup"), __doc__)
    if args[0] == "export":
        return export(*args[1:])
    import restorer
    return restorer.backup(*args[1:])


if __name__ == "__main__":
    sys.modules["reader"] = sys.modules["__main__"]
    try:
        main(sys.argv[1:])
    except (Refused, InvalidTag, InvalidSignature, KeyError, ValueError) as why:
        raise SystemExit(f"refused: {why!r}")
