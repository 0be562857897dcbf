"""Asks aics-tlog and aics-witness, which share no code with us, about what main.rs wrote down."""
import base64, json, logging, sys, tempfile
from pathlib import Path
from aics_tlog import (Checkpoint, MemoryTileReader, MerkleTree, Note, TileWriter, VerifiedTileReader, audit_tiles, cosignature_vkey,
                       consistency_proof_from_tiles, format_vkey, parse_note, parse_vkey, sign_checkpoint, sign_cosignature,
                       tree_root_from_tiles, verify_checkpoint, verify_consistency, verify_leaf_inclusion, vkey_from_ed25519)
from aics_witness.config import LogConfig
from aics_witness.service import Witness, WitnessError
from aics_witness.store import WitnessStore
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def key(seed):
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def hashes(joined):
    data = base64.b64decode(joined)
    return [data[i:i + 32] for i in range(0, len(data), 32)]


def need(same, *what):
    if not same:
        raise SystemExit("disagrees: " + " ".join(map(str, what)))


def proofs(q):
    entries = [base64.b64decode(e) for e in q["entries"]]
    log, witness = parse_vkey(q["log"]), parse_vkey(q["witness"])
    log_key, witness_key = map(key, q["seeds"])
    need(format_vkey(vkey_from_ed25519(q["origin"], log_key.public_key())) == q["log"], "the log's key")
    need(format_vkey(cosignature_vkey(witness.name, witness_key.public_key())) == q["witness"], "the witness's key")
    tree, checked = MerkleTree(entries), 0
    roots = [tree.root(size) for size in range(len(entries) + 1)]
    for size, given in enumerate(q["sizes"]):
        note = parse_note(given["note"])
        seen = verify_checkpoint(note, log, [witness], 1, expected_origin=q["origin"])
        need(seen.ok and (seen.size, seen.root, seen.timestamps) == (size, roots[size], {witness.name: q["now"] + size}), "the checkpoint of", size, seen)
        # Signed by them with the same keys, it is the same note, byte for byte.
        own = sign_checkpoint(Checkpoint(q["origin"], size, roots[size]), log_key, q["origin"])
        cosigned = sign_cosignature(witness_key, witness.name, q["now"] + size, q["origin"], size, roots[size])[1]
        need(Note(text=own.text, signatures=(*own.signatures, cosigned)).serialise() == given["note"], "the note of", size)
        for index, path in enumerate(given["inclusion"]):
            path = hashes(path)
            need(path == tree.inclusion_proof(index, size), index, "in", size)
            need(verify_leaf_inclusion(entries[index], index, size, path, roots[size]), index, "in", size)
        for old, path in enumerate(given["consistency"]):
            path = hashes(path)
            need(path == tree.consistency_proof(old, size), old, "before", size)
            need(verify_consistency(old, size, roots[old], roots[size], path), old, "before", size)
        checked += len(given["inclusion"]) + len(given["consistency"])
    print(f"{len(q['sizes'])} checkpoints and {checked} proofs")


def files(q):
    entries = [b"entry %d" % i for i in range(q["entries"])]
    held = {path: base64.b64decode(data) for path, data in q["files"].items()}
    old = None
    for given in q["sizes"]:
        size, root = given["size"], base64.b64decode(given["root"])
        theirs = TileWriter(entries[:size]).materialise()
        need(sorted(theirs) == sorted(given["paths"]), "the files of", size)
        need(all(held[path] == data for path, data in theirs.items()), "what the files of", size, "hold")
        reader = MemoryTileReader(held)
        need(tree_root_from_tiles(reader, size) == root, "the root of", size)
        if size:
            audit_tiles(reader, size, root)
            verified = VerifiedTileReader(reader, size, root)
            need(verified.entry(size - 1) == entries[size - 1], "the last entry of", size)
            if old and old[0]:
                path = consistency_proof_from_tiles(verified, old[0], size)
                need(verify_consistency(old[0], size, old[1], root, path), old[0], "before", size, "from files")
        old = size, root
    print(f"{len(held)} files at {len(q['sizes'])} sizes")


def witness(q):
    asked, odd = 0, []
    for number, day in enumerate(q["days"]):
        now = [0]
        with tempfile.TemporaryDirectory() as folder, WitnessStore(Path(folder) / "witness.db", create=True) as store:
            logs = [LogConfig(q["origin"], (parse_vkey(q["log"]),), extension_lines=True)]
            theirs = Witness(q["witness"], key(q["seed"]), store, logs, clock=lambda: now[0])
            for request in day:
                now[0], body = request["now"], base64.b64decode(request["body"])
                try:
                    status, answer, kind = 200, theirs.add_checkpoint(body).decode(), None
                except WitnessError as e:
                    status, answer, kind = e.status, e.body.decode(), e.content_type
                # A log's name may have a plus by the specification, and not by theirs; a log of that name is unknown to both.
                if (status, request["status"]) == (400, 404) and "origin contains" in answer:
                    status = 404
                same = status == request["status"]
                if status == 200:
                    same = same and answer == request["answer"]
                if status == 409:
                    same = same and (answer, kind) == (request["answer"], request["type"])
                if not same:
                    odd.append((number, status, answer, request["status"], request["answer"], body))
                    break
                asked += 1
    need(not odd, *(f"\nday {d}: they say {s} {a!r}, we {t} {b!r} to {body!r}" for d, s, a, t, b, body in odd))
    print(f"{asked} requests")


if __name__ == "__main__":
    logging.disable(logging.ERROR)
    {"proofs": proofs, "files": files, "witness": witness}[sys.argv[1]](json.loads(Path(sys.argv[2]).read_text()))
