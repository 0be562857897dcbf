"""What a stranger checks of a host: signed requests, checkpoints, proofs that an entry is in its log, release records."""
import base64, re
from reader import b64, label, need, sha, tagged, u32, u64, verified

# Points of small order (y, sign bit cleared): under such a key anybody can sign.
WEAK = {bytes.fromhex(y) for y in ("00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f",
                                   "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                   "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")}
COMPONENTS = '("@method" "@authority" "@path" "@query" "content-digest" "amparo-office")'
PARAMETERS = r';created=(0|[1-9][0-9]*);nonce="([A-Za-z0-9+/=]+)";keyid="([0-9a-f]{64})";alg="ed25519";tag="amparo/v1"'
NUMBER = "(?:0|[1-9][0-9]*)"


def strictly(public, message, signature):
    need(public[:31] + bytes([public[31] & 0x7F]) not in WEAK, "a weak key")
    verified(public, message, signature)


def canonical(text, length=None):
    data = b64(text)
    need(base64.b64encode(data).decode() == text and length in (None, len(data)), "base64 written otherwise")
    return data


def request(v, body):
    """The text that was signed, once the request is believed (its nonce has to be new as well)."""
    head = re.fullmatch(re.escape("amparo=" + COMPONENTS) + PARAMETERS, v["signature-input"])
    need(head, "another profile")
    created, nonce, key = int(head[1]), canonical(head[2], 16), bytes.fromhex(head[3])
    need(key.hex() == v["key"], "another key")
    need(abs(v["now"] - created) <= 300, "another time")
    need(re.fullmatch("[0-9a-f]{32}", v["amparo-office"]), "no office")
    need(v["content-digest"] == "sha-256=:" + base64.b64encode(sha(body)).decode() + ":", "another body")
    need(re.fullmatch("[A-Z]+", v["method"]) and re.fullmatch(r"[a-z0-9.:\[\]-]+", v["authority"]), "a request line")
    need(re.fullmatch(r"/[!-~]*", v["path"]) and not set("?#") & set(v["path"]), "a path")
    need(re.fullmatch(r"[!-~]*", v["query"] or "") and "#" not in (v["query"] or ""), "a query")
    lines = [("@method", v["method"]), ("@authority", v["authority"]), ("@path", v["path"]), ("@query", "?" + (v["query"] or "")),
             ("content-digest", v["content-digest"]), ("amparo-office", v["amparo-office"]), ("@signature-params", v["signature-input"][len("amparo="):])]
    base = "\n".join(f'"{name}": {value}' for name, value in lines)
    signature = re.fullmatch("amparo=:([A-Za-z0-9+/=]+):", v["signature"])
    need(signature, "not one signature")
    strictly(key, base.encode(), canonical(signature[1], 64))
    return base


def key_of(text):
    """A C2SP verifier key: its name, kind, public key and id."""
    name, ident, encoded = text.split("+", 2)
    data = canonical(encoded, 33)
    need(data[0] in (1, 4) and sha(name.encode() + b"\n" + data)[:4].hex() == ident, "not a key")
    return name, data[0], data[1:], bytes.fromhex(ident)


def signers(note, keys):
    """A note's text, and the time (or None) of each of these keys that signed it."""
    need("\n\n" in note and note.endswith("\n") and not re.search("[\0-\x09\x0b-\x1f]", note), "not a note")
    text, lines = note.rsplit("\n\n", 1)
    text += "\n"
    parsed = []
    for line in lines[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^\\s+]+) ([A-Za-z0-9+/=]+)", line)
        need(match, "a line that is no signature")
        parsed.append((match[1], canonical(match[2])))
        need(len(parsed[-1][1]) > 4, "a short signature")
    found = []
    for name, kind, public, ident in map(key_of, keys):
        mine = [data[4:] for by, data in parsed if by == name and data[:4] == ident]
        need(len(mine) <= 1, "a key twice")
        for data in mine:
            if kind == 1:
                strictly(public, text.encode(), data)
                found.append(None)
            else:
                at = int.from_bytes(data[:8], "big")
                strictly(public, f"cosignature/v1\ntime {at}\n{text}".encode(), data[8:])
                found.append(at)
    return text, found


def checkpoint(note, origin, keys):
    """The size and root of a log that is known by its name and keys."""
    text, found = signers(note, keys)
    need(found, "not signed by the log")
    match = re.fullmatch(rf"([^\n]+)\n({NUMBER})\n([A-Za-z0-9+/=]+)\n((?:[^\n]+\n)*)", text)
    need(match and match[1] == origin and int(match[2]) < 2**63, "not a checkpoint of this log")
    return int(match[2]), canonical(match[3], 32)


def included(leaf, index, size, path):
    """The root that a leaf leads to (RFC 9162, section 2.1.3.2)."""
    need(index < size, "beyond the end")
    node, last = index, size - 1
    for step in path:
        need(last > 0, "a step too many")
        if node & 1 or node == last:
            leaf = sha(b"\1" + step + leaf)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            leaf = sha(b"\1" + leaf + step)
        node, last = node >> 1, last >> 1
    need(last == 0, "a step too few")
    return leaf


def proof(text, entry, origin, keys, witnesses, quorum):
    """The extra data, place and size of a proof that holds."""
    head, note = text.split("\n\n", 1)
    match = re.fullmatch(rf"c2sp\.org/tlog-proof@v1\n(?:extra ([A-Za-z0-9+/=]+)\n)?index ({NUMBER})((?:\n[A-Za-z0-9+/=]+)*)", head)
    need(match, "not a proof")
    size, root = checkpoint(note, origin, keys)
    need(len(signers(note, witnesses)[1]) >= quorum, "too few witnesses")
    path = [canonical(line, 32) for line in match[3].split("\n")[1:]]
    need(included(sha(b"\0" + entry), int(match[2]), size, path) == root, "not in the log")
    return canonical(match[1]) if match[1] else None, int(match[2]), size


def release(record, index, host, signature):
    """The log's entry for a record that its host promised at this place."""
    need(len(record) == 124, "length of a record")
    strictly(host, label("release") + record + u64(index), signature)
    return tagged("release", record)


def tile(path):
    """Row, number and width of a file of the log."""
    match = re.fullmatch(r"tile/(0|[1-9][0-9]?|entries)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", path)
    need(match and not match[2].startswith("x000") and (match[1] == "entries" or int(match[1]) < 64), "not a file of a log")
    need(match[3] is None or int(match[3]) < 256, "too wide")
    return match[1], int(re.sub("[x/]", "", match[2])), int(match[3] or 256)


def holds(v):
    """Whether a vector of this page holds."""
    h = lambda field: bytes.fromhex(v[field])
    if v["kind"] == "request":
        return request(v, h("body")) == v["base"]
    if v["kind"] == "checkpoint":
        return checkpoint(v["note"], v["origin"], v["keys"]) == (v["size"], h("root")) and signers(v["note"], v["witnesses"])[1] == v["times"]
    if v["kind"] == "proof":
        found = proof(v["proof"], h("entry"), v["origin"], v["keys"], v["witnesses"], v["quorum"])
        return found == (h("record"), v["index"], v["size"]) and tagged("release", found[0]) == h("entry")
    if v["kind"] == "release":
        halves = [bytes.fromhex(half) for half in v["halves"]]
        record = h("leaf") + h("journal") + h("key") + u64(v["at"]) + u32(len(halves)) + sha(b"".join(halves))
        return record == h("record") and release(record, v["index"], h("host"), h("signature")) == h("entry")
    if v["kind"] == "tile":
        return tile(v["path"]) == (v["row"], v["index"], v["width"])
    raise SystemExit(f"a kind of vector that is not known: {v['kind']}")
