//! What call lists say in words, in English and Spanish: the columns' names, and what a row says of a call.

use amparo_model::{Direction, Outcome};

/// Small letters without accents, other signs as one space.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            'º' | '°' => continue,
            '\u{301}' | '\u{303}' => continue, // accents that stand apart from their letter
            c if c.is_alphanumeric() => c,
            _ => ' ',
        };
        if c != ' ' || !out.is_empty() && !out.ends_with(' ') {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// Date and time in one.
    When,
    Date,
    Clock,
    /// The other party, by a name that says so.
    Other,
    /// A number, by a name that could be anybody's.
    Number,
    From,
    To,
    /// The number whose list it is.
    Line,
    Duration(Unit),
    /// Direction, sort, outcome: read by their words.
    Kind,
    /// Messages or kilobytes: read by their words.
    Amount,
    Name,
    /// Where a call came from or went to: a place, or where no other column has one, a number.
    Origin,
    Destination,
    Place,
    /// Known, and not kept.
    Known,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unit {
    Seconds,
    Minutes,
    Milliseconds,
}

const COLUMNS: &[(Role, &[&str])] = &[
    (
        Role::When,
        &[
            "timestamp",
            "time stamp",
            "datetime",
            "date time",
            "date and time",
            "date time of call",
            "call date time",
            "call date and time",
            "date time local",
            "start date time",
            "start datetime",
            "start timestamp",
            "event timestamp",
            "event time",
            "event date time",
            "connect datetime",
            "connection date time",
            "date time connected",
            "fecha y hora",
            "fecha hora",
            "fechahora",
            "fecha y hora de la llamada",
            "fecha y hora de inicio",
            "fecha hora inicio",
            "fecha y hora inicio",
            "data hora",
            "data e hora",
            "call started",
            "started",
            "started at",
            "created at",
            "when",
            "local datetime",
            "local time",
            "call time stamp",
        ],
    ),
    (
        Role::Date,
        &[
            "date",
            "call date",
            "date of call",
            "start date",
            "event date",
            "usage date",
            "transaction date",
            "fecha",
            "fecha de llamada",
            "fecha de la llamada",
            "fecha inicio",
            "fecha de inicio",
            "fecha evento",
            "dia",
            "calldate",
        ],
    ),
    (
        Role::Clock,
        &[
            "time",
            "call time",
            "time of call",
            "start time",
            "call start time",
            "call start",
            "start",
            "begin time",
            "starttime",
            "calltime",
            "call initiation time",
            "time started",
            "hora",
            "hora de llamada",
            "hora de la llamada",
            "hora inicio",
            "hora de inicio",
            "inicio",
            "hora evento",
        ],
    ),
    (
        Role::Other,
        &[
            "number called",
            "called number",
            "number dialed",
            "dialed number",
            "dialled number",
            "number dialled",
            "dialed digits",
            "dialed",
            "called party number",
            "b party no",
            "b party number",
            "b party",
            "bparty",
            "b number",
            "b no",
            "bnumber",
            "other party",
            "other number",
            "other party number",
            "opposite number",
            "correspondent id",
            "correspondent",
            "counterparty",
            "counterpart",
            "contact number",
            "remote number",
            "remote party",
            "peer",
            "to from",
            "from to",
            "to from number",
            "number called or calling",
            "phone number called",
            "called phone number",
            "called calling number",
            "caller called",
            "number contacted",
            "party number",
            "msg to from",
            "sent to from",
            "message to from",
            "recipient sender",
            "sender recipient",
            "numero marcado",
            "numero llamado",
            "numero destino",
            "numero de destino",
            "numero b",
            "abonado b",
            "interlocutor",
            "numero de contacto",
            "numero contacto",
            "otro numero",
            "otra parte",
            "numero remoto",
            "telefono destino",
            "telefono marcado",
            "destino numero",
            "numero comunicado",
            "numero de la otra parte",
        ],
    ),
    (
        Role::Number,
        &[
            "number",
            "phone number",
            "phone",
            "phone no",
            "telephone number",
            "telephone",
            "telephone no",
            "tel",
            "tel no",
            "mobile number",
            "mobile no",
            "mobile",
            "cell number",
            "cell phone",
            "msisdn",
            "address",
            "numero",
            "numero de telefono",
            "numero telefonico",
            "telefono",
            "numero de celular",
            "celular",
            "movil",
            "num",
            "phonenumber",
        ],
    ),
    (
        Role::From,
        &[
            "from",
            "from number",
            "caller",
            "caller id",
            "caller number",
            "calling number",
            "calling party",
            "calling party number",
            "calling",
            "a party",
            "a party no",
            "a party number",
            "aparty",
            "a number",
            "a no",
            "anumber",
            "source",
            "source number",
            "src",
            "originating number",
            "originator",
            "originating party",
            "sender",
            "number from",
            "calling station",
            "origen numero",
            "numero origen",
            "numero de origen",
            "numero llamante",
            "llamante",
            "numero que llama",
            "abonado a",
            "numero a",
            "telefono origen",
            "remitente",
            "de",
            "quien llama",
        ],
    ),
    (
        Role::To,
        &[
            "to",
            "to number",
            "recipient",
            "recipient id",
            "recipient number",
            "callee",
            "callee id",
            "callee number",
            "called",
            "called party",
            "dst",
            "destination number",
            "terminating number",
            "terminating party",
            "receiver",
            "receiver number",
            "number to",
            "llamado",
            "para",
            "destinatario",
            "receptor",
            "quien recibe",
        ],
    ),
    (
        Role::Line,
        &[
            "target no",
            "target number",
            "target",
            "target msisdn",
            "wireless number",
            "my number",
            "own number",
            "subscriber",
            "subscriber number",
            "subscriber no",
            "line",
            "line number",
            "phone line",
            "user msisdn",
            "service number",
            "account phone number",
            "account number phone",
            "device number",
            "device phone number",
            "for number",
            "billed number",
            "user number",
            "mi numero",
            "numero propio",
            "linea",
            "numero de linea",
            "numero de la linea",
            "numero objetivo",
            "linea telefonica",
            "numero consultado",
            "numero investigado",
            "titular numero",
        ],
    ),
    (
        Role::Duration(Unit::Seconds),
        &[
            "duration",
            "call duration",
            "dur",
            "length",
            "call length",
            "talk time",
            "billed duration",
            "elapsed",
            "elapsed time",
            "total duration",
            "duration of call",
            "dur s",
            "duration s",
            "duration sec",
            "duration secs",
            "duration seconds",
            "duration in seconds",
            "duration in sec",
            "call duration s",
            "call duration sec",
            "call duration seconds",
            "call duration in seconds",
            "seconds",
            "secs",
            "sec",
            "billsec",
            "seconds of use",
            "soc sec",
            "sou",
            "duration in secs",
            "durations",
            "duracion",
            "duracion de llamada",
            "duracion de la llamada",
            "duracion llamada",
            "duracion s",
            "duracion seg",
            "duracion segundos",
            "duracion en segundos",
            "duracion en seg",
            "segundos",
            "seg",
            "tiempo",
            "tiempo de llamada",
            "duracao",
            "call duration seg",
            "tiempo hablado",
        ],
    ),
    (
        Role::Duration(Unit::Minutes),
        &[
            "minutes",
            "minute",
            "min",
            "mins",
            "duration min",
            "duration mins",
            "duration minutes",
            "duration in minutes",
            "call duration min",
            "call duration minutes",
            "minutes used",
            "billed minutes",
            "airtime minutes",
            "usage minutes",
            "total minutes",
            "mou",
            "minutos",
            "duracion min",
            "duracion minutos",
            "duracion en minutos",
            "duracion en min",
            "duracion m",
            "minutos usados",
        ],
    ),
    (Role::Duration(Unit::Milliseconds), &["duration ms", "duration milliseconds", "duration in milliseconds", "duracion ms"]),
    (
        Role::Kind,
        &[
            "direction",
            "dir",
            "call direction",
            "message direction",
            "in out",
            "out in",
            "sent rcvd",
            "sent received",
            "rcvd sent",
            "received sent",
            "incoming outgoing",
            "outgoing incoming",
            "flow",
            "direccion",
            "sentido",
            "sentido de la llamada",
            "entrante saliente",
            "entrada salida",
            "saliente entrante",
            "orientation",
            "interaction",
            "type",
            "call type",
            "calltype",
            "message type",
            "service",
            "service type",
            "event type",
            "event",
            "txn type",
            "transaction type",
            "usage type",
            "record type",
            "type of call",
            "call log type",
            "status",
            "call status",
            "result",
            "call result",
            "outcome",
            "disposition",
            "answered",
            "feature",
            "category",
            "activity",
            "toc",
            "call category",
            "communication type",
            "tipo",
            "tipo de llamada",
            "tipo llamada",
            "tipo de evento",
            "tipo evento",
            "tipo de servicio",
            "tipo servicio",
            "tipo de comunicacion",
            "tipo de registro",
            "tipo de trafico",
            "servicio",
            "evento",
            "estado",
            "resultado",
            "estado de la llamada",
            "clase",
            "tipo de mensaje",
            "interaccion",
        ],
    ),
    (Role::Amount, &["msg kb", "msg kb mb", "msg", "msgs", "kb", "msg kb min", "usage", "volume", "messages", "mensajes", "data usage", "kb mb"]),
    (
        Role::Name,
        &[
            "name",
            "contact",
            "contact name",
            "display name",
            "party name",
            "caller name",
            "called name",
            "nombre",
            "nombre del contacto",
            "nombre de contacto",
            "nombre contacto",
            "contacto",
            "other party name",
        ],
    ),
    (
        Role::Origin,
        &[
            "origination",
            "origin",
            "originating location",
            "call origin",
            "from location",
            "origination city",
            "orig",
            "usage location",
            "origen",
            "lugar de origen",
            "ciudad de origen",
            "origination location",
        ],
    ),
    (
        Role::Destination,
        &[
            "destination",
            "call to",
            "called to",
            "destination city",
            "destination location",
            "dest",
            "to location",
            "call destination",
            "destino",
            "ciudad de destino",
            "lugar de destino",
            "ciudad destino",
            "number location",
            "called location",
        ],
    ),
    (Role::Place, &["location", "place", "city", "city state", "lugar", "ubicacion", "ciudad", "localidad", "call location"]),
    (
        Role::Known,
        &[
            "end",
            "end time",
            "end date",
            "stop",
            "fin",
            "hora fin",
            "fecha fin",
            "item",
            "day",
            "weekday",
            "cost",
            "charge",
            "charges",
            "price",
            "rate",
            "rate code",
            "rate pd",
            "amount",
            "total",
            "imei",
            "imsi",
            "lrn no",
            "first cgi",
            "last cgi",
            "antenna id",
            "cell id",
            "invoice number",
            "account number",
            "user name",
        ],
    ),
];

/// What the column of this name holds.
pub(crate) fn role(header: &str) -> Option<Role> {
    let name = plain(header);
    let find = |name: &str| COLUMNS.iter().find(|(_, names)| names.contains(&name)).map(|(role, _)| *role);
    find(&name).or_else(|| {
        // `Call Date (local)`, `Duration (hh:mm:ss)`, `Start Time (PST)`: the part before the bracket.
        let (head, inner) = header.split_once(['(', '['])?;
        let head = find(&plain(head))?;
        Some(match (head, plain(inner).as_str()) {
            (Role::Duration(_), "m" | "min" | "mins" | "minutes" | "minutos") => Role::Duration(Unit::Minutes),
            (Role::Duration(_), "ms" | "msec" | "milliseconds" | "milisegundos") => Role::Duration(Unit::Milliseconds),
            (head, _) => head,
        })
    })
}

/// What carried a row's conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
    Call,
    Sms,
    Mms,
    /// Neither a call nor a message: a data session.
    Data,
}

/// What words say; what they do not say is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Sense {
    pub direction: Option<Direction>,
    pub what: Option<What>,
    pub outcome: Option<Outcome>,
}

impl Sense {
    /// What was said before stays; a picture message says more than a message.
    pub fn and(self, more: Sense) -> Sense {
        let what = if (self.what, more.what) == (Some(What::Sms), Some(What::Mms)) { more.what } else { self.what.or(more.what) };
        Sense { direction: self.direction.or(more.direction), what, outcome: self.outcome.or(more.outcome) }
    }
}

const IN: &[&str] = &[
    "in",
    "incoming",
    "incomming",
    "inbound",
    "received",
    "rcvd",
    "recv",
    "rec",
    "receive",
    "entrante",
    "entrantes",
    "recibida",
    "recibido",
    "recibidas",
    "recibidos",
    "entrada",
    "mt",
    "mtc",
    "terminating",
    "callin",
    "smsin",
    "mtsms",
    "smsmt",
];
const OUT: &[&str] = &[
    "out",
    "outgoing",
    "outbound",
    "sent",
    "placed",
    "dialed",
    "dialled",
    "made",
    "outgoin",
    "saliente",
    "salientes",
    "realizada",
    "realizadas",
    "enviado",
    "enviada",
    "enviados",
    "enviadas",
    "salida",
    "hecha",
    "efectuada",
    "emitida",
    "marcada",
    "mo",
    "moc",
    "originating",
    "originated",
    "originada",
    "originado",
    "callout",
    "smsout",
    "mosms",
    "smsmo",
];
const CALL: &[&str] = &["call", "calls", "voice", "llamada", "llamadas", "voz", "telephony", "telefonia", "callin", "callout", "moc", "mtc", "wifi", "volte"];
const SMS: &[&str] =
    &["text", "texts", "sms", "message", "messages", "msg", "msgs", "mensaje", "mensajes", "texto", "textos", "smsin", "smsout", "smsmo", "smsmt", "mosms", "mtsms", "txt"];
const MMS: &[&str] = &["mms", "picture", "pictures", "multimedia", "pix", "photo", "foto", "video message", "imagen"];
const DATA: &[&str] = &["data", "internet", "gprs", "datos", "kb", "mb", "gb", "web", "hotspot", "lte", "navegacion", "wap", "megas"];
const MISSED: &[&str] = &["missed", "unanswered", "perdida", "perdidas", "noanswer", "desatendida"];
const REJECTED: &[&str] = &["rejected", "declined", "rechazada", "rechazadas", "refused"];
const BLOCKED: &[&str] = &["blocked", "bloqueada", "bloqueado"];
const VOICEMAIL: &[&str] = &["voicemail", "vmail", "buzon"];
const ANSWERED: &[&str] = &["answered", "contestada", "atendida", "completed", "connected", "completada"];

/// What the words of one cell say. `short`: the column is one where a single letter has a meaning.
pub(crate) fn sense(cell: &str, short: bool) -> Sense {
    let text = plain(cell);
    let mut out = Sense::default();
    let words = || text.split(' ').filter(|w| !w.is_empty());
    let any = |list: &[&str]| words().any(|w| list.contains(&w));
    if short {
        match text.as_str() {
            "i" | "r" | "e" => out.direction = Some(Direction::In),
            "o" | "s" => out.direction = Some(Direction::Out),
            _ => {}
        }
    }
    let (has_in, has_out) = (any(IN) || text.contains("mobile terminated"), any(OUT));
    if has_in != has_out {
        out.direction = Some(if has_in { Direction::In } else { Direction::Out });
    }
    let not = text.contains("not answered") || text.contains("no answer") || text.contains("no contest") || text.contains("sin respuesta");
    out.outcome = if any(MISSED) || not {
        Some(Outcome::Missed)
    } else if any(REJECTED) {
        Some(Outcome::Rejected)
    } else if any(BLOCKED) {
        Some(Outcome::Blocked)
    } else if any(VOICEMAIL) || text.contains("voice mail") || text.contains("correo de voz") {
        Some(Outcome::Voicemail)
    } else if any(ANSWERED) {
        Some(Outcome::Answered)
    } else {
        None
    };
    // Only an incoming call can be missed by the line; the other way round it is not answered.
    if out.outcome == Some(Outcome::Missed) && !not && out.direction.is_none() {
        out.direction = Some(Direction::In);
    }
    out.what = if any(MMS) {
        Some(What::Mms)
    } else if any(SMS) {
        Some(What::Sms)
    } else if any(CALL) || text.contains("wi fi") || out.outcome.is_some() {
        Some(What::Call)
    } else if any(DATA) {
        Some(What::Data)
    } else {
        None
    };
    out
}

/// Seconds that a cell says; `None` where it says no duration that is understood. An empty cell is `Some(None)`.
pub(crate) fn duration(cell: &str, unit: Unit) -> Option<Option<u32>> {
    let text = cell.trim().trim_matches(['\'', '"']).trim();
    if text.is_empty()
        || text.chars().all(|c| matches!(c, '-' | '–' | '—' | '*' | '.'))
        || text.eq_ignore_ascii_case("n/a")
        || text.eq_ignore_ascii_case("null")
        || text.eq_ignore_ascii_case("none")
    {
        return Some(None);
    }
    let seconds = if text.contains(':') { by_the_clock(text) } else { by_the_word(text, unit) }?;
    (seconds.is_finite() && (0.0..f64::from(u32::MAX)).contains(&seconds)).then(|| Some(seconds.round() as u32))
}

/// `00:02:13`, `2:13`, `1:02:13.5`.
fn by_the_clock(text: &str) -> Option<f64> {
    let text = text.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ' || c == '.');
    let mut total = 0.0;
    let mut parts = 0;
    for part in text.split(':') {
        let part = part.trim();
        let digits = part.bytes().all(|b| b.is_ascii_digit() || b == b'.') && part.bytes().any(|b| b.is_ascii_digit());
        if !digits {
            return None;
        }
        let n: f64 = part.parse().ok()?;
        if parts > 0 && n >= 60.0 {
            return None;
        }
        total = total * 60.0 + n;
        parts += 1;
    }
    (2..=3).contains(&parts).then_some(total)
}

/// `137`, `1 Min`, `2m 5s`, `1 h 2 min`, `PT2M5S`, `2,5 minutos`.
fn by_the_word(text: &str, unit: Unit) -> Option<f64> {
    let lower = text.to_lowercase();
    let mut rest = lower.strip_prefix("pt").unwrap_or(&lower);
    let mut total = 0.0;
    let mut any = false;
    while !rest.is_empty() {
        rest = rest.trim_start_matches([' ', ',', '\u{a0}']).trim_start_matches("y ").trim_start_matches("and ");
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(rest.len());
        let (digits, tail) = rest.split_at(end);
        if digits.is_empty() {
            return None;
        }
        let tail = tail.trim_start();
        let end = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
        let (word, tail) = tail.split_at(end);
        let each = match word {
            "" if any => return None,
            "" => match unit {
                Unit::Seconds => 1.0,
                Unit::Minutes => 60.0,
                Unit::Milliseconds => 0.001,
            },
            "s" | "sec" | "secs" | "second" | "seconds" | "seg" | "segs" | "segundo" | "segundos" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" | "minuto" | "minutos" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" | "hora" | "horas" => 3_600.0,
            "ms" => 0.001,
            _ => return None,
        };
        total += number(digits.trim_end_matches(','))? * each;
        any = true;
        rest = tail.trim_start_matches('.').trim();
    }
    any.then_some(total)
}

/// `1,234` is a thousand, `2,5` is two and a half.
fn number(digits: &str) -> Option<f64> {
    let (whole, part) = match digits.split_once(',') {
        None => return digits.parse().ok(),
        Some(split) => split,
    };
    let thousand = !whole.is_empty() && whole.len() <= 3 && part.split(',').all(|p| p.split('.').next().is_some_and(|p| p.len() == 3));
    if thousand {
        digits.replace(',', "").parse().ok()
    } else if part.contains([',', '.']) {
        None
    } else {
        format!("{whole}.{part}").parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_many_forms() {
        for (text, unit, want) in [
            ("137", Unit::Seconds, Some(Some(137))),
            ("1 Min", Unit::Minutes, Some(Some(60))),
            ("12", Unit::Minutes, Some(Some(720))),
            ("1 Min", Unit::Seconds, Some(Some(60))),
            ("00:02:13", Unit::Seconds, Some(Some(133))),
            ("2:13", Unit::Minutes, Some(Some(133))),
            ("2m 5s", Unit::Seconds, Some(Some(125))),
            ("2m5s", Unit::Seconds, Some(Some(125))),
            ("1 hr 2 min", Unit::Seconds, Some(Some(3_720))),
            ("2 minutos y 5 segundos", Unit::Seconds, Some(Some(125))),
            ("PT2M5S", Unit::Seconds, Some(Some(125))),
            ("2.5", Unit::Minutes, Some(Some(150))),
            ("2,5", Unit::Minutes, Some(Some(150))),
            ("1,234", Unit::Seconds, Some(Some(1_234))),
            ("137.0", Unit::Seconds, Some(Some(137))),
            ("137000", Unit::Milliseconds, Some(Some(137))),
            ("", Unit::Seconds, Some(None)),
            ("--", Unit::Minutes, Some(None)),
            ("-5", Unit::Seconds, None),
            ("x", Unit::Seconds, None),
            ("1:99", Unit::Seconds, None),
            ("99999999999", Unit::Seconds, None),
            ("5 apples", Unit::Seconds, None),
        ] {
            assert_eq!(duration(text, unit), want, "{text}");
        }
    }

    #[test]
    fn what_words_say() {
        let s = |d: &str, w: &str, o: &str| (d.to_owned(), w.to_owned(), o.to_owned());
        for (cell, want) in [
            ("in", s("in", "-", "-")),
            ("Outgoing", s("out", "-", "-")),
            ("Llamada entrante", s("in", "Call", "-")),
            ("Saliente", s("out", "-", "-")),
            ("Mobile Originated Call", s("out", "Call", "-")),
            ("CALL-IN", s("in", "Call", "-")),
            ("SMS-OUT", s("out", "Sms", "-")),
            ("SMS MT", s("in", "Sms", "-")),
            ("Missed", s("in", "Call", "missed")),
            ("Llamada perdida", s("in", "Call", "missed")),
            ("No answer", s("-", "Call", "missed")),
            ("Picture", s("-", "Mms", "-")),
            ("Wi-Fi call", s("-", "Call", "-")),
            ("Data Transfer", s("-", "Data", "-")),
            ("--", s("-", "-", "-")),
            ("T-Mobile to T-Mobile", s("-", "-", "-")),
            ("in/out", s("-", "-", "-")),
        ] {
            let got = sense(cell, false);
            let dash = |d: Option<String>| d.unwrap_or_else(|| "-".to_owned());
            assert_eq!((dash(got.direction.map(|d| d.to_string())), dash(got.what.map(|w| format!("{w:?}"))), dash(got.outcome.map(|o| o.to_string()))), want, "{cell}");
        }
        assert_eq!(sense("S", true).direction, Some(Direction::Out));
        assert_eq!(sense("S", false).direction, None);
    }

    #[test]
    fn columns_by_their_names() {
        for (name, want) in [
            ("Date & Time", Some(Role::When)),
            ("Fecha y hora", Some(Role::When)),
            ("Dur(s)", Some(Role::Duration(Unit::Seconds))),
            ("Min.", Some(Role::Duration(Unit::Minutes))),
            ("Duration (min)", Some(Role::Duration(Unit::Minutes))),
            ("Duración (seg)", Some(Role::Duration(Unit::Seconds))),
            ("correspondent_id", Some(Role::Other)),
            ("Número de teléfono", Some(Role::Number)),
            ("In/Out", Some(Role::Kind)),
            ("Call Type", Some(Role::Kind)),
            ("amount_due", None),
        ] {
            assert_eq!(role(name), want, "{name}");
        }
    }
}
