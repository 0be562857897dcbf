"""Words, members' bundles, rows of keys, and a backup folder opened with them."""
import json, os, re, tarfile, unicodedata
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from reader import (Refused, age_open, b64, box_open, chained, expand, frames_of, identity_text, label, need, note_open, recipient_of,
                    sha, show, strict, tagged, u32)

HERE = os.path.dirname(os.path.abspath(__file__))


def plain_word(word):
    return "".join(c.lower() for c in unicodedata.normalize("NFKD", word) if not unicodedata.category(c).startswith("M"))


LISTS = [[w.strip() for w in open(os.path.join(HERE, "vectors", f"{n}.txt"), encoding="utf-8")] for n in ("english", "spanish")]


def words_secret(text):
    """32 bytes of 24 words, in the list whose checksum fits; accents ignored, four letters are enough."""
    typed = [plain_word(w) for w in text.split()]
    need(len(typed) == 24, "24 words")
    for words in ([plain_word(w) for w in one] for one in LISTS):
        at = [words.index(t) if t in words else next((i for i, w in enumerate(words) if len(t) >= 4 and w[:4] == t[:4]), None) for t in typed]
        if None not in at:
            data = int("".join(f"{i:011b}" for i in at), 2).to_bytes(33, "big")
            if sha(data[:32])[0] == data[32]:
                return data[:32]
    raise Refused("the words' checksum")


def aloud(digest, count, language):
    bits = "".join(f"{b:08b}" for b in digest)
    return unicodedata.normalize("NFC", " ".join(LISTS[language][int(bits[11 * i:11 * i + 11], 2)] for i in range(count)))


def person(recipient, journal): return b"P" + tagged("to", recipient.encode(), journal)[:16]


def unwrap(outer, journal, row):
    context = journal + bytes([row["what"], len(row["id"])]) + row["id"]
    need(row["lock"] == 0, "a lock that needs the host")
    if row["alg"] == 1:
        key = box_open(outer, "wrap", context, row["bytes"])
    else:
        need(row["alg"] == 2, "an algorithm that is none")
        plain, head = age_open(identity_text(outer), row["bytes"]), label("wrap") + context
        need(plain.startswith(head), "a row of something else")
        key = plain[len(head):]
    need(len(key) == 32, "length of a key")
    return key


def prepared(phrase):
    phrase = re.sub("\r?\n$", "", phrase) if phrase.endswith("\n") else phrase
    return re.sub(r"\s+", " ", plain_word(phrase)).encode()


def bundle_secrets(bundle, words, phrase):
    need(bundle["v"] == 1, "version")
    member = bytes.fromhex(bundle["member"])
    for slot in bundle["slots"]:
        try:
            if slot["kind"] == "words" and words:
                plain, head = age_open(identity_text(words_secret(words)), b64(slot["age"])), label("wrap") + member
                need(plain.startswith(head), "a slot of somebody else")
                msk = plain[len(head):]
            elif slot["kind"] == "passphrase" and phrase:
                m, t, p = slot["m"], slot["t"], slot["p"]
                need(65536 <= m <= 1048576 and 3 <= t <= 16 and 1 <= p <= 16, "hostile work")
                from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
                outer = Argon2id(salt=b64(slot["salt"]), length=32, iterations=t, lanes=p, memory_cost=m).derive(prepared(phrase))
                msk = box_open(outer, "passphrase", member + u32(m) + u32(t) + u32(p), b64(slot["box"]))
            else:
                continue
            return msk, box_open(msk, "bundle", member, b64(bundle["box"]))
        except ImportError:  # an older python3-cryptography has no Argon2: the words open the same bundle
            continue
        except (Refused, InvalidTag):
            continue
    raise Refused("no slot opens")


def public_of(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def backup(folder, words_file):
    read = lambda *path: open(os.path.join(folder, *path), "rb").read()
    words, office = open(words_file, encoding="utf-8").read(), bytes.fromhex(strict(read("amparo-backup.json"))["office"])
    for bundle in strict(read("members.json")).values():
        try:
            secrets = strict(bundle_secrets(strict(b64(bundle)), words, None)[1])
            break
        except Refused:
            continue
    else:
        raise Refused("the words open no member")
    # The newest run that is whole and has its keystore: by how far the office's journal goes.
    def reaches(run):
        try:
            told = re.search(f"^head {office.hex()} ([0-9]+) ", tarfile.open(os.path.join(folder, "bundles", run + ".tar")).extractfile("manifest").read().decode(), re.M)
            return int(told[1]) if told else 0
        except (tarfile.TarError, KeyError, OSError):
            return 0
    runs = sorted((n[9:] for n in os.listdir(folder) if re.fullmatch("keystore-[0-9a-f]{16}-[0-9]{6,}", n)), key=reaches)
    need(runs and reaches(runs[-1]), "no whole run")
    series, last = runs[-1].split("-")
    frames, sealed, before, note = {}, {}, "-", None
    for number in range(1, int(last) + 1):
        path = os.path.join(folder, "bundles", f"{series}-{number:06}.tar")
        parts = {m.name: tarfile.open(path).extractfile(m).read() for m in tarfile.open(path)}
        note = parts.pop("manifest")
        lines = note.decode().rsplit("\n\n", 1)[0].split("\n")
        need(lines[:4] == ["amparo/bundle/v1", series, str(number), before], "not the bundle that follows")
        need([l for l in lines[5:] if l.startswith("file ")] == [f"file {sha(d).hex()} {len(d)} {n}" for n, d in parts.items()], "not what was listed")
        before = sha(open(path, "rb").read()).hex()
        for name, data in parts.items():
            where, rest = name.split("/")
            into, key = (frames, rest[:32]) if where == "entries" else (sealed, rest[:64])
            into[key] = (b"" if re.search(r"\.0001", rest) else into.get(key, b"")) + data if where == "entries" or "." in rest else data
    rows = {}
    for name in os.listdir(os.path.join(folder, f"keystore-{series}-{last}")):
        lines = age_open(identity_text(words_secret(words)), read(f"keystore-{series}-{last}", name)).splitlines()
        rows[name[:32]] = [{**r, "id": bytes.fromhex(r["id"]), "to": bytes.fromhex(r["to"]), "bytes": b64(r["bytes"])} for r in map(strict, lines)]
    age_secret = secrets["age"]
    def ring(journal):
        me, jk, dk = person(recipient_of(age_secret), journal), {}, {}
        plain = lambda r: age_open(age_secret, r["bytes"])[-32:]
        for r in rows[journal.hex()]:
            if r["what"] == 1 and r["to"] == me:
                jk[r["id"]] = plain(r)
        for r in rows[journal.hex()]:
            if r["what"] == 2:
                dk[r["id"]] = unwrap(jk[r["to"][1:]], journal, r) if r["to"][:1] == b"K" else plain(r) if r["to"] == me else None
        return jk, {(r["what"], r["id"]): r for r in rows[journal.hex()] if r["what"] in (3, 4)}, dk
    jk, _, _ = ring(office)
    seed = expand(jk[max(jk)], label("head-key") + office, 32)
    public = public_of(seed)
    heads = [l.split(" ")[1:] for l in note_open(note, office, public).split("\n") if l.startswith("head ")]
    members = {}
    for journal, seq, hash_ in sorted(heads, key=lambda h: h[0] != office.hex()):  # the office first: it knows the members
        id_, all_ = bytes.fromhex(journal), list(frames_of(frames[journal]))
        need(chained(all_, id_) == (int(seq), bytes.fromhex(hash_)), "not the head that was signed")
        jk, leaves, dk = ring(id_)
        if not jk:
            print(f"{journal}: no grant")
            continue
        print(f"{journal}: {len(all_)} entries")
        def signer(author, event):
            first = event.get("first") or {}
            return members.get(author) or (bytes.fromhex(first["sign"]), first["name"])
        leaf = lambda what, of: unwrap(dk[leaves[what, of]["to"][1:]], id_, leaves[what, of])
        for n, frame in enumerate(all_, 1):
            if (3, tagged("frame", frame)) not in leaves:
                print(f"  {n} without a key")
                continue
            event = show(n, frame, leaf(3, tagged("frame", frame)), signer, lambda h: (sealed[h], identity_text(leaf(4, bytes.fromhex(h)))), "  ")
            told = event.get("first") or event
            if event["type"] in ("genesis", "member") and "sign" in told:
                members[bytes.fromhex(told["member"])] = (bytes.fromhex(told["sign"]), told["name"])
            if event["type"] == "recovery" and "sign" in event:  # by the office's own sheets
                members[tagged("recovery", event["recipient"].encode())[:16]] = (bytes.fromhex(event["sign"]), "the office's sheets")
