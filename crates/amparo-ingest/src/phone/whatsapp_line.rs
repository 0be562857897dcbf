//! The first line of an exported message, in all the ways that telephones write one: date, time, sender, words.
//!
//! Nothing here knows a country: a line has a shape (brackets, separators, seconds), its date is three
//! numbers, and which of them is the day is decided by all dates of a file together.

use amparo_model::Instant;
use jiff::civil::Date;

/// How a first line is written; lines of one telephone share it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shape {
    bracket: bool,
    time_first: bool,
    separator: char,
    comma: bool,
    seconds: bool,
    /// Which of the three numbers has four digits.
    year_at: Option<usize>,
    close: Close,
}

/// What stands between the time and the sender.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Close {
    Bracket,
    Dash,
    Colon,
    Comma,
    Nothing,
}

impl Shape {
    /// Other files than conversations do not look like this.
    pub fn is_certain(self) -> bool {
        matches!(self.close, Close::Bracket | Close::Dash)
    }

    /// `[2019-12-24, 12:23] Jane: …`: WhatsApp writes seconds within brackets.
    pub fn is_signals(self) -> bool {
        self.close == Close::Bracket && self.comma && !self.seconds && !self.time_first && self.separator == '-' && self.year_at == Some(0)
    }
}

/// A first line taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header<'t> {
    pub shape: Shape,
    numbers: [u16; 3],
    /// Hour, minute, second.
    time: [i8; 3],
    /// Sender and words, or WhatsApp's own words.
    pub rest: &'t str,
}

impl Header<'_> {
    /// The wall clock, where the date is one in this order.
    pub fn at(&self, order: Order) -> Option<Instant> {
        let [h, m, s] = self.time;
        Some(Instant::local(order.date(self)?.at(h, m, s, 0)))
    }
}

/// Marks of writing direction and of byte order, which nobody sees.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
}

fn is_space(c: char) -> bool {
    c == ' ' || c == '\t' || matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// The line without marks and spaces at its ends.
pub(crate) fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| is_mark(c) || is_space(c) || c == '\r')
}

/// The message's words, without marks at their ends.
pub(crate) fn words(text: &str) -> &str {
    text.trim_matches(|c: char| is_mark(c) || c.is_whitespace())
}

/// Digits of Europe, Arabia, Persia, India and Bengal.
fn digit(c: char) -> Option<u16> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{9e6}'..='\u{9ef}' => '\u{9e6}',
        _ => return None,
    };
    Some((c as u32 - zero as u32) as u16)
}

/// A place in a line.
#[derive(Clone, Copy)]
struct At<'t>(&'t str);

impl<'t> At<'t> {
    fn peek(self) -> Option<char> {
        self.0.chars().next()
    }

    fn eat(&mut self, what: impl Fn(char) -> bool) -> Option<char> {
        let c = self.peek().filter(|c| what(*c))?;
        self.0 = &self.0[c.len_utf8()..];
        Some(c)
    }

    fn eat_all(&mut self, what: impl Fn(char) -> bool) -> &'t str {
        let end = self.0.find(|c| !what(c)).unwrap_or(self.0.len());
        let (eaten, rest) = self.0.split_at(end);
        self.0 = rest;
        eaten
    }

    fn blank(&mut self) -> bool {
        !self.eat_all(|c| is_space(c) || is_mark(c)).is_empty()
    }

    /// A number of at most four digits, and how many it has.
    fn number(&mut self) -> Option<(u16, usize)> {
        let mut n = 0;
        let mut digits = 0;
        while let Some(d) = self.peek().and_then(digit) {
            if digits == 4 {
                return None;
            }
            n = n * 10 + d;
            digits += 1;
            self.eat(|_| true);
        }
        (digits > 0).then_some((n, digits))
    }
}

/// The line as a message's first; `None` where it continues one.
pub(crate) fn header(text: &str) -> Option<Header<'_>> {
    let mut at = At(text);
    at.blank();
    let bracket = at.eat(|c| c == '[').is_some();
    at.blank();
    at.peek().and_then(digit)?;
    let (numbers, time, mut shape) = match date_and_time(&mut { at }) {
        Some((rest, numbers, time, shape)) => {
            at = rest;
            (numbers, time, shape)
        }
        // `[21:25, 13/6/2018] a: m`: copied out of WhatsApp in a browser, and everywhere in Vietnam.
        None => {
            let (rest, numbers, time, shape) = time_and_date(&mut at)?;
            at = rest;
            (numbers, time, shape)
        }
    };
    shape.bracket = bracket;
    shape.close = close(&mut at, bracket)?;
    if shape.time_first && !shape.is_certain() {
        return None;
    }
    let header = Header { shape, numbers, time, rest: at.0 };
    let plausible = Order::ALL.iter().any(|o| o.date(&header).is_some());
    // Where nothing closes the time, only a sender shows that this is no other sentence with a date.
    (plausible && (shape.close != Close::Nothing || sender(at.0).is_some())).then_some(header)
}

type Parts<'t> = (At<'t>, [u16; 3], [i8; 3], Shape);

fn date_and_time<'t>(at: &mut At<'t>) -> Option<Parts<'t>> {
    let (numbers, separator, year_at) = date(at)?;
    let (comma, between) = between(at)?;
    let (time, seconds) = time(at, half_named(between))?;
    Some((*at, numbers, time, Shape { bracket: false, time_first: false, separator, comma, seconds, year_at, close: Close::Nothing }))
}

fn time_and_date<'t>(at: &mut At<'t>) -> Option<Parts<'t>> {
    let (time, seconds) = time(at, None)?;
    let comma = at.eat(|c| c == ',').is_some();
    if !at.blank() {
        return None;
    }
    let (numbers, separator, year_at) = date(at)?;
    Some((*at, numbers, time, Shape { bracket: false, time_first: true, separator, comma, seconds, year_at, close: Close::Nothing }))
}

/// Three numbers with the same separator, as `13. 6. 2018.` or `2018년 6월 13일`.
fn date(at: &mut At<'_>) -> Option<([u16; 3], char, Option<usize>)> {
    const SEPARATORS: [char; 9] = ['/', '.', '-', '\u{2010}', '\u{2011}', '년', '월', '年', '月'];
    let mut numbers = [0; 3];
    let mut separator = None;
    let mut year_at = None;
    for (i, place) in numbers.iter_mut().enumerate() {
        if i > 0 {
            at.eat_all(is_mark);
            let c = at.eat(|c| SEPARATORS.contains(&c))?;
            // Years, months and days have each their own sign in Korea, Japan and China.
            let c = match c {
                '월' => '년',
                '月' => '年',
                c => c,
            };
            if separator.is_some_and(|have| have != c) {
                return None;
            }
            separator = Some(c);
            at.blank();
        }
        let (n, digits) = at.number()?;
        match digits {
            1 | 2 => {}
            4 if year_at.is_none() => year_at = Some(i),
            _ => return None,
        }
        *place = n;
    }
    at.eat(|c| matches!(c, '.' | '일' | '日'));
    Some((numbers, separator?, year_at))
}

/// What stands between date and time: a comma, a space, and in some languages a word.
fn between<'t>(at: &mut At<'t>) -> Option<(bool, &'t str)> {
    let is_comma = |c: char| c == ',' || c == '،';
    let words = at.eat_all(|c| c.is_alphabetic() || is_space(c) || is_mark(c) || is_comma(c) || matches!(c, '.' | '\''));
    let comma = words.contains(is_comma);
    let words = words.trim_matches(is_comma);
    let spaced = words.chars().any(|c| is_space(c) || is_mark(c));
    ((comma || spaced) && words.chars().count() <= 16).then_some((comma, words))
}

/// Hour, minute, perhaps second; and morning or afternoon, before it or behind.
fn time(at: &mut At<'_>, named: Option<bool>) -> Option<([i8; 3], bool)> {
    let (hour, digits) = at.number()?;
    let separator = time_separator(at)?;
    let (minute, minute_digits) = at.number()?;
    let mut second = 0;
    let mut seconds = false;
    let before = *at;
    if time_separator(at).is_some_and(|c| c == separator || separator == 'h')
        && let Some((s, 2)) = at.number()
    {
        (second, seconds) = (s, true);
    } else {
        *at = before;
        if separator == 'h'
            && let Some(s) = named_seconds(at)
        {
            (second, seconds) = (s, true);
        }
    }
    if digits > 2 || minute_digits != 2 || hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    oclock(at);
    let half = named.or_else(|| half_behind(at));
    let hour = match (half, hour) {
        (Some(true), 1..=11) => hour + 12,
        (Some(true), 0) => 12,
        (Some(false), 12) | (_, 24) => 0,
        _ => hour,
    };
    Some(([hour as i8, minute as i8, second.min(59) as i8], seconds))
}

/// `21 h 25 min 15 s`, as in Canada.
fn named_seconds(at: &mut At<'_>) -> Option<u16> {
    let mut ahead = *at;
    ahead.blank();
    ahead.0 = ahead.0.strip_prefix("min")?;
    ahead.blank();
    let (second, _) = ahead.number()?;
    ahead.blank();
    ahead.eat(|c| c == 's')?;
    *at = ahead;
    Some(second)
}

fn time_separator(at: &mut At<'_>) -> Option<char> {
    if let Some(c) = at.eat(|c| matches!(c, ':' | '.')) {
        // A dot or colon that ends the time is no separator.
        return at.peek().and_then(digit).map(|_| c);
    }
    let mut ahead = *at;
    ahead.blank();
    ahead.eat(|c| c == 'h')?;
    ahead.blank();
    ahead.peek().and_then(digit)?;
    *at = ahead;
    Some('h')
}

/// A word that some languages put behind every time.
fn oclock(at: &mut At<'_>) {
    let mut ahead = *at;
    ahead.blank();
    if let Some(word) = ["Uhr", "uhr", "ч.", "น.", "hrs.", "hrs", "hs.", "hs"].iter().find(|w| ahead.0.strip_prefix(**w).is_some_and(|r| !r.starts_with(char::is_alphanumeric)))
    {
        ahead.0 = &ahead.0[word.len()..];
        *at = ahead;
    }
}

/// Words for the halves of the day that are not letters with `m`.
const HALVES: &[(&str, bool)] = &[
    ("上午", false),
    ("下午", true),
    ("午前", false),
    ("午後", true),
    ("오전", false),
    ("오후", true),
    ("凌晨", false),
    ("早上", false),
    ("中午", true),
    ("晚上", true),
    ("π.μ.", false),
    ("μ.μ.", true),
    ("πμ", false),
    ("μμ", true),
    ("ص", false),
    ("م", true),
    ("öö", false),
    ("ös", true),
    ("ÖÖ", false),
    ("ÖS", true),
    ("de.", false),
    ("du.", true),
    ("vorm.", false),
    ("nachm.", true),
    ("पूर्वाह्न", false),
    ("अपराह्न", true),
    ("पूर्व", false),
    ("अपर", true),
    ("e paradites", false),
    ("e pasdites", true),
    ("ጥዋት", false),
    ("ከሰዓት", true),
    ("முற்பகல்", false),
    ("பிற்பகல்", true),
    ("ү.ө.", false),
    ("ү.х.", true),
    ("清晨", false),
    ("SA", false),
    ("CH", true),
    ("PG", false),
    ("PTG", true),
];

/// The half of the day that a word names before the time, as in Korea and China.
fn half_named(words: &str) -> Option<bool> {
    let words = bare(words);
    let latin = matches!(words.chars().next(), Some('a' | 'A' | 'p' | 'P')) && half_letters(&mut At(words)).is_some();
    if latin { half_letters(&mut At(words)) } else { HALVES.iter().find(|(word, _)| *word == words).map(|(_, pm)| *pm) }
}

fn half_behind(at: &mut At<'_>) -> Option<bool> {
    let mut ahead = *at;
    ahead.blank();
    let half = half_letters(&mut ahead).or_else(|| {
        let (word, pm) = HALVES.iter().find(|(word, _)| ahead.0.strip_prefix(word).is_some_and(|r| !r.starts_with(char::is_alphanumeric)))?;
        ahead.0 = &ahead.0[word.len()..];
        Some(*pm)
    })?;
    *at = ahead;
    Some(half)
}

/// `PM`, `p.m.`, `p. m.`, with whatever space.
fn half_letters(at: &mut At<'_>) -> Option<bool> {
    let mut ahead = *at;
    let first = ahead.eat(|c| matches!(c, 'a' | 'A' | 'p' | 'P'))?;
    ahead.eat(|c| c == '.');
    ahead.blank();
    ahead.eat(|c| matches!(c, 'm' | 'M'))?;
    if ahead.peek().is_some_and(char::is_alphanumeric) {
        return None;
    }
    ahead.eat(|c| c == '.');
    *at = ahead;
    Some(first.eq_ignore_ascii_case(&'p'))
}

fn close(at: &mut At<'_>, bracket: bool) -> Option<Close> {
    let spaced = at.blank();
    if bracket {
        at.eat(|c| c == ']')?;
        at.eat(is_space);
        return Some(Close::Bracket);
    }
    let close = match at.peek()? {
        '-' | '–' | '—' if spaced => Close::Dash,
        ':' => Close::Colon,
        ',' => Close::Comma,
        _ if spaced => return Some(Close::Nothing),
        _ => return None,
    };
    at.eat(|_| true);
    // The words of a message never follow without a space; an empty message may end here.
    (at.eat(is_space).is_some() || at.0.is_empty()).then_some(close)
}

/// Sender and words, where the line has a sender.
pub(crate) fn sender(rest: &str) -> Option<(&str, &str)> {
    const LONGEST: usize = 200;
    let end = rest.char_indices().find(|(i, c)| matches!(c, ':' | '：') && rest[i + c.len_utf8()..].chars().next().is_none_or(|n| is_space(n) || n == '\u{200e}'));
    let (at, colon) = end?;
    let name = bare(&rest[..at]);
    let name = name.strip_prefix('~').map_or(name, bare);
    let text = &rest[at + colon.len_utf8()..];
    // A colon within quoted words is WhatsApp's own sentence: `Rosa changed the subject to "Trip: Puebla"`.
    let unclosed = |open: char, close: char| name.matches(open).count() != name.matches(close).count();
    let quoted = name.matches('"').count() % 2 == 1 || unclosed('“', '”') || unclosed('«', '»');
    let sentence = name.len() > 60 && name.contains(". ");
    (!name.is_empty() && name.len() <= LONGEST && !quoted && !sentence).then(|| (name, text.strip_prefix(is_space).unwrap_or(text)))
}

pub(crate) fn looks_like_number(sender: &str) -> bool {
    sender.starts_with('+') && sender.chars().filter(|c| c.is_ascii_digit()).count() >= 6 && !sender.contains(char::is_alphabetic)
}

/// Whether these are WhatsApp's own words under somebody's name, as iPhones write them.
///
/// They begin with a mark that no keyboard has. Pictures, deleted messages and missed calls begin with it
/// too, and stay messages: only what is known to be a notice is one.
pub(crate) fn is_notice(text: &str) -> bool {
    const NOTICES: &[&str] = &[
        // messages are encrypted
        "end-to-end encrypt",
        "extremo a extremo",
        "ponta a ponta",
        "bout en bout",
        "ende-zu-ende",
        "crittografia end-to-end",
        "crittografati end-to-end",
        "end-to-end versleuteld",
        "uçtan uca",
        "сквозным шифрованием",
        "шифруванням",
        "typu end-to-end",
        "端到端",
        "端對端",
        "エンドツーエンド",
        "종단간",
        "الطرفين",
        "मैसेज और कॉल",
        "päästä päähän",
        // groups
        "created this group",
        "created group",
        "added you",
        "you were added",
        "joined using",
        "left the group",
        "changed the subject",
        "changed the group",
        "changed this group",
        "changed their phone number",
        "security code",
        "disappearing messages",
        "you created",
        "joined from the community",
        "creó este grupo",
        "creó el grupo",
        "te añadió",
        "te agregó",
        "se te añadió",
        "se unió",
        "salió del grupo",
        "abandonó el grupo",
        "cambió el asunto",
        "cambió el nombre del grupo",
        "cambió la descripción",
        "cambió el ícono",
        "cambió el icono",
        "cambió la foto del grupo",
        "cambió su número",
        "código de seguridad",
        "mensajes temporales",
        "creaste este grupo",
        "creaste el grupo",
        "criou este grupo",
        "criou o grupo",
        "adicionou você",
        "foi adicionado",
        "entrou usando",
        "saiu do grupo",
        "mudou o nome do grupo",
        "mudou a descrição",
        "código de segurança",
        "mensagens temporárias",
        "a créé ce groupe",
        "a créé le groupe",
        "vous a ajouté",
        "a quitté le groupe",
        "code de sécurité",
        "hat die gruppe",
        "sicherheitsnummer",
        "hat dich hinzugefügt",
    ];
    if !text.trim_start().starts_with('\u{200e}') {
        return false;
    }
    let lower = bare(text).to_lowercase();
    NOTICES.iter().any(|n| lower.contains(n)) && attachments(text) == 0
}

/// How many files a message stands for: one with each line that names a file or says it was left out.
pub(crate) fn attachments(text: &str) -> i64 {
    text.split('\n').take(100).filter(|l| is_attachment(l)).count() as i64
}

fn is_attachment(line: &str) -> bool {
    const OMITTED: &[&str] = &[
        "omitted",
        "omitido",
        "omitida",
        "omitidos",
        "omitidas",
        "ocultado",
        "ocultada",
        "oculto",
        "oculta",
        "ocultos",
        "omis",
        "omise",
        "omises",
        "absente",
        "absent",
        "omesso",
        "omessa",
        "omessi",
        "weggelassen",
        "ausgeschlossen",
        "weggelaten",
        "pominięto",
        "пропущено",
        "пропущен",
        "опущено",
        "utelatt",
        "utelämnat",
        "udeladt",
        "poistettu",
    ];
    const EXTENSIONS: &[&str] = &[
        "jpg", "jpeg", "png", "webp", "gif", "heic", "mp4", "3gp", "mov", "avi", "mkv", "opus", "ogg", "oga", "m4a", "mp3", "aac", "amr", "wav", "caf", "pdf", "doc", "docx",
        "xls", "xlsx", "ppt", "pptx", "vcf", "txt", "csv", "zip", "rar", "apk", "html", "rtf", "pages", "numbers", "key", "odt", "was",
    ];
    let plain: String = line.chars().filter(|c| !is_mark(*c)).collect();
    let plain = plain.trim();
    if plain.is_empty() || plain.len() > 600 {
        return false;
    }
    let is_file = |name: &str| name.trim().rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && EXTENSIONS.contains(&ending.to_lowercase().as_str()));
    let says_omitted = |words: &str| {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        words.len() <= 5 && words.last().is_some_and(|w| OMITTED.contains(&w.as_str()))
    };
    if let Some((before, within)) = plain.strip_suffix('>').and_then(|p| p.rsplit_once('<')) {
        // `<attached: X>` and `X <attached>`, whatever the language's word for attached.
        let named = within.split_once(':').or_else(|| within.split_once('：')).is_some_and(|(_, name)| is_file(name));
        return before.is_empty() && (named || says_omitted(within) || UNWRITTEN.contains(&within.trim())) || is_file(before);
    }
    if let Some((name, within)) = plain.strip_suffix(')').and_then(|p| p.rsplit_once('(')) {
        // `X (file attached)`
        return is_file(name) && !within.is_empty() && within.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || !c.is_ascii());
    }
    // `image omitted`; after a document's name and pages, only with the mark before it.
    let marked = line.rsplit_once('\u{200e}').map_or("", |(_, last)| last);
    let thing = plain.split_whitespace().next().unwrap_or_default().to_lowercase();
    says_omitted(marked) || says_omitted(plain) && THINGS.contains(&thing.as_str())
}

/// What is left out, where no mark stands before it.
const THINGS: &[&str] = &[
    "media",
    "multimedia",
    "image",
    "video",
    "audio",
    "gif",
    "sticker",
    "document",
    "contact",
    "imagen",
    "vídeo",
    "documento",
    "tarjeta",
    "foto",
    "imagem",
    "áudio",
    "figurinha",
    "cartão",
    "vidéo",
    "autocollant",
    "bild",
    "dokument",
    "immagine",
    "adesivo",
    "afbeelding",
    "archivo",
];

/// `<Media omitted>` in languages that do not end with a word for it.
const UNWRITTEN: &[&str] = &[
    "メディアは含まれていません",
    "미디어 파일을 제외함",
    "省略多媒體檔案",
    "忽略多媒体文件",
    "媒体文件已省略",
    "تم استبعاد الوسائط",
    "मीडिया के बिना",
    "Без медиафайлов",
    "Файл пропущен",
    "Medya dahil edilmedi",
];

/// The conversation's name in its file's: `WhatsApp Chat with Rosa.txt`, `Chat de WhatsApp con Rosa (1).txt`.
pub(crate) fn title(file_name: &str) -> Option<String> {
    let name = file_name.rsplit('/').next().unwrap_or(file_name);
    let title = bare(name.get(amparo_model::file_name::contact(name)?)?);
    (!title.is_empty()).then(|| title.to_owned())
}

// ---- which number is the day ----

/// Which of the three numbers is day, month and year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    DayMonthYear,
    MonthDayYear,
    YearMonthDay,
    YearDayMonth,
    MonthYearDay,
    DayYearMonth,
}

impl Order {
    const ALL: [Order; 6] = [Order::DayMonthYear, Order::MonthDayYear, Order::YearMonthDay, Order::YearDayMonth, Order::MonthYearDay, Order::DayYearMonth];

    fn year_place(self) -> usize {
        match self {
            Order::YearMonthDay | Order::YearDayMonth => 0,
            Order::MonthYearDay | Order::DayYearMonth => 1,
            Order::DayMonthYear | Order::MonthDayYear => 2,
        }
    }

    fn date(self, header: &Header<'_>) -> Option<Date> {
        let [a, b, c] = header.numbers;
        let (day, month, year) = match self {
            Order::DayMonthYear => (a, b, c),
            Order::MonthDayYear => (b, a, c),
            Order::YearMonthDay => (c, b, a),
            Order::YearDayMonth => (b, c, a),
            Order::MonthYearDay => (c, a, b),
            Order::DayYearMonth => (a, c, b),
        };
        let year = match header.shape.year_at {
            // Thailand counts from the Buddha.
            Some(place) if place == self.year_place() && (2_400..2_743).contains(&year) => year - 543,
            Some(place) if place == self.year_place() => year,
            Some(_) => return None,
            None => 2_000 + year,
        };
        if !(1_990..=2_199).contains(&year) {
            return None;
        }
        Date::new(year as i16, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }
}

/// What the dates of a file say for each order.
#[derive(Clone, Default)]
pub(crate) struct Orders([Seen; 6]);

#[derive(Clone, Copy, Default)]
struct Seen {
    valid: u64,
    /// Since WhatsApp exists.
    likely: u64,
    /// Before the message before: exports are in order.
    backward: u64,
    days: u64,
    last: Option<Instant>,
    first_day: Option<Date>,
    last_day: Option<Date>,
}

impl Orders {
    pub fn see(&mut self, header: &Header<'_>) {
        for (order, seen) in Order::ALL.iter().zip(&mut self.0) {
            let (Some(date), Some(at)) = (order.date(header), header.at(*order)) else { continue };
            seen.valid += 1;
            seen.likely += u64::from(date.year() >= 2_009);
            seen.backward += u64::from(seen.last.is_some_and(|last| at < last));
            seen.days += u64::from(seen.last.is_none_or(|last| last.date() != date));
            seen.last = Some(at);
            seen.first_day = Some(seen.first_day.map_or(date, |d| d.min(date)));
            seen.last_day = Some(seen.last_day.map_or(date, |d| d.max(date)));
        }
    }

    /// The order that most dates allow, and what was assumed for it.
    pub fn decided(&self) -> (Order, Vec<&'static str>) {
        let score = |s: &Seen| (s.valid, s.likely, std::cmp::Reverse(s.backward));
        let best = self.0.iter().map(score).max().unwrap_or_default();
        let mut left: Vec<usize> = (0..6).filter(|i| score(&self.0[*i]) == best).collect();
        let span = |i: usize| match (self.0[i].first_day, self.0[i].last_day) {
            (Some(a), Some(b)) => (b - a).get_days() as i64,
            _ => 0,
        };
        // A year in the wrong place makes days into years: the places under which all lies closest together.
        if let Some(place) = left.iter().min_by_key(|i| (span(**i), **i)).map(|i| Order::ALL[*i].year_place()) {
            let closest = left.iter().copied().filter(|i| Order::ALL[*i].year_place() == place).map(span).min().unwrap_or(0);
            let preferred = left.first().copied().unwrap_or(0);
            if span(preferred) > closest {
                left.retain(|i| Order::ALL[*i].year_place() == place);
            } else {
                let place = Order::ALL[preferred].year_place();
                left.retain(|i| Order::ALL[*i].year_place() == place);
            }
        }
        let named = |i: usize| match Order::ALL[i] {
            Order::DayMonthYear | Order::DayYearMonth => vec!["day-first"],
            Order::MonthDayYear | Order::MonthYearDay => vec!["month-first"],
            Order::YearMonthDay | Order::YearDayMonth => vec!["year-first"],
        };
        match left[..] {
            [one] => (Order::ALL[one], named(one)),
            // Nobody writes year, day, month where year, month, day is possible.
            [first, _] if Order::ALL[first].year_place() == 0 => (Order::ALL[first], named(first)),
            [a, b] if self.0[a].days.min(self.0[b].days) >= 3 && (span(a) * 8 < span(b) || span(b) * 8 < span(a)) => {
                let closer = if span(a) < span(b) { a } else { b };
                (Order::ALL[closer], [named(closer), vec!["order-from-gaps"]].concat())
            }
            [first, ..] => (Order::ALL[first], vec!["order-undecided"]),
            [] => (Order::DayMonthYear, vec!["order-undecided"]),
        }
    }
}
