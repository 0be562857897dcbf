"""Every vector must hold, and every invalid twin be refused."""
import json, os
from cryptography.exceptions import InvalidSignature, InvalidTag
import host
from reader import (Refused, age_open, box_open, expand, frame_link, frame_open, head_parse, identity_text, label, need, note_open,
                    recipient_of, sha, strict, tagged, u32, u64, verified)
from restorer import aloud, bundle_secrets, person, public_of, unwrap, words_secret


def holds(v):
    """Whether a vector holds: it opens, and says what it should."""
    h = lambda field: bytes.fromhex(v[field])
    kind = v["kind"]
    if kind == "box":
        return box_open(h("key"), v["label"], h("context"), h("sealed")) == h("plain")
    if kind == "check":
        return tagged("check", h("key")) == h("check")
    if kind == "person":
        return person(v["recipient"], h("journal")) == h("to")
    if kind == "leaf":
        return tagged("leaf", h("body")) == h("leaf")
    if kind == "join":
        texts = [t.encode() for t in (v["recipient"], v["words_recipient"])]
        digest = tagged("join", h("check"), h("member"), h("sign"), *(u32(len(t)) + t for t in texts))
        return [aloud(digest, 6, n) for n in (0, 1)] == [v["english"], v["spanish"]]
    if kind == "head-words":
        digest = tagged("head-words", h("journal"), u64(v["seq"]), h("hash"))
        return [aloud(digest, 4, n) for n in (0, 1)] == [v["english"], v["spanish"]]
    if kind == "record-id":
        parts = [v[f].encode() for f in ("inside", "place", "record_kind", "field")]
        return tagged("record", h("sha256"), *(u32(len(p)) + p for p in parts))[:16] == h("id")
    if kind == "words":
        secret = words_secret(v["words"])
        return secret == h("secret") and recipient_of(identity_text(secret)) == v["recipient"]
    if kind == "row":
        row = {"what": v["what"], "id": h("id"), "alg": v["alg"], "lock": v["lock"], "bytes": h("bytes")}
        return unwrap(h("outer"), h("journal"), row) == h("key")
    if kind == "frame":
        frame = h("frame")
        author, signature, signed, body = frame_open(frame, h("key"))
        strict(body)
        verified(h("public"), signed, signature)
        return (frame_link(frame), tagged("frame", frame), author, body.decode()) == ((h("journal"), v["seq"], h("prev")), h("hash"), h("author"), v["body"])
    if kind == "head":
        seed = expand(h("office_key"), label("head-key") + bytes([0x66]) * 16, 32)
        public = public_of(seed)
        return public == h("public") and head_parse(note_open(h("note"), h("office"), public)) == (h("journal"), v["seq"], h("hash"))
    if kind == "blob":
        need(sha(h("age")) == h("blob"), "another name")
        plain = age_open(v["identity"], h("age"))
        return (sha(plain), len(plain)) == (h("sha256"), v["bytes"])
    if kind == "recovery":
        plain = age_open(v["first"], h("age"))
        return (age_open(v["second"], plain) if v["second"] else plain).decode() == v["identity"]
    if kind == "bundle":
        msk, secrets = bundle_secrets(strict(json.dumps(v["bundle"]).encode()), v["words"], v["passphrase"])
        return (msk, secrets.decode()) == (h("msk"), v["secrets"])
    return host.holds(v)


def run(folder):
    count = 0
    for name in sorted(n for n in os.listdir(folder) if n.endswith(".json")):
        for v in json.load(open(os.path.join(folder, name), encoding="utf-8")):
            try:
                good = holds(v)
            except (Refused, InvalidTag, InvalidSignature, ValueError):
                good = False
            if good != v["good"]:
                raise SystemExit(f"{name}: {v['name']}: {'refused' if v['good'] else 'taken'}")
            count += 1
    print(f"{count} vectors")
