//! Handles: two random words that name a case and say nothing about it.

use crate::lock;
use crate::problem::{Result, VaultError};

/// Short, unaccented, harmless nouns, the same in a list and spoken; none that could hurt beside a name.
const WORDS: &[&str] = &[
    "abeto", "agua", "alba", "aldea", "ancla", "arco", "arena", "arpa", "arroz", "avena", "balsa", "banco", "barco", "barro", "bolsa", "bosque", "brisa", "bruma", "cabra",
    "cacao", "campo", "canela", "canoa", "carta", "cedro", "cena", "cereza", "cerro", "cesta", "cielo", "cinta", "ciruela", "cobre", "coco", "colina", "coral", "corcho", "cubo",
    "cueva", "delta", "disco", "duna", "encina", "eneldo", "espiga", "espuma", "estante", "estrella", "faro", "fibra", "flauta", "flecha", "flor", "fresa", "fuente", "gaita",
    "galleta", "garza", "girasol", "granja", "grano", "guante", "guitarra", "harina", "haya", "helecho", "hierba", "higo", "hoja", "horno", "huerta", "isla", "jardin", "jarra",
    "lago", "lana", "lapiz", "laurel", "leche", "lente", "libro", "liebre", "limo", "lino", "llave", "lluvia", "loma", "luna", "madera", "maleta", "manta", "manzana", "mapa",
    "marco", "mesa", "metal", "miel", "molino", "monte", "mosaico", "musgo", "nieve", "nogal", "nube", "nuez", "olivo", "olla", "onda", "oveja", "palma", "pan", "papel", "pera",
    "perla", "piano", "piedra", "pino", "plata", "playa", "pluma", "pozo", "prado", "puente", "queso", "rama", "reloj", "remo", "ribera", "roble", "roca", "rueda", "sal",
    "salvia", "sauce", "seda", "selva", "semilla", "silla", "sol", "sombra", "surco", "taza", "techo", "tela", "tierra", "tinta", "torre", "trebol", "trigo", "trompeta", "uva",
    "vaso", "vela", "vereda", "verja", "viento", "viga", "violeta", "yegua", "zorzal",
];

/// Two random words that are not taken.
pub(crate) fn free(taken: impl Fn(&str) -> bool) -> Result<String> {
    for _ in 0..1_000 {
        let bytes: [u8; 8] = lock::random()?;
        let pick = |b: &[u8]| WORDS[(b.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) as usize) % WORDS.len()];
        let (a, b) = (pick(&bytes[..4]), pick(&bytes[4..]));
        let handle = format!("{a}-{b}");
        if a != b && !taken(&handle) {
            return Ok(handle);
        }
    }
    Err(VaultError::Refused("no free handle was found"))
}
