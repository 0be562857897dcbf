//! Requests to a host, signed: HTTP Message Signatures (RFC 9421) in one strict profile.
//!
//! One label, six components in one order, five parameters in one order, one algorithm. What is written otherwise
//! is refused even where the standard would let it mean the same: a reader that takes one form only has no second
//! form to be fooled with. Whoever keeps the nonces refuses the same request twice.

use crate::{Hash, Id, checkpoint, hex, of_hex};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use std::fmt::Write;

/// Clocks may differ by this much. A host keeps nonces for twice as long.
pub const PATIENCE: u64 = 300;

const COMPONENTS: &str = r#"("@method" "@authority" "@path" "@query" "content-digest" "amparo-office")"#;
const ALGORITHM: &str = r#"";alg="ed25519";tag="amparo/v1""#;

/// What is asked for, as it goes over the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request<'a> {
    /// In capitals.
    pub method: &'a str,
    /// The host, and its port where it is not the usual one; in small letters. A host takes its own here, not what it was told.
    pub authority: &'a str,
    /// From the first slash on, escapes as they are.
    pub path: &'a str,
    /// What stands after the question mark.
    pub query: Option<&'a str>,
}

/// Who asks, and when. A host shows nothing of a member in it: the key is the office's, or a pseudonym.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asker {
    pub office: Id,
    pub key: [u8; 32],
    /// Seconds since 1970.
    pub created: u64,
    pub nonce: [u8; 16],
}

/// The headers that a signed request has more than others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Headers {
    /// `Amparo-Office`
    pub office: String,
    /// `Content-Digest` (RFC 9530), also where there is no body.
    pub digest: String,
    /// `Signature-Input`
    pub input: String,
    /// `Signature`
    pub signature: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// The request itself is not written as it must be to be signed.
    Request,
    /// Another label, other components, or another order.
    Components,
    /// Parameters that are missing, more, in another order or written otherwise.
    Parameters,
    /// The signature header is not one signature under the label.
    Signature,
    Office,
    /// The digest is not one SHA-256, or the body is another.
    Digest,
    /// Made with another key than this one.
    OtherKey,
    /// Made too long ago, or in the future.
    Time,
    /// The signature does not hold.
    Forged,
}

/// The text that is signed; nothing where the request cannot be.
pub fn base(request: &Request, asker: &Asker, body: &Hash) -> Option<String> {
    let Request { method, authority, path, query } = request;
    let visible = |text: &str, but: &[u8]| text.bytes().all(|b| (0x21..0x7f).contains(&b) && !but.contains(&b));
    let written = !method.is_empty()
        && method.bytes().all(|b| b.is_ascii_uppercase())
        && !authority.is_empty()
        && authority.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b))
        && path.starts_with('/')
        && visible(path, b"?#")
        && visible(query.unwrap_or_default(), b"#");
    let mut out = String::new();
    // A query that is empty and one that is not there are the same to RFC 9421.
    for (name, value) in [
        ("@method", *method),
        ("@authority", *authority),
        ("@path", *path),
        ("@query", &format!("?{}", query.unwrap_or_default())),
        ("content-digest", &digest(body)),
        ("amparo-office", &hex(&asker.office)),
    ] {
        writeln!(out, "\"{name}\": {value}").ok()?;
    }
    out += &format!("\"@signature-params\": {}", parameters(asker));
    written.then_some(out)
}

/// The headers of a request whose [`base`] was signed.
pub fn headers(asker: &Asker, body: &Hash, signature: &[u8; 64]) -> Headers {
    Headers { office: hex(&asker.office), digest: digest(body), input: format!("amparo={}", parameters(asker)), signature: format!("amparo=:{}:", STANDARD.encode(signature)) }
}

/// Whose key a request says it was made with: to find the key by, before anything is believed.
pub fn claimed(headers: &Headers) -> Result<[u8; 32], Refused> {
    read(headers).map(|(asker, ..)| asker.key)
}

/// Checks a request that came in; its body may still be on its way.
pub fn verify(request: &Request, headers: &Headers, now: u64, key: &[u8; 32]) -> Result<Unread, Refused> {
    let (asker, body, signature) = read(headers)?;
    if asker.key != *key {
        return Err(Refused::OtherKey);
    }
    if asker.created.abs_diff(now) > PATIENCE {
        return Err(Refused::Time);
    }
    let base = base(request, &asker, &body).ok_or(Refused::Request)?;
    let verifying = VerifyingKey::from_bytes(key).map_err(|_| Refused::Forged)?;
    verifying.verify_strict(base.as_bytes(), &signature).map_err(|_| Refused::Forged)?;
    Ok(Unread { asker, body })
}

/// A request that is signed well, whose body has not been seen yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unread {
    asker: Asker,
    body: Hash,
}

impl Unread {
    /// Who asks, with a body of this SHA-256. The nonce has to be new.
    pub fn with_body(self, body: &Hash) -> Result<Asker, Refused> {
        if self.body == *body { Ok(self.asker) } else { Err(Refused::Digest) }
    }
}

fn digest(body: &Hash) -> String {
    format!("sha-256=:{}:", STANDARD.encode(body))
}

fn parameters(asker: &Asker) -> String {
    format!(r#"{COMPONENTS};created={};nonce="{}";keyid="{}{ALGORITHM}"#, asker.created, STANDARD.encode(asker.nonce), hex(&asker.key))
}

/// What the headers say, where they say it in the one way there is.
fn read(headers: &Headers) -> Result<(Asker, Hash, Signature), Refused> {
    let rest = headers.input.strip_prefix("amparo=").and_then(|rest| rest.strip_prefix(COMPONENTS)).ok_or(Refused::Components)?;
    let (created, nonce, key) = asked_with(rest).ok_or(Refused::Parameters)?;
    let office = of_hex(&headers.office).ok_or(Refused::Office)?;
    let body = sequence(&headers.digest, "sha-256").ok_or(Refused::Digest)?;
    let signature = sequence(&headers.signature, "amparo").ok_or(Refused::Signature)?;
    Ok((Asker { office, key, created, nonce }, body, Signature::from_bytes(&signature)))
}

fn asked_with(parameters: &str) -> Option<(u64, [u8; 16], [u8; 32])> {
    let (created, rest) = parameters.strip_prefix(";created=")?.split_once(r#";nonce=""#)?;
    let (nonce, rest) = rest.split_once(r#"";keyid=""#)?;
    let key = rest.strip_suffix(ALGORITHM)?;
    Some((checkpoint::decimal(created)?, STANDARD.decode(nonce).ok()?.try_into().ok()?, of_hex(key)?))
}

/// The bytes of a dictionary that has one member, under this name (RFC 8941).
fn sequence<const N: usize>(header: &str, name: &str) -> Option<[u8; N]> {
    let encoded = header.strip_prefix(name)?.strip_prefix("=:")?.strip_suffix(':')?;
    STANDARD.decode(encoded).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Kind;
    use crate::note::tests::key;
    use sha2::Digest;

    const NOW: u64 = 1_790_000_000;
    const REQUEST: Request = Request { method: "POST", authority: "host.example", path: "/v1/offices/entries", query: Some("from=12&to=%20x") };

    fn body() -> Hash {
        sha2::Sha256::digest(b"an entry").into()
    }

    fn signed(request: &Request, change: impl Fn(&mut Asker)) -> (Headers, [u8; 32]) {
        let (office, sign) = key("office", Kind::Plain, 1);
        let mut asker = Asker { office: [0x66; 16], key: *office.public(), created: NOW, nonce: [9; 16] };
        change(&mut asker);
        let base = base(request, &asker, &body()).expect("can be signed");
        (headers(&asker, &body(), &sign(base.as_bytes())), *office.public())
    }

    #[test]
    fn the_base_is_as_the_standard_writes_it() {
        let asker = Asker { office: [0x66; 16], key: [0xab; 32], created: NOW, nonce: [0; 16] };
        let lines = [
            r#""@method": POST"#,
            r#""@authority": host.example"#,
            r#""@path": /v1/offices/entries"#,
            r#""@query": ?from=12&to=%20x"#,
            r#""content-digest": sha-256=:n7fy/6fnW6XVAXwrW2UafSVgFsqJHHTKActlHWeBpuk=:"#,
            r#""amparo-office": 66666666666666666666666666666666"#,
            r#""@signature-params": ("@method" "@authority" "@path" "@query" "content-digest" "amparo-office");created=1790000000;nonce="AAAAAAAAAAAAAAAAAAAAAA==";keyid="abababababababababababababababababababababababababababababababab";alg="ed25519";tag="amparo/v1""#,
        ];
        assert_eq!(base(&REQUEST, &asker, &body()), Some(lines.join("\n")));
        let bare = base(&Request { query: None, ..REQUEST }, &asker, &body());
        assert!(bare.as_ref().is_some_and(|b| b.contains("\"@query\": ?\n")));
        assert_eq!(bare, base(&Request { query: Some(""), ..REQUEST }, &asker, &body()));
    }

    #[test]
    fn a_request_is_taken_as_it_was_signed() {
        for request in [
            REQUEST,
            Request { method: "GET", query: None, ..REQUEST },
            Request { authority: "[::1]:8443", path: "/", ..REQUEST },
            Request { path: "/a%2Fb//~x", query: Some(""), ..REQUEST },
        ] {
            let (headers, key) = signed(&request, |_| {});
            assert_eq!(claimed(&headers), Ok(key));
            let unread = verify(&request, &headers, NOW, &key).expect("taken");
            let asker = unread.with_body(&body()).expect("its body");
            assert_eq!((asker.office, asker.created, asker.nonce, asker.key), ([0x66; 16], NOW, [9; 16], key));
            assert_eq!(unread.with_body(&[0; 32]), Err(Refused::Digest));
        }
    }

    #[test]
    fn what_was_not_signed_is_refused() {
        let (headers, key) = signed(&REQUEST, |_| {});
        let other = Request { method: "PUT", ..REQUEST };
        for (name, request) in [
            ("method", other),
            ("authority", Request { authority: "host.exampl", ..REQUEST }),
            ("path", Request { path: "/v1/offices/entries/", ..REQUEST }),
            ("query", Request { query: Some("from=12&to=x"), ..REQUEST }),
            ("no query", Request { query: None, ..REQUEST }),
        ] {
            assert_eq!(verify(&request, &headers, NOW, &key), Err(Refused::Forged), "another {name}");
        }
        let office = Headers { office: hex(&[0x67; 16]), ..headers.clone() };
        let digest = Headers { digest: super::digest(&[0; 32]), ..headers.clone() };
        let of_another = Headers { signature: signed(&other, |_| {}).0.signature, ..headers.clone() };
        for (name, headers) in [("office", office), ("digest", digest), ("signature", of_another)] {
            assert_eq!(verify(&REQUEST, &headers, NOW, &key), Err(Refused::Forged), "another {name}");
        }
        // A key of small order under which a signature of zeros holds for anybody else's reader.
        let (weak, _) = signed(&REQUEST, |asker| asker.key = [0; 32]);
        let weak = Headers { signature: format!("amparo=:{}:", STANDARD.encode([0; 64])), ..weak };
        assert_eq!(verify(&REQUEST, &weak, NOW, &[0; 32]), Err(Refused::Forged));
        assert_eq!(verify(&REQUEST, &headers, NOW, &[7; 32]), Err(Refused::OtherKey));
    }

    #[test]
    fn time_is_kept_to_five_minutes() {
        let (headers, key) = signed(&REQUEST, |_| {});
        for (now, taken) in [(NOW - 301, false), (NOW - 300, true), (NOW + 300, true), (NOW + 301, false), (0, false), (u64::MAX, false)] {
            assert_eq!(verify(&REQUEST, &headers, now, &key).err(), (!taken).then_some(Refused::Time), "{now}");
        }
    }

    #[test]
    fn another_way_of_writing_the_same_is_refused() {
        let (good, key) = signed(&REQUEST, |_| {});
        let check = |name: &str, headers: Headers, why: Refused| assert_eq!(verify(&REQUEST, &headers, NOW, &key), Err(why), "{name}");
        for (name, from, to, why) in [
            ("another label", "amparo=", "sig1=", Refused::Components),
            ("a label before", "amparo=", "sig1=(), amparo=", Refused::Components),
            ("a component less", " \"@query\"", "", Refused::Components),
            ("a component more", "\"amparo-office\"", "\"amparo-office\" \"date\"", Refused::Components),
            ("components in another order", "\"@method\" \"@authority\"", "\"@authority\" \"@method\"", Refused::Components),
            ("a component with a parameter", "\"@path\"", "\"@path\";req", Refused::Components),
            ("no components", "(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\" \"amparo-office\")", "()", Refused::Components),
            ("two spaces between", "\" \"@path", "\"  \"@path", Refused::Components),
            ("no time", ";created=1790000000", "", Refused::Parameters),
            ("a time with a sign", "=17", "=+17", Refused::Parameters),
            ("a time with a zero before", "=17", "=017", Refused::Parameters),
            ("a time as text", "=1790000000", "=\"1790000000\"", Refused::Parameters),
            ("a time with a fraction", "1790000000", "1790000000.0", Refused::Parameters),
            ("an end of validity", ";nonce", ";expires=1790000300;nonce", Refused::Parameters),
            ("no nonce", ";nonce=\"CQkJCQkJCQkJCQkJCQkJCQ==\"", "", Refused::Parameters),
            ("a short nonce", "CQkJCQkJCQkJCQkJCQkJCQ==", "CQkJCQkJCQkJCQkJCQkJ", Refused::Parameters),
            ("a nonce with bits that mean nothing", "CQ==", "CR==", Refused::Parameters),
            ("a nonce as bytes", "\"CQkJCQkJCQkJCQkJCQkJCQ==\"", ":CQkJCQkJCQkJCQkJCQkJCQ==:", Refused::Parameters),
            ("no key", ";keyid=", ";key=", Refused::Parameters),
            ("another algorithm", "ed25519", "hmac-sha256", Refused::Parameters),
            ("no algorithm", ";alg=\"ed25519\"", "", Refused::Parameters),
            ("another tag", "amparo/v1", "amparo/v2", Refused::Parameters),
            ("a parameter more", "/v1\"", "/v1\";more", Refused::Parameters),
            ("a space at the end", "/v1\"", "/v1\" ", Refused::Parameters),
            ("a signature more", "/v1\"", "/v1\", sig1=()", Refused::Parameters),
            ("parameters in another order", ";alg=\"ed25519\";tag=\"amparo/v1\"", ";tag=\"amparo/v1\";alg=\"ed25519\"", Refused::Parameters),
        ] {
            let input = good.input.replacen(from, to, 1);
            assert_ne!(input, good.input, "{name}");
            check(name, Headers { input, ..good.clone() }, why);
        }
        check("a key in capitals", Headers { input: good.input.replace(&hex(&key), &hex(&key).to_uppercase()), ..good.clone() }, Refused::Parameters);
        for (name, from, to) in [
            ("another label", "amparo", "sig1"),
            ("two signatures", "amparo=", "amparo=:AA==:, amparo="),
            ("no colon", "=:", "="),
            ("a byte short", "=:", "=:AAAA"),
            ("a space", "=:", "= :"),
            ("the other alphabet", "+", "-"),
        ] {
            // One of these signatures has a plus in it.
            let (good, key) = (10..).map(|nonce| signed(&REQUEST, |a| a.nonce = [nonce; 16])).find(|(h, _)| h.signature.contains('+')).expect("one in four");
            let bad = Headers { signature: good.signature.replacen(from, to, 1), ..good };
            assert_eq!(verify(&REQUEST, &bad, NOW, &key), Err(Refused::Signature), "{name}");
        }
        for (name, digest) in [
            ("another hash", good.digest.replace("sha-256", "sha-512")),
            ("a hash more", format!("{}, sha-512=:AA==:", good.digest)),
            ("a hash before", format!("sha-512=:AA==:, {}", good.digest)),
            ("hex", format!("sha-256={}", hex(&body()))),
            ("a short one", "sha-256=:AAAA:".to_owned()),
            ("none", String::new()),
        ] {
            check(name, Headers { digest, ..good.clone() }, Refused::Digest);
        }
        for (name, office) in [("capitals", "6666666666666666666666666666666A"), ("too short", "66"), ("none", ""), ("a space", " 66666666666666666666666666666666")] {
            check(name, Headers { office: office.to_owned(), ..good.clone() }, Refused::Office);
        }
    }

    #[test]
    fn a_request_that_could_be_read_in_two_ways_is_never_signed() {
        let asker = Asker { office: [0; 16], key: [0; 32], created: 0, nonce: [0; 16] };
        for bad in [
            Request { method: "", ..REQUEST },
            Request { method: "post", ..REQUEST },
            Request { method: "POST\n\"@path\": /", ..REQUEST },
            Request { authority: "", ..REQUEST },
            Request { authority: "Host.example", ..REQUEST },
            Request { authority: "host.example\n", ..REQUEST },
            Request { authority: "a@host.example", ..REQUEST },
            Request { path: "", ..REQUEST },
            Request { path: "v1", ..REQUEST },
            Request { path: "/a?b", ..REQUEST },
            Request { path: "/a#b", ..REQUEST },
            Request { path: "/a b", ..REQUEST },
            Request { path: "/a\r\nb", ..REQUEST },
            Request { path: "/ñ", ..REQUEST },
            Request { query: Some("a\nb"), ..REQUEST },
            Request { query: Some("a#b"), ..REQUEST },
            Request { query: Some("ñ"), ..REQUEST },
        ] {
            assert_eq!(base(&bad, &asker, &body()), None, "{bad:?}");
            let (headers, key) = signed(&REQUEST, |_| {});
            assert_eq!(verify(&bad, &headers, NOW, &key), Err(Refused::Request));
        }
    }
}
